package procoretest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// FaultRule makes coming calls go wrong in one of the ways that Kinds lists.
type FaultRule struct {
	// Kind is the name of what goes wrong.
	Kind string `json:"kind"`
	// Operation, "PATCH /rest/v1.0/vendors/sync", is the only one that is hit; empty: any.
	Operation string `json:"operation,omitempty"`
	// Path is a part of the paths that are hit; empty: any.
	Path string `json:"path,omitempty"`
	// Nth is the first call that is hit of those that fit, from 1; 0 is 1.
	Nth int `json:"nth,omitempty"`
	// Times is how many calls are hit; 0 is 1, negative is every one from the Nth.
	Times int `json:"times,omitempty"`
	// WaitMS is a time in milliseconds, 0 that of the kind: how long slow ones take, in how long a limit's window
	// opens or Retry-After asks to come back (both in whole seconds, rounded up).
	WaitMS int64 `json:"wait_ms,omitempty"`
	// Item is the record that the answer of a sync action leaves out, from 0.
	Item int `json:"item,omitempty"`
	// Edit is what a person does while a list is read (kind changes).
	Edit *Edit `json:"edit,omitempty"`
	// Fits counts the calls that fit, Hits those that went wrong. The server writes both.
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
	s.rules = next
	return nil
}

// Faults are the faults that were set, with how often each has hit.
func (s *Server) Faults() []FaultRule {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]FaultRule, 0, len(s.rules))
	for _, r := range s.rules {
		out = append(out, *r)
	}
	return out
}

// Kinds are the names of all kinds of faults.
func Kinds() []string { return slices.Sorted(maps.Keys(faultKinds)) }

// hit finds the fault that strikes a call at a stage, and counts.
func (s *Server) hit(at stage, entry Request) *FaultRule {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rules {
		if faultKinds[r.Kind].at != at || !r.fits(entry) {
			continue
		}
		r.Fits++
		if r.Fits < max(r.Nth, 1) || r.Times >= 0 && r.Hits >= max(r.Times, 1) {
			continue
		}
		r.Hits++
		found := *r
		found.WaitMS = cmp.Or(r.WaitMS, faultKinds[r.Kind].wait.Milliseconds())
		return &found
	}
	return nil
}

func (r *FaultRule) fits(entry Request) bool {
	kind := faultKinds[r.Kind]
	return (r.Operation == "" || r.Operation == entry.Operation) && strings.Contains(entry.Path, r.Path) &&
		(kind.fits == nil || kind.fits(entry))
}

func (r *FaultRule) wait() time.Duration { return time.Duration(r.WaitMS) * time.Millisecond }
