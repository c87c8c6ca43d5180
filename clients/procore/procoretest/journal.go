package procoretest

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"time"
)

// Request is one line of the journal: an API request and how it ended. It holds
// no header but the request id, and no body.
type Request struct {
	N             int       `json:"n"`
	Time          time.Time `json:"time"` // UTC, server's clock
	Method        string    `json:"method"`
	Path          string    `json:"path"`
	Query         string    `json:"query"`
	Operation     string    `json:"operation"` // "PATCH /rest/v1.0/vendors/{id}"
	Status        int       `json:"status"`    // 0 when the connection was dropped
	RequestID     string    `json:"request_id"`
	Write         bool      `json:"write"`
	Error         string    `json:"error,omitempty"`
	UnknownFields []string  `json:"unknown_fields,omitempty"`
}

// numbers are the ids in the path of an operation that the server does not have.
var numbers = regexp.MustCompile(`/\d+`)

func (s *Server) open(rt route, r *http.Request) Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	return Request{
		N:         s.requests,
		Time:      s.cfg.Now().UTC(),
		Method:    r.Method,
		Path:      r.URL.Path,
		Query:     r.URL.RawQuery,
		Operation: cmp.Or(rt.operation, r.Method+" "+numbers.ReplaceAllString(r.URL.Path, "/{id}")),
		RequestID: r.Header.Get("X-Request-Id"),
		Write:     r.Method != http.MethodGet && r.Method != http.MethodHead,
	}
}

func (s *Server) close(entry Request, r reply, unknown []string) {
	slices.Sort(unknown)
	entry.Status, entry.Error, entry.UnknownFields = r.status, r.err, slices.Compact(unknown)
	if r.drop {
		entry.Status = 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.journal = append(s.journal, entry)
}

// Journal is every /rest request since New or ResetJournal, in the order of their answers.
func (s *Server) Journal() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.journal)
}

// ResetJournal empties the journal; numbering goes on.
func (s *Server) ResetJournal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.journal = nil
}
