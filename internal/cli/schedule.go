package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/ml-connector/odoo-procore/internal/tenant"
	"github.com/ml-connector/odoo-procore/workflows"
)

// catchUp is how late a missed cycle may still start; a later one adds nothing, the next cycle reads it all.
const catchUp = time.Minute

// applySchedule creates or updates the tenant's schedule.
func (a *App) applySchedule(ctx context.Context, c client.Client, file tenant.File) error {
	every := time.Duration(file.Schedule.Every)
	spec := client.ScheduleSpec{
		Intervals:    []client.ScheduleIntervalSpec{{Every: every}},
		TimeZoneName: file.Schedule.TimeZone,
		Jitter:       every / 10,
	}
	action := &client.ScheduleWorkflowAction{
		ID:                    workflows.SyncID(file.Tenant),
		Workflow:              workflows.TenantSync,
		Args:                  []any{workflows.TenantSyncInput{Tenant: file.Tenant}},
		TaskQueue:             a.cfg.TaskQueue,
		TypedSearchAttributes: temporal.NewSearchAttributes(workflows.AttrTenant.ValueSet(file.Tenant)),
		StaticSummary:         "One poll of Odoo for " + file.Tenant,
	}
	_, err := c.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID: workflows.SyncID(file.Tenant), Spec: spec, Action: action,
		Overlap: enumspb.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE, CatchupWindow: catchUp,
	})
	var exists *serviceerror.AlreadyExists
	if err == nil {
		return nil
	}
	if !errors.As(err, &exists) && !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return fmt.Errorf("creating the schedule: %w", err)
	}
	err = c.ScheduleClient().GetHandle(ctx, workflows.SyncID(file.Tenant)).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			schedule := in.Description.Schedule
			schedule.Spec, schedule.Action = &spec, action
			schedule.Policy = &client.SchedulePolicies{Overlap: enumspb.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE, CatchupWindow: catchUp}
			return &client.ScheduleUpdate{Schedule: &schedule}, nil
		},
	})
	if err != nil {
		return fmt.Errorf("updating the schedule: %w", err)
	}
	return nil
}
