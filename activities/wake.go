package activities

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
)

// WakeSignal wakes Dispatch; it carries nothing, what to do is in PostgreSQL.
const WakeSignal = "wake"

// dispatchWorkflow is the registered name of workflows.Dispatch, which activities cannot import.
const dispatchWorkflow = "Dispatch"

// DispatchID is the workflow id of a tenant's Dispatch.
func DispatchID(tenant string) string { return tenant + "/dispatch" }

// WakeInput names the tenant whose Dispatch is woken.
type WakeInput struct {
	Tenant string `json:"tenant"`
	// ReleaseDue first frees one record of each cause that is due for another look.
	ReleaseDue bool `json:"release_due,omitempty"`
}

// WakeDispatch wakes Dispatch, or starts it.
func (p *Polls) WakeDispatch(ctx context.Context, in WakeInput) error {
	if in.ReleaseDue {
		if _, err := p.store.ReleaseDue(ctx, in.Tenant, time.Now()); err != nil {
			return fmt.Errorf("freeing what is due: %w", err)
		}
		if _, err := p.store.OvertakenDue(ctx, in.Tenant); err != nil {
			return fmt.Errorf("looking for overtaken writes: %w", err)
		}
	}
	return Wake(ctx, p.temporal, p.taskQueue, in.Tenant)
}

// Wake is signal-with-start of a tenant's Dispatch, for activities and commands.
func Wake(ctx context.Context, c client.Client, taskQueue, tenant string) error {
	_, err := c.SignalWithStartWorkflow(ctx, DispatchID(tenant), WakeSignal, nil, client.StartWorkflowOptions{
		TaskQueue:             taskQueue,
		StaticSummary:         "Hands changed records of " + tenant + " to their workflows",
		TypedSearchAttributes: tenantAttribute(tenant),
	}, dispatchWorkflow, map[string]string{"tenant": tenant})
	if err != nil {
		return fmt.Errorf("waking Dispatch of %s: %w", tenant, err)
	}
	return nil
}
