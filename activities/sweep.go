package activities

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/cause"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// contentEvery is how often a sweep reads all content, whatever the write dates: what was changed in Odoo's database by
// hand leaves no date.
const contentEvery = 7*24*time.Hour - time.Hour

// SweepInput names the tenant to sweep.
type SweepInput struct {
	Tenant string `json:"tenant"`
	// Content reads everything, whatever its write date; without it that is so once a week.
	Content bool `json:"content,omitempty"`
	// Deletions takes what is missing as deleted, however much it is.
	Deletions bool `json:"deletions,omitempty"`
}

// SweepPlan says what a sweep is to compare.
type SweepPlan struct {
	Models  []string `json:"models,omitempty"`
	Content bool     `json:"content,omitempty"`
	Paused  bool     `json:"paused,omitempty"`
}

// PlanSweep looks whether the tenant may be read, and what of it.
func (p *Polls) PlanSweep(ctx context.Context, in SweepInput) (SweepPlan, error) {
	plan := SweepPlan{Content: in.Content}
	var fetched FetchResult
	if _, _, _, err := p.admit(ctx, in.Tenant, &fetched); err != nil || fetched.Paused {
		plan.Paused = fetched.Paused
		return plan, err
	}
	if !plan.Content {
		at, err := p.store.ContentSweptAt(ctx, in.Tenant)
		if err != nil {
			return plan, err
		}
		plan.Content = time.Since(at) > contentEvery
	}
	for _, s := range sources {
		plan.Models = append(plan.Models, s.polled)
	}
	return plan, nil
}

// ConcludeSweep looks, where there is something to write now, whether what was compared is the Odoo that the bindings
// belong to: documents that are missing in a restored database were not deleted. It tells whether the tenant is paused.
func (p *Polls) ConcludeSweep(ctx context.Context, in SweepInput) (paused bool, err error) {
	connection, err := p.connections.Get(ctx, in.Tenant)
	if err != nil {
		return false, setupError(err)
	}
	if connection.Tenant.State == store.StatePaused {
		return true, nil
	}
	paused, err = p.identity.HoldIfExchanged(ctx, connection, false)
	return paused, odooError(ctx, err)
}

// SweepModelInput names one model of a sweep.
type SweepModelInput struct {
	Tenant    string `json:"tenant"`
	Model     string `json:"model"`
	Content   bool   `json:"content,omitempty"`
	Deletions bool   `json:"deletions,omitempty"`
}

// SweepResult counts what a sweep of one model found.
type SweepResult struct {
	Model string `json:"model"`
	// Compared are the records of Odoo that were looked at; of a sweep that was interrupted, those since then.
	Compared int `json:"compared"`
	// Read of them were not stored as they were written last; Changed of these have new content.
	Read    int `json:"read"`
	Changed int `json:"changed"`
	// Missing are known to us and not found; Deleted of them are gone for good.
	Missing int `json:"missing"`
	Deleted int `json:"deleted"`
	// Alert is the cause that waits for a person, if any.
	Alert     string `json:"alert,omitempty"`
	OdooCalls int64  `json:"odoo_calls"`
	Paused    bool   `json:"paused,omitempty"`
}

// Cause is the code of the alert, empty without one.
func (r SweepResult) Cause() string { return cause.Code(r.Alert) }

// SweepModel compares the ids and write dates of all that Odoo has of a model, in pages by id, with what is stored: it
// reads what differs, and finds what is gone. The page that was compared last is in PostgreSQL.
func (p *Polls) SweepModel(ctx context.Context, in SweepModelInput) (SweepResult, error) {
	result := SweepResult{Model: in.Model}
	s, ok := sourceOf(in.Model)
	if !ok {
		return result, temporal.NewNonRetryableApplicationError("models: "+in.Model+" is not read from Odoo; PlanSweep names those that are", "input.models", nil)
	}
	connection, err := p.connections.Get(ctx, in.Tenant)
	if err != nil {
		return result, setupError(err)
	}
	if result.Paused = connection.Tenant.State == store.StatePaused; result.Paused {
		return result, nil
	}
	var fetched FetchResult
	before := connection.Odoo.Calls()
	if err = p.sweep(ctx, connection, s, in, &fetched, &result); err != nil {
		fetched, err = p.refused(ctx, connection, fetched, err)
		result.Paused = fetched.Paused
	}
	for _, c := range fetched.Models {
		result.Read, result.Changed = result.Read+c.Fetched, result.Changed+c.Changed
	}
	result.OdooCalls = connection.Odoo.Calls() - before
	return result, err
}

func (p *Polls) sweep(ctx context.Context, connection *Connection, s source, in SweepModelInput, fetched *FetchResult, result *SweepResult) error {
	r, err := p.begin(ctx, connection, fetched)
	if err != nil {
		return err
	}
	started, err := p.store.BeginSweep(ctx, in.Tenant, s.polled, in.Content, connection.Tenant.Rebinds)
	if err != nil {
		return err
	}
	err = r.toTheEnd(ctx, s, func(ctx context.Context, tx *store.Tx, s source) (page, error) {
		p, err := r.sweepPage(ctx, tx, s, started)
		result.Compared += p.seen
		return p, err
	})
	if errors.Is(err, errTakenOver) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := r.settle(ctx, s, started, in.Deletions, result); err != nil {
		return fmt.Errorf("settling what is missing of %s: %w", s.polled, err)
	}
	return r.locked(ctx, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.EndSweep(ctx, in.Tenant, s.polled, started)
	})
}

// errTakenOver ends a sweep when another one of the model has begun anew, or has ended this one: it does what is left.
var errTakenOver = errors.New("another sweep goes on")

// sweepPage compares one page and notes what is absent in its range of ids.
func (r *reading) sweepPage(ctx context.Context, tx *store.Tx, s source, started time.Time) (page, error) {
	sweep, err := tx.Sweep(ctx, r.Tenant.Name, s.polled)
	if err != nil {
		return page{}, err
	}
	if !sweep.Started.Equal(started) || !sweep.Finished.IsZero() {
		return page{}, errTakenOver
	}
	refs, p, err := r.compare(ctx, tx, s, odoo.Window{After: sweep.LastID}, sweep.Content && !s.lines())
	if err != nil {
		return page{}, err
	}
	known := store.Range{Model: s.model, After: sweep.LastID, Upto: p.last, Before: started, Companies: r.companies(s)}
	if !p.more {
		known.Upto = math.MaxInt64
	}
	absent := tx.AbsentRecords
	if s.lines() {
		absent = tx.AbsentLines
	}
	ids, err := absent(ctx, r.Tenant.Name, known, toRefs(refs))
	if err != nil {
		return page{}, err
	}
	if err := tx.SawMissing(ctx, r.Tenant.Name, s.polled, started, ids); err != nil {
		return page{}, err
	}
	if !p.more {
		p.last = sweep.LastID // an attempt that comes again compares the last page again
	}
	return p, tx.MoveSweep(ctx, r.Tenant.Name, s.polled, started, p.last)
}

// companies are those that the tenant's documents are read of; empty means all, and master data.
func (r *reading) companies(s source) []int64 {
	if s.model == odoo.ModelPurchaseOrder || s.model == odoo.ModelMove {
		return r.File.Odoo.Companies
	}
	return nil
}

// plausible tells how many records may be missing at once: what is more looks like a right that was taken away.
func plausible(known int64) int { return max(5, int(known/100)) }
