package store

import (
	"context"
	"time"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// TakeBudget reserves n requests of a Procore app for a company. Not granted, until is when to ask again. A tenth of
// the hour's requests is never granted: it is the share that is kept for sync-now.
func (s *Store) TakeBudget(ctx context.Context, app string, company int64, n int) (ok bool, until time.Time, err error) {
	type grant struct {
		OK    bool      `json:"ok"`
		Until time.Time `json:"until"`
	}
	out, err := answer[grant]("taking budget", func() ([]byte, error) {
		return s.q.TakeBudget(ctx, db.TakeBudgetParams{App: app, CompanyID: company, N: int32(n)}) //nolint:gosec // a batch
	})
	return out.OK, out.Until, err
}

// ObserveBudget corrects the budget by the rate headers of an answer. limit 0 is a refusal (429) without them: nothing
// is granted until reset, or for ten seconds. A limit without a reset says nothing.
func (s *Store) ObserveBudget(ctx context.Context, app string, company int64, limit, remaining int, reset time.Time) error {
	if limit != 0 && reset.IsZero() {
		return nil
	}
	_, err := again("correcting the budget", func() (struct{}, error) {
		if limit == 0 {
			return struct{}{}, s.q.ObserveRefusal(ctx, db.ObserveRefusalParams{App: app, CompanyID: company, Reset: timeOrNil(reset)})
		}
		return struct{}{}, s.q.ObserveBudget(ctx, db.ObserveBudgetParams{
			App: app, CompanyID: company, MaxRequests: int32(limit), Remaining: int32(remaining), Reset: reset, //nolint:gosec // requests per hour
		})
	})
	return err
}
