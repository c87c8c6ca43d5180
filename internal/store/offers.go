package store

import (
	"context"
	"fmt"
	"time"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// Offered is a pending record that was claimed for a child.
type Offered struct {
	Model    string `json:"model"`
	ID       int64  `json:"id"`
	Want     int64  `json:"want"`
	Priority int    `json:"priority"`
	Ref      string `json:"ref"`
}

// Offer claims at most limit pending records: they are not offered again for offeredFor. Records with a reopened
// commitment come first, then by priority, vendors before orders before bills, by id. A paused or linking tenant has none.
func (s *Store) Offer(ctx context.Context, tenant string, limit int, offeredFor time.Duration) ([]Offered, error) {
	return answer[[]Offered]("offering records", func() ([]byte, error) {
		return s.q.Offer(ctx, db.OfferParams{Tenant: tenant, MaxRows: int32(limit), OfferedFor: offeredFor}) //nolint:gosec // a window
	})
}

// Unoffer gives a record back: offered again at once, or not before until (a deferral).
func (s *Store) Unoffer(ctx context.Context, tenant, model string, id int64, until *time.Time) error {
	if err := s.q.Unoffer(ctx, db.UnofferParams{Tenant: tenant, Model: model, OdooID: id, Until: until}); err != nil {
		return fmt.Errorf("giving back %s %d: %w", model, id, err)
	}
	return nil
}

// Pending counts what is to be offered and what is offered, and says when the next offer ends (nil: none is out).
func (s *Store) Pending(ctx context.Context, tenant string) (pending, offered int, next *time.Time, err error) {
	row, err := s.q.Pending(ctx, tenant)
	if err != nil {
		return 0, 0, nil, fmt.Errorf("counting pending records: %w", err)
	}
	if row.Next.Unix() != 0 {
		at := row.Next.UTC()
		next = &at
	}
	return int(row.Pending), int(row.Offered), next, nil
}
