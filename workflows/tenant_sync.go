package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/ml-connector/odoo-procore/activities"
)

// TenantSyncInput names the tenant; the scheduled time is ignored, so a late or doubled run is harmless.
type TenantSyncInput struct {
	Tenant string `json:"tenant"`
}

// TenantSync is one poll cycle: read Odoo's changes, free what is due for another look, wake Dispatch.
func TenantSync(ctx workflow.Context, in TenantSyncInput) (activities.FetchResult, error) {
	var fetched activities.FetchResult
	if err := workflow.ExecuteActivity(fetch(ctx, "Read Odoo's changes since the last cycle"),
		polls.FetchChanges, activities.FetchInput{Tenant: in.Tenant}).Get(ctx, &fetched); err != nil {
		return fetched, err
	}
	if fetched.Paused {
		return fetched, nil
	}
	err := workflow.ExecuteActivity(short(ctx, "Free what is due for another look and wake Dispatch"),
		polls.WakeDispatch, activities.WakeInput{Tenant: in.Tenant, ReleaseDue: true}).Get(ctx, nil)
	return fetched, err
}

// fetch is for reading Odoo: pages are committed one by one, so an attempt that dies costs one page.
func fetch(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 2 * time.Hour,
		HeartbeatTimeout:    2 * time.Minute,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    time.Second,
			BackoffCoefficient: 2,
			MaximumInterval:    time.Minute,
			MaximumAttempts:    20,
		},
		Summary: summary,
	})
}
