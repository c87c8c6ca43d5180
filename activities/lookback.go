package activities

import (
	"context"
	"time"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// lookBack is for transactions that run long, an import or a mass posting: what they write carries the time of their
// start. Once an hour it compares the ids and dates of the long overlap, and reads once more what was read when such a
// transaction could still be open.
func (r *reading) lookBack(ctx context.Context, s source) error {
	if !r.due(r.cursors[longCursor(s)]) {
		return nil
	}
	if err := r.toTheEnd(ctx, s, r.longWindow); err != nil || s.lines() {
		return err
	}
	return r.toTheEnd(ctx, s, r.readAgain)
}

// longCursor is the name of the cursor of the long overlap, beside the model's own.
func longCursor(s source) string { return s.polled + "/long" }

// due tells that another hour has begun since the last look, or that one is not finished.
func (r *reading) due(c store.Cursor) bool {
	return !c.WindowTo.IsZero() || !c.DoneTo.Truncate(time.Hour).Equal(r.until.Truncate(time.Hour))
}

// longWindow compares the next page of the long overlap.
func (r *reading) longWindow(ctx context.Context, tx *store.Tx, s source) (page, error) {
	cursor, err := tx.Cursor(ctx, r.Tenant.Name, longCursor(s))
	if err != nil || !r.due(cursor) { // another worker has looked meanwhile
		return page{}, err
	}
	if cursor.WindowTo.IsZero() {
		if cursor.DoneTo.IsZero() || r.until.Before(cursor.DoneTo) { // everything was just read; or Odoo's clock was set back
			return page{}, tx.SaveCursor(ctx, r.Tenant.Name, longCursor(s), store.Cursor{DoneTo: r.until})
		}
		cursor.WindowFrom = cursor.DoneTo.Add(-time.Duration(r.File.Odoo.LongOverlap)).Truncate(time.Second)
		cursor.WindowTo, cursor.LastID = r.until, 0
	}
	return r.advance(ctx, tx, s, longCursor(s), cursor, r.look)
}

func (r *reading) readAgain(ctx context.Context, tx *store.Tx, s source) (page, error) {
	size := r.sizes.size(s.polled)
	ids, err := tx.ReadAgainDue(ctx, r.Tenant.Name, s.model, r.now, size)
	if err != nil || len(ids) == 0 {
		return page{}, err
	}
	snapshots, err := r.read(ctx, s, odoo.Window{IDs: ids})
	if err != nil {
		return page{}, err
	}
	p := page{last: ids[len(ids)-1], more: len(ids) == size, seen: len(ids)}
	if p.count, err = r.upsert(ctx, tx, s, snapshots); err != nil {
		return page{}, err
	}
	return p, tx.ReadAgainDone(ctx, r.Tenant.Name, s.model, r.now, ids)
}
