package activities

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/ml-connector/odoo-procore/internal/cause"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// settleMissing decides about the records that a sweep did not find. Odoo is asked for each by its id: what it has is read,
// what it hides is an alert, and what it does not have is deleted if the sweep before did not find it either. Far too many
// at once are an alert, and nothing is decided.
func (r *reading) settleMissing(ctx context.Context, s source, started time.Time, deletions bool, result *SweepResult) error {
	missing, known, err := r.missing(ctx, s, started, deletions, result)
	if err != nil || len(missing) == 0 {
		return err
	}
	ids := make([]int64, len(missing))
	var before []int64 // missed by the sweep before, too
	for i, m := range missing {
		ids[i] = m.ID
		if m.First.Before(started) {
			before = append(before, m.ID)
		}
	}
	found, hidden, err := r.Odoo.Find(ctx, s.model, ids)
	if err != nil {
		return err
	}
	if err := r.fetchIDs(ctx, s, found, priorityScheduled); err != nil {
		return err
	}
	if len(hidden) > 0 {
		if err := r.alert(ctx, s, len(hidden), known, result); err != nil {
			return err
		}
	}
	gone := slices.DeleteFunc(before, contains(append(found, hidden...)))
	for chunk := range slices.Chunk(gone, 100) {
		if err := r.deleted(ctx, s, chunk, result); err != nil {
			return err
		}
	}
	return r.forget(ctx, s, found)
}

// missing are what a sweep did not find, of so many that are known. When they are more than can be believed, there is an
// alert and none of them is returned; otherwise an old alert ends.
func (r *reading) missing(ctx context.Context, s source, started time.Time, deletions bool, result *SweepResult) (missing []store.Missing, known int64, err error) {
	implausible := false
	_, err = r.page(ctx, s, func(ctx context.Context, tx *store.Tx, s source) (_ page, err error) {
		if missing, err = tx.Missing(ctx, r.Tenant.Name, s.polled, started); err != nil {
			return page{}, err
		}
		if known, err = tx.KnownRecords(ctx, r.Tenant.Name, s.model, r.companies(s)); err != nil {
			return page{}, err
		}
		implausible = len(missing) > plausible(known) && !deletions
		if implausible {
			return page{}, nil
		}
		return page{}, tx.ClearAlert(ctx, r.Tenant.Name, cause.Key(cause.OdooVisibility, s.polled))
	})
	result.Missing = len(missing)
	if err == nil && implausible {
		return nil, known, r.alert(ctx, s, len(missing), known, result)
	}
	return missing, known, err
}

func (r *reading) alert(ctx context.Context, s source, missing int, known int64, result *SweepResult) error {
	result.Alert = cause.Key(cause.OdooVisibility, s.polled)
	_, err := r.page(ctx, s, func(ctx context.Context, tx *store.Tx, s source) (page, error) {
		return page{}, tx.RaiseAlert(ctx, r.Tenant.Name, result.Alert, map[string]string{
			"model": s.polled, "missing": strconv.Itoa(missing), "known": strconv.FormatInt(known, 10), "tenant": r.Tenant.Name,
		})
	})
	return err
}

func (r *reading) forget(ctx context.Context, s source, ids []int64) error {
	_, err := r.page(ctx, s, func(ctx context.Context, tx *store.Tx, s source) (page, error) {
		return page{}, tx.ForgetMissing(ctx, r.Tenant.Name, s.polled, ids)
	})
	return err
}

// deleted marks records that Odoo does not have any more. What names them is read first, for it names something else by
// now (merged partners), or nothing: if we end in between, they are still missing at the next sweep.
func (r *reading) deleted(ctx context.Context, s source, ids []int64, result *SweepResult) error {
	for _, naming := range []source{orders, bills} {
		documents, err := r.store.Naming(ctx, r.Tenant.Name, naming.model, s.model, ids)
		if err != nil {
			return err
		}
		if err := r.fetchIDs(ctx, naming, documents, priorityScheduled); err != nil {
			return err
		}
	}
	_, err := r.page(ctx, s, func(ctx context.Context, tx *store.Tx, s source) (page, error) {
		gone, err := tx.MarkDeleted(ctx, r.Tenant.Name, s.model, ids)
		if err != nil {
			return page{}, err
		}
		if err := r.raiseNaming(ctx, tx, s.model, gone); err != nil {
			return page{}, err
		}
		result.Deleted += len(gone)
		return page{}, tx.ForgetMissing(ctx, r.Tenant.Name, s.polled, ids)
	})
	return err
}

// settleLines reads the documents whose lines a sweep did not find: a line of price 0 that is deleted leaves no trace at
// its order. Lines of many documents at once are an alert.
func (r *reading) settleLines(ctx context.Context, s source, started time.Time, deletions bool, result *SweepResult) error {
	missing, _, err := r.missing(ctx, s, started, deletions, result)
	if err != nil || len(missing) == 0 {
		return err
	}
	ids := make([]int64, len(missing))
	for i, m := range missing {
		ids[i] = m.ID
	}
	if err := r.fetchIDs(ctx, s, ids, priorityScheduled); err != nil {
		return err
	}
	return r.forget(ctx, s, ids)
}
