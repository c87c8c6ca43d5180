package store

import (
	"context"
	"fmt"
	"time"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// SaveTraces notes down under which trace (a W3C traceparent) those of ids were read that are wanted anew by it.
func (t *Tx) SaveTraces(ctx context.Context, tenant, model string, ids []int64, parent string) error {
	if err := t.q.SaveTraces(ctx, db.SaveTracesParams{Tenant: tenant, Model: model, Ids: ids, Parent: parent}); err != nil {
		return fmt.Errorf("noting down the trace: %w", err)
	}
	return nil
}

// Traces returns the traces of offered records, in their order: empty where none was noted down for the version that is
// wanted, or longer ago than since: who looks at that trace has seen its end.
func (s *Store) Traces(ctx context.Context, tenant string, offered []Offered, since time.Duration) ([]string, error) {
	p := db.TracesParams{Tenant: tenant, NewerThan: since}
	for _, o := range offered {
		p.Ids = append(p.Ids, o.ID)
	}
	rows, err := s.q.Traces(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("reading traces: %w", err)
	}
	out := make([]string, len(offered))
	for i, o := range offered {
		for _, r := range rows {
			if r.Model == o.Model && r.OdooID == o.ID && r.Want == o.Want {
				out[i] = r.Parent
			}
		}
	}
	return out, nil
}

// LastReads says of each tenant when the poll of a model was at its end, by the database's clock. Tenants where it never
// was, or is in the middle, are missing.
func (s *Store) LastReads(ctx context.Context, model string) (map[string]time.Time, error) {
	rows, err := s.q.LastReads(ctx, model)
	if err != nil {
		return nil, fmt.Errorf("reading the ends of cycles: %w", err)
	}
	out := make(map[string]time.Time, len(rows))
	for _, r := range rows {
		out[r.Tenant] = r.UpdatedAt.UTC()
	}
	return out, nil
}
