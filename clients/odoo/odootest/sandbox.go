package odootest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"
)

// Call is one API request in the journal. It never holds a key.
type Call struct {
	Time    time.Time `json:"time"`
	Method  string    `json:"method"`
	Path    string    `json:"path"`
	User    string    `json:"user"`
	Status  int       `json:"status"`
	Records int       `json:"records"`
	// Fault is the fault code of an XML-RPC answer, which has status 200 all the same; 0 for none.
	Fault int `json:"fault"`
}

// Journal is every API request so far, oldest first.
func (s *Server) Journal() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *Server) note(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
}

// Edit is what a user does in the web client.
type Edit struct {
	Model  string         `json:"model"`
	Method string         `json:"method"`
	IDs    []int64        `json:"ids,omitempty"`
	Args   map[string]any `json:"args,omitempty"`
	// Start is an earlier start of the transaction, as DoStarted takes.
	Start time.Time `json:"start,omitzero"`
}

func (s *Server) serveSandbox(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + r.URL.Path {
	case "GET /_sandbox/state":
		s.answer(w, http.StatusOK, s.State())
	case "GET /_sandbox/journal":
		calls := []any{}
		for _, c := range s.Journal() {
			calls = append(calls, object{
				{"time", c.Time.Format(time.RFC3339Nano)},
				{"method", c.Method},
				{"path", c.Path},
				{"user", c.User},
				{"status", int64(c.Status)},
				{"records", int64(c.Records)},
				{"fault", int64(c.Fault)},
			})
		}
		s.answer(w, http.StatusOK, calls)
	case "POST /_sandbox/edit":
		s.serveEdit(w, r)
	case "GET /_sandbox/faults":
		s.answerFaults(w)
	case "POST /_sandbox/faults":
		s.serveFaults(w, r)
	case "DELETE /_sandbox/faults":
		_ = s.SetFaults() // no kind, no error
		s.answerFaults(w)
	default:
		s.html(w, http.StatusNotFound, s.dialect.notFound)
	}
}

func (s *Server) serveEdit(w http.ResponseWriter, r *http.Request) {
	dec := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	dec.UseNumber()
	var e Edit
	if err := dec.Decode(&e); err != nil {
		s.html(w, http.StatusBadRequest, err.Error())
		return
	}
	v, err := s.do(e.Start, e.Model, e.Method, e.IDs, e.Args)
	if failure, ok := errors.AsType[*apiError](err); ok {
		s.answer(w, failure.status, failure.body())
		return
	}
	if err != nil {
		s.html(w, http.StatusBadRequest, err.Error())
		return
	}
	s.answer(w, http.StatusOK, v)
}

// serveFaults takes a list of FaultRule in place of those that are set.
func (s *Server) serveFaults(w http.ResponseWriter, r *http.Request) {
	var rules []FaultRule
	dec := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	dec.UseNumber()
	dec.DisallowUnknownFields()
	err := dec.Decode(&rules)
	if err == nil {
		err = s.SetFaults(rules...)
	}
	if err != nil {
		s.html(w, http.StatusBadRequest, err.Error())
		return
	}
	s.answerFaults(w)
}

func (s *Server) answerFaults(w http.ResponseWriter) {
	raw, err := json.Marshal(s.Faults())
	if err != nil {
		s.html(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	s.send(w, http.StatusOK, string(raw))
}
