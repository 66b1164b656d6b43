// Package ban is a middleware that Traefik interprets: it counts failed attempts to get in for each client address, and
// refuses every request of an address that has too many of them, for a time.
package ban

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"time"
)

// Config is what the dynamic configuration says of one middleware.
type Config struct {
	// Failures within WithinSeconds ban an address for LastsSeconds.
	Failures      int
	WithinSeconds int
	LastsSeconds  int
	// Proxies are addresses whose word on the client's address counts.
	Proxies []string
	// Exempt are addresses that are never banned.
	Exempt []string
	// Login says that what comes here are attempts to log in, whether or not they carry an Authorization header.
	Login bool
	// Report says that the answer is that of Traefik's own measurements, to which the ones from here are added.
	Report bool
}

// CreateConfig is called by Traefik.
func CreateConfig() *Config {
	return &Config{}
}

// Ban is one middleware of one route.
type Ban struct {
	next            http.Handler
	config          *Config
	proxies, exempt []netip.Prefix
}

// New is called by Traefik, for each route and whenever routes change.
func New(_ context.Context, next http.Handler, config *Config, _ string) (http.Handler, error) {
	proxies, err := prefixes(config.Proxies)
	if err != nil {
		return nil, err
	}
	exempt, err := prefixes(config.Exempt)
	if err != nil {
		return nil, err
	}
	return &Ban{next: next, config: config, proxies: proxies, exempt: exempt}, nil
}

func (b *Ban) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	if b.config.Report {
		b.report(writer, request)
		return
	}
	address := clientOf(request, b.proxies)
	if !address.IsValid() || within(b.exempt, address) {
		b.next.ServeHTTP(writer, request)
		return
	}
	who := subject(address)
	if rest := shared.bannedFor(who, time.Now()); rest > 0 {
		writer.Header().Set("Retry-After", strconv.Itoa(int(rest/time.Second)+1))
		http.Error(writer, "Too many failed attempts from this address", http.StatusForbidden)
		return
	}
	if !b.counts(request) {
		b.next.ServeHTTP(writer, request)
		return
	}
	failed := func(status int) {
		if b.isFailure(status) {
			b.fail(who)
		}
	}
	b.next.ServeHTTP(&watched{writer: writer, answered: failed}, request)
}

// counts says whether a failure of the request would count: no other request pays for being watched. Where people log in,
// one with an Authorization header is watched by the middleware of the entry point already.
func (b *Ban) counts(request *http.Request) bool {
	authorized := request.Header.Get("Authorization") != ""
	if !b.config.Login {
		return authorized
	}
	reads := request.Method == http.MethodGet || request.Method == http.MethodHead || request.Method == http.MethodOptions
	return !authorized && !reads
}

// isFailure: where people log in, being refused for lack of a right or for asking too often is a failure as well.
func (b *Ban) isFailure(status int) bool {
	if status == http.StatusUnauthorized {
		return true
	}
	return b.config.Login && (status == http.StatusForbidden || status == http.StatusTooManyRequests)
}

func (b *Ban) fail(who string) {
	window, lasts := time.Duration(b.config.WithinSeconds)*time.Second, time.Duration(b.config.LastsSeconds)*time.Second
	now := time.Now()
	if !shared.fail(who, now, b.config.Failures, window, lasts) {
		return
	}
	// A line of Traefik's log, which is JSON.
	fmt.Fprintf(os.Stderr, "{\"level\":\"warn\",\"address\":%q,\"failures\":%d,\"seconds\":%d,\"time\":%q,\"message\":\"address banned\"}\n",
		who, b.config.Failures, b.config.LastsSeconds, now.UTC().Format(time.RFC3339))
}

// report asks for the measurements as plain text, for only to that can lines be added.
func (b *Ban) report(writer http.ResponseWriter, request *http.Request) {
	request.Header.Del("Accept")
	request.Header.Del("Accept-Encoding")
	b.next.ServeHTTP(writer, request)
	fmt.Fprint(writer, shared.measurements(time.Now()))
}
