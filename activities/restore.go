package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// RestoreCommitment puts a commitment that is half written back to the content of its last Approve. It does nothing when
// it is as it was approved, or never was.
func (r *Records) RestoreCommitment(ctx context.Context, ref StepRef) (StepResult, error) {
	s, err := r.open(ctx, ref)
	if err != nil {
		return StepResult{}, err
	}
	if binding, ok := s.binding(mapping.KindCommitment, s.step.Part); ok && halfWritten(binding) {
		return r.restore(ctx, s, binding)
	}
	return StepResult{}, nil
}

// halfWritten: a run reopened it, or a look after a doubtful write found that it is not what was approved.
func halfWritten(b store.Binding) bool {
	return b.Kind == mapping.KindCommitment && b.ApprovedPlan != 0 && (b.ReopenedBy != 0 || b.Status == mapping.StatusDraft)
}

// restore writes a plan of its own and carries it out, as a run would. It needs nothing from Odoo: what was approved last
// is in the plan of that Approve. The new plan fences whoever still writes for an older one, and it reopens first: the
// run that is gone may have died before it did.
func (r *Records) restore(ctx context.Context, s *stepContext, b store.Binding) (StepResult, error) {
	at := *s
	at.restoring = true
	var err error
	if at.step, err = r.approvedStep(ctx, b); err != nil {
		return StepResult{}, err
	}
	if at.record, err = r.store.Record(ctx, s.ref.Tenant, s.ref.Model, s.ref.ID); err != nil {
		return StepResult{}, fmt.Errorf("reading the record: %w", err)
	}
	steps, err := json.Marshal([]mapping.Step{at.step})
	if err != nil {
		return StepResult{}, fmt.Errorf("encoding the way back: %w", err)
	}
	at.ref.Want, at.ref.Index = at.record.Want, 0
	plan, stale, err := r.store.SavePlan(ctx, s.ref.Tenant, s.ref.Model, s.ref.ID, at.record.Want, s.connection.Tenant.RulesEpoch, steps)
	if err != nil || stale {
		return StepResult{Stale: stale}, err
	}
	at.ref.PlanID = plan
	if result, err := r.reopen(ctx, &at); err != nil || result.Ended() {
		return result, err
	}
	if result, err := r.writeLines(ctx, &at, at.step.Commitment); err != nil || result.Ended() {
		return result, err
	}
	return r.approve(ctx, &at)
}

// approvedStep is the step of a commitment's last Approve.
func (r *Records) approvedStep(ctx context.Context, b store.Binding) (mapping.Step, error) {
	steps, err := r.steps(ctx, b.ApprovedPlan)
	if err != nil {
		return mapping.Step{}, err
	}
	i := slices.IndexFunc(steps, func(step mapping.Step) bool { return step.Part == b.Part && step.Commitment != nil })
	if i < 0 {
		return mapping.Step{}, fmt.Errorf("plan %d holds no commitment of part %s", b.ApprovedPlan, b.Part)
	}
	steps[i].Kind = mapping.StepRewriteCommitment
	return steps[i], nil
}

// putBack restores what a run that is gone has reopened, before its order comes to rest: parked, or with nothing left
// to do. Nobody would carry it through, and committed cost would stay at zero.
func (r *Records) putBack(ctx context.Context, s *stepContext) (StepResult, error) {
	if s.restoring || s.ref.Model != odoo.ModelPurchaseOrder {
		return StepResult{}, nil
	}
	bindings, err := r.store.Bindings(ctx, s.ref.Tenant, s.ref.Model, s.ref.ID)
	if err != nil {
		return StepResult{}, fmt.Errorf("reading the bindings: %w", err)
	}
	s.bindings = bindings
	for _, b := range bindings {
		if !halfWritten(b) {
			continue
		}
		if result, err := r.restore(ctx, s, b); err != nil || result.Ended() {
			return result, err
		}
	}
	return StepResult{}, nil
}
