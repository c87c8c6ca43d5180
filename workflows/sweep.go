package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/ml-connector/odoo-procore/activities"
)

// Sweep compares all that Odoo has with what is stored, model by model, and wakes Dispatch: what was committed late,
// deleted or merged leaves no write date that a poll would see. It returns one result for each model, and ends where the
// tenant is paused. A model that cannot be compared does not keep the others from it; the sweep fails in the end.
func Sweep(ctx workflow.Context, in activities.SweepInput) ([]activities.SweepResult, error) {
	var plan activities.SweepPlan
	if err := workflow.ExecuteActivity(fetch(ctx, "See what there is to compare"), polls.PlanSweep, in).Get(ctx, &plan); err != nil || plan.Paused {
		return nil, err
	}
	results, failed := make([]activities.SweepResult, 0, len(plan.Models)), error(nil)
	for _, model := range plan.Models {
		var swept activities.SweepResult
		err := workflow.ExecuteActivity(fetch(ctx, "Compare all "+model+" of Odoo with what is known"), polls.SweepModel,
			activities.SweepModelInput{Tenant: in.Tenant, Model: model, Content: plan.Content, Deletions: in.Deletions}).Get(ctx, &swept)
		if err != nil && ctx.Err() != nil {
			return results, err
		}
		if err != nil {
			if failed == nil {
				failed = err
			}
			continue
		}
		results = append(results, swept)
		if swept.Paused {
			return results, nil
		}
		if swept.Alert != "" {
			if err := workflow.UpsertTypedSearchAttributes(ctx, AttrUpdate("exception", swept.Cause())...); err != nil {
				return results, err
			}
		}
	}
	var paused bool
	if err := workflow.ExecuteActivity(fetch(ctx, "See that it was the same Odoo"), polls.ConcludeSweep, in).Get(ctx, &paused); err != nil || paused {
		return results, err
	}
	if err := workflow.ExecuteActivity(short(ctx, "Wake Dispatch"), polls.WakeDispatch, activities.WakeInput{Tenant: in.Tenant}).Get(ctx, nil); err != nil {
		return results, err
	}
	return results, failed
}
