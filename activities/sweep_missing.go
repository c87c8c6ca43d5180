package activities

import (
	"context"
	"slices"
	"strconv"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/ml-connector/odoo-procore/internal/cause"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// askedFor is how many missing records Odoo is asked for between two heartbeats: where it hides some, each is a request.
const askedFor = 20

// settle decides about what a sweep did not find. Far too much at once looks like a right that was taken away: it is an
// alert, and nothing is decided. So is what Odoo hides.
func (r *reading) settle(ctx context.Context, s source, started time.Time, deletions bool, result *SweepResult) error {
	missing, known, err := r.missing(ctx, s, started, result)
	if err != nil {
		return err
	}
	if len(missing) > plausible(known) && !deletions {
		return r.alert(ctx, s, len(missing), known, result)
	}
	hidden := 0
	for chunk := range slices.Chunk(missing, askedFor) {
		if s.lines() {
			err = r.settleLines(ctx, s, chunk)
		} else {
			var n int
			n, err = r.settleSome(ctx, s, started, chunk, result)
			hidden += n
		}
		if err != nil {
			return err
		}
		activity.RecordHeartbeat(ctx, s.polled, chunk[len(chunk)-1].ID)
	}
	if hidden > 0 {
		return r.alert(ctx, s, hidden, known, result)
	}
	return r.clearAlert(ctx, s)
}

// settleSome asks Odoo for each missing record by its id: what it has is read, what it does not have is deleted if the sweep
// before did not find it either. It returns how many Odoo hides.
func (r *reading) settleSome(ctx context.Context, s source, started time.Time, missing []store.Missing, result *SweepResult) (hidden int, err error) {
	ids := make([]int64, len(missing))
	for i, m := range missing {
		ids[i] = m.ID
	}
	found, unseen, err := r.Odoo.Find(ctx, s.model, ids)
	if err != nil {
		return 0, err
	}
	if err := r.fetchIDs(ctx, s, found, priorityScheduled); err != nil {
		return 0, err
	}
	if err := r.forget(ctx, s, found); err != nil {
		return 0, err
	}
	var gone, twice []int64
	for _, m := range missing {
		if slices.Contains(found, m.ID) || slices.Contains(unseen, m.ID) {
			continue
		}
		gone = append(gone, m.ID)
		if m.First.Before(started) {
			twice = append(twice, m.ID)
		}
	}
	if err := r.fetchNaming(ctx, s, gone); err != nil {
		return 0, err
	}
	return len(unseen), r.deleted(ctx, s, twice, result)
}

// missing are what a sweep did not find, of so many that are known.
func (r *reading) missing(ctx context.Context, s source, started time.Time, result *SweepResult) (missing []store.Missing, known int64, err error) {
	err = r.locked(ctx, s, func(ctx context.Context, tx *store.Tx) (err error) {
		if missing, err = tx.Missing(ctx, r.Tenant.Name, s.polled, started); err != nil {
			return err
		}
		known, err = tx.KnownRecords(ctx, r.Tenant.Name, s.model, r.companies(s))
		return err
	})
	result.Missing = len(missing)
	return missing, known, err
}

func (r *reading) alert(ctx context.Context, s source, missing int, known int64, result *SweepResult) error {
	result.Alert = visibility(s)
	return r.locked(ctx, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.RaiseAlert(ctx, r.Tenant.Name, result.Alert, map[string]string{
			"model": s.polled, "missing": strconv.Itoa(missing), "known": strconv.FormatInt(known, 10), "tenant": r.Tenant.Name,
		})
	})
}

func (r *reading) clearAlert(ctx context.Context, s source) error {
	return r.locked(ctx, s, func(ctx context.Context, tx *store.Tx) error { return tx.ClearAlert(ctx, r.Tenant.Name, visibility(s)) })
}

func visibility(s source) string { return cause.Key(cause.OdooVisibility, s.polled) }

func (r *reading) forget(ctx context.Context, s source, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	return r.locked(ctx, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.ForgetMissing(ctx, r.Tenant.Name, s.polled, ids)
	})
}

// fetchNaming reads the documents that name records which are gone: they name something else by now (merged partners), or
// nothing.
func (r *reading) fetchNaming(ctx context.Context, s source, gone []int64) error {
	if len(gone) == 0 {
		return nil
	}
	for _, naming := range []source{orders, bills} {
		documents, err := r.store.Naming(ctx, r.Tenant.Name, naming.model, s.model, gone)
		if err != nil {
			return err
		}
		if err := r.fetchIDs(ctx, naming, documents, priorityScheduled); err != nil {
			return err
		}
	}
	return nil
}

// deleted marks records that Odoo does not have any more.
func (r *reading) deleted(ctx context.Context, s source, ids []int64, result *SweepResult) error {
	if len(ids) == 0 {
		return nil
	}
	return r.locked(ctx, s, func(ctx context.Context, tx *store.Tx) error {
		gone, err := tx.MarkDeleted(ctx, r.Tenant.Name, s.model, ids)
		if err != nil {
			return err
		}
		if err := r.raiseNaming(ctx, tx, s.model, gone, "deleted"); err != nil {
			return err
		}
		result.Deleted += len(gone)
		return tx.ForgetMissing(ctx, r.Tenant.Name, s.polled, ids)
	})
}

// settleLines reads the documents whose lines a sweep did not find: a line of price 0 that is deleted leaves no trace at
// its order.
func (r *reading) settleLines(ctx context.Context, s source, missing []store.Missing) error {
	ids := make([]int64, len(missing))
	for i, m := range missing {
		ids[i] = m.ID
	}
	if err := r.fetchIDs(ctx, s, ids, priorityScheduled); err != nil {
		return err
	}
	return r.forget(ctx, s, ids)
}
