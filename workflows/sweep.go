package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/internal/cause"
)

// Sweep compares all that Odoo has with what is stored, model by model, and wakes Dispatch: what was committed late,
// deleted or merged leaves no write date that a poll would see. It returns one result for each model, and ends where the
// tenant is paused.
func Sweep(ctx workflow.Context, in activities.SweepInput) ([]activities.SweepResult, error) {
	var plan activities.SweepPlan
	if err := workflow.ExecuteActivity(fetch(ctx, "See what there is to compare"), polls.PlanSweep, in).Get(ctx, &plan); err != nil {
		return nil, err
	}
	results := make([]activities.SweepResult, 0, len(plan.Models))
	for _, model := range plan.Models {
		var swept activities.SweepResult
		err := workflow.ExecuteActivity(fetch(ctx, "Compare all "+model+" of Odoo with what is known"), polls.SweepModel,
			activities.SweepModelInput{Tenant: in.Tenant, Model: model, Content: plan.Content, Deletions: in.Deletions}).Get(ctx, &swept)
		if err != nil {
			return results, err
		}
		if swept.Paused {
			return results, nil
		}
		results = append(results, swept)
		if swept.Alert != "" {
			if err := workflow.UpsertTypedSearchAttributes(ctx, AttrUpdate("exception", cause.Code(swept.Alert))...); err != nil {
				return results, err
			}
		}
	}
	if plan.Paused {
		return results, nil
	}
	return results, workflow.ExecuteActivity(short(ctx, "Wake Dispatch"), polls.WakeDispatch, activities.WakeInput{Tenant: in.Tenant}).Get(ctx, nil)
}
