package ban

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// clientOf is the address that the connection comes from, or the nearest one beyond the trusted proxies; invalid where
// they name none.
func clientOf(request *http.Request, proxies []netip.Prefix) netip.Addr {
	host, _, err := net.SplitHostPort(request.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	address := parse(host)
	if !within(proxies, address) {
		return address
	}
	named := strings.Split(strings.Join(request.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(named) - 1; i >= 0; i-- {
		address = parse(strings.TrimSpace(named[i]))
		if !within(proxies, address) {
			return address
		}
	}
	return netip.Addr{}
}

func parse(text string) netip.Addr {
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap().WithZone("")
}

// subject is who an address is taken for: itself or, as one customer has so many, its network of IPv6.
func subject(address netip.Addr) string {
	if address.Is4() {
		return address.String()
	}
	return netip.PrefixFrom(address, 64).Masked().String()
}

func within(ranges []netip.Prefix, address netip.Addr) bool {
	for _, each := range ranges {
		if each.Contains(address) {
			return true
		}
	}
	return false
}

// prefixes takes ranges and single addresses.
func prefixes(texts []string) ([]netip.Prefix, error) {
	ranges := make([]netip.Prefix, 0, len(texts))
	for _, text := range texts {
		if address := parse(text); address.IsValid() {
			ranges = append(ranges, netip.PrefixFrom(address, address.BitLen()))
			continue
		}
		each, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, err
		}
		ranges = append(ranges, each)
	}
	return ranges, nil
}
