package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// Sweep is one comparison of all that Odoo has of a model with what is stored, or how far it is.
type Sweep struct {
	// Started is by our database's clock and names the sweep.
	Started time.Time
	// Content: everything is read, whatever its write date.
	Content bool
	LastID  int64
	// Finished is zero while it goes on.
	Finished time.Time
}

// BeginSweep begins a sweep of a model, or goes on with the one under way, and returns when it began. One that is to read
// all content begins anew where the one under way does not, and so does every one after a Rebind.
func (s *Store) BeginSweep(ctx context.Context, tenant, model string, content bool, rebinds int64) (time.Time, error) {
	at, err := s.q.BeginSweep(ctx, db.BeginSweepParams{Tenant: tenant, Model: model, Content: content, Rebinds: rebinds})
	if err != nil {
		return time.Time{}, fmt.Errorf("beginning the sweep of %s: %w", model, err)
	}
	return at, nil
}

// ContentSweptAt is when the content of all models was read whole; now, where no model was ever swept.
func (s *Store) ContentSweptAt(ctx context.Context, tenant string) (time.Time, error) {
	at, err := s.q.ContentSweptAt(ctx, tenant)
	if err != nil {
		return time.Time{}, fmt.Errorf("asking for the last sweep of content: %w", err)
	}
	return at, nil
}

// Sweep returns the sweep of a model, locked until the transaction ends.
func (t *Tx) Sweep(ctx context.Context, tenant, model string) (Sweep, error) {
	row, err := t.q.Sweep(ctx, db.SweepParams{Tenant: tenant, Model: model})
	if err != nil {
		return Sweep{}, fmt.Errorf("reading the sweep of %s: %w", model, err)
	}
	return Sweep{Started: row.StartedAt, Content: row.Content, LastID: row.LastID, Finished: timeOrZero(row.FinishedAt)}, nil
}

// MoveSweep notes the last id that the sweep begun then has compared.
func (t *Tx) MoveSweep(ctx context.Context, tenant, model string, started time.Time, lastID int64) error {
	if err := t.q.MoveSweep(ctx, db.MoveSweepParams{Tenant: tenant, Model: model, StartedAt: started, LastID: lastID}); err != nil {
		return fmt.Errorf("moving the sweep of %s: %w", model, err)
	}
	return nil
}

// EndSweep ends the sweep of a model that was begun then.
func (t *Tx) EndSweep(ctx context.Context, tenant, model string, started time.Time) error {
	if err := t.q.EndSweep(ctx, db.EndSweepParams{Tenant: tenant, Model: model, StartedAt: started}); err != nil {
		return fmt.Errorf("ending the sweep of %s: %w", model, err)
	}
	return nil
}

// Range is a part of a model, by ids in (After, Upto], as far as it was known before a sweep began.
type Range struct {
	Model       string
	After, Upto int64
	Before      time.Time // the start of the sweep
	Companies   []int64   // empty: all
}

// AbsentRecords returns the known records of a range that are not among these.
func (t *Tx) AbsentRecords(ctx context.Context, tenant string, r Range, found []Ref) ([]int64, error) {
	ids, err := t.q.AbsentRecords(ctx, db.AbsentRecordsParams{
		Tenant: tenant, Model: r.Model, After: r.After, Upto: r.Upto, Before: r.Before, Companies: notNil(r.Companies), Found: refIDs(found),
	})
	if err != nil {
		return nil, fmt.Errorf("looking for what is absent of %s: %w", r.Model, err)
	}
	return ids, nil
}

// AbsentLines returns the known documents of a model that have lines in a range of line ids that are not among these.
func (t *Tx) AbsentLines(ctx context.Context, tenant string, r Range, found []Ref) ([]int64, error) {
	ids, err := t.q.AbsentLines(ctx, db.AbsentLinesParams{
		Tenant: tenant, Model: r.Model, After: r.After, Upto: r.Upto, Before: r.Before, Companies: notNil(r.Companies), Found: refIDs(found),
	})
	if err != nil {
		return nil, fmt.Errorf("looking for absent lines of %s: %w", r.Model, err)
	}
	return ids, nil
}

func refIDs(refs []Ref) []int64 {
	ids := make([]int64, len(refs))
	for i, r := range refs {
		ids[i] = r.ID
	}
	return ids
}

func notNil(ids []int64) []int64 {
	if ids == nil {
		return []int64{}
	}
	return ids
}

