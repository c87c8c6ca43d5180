package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// Rebind is what looking at both systems came to: what the bindings of a tenant are from now on.
type Rebind struct {
	By string `json:"by"`
	// Reason is why the tenant was held, for the audit trail.
	Reason string `json:"reason"`
	// NewEpoch gives documents that are made from now on origin ids that no earlier one can have.
	NewEpoch bool `json:"new_epoch"`
	// Cycle is the number that Temporal knows.
	Cycle int64 `json:"cycle"`
	// Books adds to those of the settings what only the systems tell.
	Books Books `json:"books"`
	// Doubt are parts that are looked at in Procore before their next write.
	Doubt []PartKey `json:"doubt"`
	// Drop are parts that are let go: their document stays in Procore, a new one gets the next generation.
	Drop []PartKey `json:"drop"`
	// Raise are records that are looked at again, also such that were never read.
	Raise []RecordKey `json:"raise"`
	// Gone are records that Odoo has no more.
	Gone []RecordKey `json:"gone"`

	// Bindings are corrected or added.
	Bindings []BindingUpdate `json:"-"`
}

// RecordKey names a record of a tenant.
type RecordKey struct {
	Model  string `json:"model"`
	OdooID int64  `json:"odoo_id"`
}

// PartKey names a binding of a tenant.
type PartKey struct {
	RecordKey
	Kind string `json:"kind"`
	Part string `json:"part"`
	// Why it is let go, for the audit trail.
	Why string `json:"why,omitempty"`
}

// Rebind makes it the truth in one transaction, and the state linking: all of Odoo is read again before the first
// write. The tenant must be held. Killed before the commit it has changed nothing. It returns the epoch of origin ids.
func (s *Store) Rebind(ctx context.Context, tenant string, r Rebind) (int64, error) {
	bindings := make([]json.RawMessage, 0, len(r.Bindings))
	for i := range r.Bindings {
		raw, err := r.Bindings[i].encode()
		if err != nil {
			return 0, err
		}
		bindings = append(bindings, raw)
	}
	r.Doubt, r.Drop = append([]PartKey{}, r.Doubt...), append([]PartKey{}, r.Drop...)
	r.Raise, r.Gone = append([]RecordKey{}, r.Raise...), append([]RecordKey{}, r.Gone...)
	change, err := json.Marshal(struct {
		Rebind
		Bindings []json.RawMessage `json:"bindings"`
	}{r, bindings})
	if err != nil {
		return 0, fmt.Errorf("encoding the rebind: %w", err)
	}
	return again("rebinding tenant "+tenant, func() (int64, error) {
		return s.q.Rebind(ctx, db.RebindParams{Tenant: tenant, Change: change})
	})
}
