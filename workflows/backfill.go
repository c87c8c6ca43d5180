package workflows

import (
	"slices"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/ml-connector/odoo-procore/activities"
)

// BackfillInput is JSON that a person can type:
// {"tenant":"acme","models":["purchase.order"],"since":"2026-01-01","until":"2026-03-31"}.
type BackfillInput struct {
	Tenant string   `json:"tenant"`
	Models []string `json:"models"` // empty: purchase.order and account.move
	Since  string   `json:"since"`  // order date, accounting date; inclusive
	Until  string   `json:"until"`  // inclusive
	// Again raises the records even where their content is unchanged.
	Again bool `json:"again,omitempty"`
}

var backfillModels = []string{"purchase.order", "account.move"}

// Backfill reads the documents of a period from Odoo, whenever they were changed, and wakes Dispatch. It returns one
// result for each model, and ends where the tenant is paused.
func Backfill(ctx workflow.Context, in BackfillInput) ([]activities.FetchResult, error) {
	var results []activities.FetchResult
	models := in.Models
	if len(models) == 0 {
		models = backfillModels
	}
	for _, model := range models {
		if !slices.Contains(backfillModels, model) {
			return nil, temporal.NewNonRetryableApplicationError(
				"models: "+model+" cannot be backfilled; use purchase.order or account.move", "input.models", nil)
		}
	}
	for _, model := range models {
		var fetched activities.FetchResult
		err := workflow.ExecuteActivity(fetch(ctx, "Read "+model+" of the period from Odoo"), polls.FetchPeriod,
			activities.FetchPeriodInput{Tenant: in.Tenant, Model: model, Since: in.Since, Until: in.Until, Again: in.Again}).
			Get(ctx, &fetched)
		if err != nil {
			return results, err
		}
		results = append(results, fetched)
		if fetched.Paused {
			return results, nil
		}
		if err := workflow.ExecuteActivity(short(ctx, "Wake Dispatch"), polls.WakeDispatch,
			activities.WakeInput{Tenant: in.Tenant}).Get(ctx, nil); err != nil {
			return results, err
		}
	}
	return results, nil
}
