package procoretest

import (
	"encoding/json"
	"io"
	"net/http"
)

func (s *Server) handleState(w http.ResponseWriter, r *http.Request) {
	jsonReply(http.StatusOK, s.State(), "").send(w, r)
}

func (s *Server) handleJournal(w http.ResponseWriter, r *http.Request) {
	journal := s.Journal()
	if journal == nil {
		journal = []Request{}
	}
	jsonReply(http.StatusOK, journal, "").send(w, r)
}

func (s *Server) handleBudget(w http.ResponseWriter, r *http.Request) {
	jsonReply(http.StatusOK, s.Budget(), "").send(w, r)
}

// handleEdit answers {"id":…}, or 422 {"error":…} when a rule forbids the edit.
func (s *Server) handleEdit(w http.ResponseWriter, r *http.Request) {
	var e Edit
	d := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		jsonReply(http.StatusBadRequest, map[string]any{"error": err.Error()}, "").send(w, r)
		return
	}
	id, err := s.Edit(e)
	if err != nil {
		jsonReply(http.StatusUnprocessableEntity, map[string]any{"error": err.Error()}, "").send(w, r)
		return
	}
	jsonReply(http.StatusOK, map[string]any{"id": id}, "").send(w, r)
}
