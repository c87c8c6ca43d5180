package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/ml-connector/odoo-procore/internal/store"
)

// closingFor is how long the end of a run may take after it has written down how it ended.
const closingFor = 5 * time.Second

// Dispatches hand pending records to Dispatch.
type Dispatches struct {
	store *store.Store
	cfg   Config
}

// OfferInput asks for at most Limit pending records.
type OfferInput struct {
	Tenant string `json:"tenant"`
	Limit  int    `json:"limit"`
}

// Offered is one record to start a child for.
type Offered struct {
	Model    string `json:"model"`
	ID       int64  `json:"id"`
	Ref      string `json:"ref"` // document number, or model/id
	Priority int    `json:"priority"`
	// Trace is the one that the record was read under, a W3C traceparent; empty when nobody traces.
	Trace string `json:"trace,omitempty"`
}

// OfferResult is what is pending now.
type OfferResult struct {
	Records []Offered `json:"records,omitempty"`
	Timing  Timing    `json:"timing"`
	// SlowAfter is how long a run of these holds its place among those that run side by side.
	SlowAfter time.Duration `json:"slow_after"`
	// NextIn is when the next deferred record is due; 0 when there is none.
	NextIn time.Duration `json:"next_in,omitempty"`
}

// GiveBackInput names a record whose last run was still closing when somebody else freed it.
type GiveBackInput struct {
	RecordRef

	Times int `json:"times"` // how often it was met running, from 1
}

// GiveBack lets a record that could not be started be offered again soon: after five seconds the first time, then twice
// as long each time, at most as long as an offer holds.
func (d *Dispatches) GiveBack(ctx context.Context, in GiveBackInput) error {
	wait := min(closingFor<<min(max(in.Times-1, 0), 8), d.cfg.OfferedFor)
	until := time.Now().Add(wait)
	if err := d.store.Unoffer(ctx, in.Tenant, in.Model, in.ID, &until); err != nil {
		return fmt.Errorf("giving back the record: %w", err)
	}
	return nil
}

// Offer claims pending records, priority first. A paused tenant has none.
func (d *Dispatches) Offer(ctx context.Context, in OfferInput) (OfferResult, error) {
	result := OfferResult{
		Timing:    Timing{StartToClose: d.cfg.ActivityTimeout, Attempts: d.cfg.Attempts},
		SlowAfter: d.cfg.SlowAfter,
	}
	row, err := d.store.Tenant(ctx, in.Tenant)
	if err != nil {
		return result, err
	}
	if row.State == store.StatePaused {
		return result, nil
	}
	offered, err := d.store.Offer(ctx, in.Tenant, in.Limit, d.cfg.OfferedFor)
	if err != nil {
		return result, fmt.Errorf("claiming pending records: %w", err)
	}
	traces, err := d.traces(ctx, in.Tenant, offered)
	if err != nil {
		return result, err
	}
	for i, o := range offered {
		ref := o.Ref
		if o.Model == "res.partner" || ref == "" {
			ref = fmt.Sprintf("%s/%d", o.Model, o.ID)
		}
		result.Records = append(result.Records, Offered{Model: o.Model, ID: o.ID, Ref: ref, Priority: int(o.Priority), Trace: traces[i]})
	}
	if len(result.Records) > 0 {
		return result, nil
	}
	_, _, next, err := d.store.Pending(ctx, in.Tenant)
	if err != nil {
		return result, fmt.Errorf("looking for deferred records: %w", err)
	}
	if next != nil {
		result.NextIn = max(time.Until(*next), time.Second)
	}
	return result, nil
}
