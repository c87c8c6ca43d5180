package odootest

import (
	"net/http"
	"strings"
	"time"
)

// Fault makes coming API requests go wrong. The zero fault does nothing.
type Fault struct {
	// Path is a part of the request path, such as "purchase.order/search_read"; empty fits every request.
	Path string `json:"path"`
	// Times is how many requests it hits; 0 means one, negative means all.
	Times int `json:"times"`
	// Latency is waited before anything happens, in nanoseconds as JSON.
	Latency time.Duration `json:"latency"`
	// Status is answered instead, with an HTML body as a proxy sends it: 429, 502, 503, 500.
	Status int `json:"status"`
	// RetryAfter is the header's value, if not empty.
	RetryAfter string `json:"retry_after"`
	// Drop cuts the connection without an answer.
	Drop bool `json:"drop"`
	// After lets the request take effect first: the answer gets lost.
	After bool `json:"after"`
}

// Inject adds a fault for coming requests.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	s.faults = append(s.faults, &f)
}

// ClearFaults ends all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

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

func (s *Server) nextFault(path string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Times != 0 && strings.Contains(path, f.Path) {
			f.Times--
			hit := *f
			return &hit
		}
	}
	return &Fault{}
}

func (f *Fault) status() int { return f.Status }

// before waits and tells whether the request ends here without effect.
func (f *Fault) before(_ http.ResponseWriter, r *http.Request) bool {
	if f.Latency > 0 {
		select {
		case <-time.After(f.Latency):
		case <-r.Context().Done():
		}
	}
	return !f.After && (f.Drop || f.Status != 0)
}

// after loses the answer of a request that took effect.
func (f *Fault) after(w http.ResponseWriter, _ *http.Request) bool {
	if !f.After || !f.Drop && f.Status == 0 {
		return false
	}
	f.finish(w)
	return true
}

func (f *Fault) finish(w http.ResponseWriter) {
	if f.Drop {
		panic(http.ErrAbortHandler)
	}
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	html(w, f.Status, "<html><head><title>"+itoa(int64(f.Status))+"</title></head><body>"+http.StatusText(f.Status)+"</body></html>\n")
}
