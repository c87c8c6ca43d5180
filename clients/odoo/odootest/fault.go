package odootest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// FaultRule makes coming API requests go wrong in one of the ways that Kinds lists.
type FaultRule struct {
	// Kind is the name of what goes wrong.
	Kind string `json:"kind"`
	// Path is a part of the paths that are hit, such as "purchase.order/search_read" over either protocol; empty: any.
	Path string `json:"path,omitempty"`
	// Nth is the first request that is hit of those that fit, from 1; 0 is 1.
	Nth int `json:"nth,omitempty"`
	// Times is how many requests are hit; 0 is 1, negative is every one from the Nth.
	Times int `json:"times,omitempty"`
	// WaitMS is a time in milliseconds, 0 that of the kind: how long slow ones take, and what Retry-After asks for (in
	// whole seconds, rounded up; negative: no such header).
	WaitMS int64 `json:"wait_ms,omitempty"`
	// Name is the exception of the error kinds, empty: builtins.MemoryError.
	Name string `json:"name,omitempty"`
	// Edit is what another user does right after the answer was made (kind changes-in-pages).
	Edit *Edit `json:"edit,omitempty"`
	// Fits counts the requests that fit, Hits those that went wrong. The server writes both.
	Fits int `json:"fits"`
	Hits int `json:"hits"`
}

// SetFaults replaces the faults. An unknown kind is an error and changes nothing.
func (s *Server) SetFaults(rules ...FaultRule) error {
	next := make([]*FaultRule, 0, len(rules))
	for _, r := range rules {
		if _, known := faultKinds[r.Kind]; !known {
			return fmt.Errorf("unknown kind of fault %q; known are %s", r.Kind, strings.Join(Kinds(), ", "))
		}
		r.Fits, r.Hits = 0, 0
		next = append(next, &r)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = next
	return nil
}

// Faults are the faults that were set, with how often each has hit.
func (s *Server) Faults() []FaultRule {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]FaultRule, 0, len(s.faults))
	for _, r := range s.faults {
		out = append(out, *r)
	}
	return out
}

// Kinds are the names of all kinds of faults.
func Kinds() []string { return slices.Sorted(maps.Keys(faultKinds)) }

// ExpireKey makes the key of a login refused from now on.
func (s *Server) ExpireKey(login string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.cfg.Users {
		if s.cfg.Users[i].Login == login {
			s.cfg.Users[i].KeyExpired = true
		}
	}
}

// hit finds the fault that strikes a request, nil for none, and counts.
func (s *Server) hit(path string) *FaultRule {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.faults {
		if !strings.Contains(path, r.Path) {
			continue
		}
		r.Fits++
		if r.Fits < max(r.Nth, 1) || r.Times >= 0 && r.Hits >= max(r.Times, 1) {
			continue
		}
		r.Hits++
		found := *r
		if found.WaitMS == 0 {
			found.WaitMS = faultKinds[r.Kind].wait.Milliseconds()
		}
		return &found
	}
	return nil
}

func (f *FaultRule) wait() time.Duration { return time.Duration(f.WaitMS) * time.Millisecond }
