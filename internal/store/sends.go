package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// The results of a write to Procore. Overtaken is set by the store alone.
const (
	ResultOK        = "ok"
	ResultError     = "error"   // Procore refused: nothing happened
	ResultUnknown   = "unknown" // the answer was lost
	ResultSkipped   = "skipped" // the look-up found the write done, or it was not needed
	ResultOvertaken = "overtaken"
)

// SendIntent is a write to Procore that a worker is about to make.
type SendIntent struct {
	Tenant string `json:"tenant"`
	// Subject is what is written: a record ("purchase.order/42"), or a shared prerequisite with a key of its own.
	Subject string `json:"subject"`
	// Part of the subject that one writer at a time may write: the project, or for requisitions <order>@<project>.
	Part      string `json:"part"`
	Operation string `json:"operation"`
	// Kind is the kind of the binding that is written.
	Kind string `json:"kind"`
	// Model, OdooID and Want name the version of the record that this is for; OdooID 0: of no record.
	Model      string `json:"model"`
	OdooID     int64  `json:"odoo_id"`
	Want       int64  `json:"want"`
	PlanID     int64  `json:"plan_id"`
	Worker     string `json:"worker"`
	WorkflowID string `json:"workflow_id"`
	RunID      string `json:"run_id"`
	// Step counts the activities of the run, Attempt those of this activity: once a later one has begun to write for the
	// same plan, this one is stale. Step 0: not known.
	Step    int64 `json:"step"`
	Attempt int   `json:"attempt"`
	// Settle is the longest HTTP timeout plus a margin: an open row older than that has no worker any more.
	Settle time.Duration `json:"-"`
	// Pause is how long a row whose answer was lost keeps the part: its request may still be under way.
	Pause time.Duration `json:"-"`
	// Lane orders requisitions of one commitment, "commitment/<id>"; LaneDate is the invoice date, 2026-01-31, by
	// default that of the record.
	Lane     string `json:"lane"`
	LaneDate string `json:"lane_date"`
	// Reopen marks the binding as reopened, in the same transaction; only an Approve takes the mark off.
	Reopen bool `json:"reopen"`
	// Restore begins the way back of a commitment, which is stale when it is not half written any more.
	Restore bool `json:"restore"`
}

// SendGrant is the answer to an intent. With ID 0 nothing may be written.
type SendGrant struct {
	ID int64 `json:"id"`
	// Go: write now.
	Go bool `json:"go"`
	// LookUp: an earlier write has an unknown end. Look first, then finish the row (found) or write (not found).
	LookUp bool `json:"look_up"`
	// Stale: the record wants something newer, or is done.
	Stale bool `json:"stale"`
	// BusyUntil: another worker holds the part until then at most.
	BusyUntil time.Time `json:"busy_until,omitzero"`
	// Held: the tenant must not write now, see WhyHeld.
	Held bool `json:"-"`
	// LaneHead is the bill that goes first, "account.move/7": wait for dep:<LaneHead>.
	LaneHead string `json:"lane_head"`
	// Previous is the last row of the part.
	Previous *SendRow `json:"previous"`
}

// SendRow is one attempt to write to Procore.
type SendRow struct {
	ID         int64     `json:"id"`
	Subject    string    `json:"subject"`
	Part       string    `json:"part"`
	Operation  string    `json:"operation"`
	Kind       string    `json:"kind"`
	Model      string    `json:"model"`
	OdooID     int64     `json:"odoo_id"`
	Want       int64     `json:"want"`
	PlanID     int64     `json:"plan_id"`
	Worker     string    `json:"worker"`
	WorkflowID string    `json:"workflow_id"`
	RunID      string    `json:"run_id"`
	Attempt    int       `json:"attempt"`
	Lane       string    `json:"lane"`
	LookUp     bool      `json:"look_up"`
	Started    time.Time `json:"started_at"`
	Finished   time.Time `json:"finished_at"`
	// Result is empty while the row is open.
	Result      string    `json:"result"`
	Status      int       `json:"http_status"`
	ProcoreID   int64     `json:"procore_id"`
	Error       string    `json:"error"`
	OvertakenAt time.Time `json:"overtaken_at"`
	// LateResult is what an overtaken worker reported after all.
	LateResult string    `json:"late_result"`
	LateAt     time.Time `json:"late_at"`
	CheckedAt  time.Time `json:"checked_at"`
}

