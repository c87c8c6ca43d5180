package odoo

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Limits are how many requests a client sends. They are those of one process: each worker has its own.
type Limits struct {
	PerSecond float64 `json:"requests_per_second"` // 0 is no limit
	Parallel  int     `json:"parallel_requests"`   // requests on their way at once
}

// defaultParallel is few enough for a server of two cores, which answers people too.
const defaultParallel = 4

// DefaultLimits are those that suit the server at an address. Odoo Online, *.odoo.com, tolerates about one request a
// second and none beside it (reported by users; its terms name no number).
func DefaultLimits(address string) Limits {
	if u, err := url.Parse(strings.TrimSpace(address)); err == nil && strings.HasSuffix(strings.ToLower(u.Hostname()), ".odoo.com") {
		return Limits{PerSecond: 1, Parallel: 1}
	}
	return Limits{Parallel: defaultParallel}
}

// places are those of the requests that are on their way.
type places chan struct{}

// take returns when there is a place.
func (p places) take(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case p <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p places) leave() { <-p }

// pace spaces out requests evenly.
type pace struct {
	every time.Duration
	mu    sync.Mutex
	next  time.Time
}

func interval(perSecond float64) time.Duration {
	if perSecond <= 0 {
		return 0
	}
	return time.Duration(min(float64(time.Second)/perSecond, float64(time.Hour)))
}

// wait returns when the request's slot has come.
func (p *pace) wait(ctx context.Context) error {
	if p.every == 0 {
		return ctx.Err()
	}
	p.mu.Lock()
	now := time.Now()
	slot := now
	if p.next.After(now) {
		slot = p.next
	}
	p.next = slot.Add(p.every)
	p.mu.Unlock()
	t := time.NewTimer(slot.Sub(now))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
