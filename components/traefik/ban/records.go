package ban

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// Addresses that are remembered; beyond that, any other is forgotten for a new one.
const most = 10000

// record is what is known of one address.
type record struct {
	failures int
	// When its ban ends, if it is banned.
	until time.Time
	// When all this is forgotten: the window is over, or the ban.
	ends time.Time
}

type records struct {
	mutex                     sync.Mutex
	of                        map[string]*record
	swept                     time.Time
	failures, banned, refused int
}

// shared is one for all middlewares: Traefik runs all of them in one interpreter.
var shared = &records{of: map[string]*record{}}

// bannedFor is how long a ban still lasts; zero without one.
func (r *records) bannedFor(who string, now time.Time) time.Duration {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	known := r.of[who]
	if known == nil || !now.Before(known.until) {
		return 0
	}
	r.refused++
	return known.until.Sub(now)
}

// fail counts a failure and says whether a ban begins with it.
func (r *records) fail(who string, now time.Time, limit int, window, lasts time.Duration) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.failures++
	r.sweep(now)
	known := r.of[who]
	if known == nil || !now.Before(known.ends) {
		known = &record{ends: now.Add(window)}
		r.of[who] = known
	}
	// What was on its way when a ban began adds nothing to it.
	if now.Before(known.until) {
		return false
	}
	known.failures++
	if known.failures < limit {
		return false
	}
	known.until = now.Add(lasts)
	known.ends = known.until
	r.banned++
	return true
}

// sweep makes room.
func (r *records) sweep(now time.Time) {
	if now.Sub(r.swept) > time.Minute {
		r.swept = now
		for who, known := range r.of {
			if now.After(known.ends) {
				delete(r.of, who)
			}
		}
	}
	for who := range r.of {
		if len(r.of) < most {
			return
		}
		delete(r.of, who)
	}
}

// measurements are lines for Prometheus.
func (r *records) measurements(now time.Time) string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	current := 0
	for _, known := range r.of {
		if now.Before(known.until) {
			current++
		}
	}
	return strings.Join([]string{
		measurement("homeslice_edge_failed_attempts_total", "counter", "Failed attempts to get in", r.failures),
		measurement("homeslice_edge_bans_total", "counter", "Bans of addresses", r.banned),
		measurement("homeslice_edge_refused_total", "counter", "Requests refused because of a ban", r.refused),
		measurement("homeslice_edge_banned_addresses", "gauge", "Addresses that are banned now", current),
	}, "")
}

func measurement(name, kind, help string, value int) string {
	return fmt.Sprintf("# HELP %s %s\n# TYPE %s %s\n%s %d\n", name, help, name, kind, name, value)
}