// BeginSend writes the intent row before a write to Procore, or says why not now.
func (s *Store) BeginSend(ctx context.Context, in SendIntent) (SendGrant, error) {
	if in.Settle <= 0 || in.Subject == "" || in.Tenant == "" {
		return SendGrant{}, fmt.Errorf("beginning %s: tenant, subject and settle time are required", in.Operation)
	}
	raw, err := json.Marshal(struct {
		SendIntent
		Seconds float64 `json:"settle_seconds"`
		Pause   float64 `json:"pause_seconds"`
	}{in, in.Settle.Seconds(), in.Pause.Seconds()})
	if err != nil {
		return SendGrant{}, fmt.Errorf("writing the intent: %w", err)
	}
	grant, err := answer[SendGrant](fmt.Sprintf("beginning %s of %s", in.Operation, in.Subject), func() ([]byte, error) {
		return s.q.BeginSend(ctx, raw)
	})
	if isHeld(err) {
		return SendGrant{Held: true}, nil
	}
	return grant, err
}

// FinishSend finishes an intent row with its result and writes the binding, in one transaction. A worker that was
// overtaken leaves only its late result, and raises want of the record: its write may have come after the
// look of its successor.
func (s *Store) FinishSend(ctx context.Context, id int64, result string, status int, procoreID int64, errText string, b *BindingUpdate) error {
	var raw []byte
	if b != nil {
		var err error
		if raw, err = b.encode(); err != nil {
			return err
		}
	}
	finished, err := answer[struct {
		Overtaken         bool
		Tenant, Operation string
	}](fmt.Sprintf("finishing send %d", id), func() ([]byte, error) {
		return s.q.FinishSend(ctx, db.FinishSendParams{
			ID: id, Outcome: result, Status: int32(status), ProcoreID: procoreID, Error: errText, Binding: raw, //nolint:gosec // an HTTP status
		})
	})
	if err != nil || s.sent == nil {
		return err
	}
	if finished.Overtaken {
		result = ResultOvertaken
	}
	s.sent(finished.Tenant, finished.Operation, result)
	return nil
}

// OvertakenDue raises want of records with a part whose overtaken write nobody reported for an hour: the part is
// looked at once more. It returns how many.
func (s *Store) OvertakenDue(ctx context.Context, tenant string) (int, error) {
	n, err := again("looking for overtaken writes", func() (int64, error) { return s.q.OvertakenDue(ctx, tenant) })
	return int(n), err
}

// UncheckedSends returns the overtaken writes of a record whose parts must be looked at once more: a resolver plans a
// look-up of these parts even if nothing else is to do. A look-up that ends ok or skipped settles them.
func (s *Store) UncheckedSends(ctx context.Context, tenant, model string, id int64) ([]SendRow, error) {
	rows, err := s.q.UncheckedSends(ctx, db.UncheckedSendsParams{Tenant: tenant, Model: model, OdooID: id})
	if err != nil {
		return nil, fmt.Errorf("reading overtaken writes of %s %d: %w", model, id, err)
	}
	return convert(rows, toSendRow), nil
}

// Sends returns all attempts for a record, oldest first.
func (s *Store) Sends(ctx context.Context, tenant, model string, id int64) ([]SendRow, error) {
	rows, err := s.q.Sends(ctx, db.SendsParams{Tenant: tenant, Model: model, OdooID: id})
	if err != nil {
		return nil, fmt.Errorf("reading the sends of %s %d: %w", model, id, err)
	}
	return convert(rows, toSendRow), nil
}

// AllSends returns at most limit attempts of a tenant with an id above after, oldest first.
func (s *Store) AllSends(ctx context.Context, tenant string, after int64, limit int) ([]SendRow, error) {
	rows, err := s.q.AllSends(ctx, db.AllSendsParams{Tenant: tenant, After: after, MaxRows: int32(limit)}) //nolint:gosec // a page
	if err != nil {
		return nil, fmt.Errorf("reading sends: %w", err)
	}
	return convert(rows, toSendRow), nil
}

func toSendRow(r db.Send) SendRow {
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	return SendRow{
		ID: r.ID, Subject: r.Subject, Part: r.Part, Operation: r.Operation, Kind: r.Kind, Model: r.Model, OdooID: r.OdooID, Want: r.Want,
		PlanID: r.PlanID, Worker: r.Worker, WorkflowID: r.WorkflowID, RunID: r.RunID, Attempt: int(r.Attempt), Lane: r.Lane, LookUp: r.LookUp,
		Started: r.StartedAt.UTC(), Finished: timeOrZero(r.FinishedAt), Result: text(r.Result), Status: int(r.HttpStatus), ProcoreID: r.ProcoreID,
		Error: r.Error, OvertakenAt: timeOrZero(r.OvertakenAt), LateResult: text(r.LateResult), LateAt: timeOrZero(r.LateAt), CheckedAt: timeOrZero(r.CheckedAt),
	}
}
