package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// Audit is an event that is kept for good. Tenant, Model and OdooID are the arguments of the call that takes it.
type Audit struct {
	Actor      string `json:"actor,omitempty"`
	Action     string `json:"action,omitempty"`
	Part       string `json:"part,omitempty"`
	SendID     int64  `json:"send_id,omitempty"`
	PlanID     int64  `json:"plan_id,omitempty"`
	WorkflowID string `json:"workflow_id,omitempty"`
	RunID      string `json:"run_id,omitempty"`
	// Detail is a JSON object.
	Detail json.RawMessage `json:"detail,omitempty"`
}

// AuditEvent is an event as it was kept.
type AuditEvent struct {
	Audit
	ID     int64     `json:"id"`
	At     time.Time `json:"at"`
	Tenant string    `json:"tenant"`
	Model  string    `json:"model,omitempty"`
	OdooID int64     `json:"odoo_id,omitempty"`
}

// InsertAudit keeps an event; model "" and id 0: of the tenant itself.
func (s *Store) InsertAudit(ctx context.Context, tenant, model string, id int64, a Audit) error {
	event, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("writing the audit event: %w", err)
	}
	if _, err := s.q.InsertAudit(ctx, db.InsertAuditParams{Tenant: tenant, Model: model, OdooID: id, Event: event}); err != nil {
		return fmt.Errorf("keeping the audit event: %w", err)
	}
	return nil
}

// Audits returns the events of a record, oldest first.
func (s *Store) Audits(ctx context.Context, tenant, model string, id int64) ([]AuditEvent, error) {
	list, err := s.q.Audits(ctx, db.AuditsParams{Tenant: tenant, Model: model, OdooID: id})
	if err != nil {
		return nil, fmt.Errorf("reading audit events: %w", err)
	}
	return convert(list, toAuditEvent), nil
}

func toAuditEvent(r db.AuditEvent) AuditEvent {
	return AuditEvent{
		Audit: Audit{
			Actor: r.Actor, Action: r.Action, Part: r.Part, SendID: r.SendID, PlanID: r.PlanID, WorkflowID: r.WorkflowID, RunID: r.RunID, Detail: r.Detail,
		},
		ID: r.ID, At: r.At.UTC(), Tenant: r.Tenant, Model: r.Model, OdooID: r.OdooID,
	}
}
