package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// Wait is a reason why a record cannot go on.
type Wait struct {
	// Cause is the stable key: "mapping.project:account.analytic.account/7", "dep:res.partner/9", ...
	Cause string `json:"cause"`
	// Detail is a JSON object for the sentence.
	Detail json.RawMessage `json:"detail,omitempty"`
	// Amount that waits, in Currency (ISO 4217).
	Amount   decimal.NullDecimal `json:"amount,omitzero"`
	Currency string              `json:"currency,omitempty"`
	// RecheckAt is for causes outside of our database: from then on one record after the other tries again.
	RecheckAt time.Time `json:"recheck_at,omitzero"`
	// Since and Want are set by the store.
	Since time.Time `json:"-"`
	Want  int64     `json:"-"`
}

// ParkResult says what became of parking. Neither parked nor stale: every cause is settled by now, resolve again.
type ParkResult struct {
	Parked bool `json:"parked"`
	// Stale: something newer is wanted.
	Stale bool `json:"stale"`
	// Open are the causes that are still open, which the record waits for now.
	Open []string `json:"open"`
}

// Park lays a record by for want until causes are settled. Each cause is looked at under its lock: only those still
// open become waits, and they replace the record's earlier waits. A dep: cause also asks for its record.
func (s *Store) Park(ctx context.Context, tenant, model string, id, want int64, waits []Wait) (ParkResult, error) {
	raw, err := rows(waits)
	if err != nil {
		return ParkResult{}, err
	}
	return answer[ParkResult](fmt.Sprintf("parking %s %d", model, id), func() ([]byte, error) {
		return s.q.Park(ctx, db.ParkParams{Tenant: tenant, Model: model, OdooID: id, Want: want, Waits: raw})
	})
}

// Finish says that a record is done for want, and frees those that wait for it; stale when something newer is wanted
// already, or less: then the database was restored under the run.
func (s *Store) Finish(ctx context.Context, tenant, model string, id, want int64, outcome string, audit Audit) (stale bool, err error) {
	event, err := json.Marshal(audit)
	if err != nil {
		return false, fmt.Errorf("writing the audit event: %w", err)
	}
	return again(fmt.Sprintf("finishing %s %d", model, id), func() (bool, error) {
		return s.q.Finish(ctx, db.FinishParams{Tenant: tenant, Model: model, OdooID: id, Want: want, Outcome: outcome, Event: event})
	})
}

// ReleaseDue frees one record of each cause whose recheck_at has come, as a probe. If it then writes to Procore and
// finishes, the others of the cause are freed by Finish.
func (s *Store) ReleaseDue(ctx context.Context, tenant string, now time.Time) (int, error) {
	n, err := again("releasing due causes", func() (int64, error) {
		return s.q.ReleaseDue(ctx, db.ReleaseDueParams{Tenant: tenant, Now: now})
	})
	return int(n), err
}

// Waits returns the waits of a record for its present want.
func (s *Store) Waits(ctx context.Context, tenant, model string, id int64) ([]Wait, error) {
	rows, err := s.q.Waits(ctx, db.WaitsParams{Tenant: tenant, Model: model, OdooID: id})
	if err != nil {
		return nil, fmt.Errorf("reading waits of %s %d: %w", model, id, err)
	}
	return convert(rows, func(w db.RecordWait) Wait {
		return Wait{
			Cause: w.Cause, Detail: w.Detail, Amount: w.Amount, Currency: w.Currency, RecheckAt: timeOrZero(w.RecheckAt), Since: w.Since.UTC(), Want: w.Want,
		}
	}), nil
}
