package procoretest

import "net/http"

// Hook lets a test interfere with calls. Both functions run outside the server's
// lock and may block; a nil Fault lets the call go on.
type Hook struct {
	// Before runs when the call has passed limits, token and company, before its
	// effect: a Fault here means that nothing happened.
	Before func(Request) *Fault
	// After runs after the effect: a Fault here hides an answer to what did happen.
	After func(Request) *Fault
}

// Fault replaces an answer.
type Fault struct {
	Status int
	Header http.Header
	Body   string
	// Drop closes the connection without an answer.
	Drop bool
}

// SetHook installs h for the calls from now on; the zero Hook takes it away.
func (s *Server) SetHook(h Hook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = h
}

func (s *Server) currentHook() Hook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hook
}

func replyOfFault(f *Fault) reply {
	kind := ""
	if f.Body != "" {
		kind = "application/json"
	}
	return reply{status: f.Status, header: f.Header, kind: kind, body: []byte(f.Body), err: "fault", drop: f.Drop}
}
