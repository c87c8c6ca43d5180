package procore

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Gate is asked before every API request (each page and the repetition after a 401 included; token requests are
// not counted by Procore) and told the rate headers of its answer. It may be used by several goroutines at once.
type Gate interface {
	// Acquire returns nil when the request may go, after waiting a little if it must. A [*DeferredError] says
	// that the wait would be long; any error keeps the request from being sent and is returned as it is.
	Acquire(ctx context.Context) error
	// Observe reports the answer of a request that Acquire let go. Rate.Limit is 0 when the answer had no rate
	// headers. It is not called when no answer came.
	Observe(ctx context.Context, r Rate, status int)
}

// DeferredError is a gate's answer: the request was not sent, ask again at Until.
type DeferredError struct {
	// Until is UTC by the clock of the gate.
	Until time.Time
}

// Error tells when to ask again.
func (e *DeferredError) Error() string {
	return "procore: deferred until " + e.Until.UTC().Format(time.RFC3339)
}

// Rate is what Procore said about the limit that is nearer to exhaustion, the hourly or the 10 second one.
type Rate struct {
	// Limit is the number of requests of the window, 0 when the answer had no rate headers.
	Limit int
	// Remaining is what is left of it.
	Remaining int
	// Reset is when the window ends, by Procore's clock; zero when unknown.
	Reset time.Time
	// RetryAfter is the header of that name (429 and 503), 0 when absent.
	RetryAfter time.Duration
}

// String is for log lines.
func (r Rate) String() string {
	return fmt.Sprintf("%d of %d left until %s", r.Remaining, r.Limit, r.Reset.UTC().Format(time.RFC3339))
}

func parseRate(h http.Header, now time.Time) Rate {
	var r Rate
	r.Limit, _ = strconv.Atoi(h.Get("X-Rate-Limit-Limit"))
	r.Remaining, _ = strconv.Atoi(h.Get("X-Rate-Limit-Remaining"))
	if s, err := strconv.ParseInt(h.Get("X-Rate-Limit-Reset"), 10, 64); err == nil && s > 0 {
		r.Reset = time.Unix(s, 0).UTC()
	}
	r.RetryAfter = parseRetryAfter(h.Get("Retry-After"), now)
	return r
}

// parseRetryAfter reads seconds or an HTTP date.
func parseRetryAfter(v string, now time.Time) time.Duration {
	if s, err := strconv.ParseFloat(v, 64); err == nil && s > 0 && s < 1e6 {
		return time.Duration(s * float64(time.Second))
	}
	if t, err := http.ParseTime(v); err == nil && t.After(now) {
		return t.Sub(now)
	}
	return 0
}

// longestWindow is Procore's hourly window with a margin: a later reset is a mistake of somebody's clock.
const longestWindow = 65 * time.Minute

// retryAt is when a 429 is over, by our clock: Retry-After when given, else the reset header, measured against the
// answer's Date so that clocks may differ.
func retryAt(h http.Header, r Rate, now time.Time) time.Time {
	wait := r.RetryAfter
	if wait <= 0 && !r.Reset.IsZero() {
		server := now
		if t, err := http.ParseTime(h.Get("Date")); err == nil {
			server = t
		}
		wait = r.Reset.Sub(server) + time.Second // "wait until after" the reset
	}
	if wait <= 0 {
		wait = 10 * time.Second // the spike window
	}
	return now.Add(min(wait, longestWindow)).UTC()
}
