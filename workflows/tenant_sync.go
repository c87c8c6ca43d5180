package workflows

import (
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
