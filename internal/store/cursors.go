package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// Cursor is how far a poll is: the window [WindowFrom, WindowTo) with the last id read in it, and until when all
// windows before are done. Zero times are unset; WindowTo is unset between windows. Times are Odoo's clock, UTC.
type Cursor struct {
	WindowFrom, WindowTo time.Time
	LastID               int64
	DoneTo               time.Time
}

// LockModel lets one reader at a time into a model of a tenant, until the transaction ends.
func (t *Tx) LockModel(ctx context.Context, tenant, model string) error {
	if err := t.q.LockModel(ctx, db.LockModelParams{Tenant: tenant, Model: model}); err != nil {
		return fmt.Errorf("locking %s: %w", model, err)
	}
	return nil
}

// StillBound tells whether a tenant was neither held nor rebound since it had this number of rebinds. Under the model's
// lock that stays so until the transaction ends: a Rebind waits for it.
func (t *Tx) StillBound(ctx context.Context, tenant string, rebinds int64) (bool, error) {
	same, err := t.q.StillBound(ctx, db.StillBoundParams{Tenant: tenant, Rebinds: rebinds})
	if err != nil {
		return false, fmt.Errorf("asking whether tenant %s is still bound: %w", tenant, err)
	}
	return same, nil
}

// Cursor returns the cursor of a poll, zero before the first.
func (t *Tx) Cursor(ctx context.Context, tenant, model string) (Cursor, error) {
	row, err := t.q.Cursor(ctx, db.CursorParams{Tenant: tenant, Model: model})
	if errors.Is(err, pgx.ErrNoRows) {
		return Cursor{}, nil
	}
	if err != nil {
		return Cursor{}, fmt.Errorf("reading the cursor of %s: %w", model, err)
	}
	return toCursor(row), nil
}

// Cursors returns the cursors of all polls of a tenant, by their names.
func (s *Store) Cursors(ctx context.Context, tenant string) (map[string]Cursor, error) {
	rows, err := s.q.Cursors(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("reading the cursors of tenant %s: %w", tenant, err)
	}
	out := make(map[string]Cursor, len(rows))
	for _, r := range rows {
		out[r.Model] = toCursor(r)
	}
	return out, nil
}

func toCursor(r db.Cursor) Cursor {
	return Cursor{WindowFrom: timeOrZero(r.WindowFrom), WindowTo: timeOrZero(r.WindowTo), LastID: r.LastID, DoneTo: timeOrZero(r.DoneTo)}
}

// SaveCursor keeps the cursor of a poll.
func (t *Tx) SaveCursor(ctx context.Context, tenant, model string, c Cursor) error {
	err := t.q.SaveCursor(ctx, db.SaveCursorParams{
		Tenant: tenant, Model: model, WindowFrom: timeOrNil(c.WindowFrom), WindowTo: timeOrNil(c.WindowTo), LastID: c.LastID, DoneTo: timeOrNil(c.DoneTo),
	})
	if err != nil {
		return fmt.Errorf("saving the cursor of %s: %w", model, err)
	}
	return nil
}
