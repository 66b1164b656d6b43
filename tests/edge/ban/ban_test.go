package ban_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"homeslice/ban"
)

// attempt is a request from an address, perhaps by way of a proxy that names another one. Returns the status.
func attempt(handler http.Handler, from, forwarded string) int {
	request := httptest.NewRequest("GET", "/", nil)
	request.RemoteAddr = from
	request.Header.Set("Authorization", "Bearer wrong")
	if forwarded != "" {
		request.Header.Set("X-Forwarded-For", forwarded)
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	return answer.Code
}

func banning(t *testing.T, config ban.Config) http.Handler {
	refusal := http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) { writer.WriteHeader(401) })
	handler, err := ban.New(context.Background(), refusal, &config, "ban")
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

func TestWhoIsTakenForTheClient(t *testing.T) {
	config := ban.Config{Failures: 3, WithinSeconds: 60, LastsSeconds: 60, Proxies: []string{"10.0.0.0/8", "2001:db8:a::1"}}
	handler := banning(t, config)
	for _, each := range []struct{ name, from, forwarded, same, sameForwarded, other, otherForwarded string }{
		{"an address", "192.0.2.1:1", "", "192.0.2.1:2", "", "192.0.2.2:1", ""},
		{"a network of IPv6", "[2001:db8:1:2::5]:1", "", "[2001:db8:1:2:ffff::1]:1", "", "[2001:db8:1:3::5]:1", ""},
		{"IPv4 written as IPv6", "192.0.2.9:1", "", "[::ffff:192.0.2.9]:1", "", "192.0.2.10:1", ""},
		{"whom a proxy names", "10.0.0.1:1", "192.0.2.3", "10.0.0.2:1", "192.0.2.3", "10.0.0.1:1", "192.0.2.4"},
		{"whom the first of two proxies names", "10.0.0.1:1", "192.0.2.5, 10.0.0.7", "192.0.2.5:1", "", "10.0.0.7:1", "192.0.2.6"},
		{"not whom a client names", "192.0.2.7:1", "192.0.2.8", "192.0.2.7:1", "198.51.100.1", "192.0.2.8:1", ""},
		{"not whom a client names to a proxy", "10.0.0.1:1", "203.0.113.9, 192.0.2.11", "192.0.2.11:1", "", "203.0.113.9:1", ""},
	} {
		for range "123" {
			if status := attempt(handler, each.from, each.forwarded); status != 401 {
				t.Errorf("%s: got %d before there was a ban", each.name, status)
			}
		}
		if status := attempt(handler, each.same, each.sameForwarded); status != 403 {
			t.Errorf("%s: %s is not banned, but got %d", each.name, each.same, status)
		}
		if status := attempt(handler, each.other, each.otherForwarded); status != 401 {
			t.Errorf("%s: %s is banned with it", each.name, each.other)
		}
	}
}

func TestNobodyIsBannedWhereTheClientIsUnknown(t *testing.T) {
	handler := banning(t, ban.Config{Failures: 3, WithinSeconds: 60, LastsSeconds: 60, Proxies: []string{"10.0.0.0/8"}})
	for range "12345" {
		if status := attempt(handler, "10.0.0.3:1", "unknown"); status != 401 {
			t.Errorf("the proxy itself got %d", status)
		}
	}
}

func TestFailuresAreForgottenWithTheWindow(t *testing.T) {
	handler := banning(t, ban.Config{Failures: 3, WithinSeconds: 0, LastsSeconds: 60})
	for range "12345" {
		if status := attempt(handler, "198.51.100.7:1", ""); status != 401 {
			t.Errorf("what is over was counted: got %d", status)
		}
	}
}

func TestMistakesOfTheConfigurationAreRefused(t *testing.T) {
	if _, err := ban.New(context.Background(), nil, &ban.Config{Exempt: []string{"home"}}, "ban"); err == nil {
		t.Error("a range that is none was taken")
	}
}
