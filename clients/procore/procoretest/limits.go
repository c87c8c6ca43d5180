package procoretest

import (
	"net/http"
	"strconv"
	"time"
)

// window is a fixed span in which so many requests pass.
type window struct {
	span  time.Duration
	limit int
	used  int
	reset time.Time
}

func (w *window) roll(now time.Time) {
	if !now.Before(w.reset) {
		w.used, w.reset = 0, now.Add(w.span)
	}
}

func (w *window) remaining() int { return w.limit - w.used }

// limiter keeps Procore's two limits: per 60 minutes and per 10 seconds.
type limiter struct{ hourly, spike window }

func newLimiter(hourly, spike int) *limiter {
	return &limiter{
		hourly: window{span: time.Hour, limit: hourly},
		spike:  window{span: 10 * time.Second, limit: spike},
	}
}

// nearest is the window closer to exhaustion, the one the headers speak of.
func (l *limiter) nearest() *window {
	if l.spike.remaining() < l.hourly.remaining() {
		return &l.spike
	}
	return &l.hourly
}

// take counts one request, refused ones too, except those over the limit.
func (l *limiter) take(now time.Time) (allowed bool) {
	l.hourly.roll(now)
	l.spike.roll(now)
	if l.hourly.remaining() <= 0 || l.spike.remaining() <= 0 {
		return false
	}
	l.hourly.used++
	l.spike.used++
	return true
}

func (s *Server) countCall(header http.Header) *problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	allowed := s.limits.take(s.cfg.Now())
	near := s.limits.nearest()
	limitHeaders(header, near.limit, max(near.remaining(), 0), near.reset)
	if allowed {
		return nil
	}
	return surpassed()
}

func limitHeaders(header http.Header, limit, remaining int, reset time.Time) {
	header.Set("X-Rate-Limit-Limit", strconv.Itoa(limit))
	header.Set("X-Rate-Limit-Remaining", strconv.Itoa(remaining))
	header.Set("X-Rate-Limit-Reset", strconv.FormatInt(ceilUnix(reset), 10))
}

func surpassed() *problem {
	return &problem{status: http.StatusTooManyRequests, body: map[string]any{
		"errors": []string{"You have surpassed the max number of requests for an hour or for 10 seconds"},
	}}
}

// ceilUnix rounds up, so that a client that waits until then does not come too early.
func ceilUnix(t time.Time) int64 {
	if t.Nanosecond() == 0 {
		return t.Unix()
	}
	return t.Unix() + 1
}
