package store

import (
	"context"
	"fmt"
	"time"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// PlanRow is an immutable plan: all steps of one version of a record with their bodies.
type PlanRow struct {
	ID            int64
	Tenant, Model string
	OdooID, Want  int64
	Epoch         int64 // of the rules that made it
	Steps         []byte
	Created       time.Time
}

// SavePlan keeps a plan; stale, and nothing kept, when the record wants something newer than want.
func (s *Store) SavePlan(ctx context.Context, tenant, model string, id, want, epoch int64, steps []byte) (planID int64, stale bool, err error) {
	type saved struct {
		ID    int64 `json:"id"`
		Stale bool  `json:"stale"`
	}
	out, err := answer[saved](fmt.Sprintf("saving the plan of %s %d", model, id), func() ([]byte, error) {
		return s.q.SavePlan(ctx, db.SavePlanParams{Tenant: tenant, Model: model, OdooID: id, Want: want, Epoch: epoch, Steps: steps})
	})
	return out.ID, out.Stale, err
}

// Plan returns a plan, or ErrNotFound.
func (s *Store) Plan(ctx context.Context, planID int64) (PlanRow, error) {
	r, err := s.q.Plan(ctx, planID)
	if err != nil {
		return PlanRow{}, notFound(fmt.Sprintf("plan %d", planID), err, ErrNotFound)
	}
	return PlanRow{
		ID: r.ID, Tenant: r.Tenant, Model: r.Model, OdooID: r.OdooID, Want: r.Want, Epoch: r.RulesEpoch, Steps: r.Steps, Created: r.CreatedAt.UTC(),
	}, nil
}
