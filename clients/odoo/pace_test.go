package odoo

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := pace{every: interval(2)}
		start := time.Now()
		for range 4 {
			require.NoError(t, p.wait(t.Context()))
		}
		require.Equal(t, 1500*time.Millisecond, time.Since(start))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, p.wait(ctx), context.Canceled)
	})
}

func TestPaceOfAnyRate(t *testing.T) {
	t.Parallel()
	for rate, want := range map[float64]time.Duration{0: 0, 4: 250 * time.Millisecond, 1e-300: time.Hour, 1e300: 0} {
		require.Equal(t, want, interval(rate), "%v", rate)
	}
}

func TestDefaultLimits(t *testing.T) {
	t.Parallel()
	online, other := Limits{PerSecond: 1, Parallel: 1}, Limits{Parallel: 4}
	for address, want := range map[string]Limits{
		"https://acme.odoo.com": online, "https://ACME.Odoo.com:443/web": online, "https://acme.dev.odoo.com": online,
		"https://odoo.acme.com": other, "https://acmeodoo.com": other, "https://odoo.com.acme.com": other, "http://127.0.0.1:8069": other, "": other,
	} {
		require.Equal(t, want, DefaultLimits(address), address)
	}
	c, err := New(Config{URL: "https://acme.odoo.com", Database: "acme", Key: testKey})
	require.NoError(t, err)
	require.Equal(t, Limits{Parallel: 1}, c.Limits(), "a rate is never assumed: 0 says that there is no limit")
}

// crowd is a server that counts how many requests it answers at once, and when they came; each takes a second, or what
// takes says of the first ones.
type crowd struct {
	takes []time.Duration

	mu           sync.Mutex
	now, highest int
	came         []time.Duration // since the year 2000, when a bubble's clock begins
}

func (s *crowd) enter() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now++
	s.highest = max(s.highest, s.now)
	took := time.Second
	if n := len(s.came); n < len(s.takes) {
		took = s.takes[n]
	}
	s.came = append(s.came, time.Since(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)))
	return took
}

func (s *crowd) RoundTrip(r *http.Request) (*http.Response, error) {
	took := s.enter()
	defer func() {
		s.mu.Lock()
		s.now--
		s.mu.Unlock()
	}()
	select {
	case <-time.After(took):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	w := httptest.NewRecorder()
	w.Header().Set("Date", "Mon, 23 Nov 2026 07:12:54 GMT")
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.WriteString(`{"version": "19.0"}`)
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

func (s *crowd) client(t *testing.T, change func(*Config)) *Client {
	t.Helper()
	return newClient(t, "http://odoo.test", func(c *Config) { c.Transport = s }, change)
}

// ask sends n requests at once, and gives how long all took and their errors.
func ask(t *testing.T, c *Client, n int) (time.Duration, []error) {
	t.Helper()
	start := time.Now()
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { _, errs[i] = c.Clock(t.Context()) })
	}
	all.Wait()
	return time.Since(start), errs
}

// With ten requests waiting for two places the last waits for five seconds, longer than any request may take.
func TestParallelRequestsWaitForAPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &crowd{}
		took, errs := ask(t, s.client(t, func(c *Config) { c.ParallelRequests, c.HTTPTimeout = 2, 1500*time.Millisecond }), 10)
		for _, err := range errs {
			require.NoError(t, err, "waiting does not count as the request's time")
		}
		require.Equal(t, 2, s.highest)
		require.Equal(t, 5*time.Second, took)
	})
}

// Two requests end at the same moment, and free two places for requests whose slots are long over.
func TestPaceHoldsBehindAQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &crowd{takes: []time.Duration{4 * time.Second, 3 * time.Second}}
		c := s.client(t, func(c *Config) { c.ParallelRequests, c.RequestsPerSecond = 2, 1 })
		_, errs := ask(t, c, 4)
		for _, err := range errs {
			require.NoError(t, err)
		}
		require.Equal(t, []time.Duration{0, time.Second, 4 * time.Second, 5 * time.Second}, s.came)
	})
}

func TestWaitingForAPlaceEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &crowd{}
		c := s.client(t, func(c *Config) { c.ParallelRequests = 1 })
		first := make(chan error)
		go func() {
			_, err := c.Clock(t.Context())
			first <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		start := time.Now()
		_, err := c.Clock(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "waiting to call Odoo")
		require.Equal(t, 100*time.Millisecond, time.Since(start))
		require.NoError(t, <-first)
		require.Equal(t, int64(1), c.Calls(), "who gave up has sent nothing")
		_, err = c.Clock(t.Context())
		require.NoError(t, err, "his place is free")
	})
}

// A request that is taken back frees its place.
func TestACancelledRequestFreesItsPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &crowd{}
		c := s.client(t, func(c *Config) { c.ParallelRequests = 1 })
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err := c.Clock(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = c.Clock(t.Context())
		require.NoError(t, err)
	})
}