// KnownRecords counts the records of a model that Odoo had when they were read last, in these companies (none: all).
func (t *Tx) KnownRecords(ctx context.Context, tenant, model string, companies []int64) (int64, error) {
	n, err := t.q.KnownRecords(ctx, db.KnownRecordsParams{Tenant: tenant, Model: model, Companies: notNil(companies)})
	if err != nil {
		return 0, fmt.Errorf("counting %s: %w", model, err)
	}
	return n, nil
}

// Missing is a record that a sweep did not find.
type Missing struct {
	ID    int64
	First time.Time // the start of the first sweep in a row that did not find it
}

// SawMissing notes what a sweep did not find.
func (t *Tx) SawMissing(ctx context.Context, tenant, model string, sweep time.Time, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	if err := t.q.SawMissing(ctx, db.SawMissingParams{Tenant: tenant, Model: model, At: sweep, Ids: ids}); err != nil {
		return fmt.Errorf("noting what is missing of %s: %w", model, err)
	}
	return nil
}

// Missing returns what a sweep did not find, by id, and forgets what it found again.
func (t *Tx) Missing(ctx context.Context, tenant, model string, sweep time.Time) ([]Missing, error) {
	if err := t.q.ForgetMissing(ctx, db.ForgetMissingParams{Tenant: tenant, Model: model, Before: sweep, Ids: []int64{}}); err != nil {
		return nil, fmt.Errorf("forgetting what was found again of %s: %w", model, err)
	}
	rows, err := t.q.Missing(ctx, db.MissingParams{Tenant: tenant, Model: model, At: sweep})
	if err != nil {
		return nil, fmt.Errorf("reading what is missing of %s: %w", model, err)
	}
	return convert(rows, func(r db.MissingRow) Missing { return Missing{ID: r.OdooID, First: r.FirstAt} }), nil
}

// ForgetMissing ends the doubt about records.
func (t *Tx) ForgetMissing(ctx context.Context, tenant, model string, ids []int64) error {
	if err := t.q.ForgetMissing(ctx, db.ForgetMissingParams{Tenant: tenant, Model: model, Ids: notNil(ids)}); err != nil {
		return fmt.Errorf("forgetting what was missing of %s: %w", model, err)
	}
	return nil
}

// MarkDeleted notes that Odoo has these records no more and returns those of which that is new. It is new content like any
// other. The caller holds LockModel.
func (t *Tx) MarkDeleted(ctx context.Context, tenant, model string, ids []int64) ([]int64, error) {
	gone, err := t.q.MarkDeleted(ctx, db.MarkDeletedParams{Tenant: tenant, Model: model, Ids: notNil(ids)})
	if err != nil {
		return nil, fmt.Errorf("noting what was deleted of %s: %w", model, err)
	}
	return gone, nil
}

// Alert is something that is wrong with a tenant as a whole and waits for a person. Cause is a key of the catalogue.
type Alert struct {
	Cause  string
	Detail map[string]string
	Since  time.Time
}

// RaiseAlert notes an alert, or its newest details.
func (t *Tx) RaiseAlert(ctx context.Context, tenant, cause string, detail map[string]string) error {
	raw, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("encoding an alert: %w", err)
	}
	if err := t.q.RaiseAlert(ctx, db.RaiseAlertParams{Tenant: tenant, Cause: cause, Detail: raw}); err != nil {
		return fmt.Errorf("raising the alert %s: %w", cause, err)
	}
	return nil
}

// ClearAlert ends an alert.
func (t *Tx) ClearAlert(ctx context.Context, tenant, cause string) error {
	if err := t.q.ClearAlert(ctx, db.ClearAlertParams{Tenant: tenant, Cause: cause}); err != nil {
		return fmt.Errorf("clearing the alert %s: %w", cause, err)
	}
	return nil
}

// Alerts returns the alerts of a tenant, by cause.
func (s *Store) Alerts(ctx context.Context, tenant string) ([]Alert, error) {
	rows, err := s.q.Alerts(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("reading the alerts of tenant %s: %w", tenant, err)
	}
	out := make([]Alert, 0, len(rows))
	for _, r := range rows {
		a := Alert{Cause: r.Cause, Since: r.Since}
		if err := json.Unmarshal(r.Detail, &a.Detail); err != nil {
			return nil, fmt.Errorf("reading the alert %s: %w", r.Cause, err)
		}
		out = append(out, a)
	}
	return out, nil
}
