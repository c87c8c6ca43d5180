package procoretest

import (
	"encoding/json"
	"io"
	"net/http"
)

// handleFaults answers the faults that are set, with their counts.
func (s *Server) handleFaults(w http.ResponseWriter, r *http.Request) {
	jsonReply(http.StatusOK, s.Faults(), "").send(w, r)
}

// handleSetFaults takes a list of FaultRule in place of those that are set.
func (s *Server) handleSetFaults(w http.ResponseWriter, r *http.Request) {
	var rules []FaultRule
	d := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	d.UseNumber()
	d.DisallowUnknownFields()
	err := d.Decode(&rules)
	if err == nil {
		err = s.SetFaults(rules...)
	}
	if err != nil {
		jsonReply(http.StatusBadRequest, map[string]any{"error": err.Error()}, "").send(w, r)
		return
	}
	s.handleFaults(w, r)
}

func (s *Server) handleClearFaults(w http.ResponseWriter, r *http.Request) {
	_ = s.SetFaults() // no kind, no error
	s.handleFaults(w, r)
}
