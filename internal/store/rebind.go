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
	// Models are read from the beginning.
	Models []string `json:"models"`
	// Books adds to those of the settings what only the systems tell.
	Books Books `json:"books"`
	// Doubt are parts that are looked at in Procore before their next write.
	Doubt []PartKey `json:"doubt"`
	// Drop are parts that have no document any more: a new one gets the next generation.
	Drop []PartKey `json:"drop"`
	// LetGo are the origin ids of those of them whose document stays in Procore, and is nobody's from now on.
	LetGo []string `json:"let_go"`
	// Raise are records that are looked at again, also such that were never read.
	Raise []RecordKey `json:"raise"`
	// Gone are records that Odoo has no more.
	Gone []RecordKey `json:"gone"`

	// Bindings are corrected or added.
	Bindings []Relink `json:"-"`
}

// Relink is a binding as it was found. Approve and PlanID are not read: see Steps.
type Relink struct {
	BindingUpdate
	// Steps, JSON, are the plan that the resource shows, approved: its way back. Empty where it has none.
	Steps []byte
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
	// Why it is dropped, for the audit trail.
	Why string `json:"why,omitempty"`
}

// Rebind makes it the truth in one transaction, and the state linking: all of Odoo is read again before the first
// write. The tenant must be held. Killed before the commit it has changed nothing. It returns the epoch of origin ids.
func (s *Store) Rebind(ctx context.Context, tenant string, r Rebind) (int64, error) {
	type relink struct {
		Binding json.RawMessage `json:"binding"`
		Steps   json.RawMessage `json:"steps,omitempty"`
	}
	bindings := make([]relink, 0, len(r.Bindings))
	for i := range r.Bindings {
		raw, err := r.Bindings[i].encode()
		if err != nil {
			return 0, err
		}
		bindings = append(bindings, relink{raw, r.Bindings[i].Steps})
	}
	r.Models, r.LetGo = append([]string{}, r.Models...), append([]string{}, r.LetGo...)
	r.Doubt, r.Drop = append([]PartKey{}, r.Doubt...), append([]PartKey{}, r.Drop...)
	r.Raise, r.Gone = append([]RecordKey{}, r.Raise...), append([]RecordKey{}, r.Gone...)
	change, err := json.Marshal(struct {
		Rebind
		Bindings []relink `json:"bindings"`
	}{r, bindings})
	if err != nil {
		return 0, fmt.Errorf("encoding the rebind: %w", err)
	}
	return again("rebinding tenant "+tenant, func() (int64, error) {
		return s.q.Rebind(ctx, db.RebindParams{Tenant: tenant, Change: change})
	})
}
