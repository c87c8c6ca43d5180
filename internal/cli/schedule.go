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

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/internal/tenant"
	"github.com/ml-connector/odoo-procore/workflows"
)

// catchUp is how late a missed cycle may still start; a later one adds nothing, the next cycle reads it all.
const catchUp = time.Minute

// sweepCatchUp is the same for a sweep, of which there is one a day.
const sweepCatchUp = 20 * time.Hour

// applySchedules creates or updates the tenant's schedules: its cycles and its sweeps.
func (a *App) applySchedules(ctx context.Context, c client.Client, file tenant.File) error {
	attributes := temporal.NewSearchAttributes(workflows.AttrTenant.ValueSet(file.Tenant))
	every := time.Duration(file.Schedule.Every)
	cycles := client.ScheduleOptions{
		ID: workflows.SyncID(file.Tenant), Overlap: enumspb.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE, CatchupWindow: catchUp,
		Spec: client.ScheduleSpec{
			Intervals: []client.ScheduleIntervalSpec{{Every: every}}, TimeZoneName: file.Schedule.TimeZone, Jitter: every / 10,
		},
		Action: &client.ScheduleWorkflowAction{
			ID: workflows.SyncID(file.Tenant), TaskQueue: a.cfg.TaskQueue, TypedSearchAttributes: attributes,
			Workflow: workflows.TenantSync, Args: []any{workflows.TenantSyncInput{Tenant: file.Tenant}},
			StaticSummary: "One poll of Odoo for " + file.Tenant,
		},
	}
	at, err := time.Parse(tenant.TimeOfDay, file.Schedule.SweepAt)
	if err != nil {
		return fmt.Errorf("schedule.sweep_at: %q is no time of day; write 02:00", file.Schedule.SweepAt)
	}
	sweeps := client.ScheduleOptions{
		ID: workflows.SweepID(file.Tenant), Overlap: enumspb.SCHEDULE_OVERLAP_POLICY_SKIP, CatchupWindow: sweepCatchUp,
		Spec: client.ScheduleSpec{
			Calendars: []client.ScheduleCalendarSpec{{
				Hour: []client.ScheduleRange{{Start: at.Hour()}}, Minute: []client.ScheduleRange{{Start: at.Minute()}},
			}},
			TimeZoneName: file.Schedule.TimeZone, Jitter: 10 * time.Minute,
		},
		Action: &client.ScheduleWorkflowAction{
			ID: workflows.SweepID(file.Tenant), TaskQueue: a.cfg.TaskQueue, TypedSearchAttributes: attributes,
			Workflow: workflows.Sweep, Args: []any{activities.SweepInput{Tenant: file.Tenant}},
			StaticSummary: "Compares all that Odoo has with what is known, for " + file.Tenant,
		},
	}
	for _, schedule := range []client.ScheduleOptions{cycles, sweeps} {
		if err := applySchedule(ctx, c, schedule); err != nil {
			return err
		}
	}
	return nil
}

// applySchedule creates a schedule, or gives the one that is there its new spec and action.
func applySchedule(ctx context.Context, c client.Client, wanted client.ScheduleOptions) error {
	_, err := c.ScheduleClient().Create(ctx, wanted)
	var exists *serviceerror.AlreadyExists
	if err == nil {
		return nil
	}
	if !errors.As(err, &exists) && !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return fmt.Errorf("creating the schedule %s: %w", wanted.ID, err)
	}
	err = c.ScheduleClient().GetHandle(ctx, wanted.ID).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			schedule := in.Description.Schedule
			schedule.Spec, schedule.Action = &wanted.Spec, wanted.Action
			schedule.Policy = &client.SchedulePolicies{Overlap: wanted.Overlap, CatchupWindow: wanted.CatchupWindow}
			return &client.ScheduleUpdate{Schedule: &schedule}, nil
		},
	})
	if err != nil {
		return fmt.Errorf("updating the schedule %s: %w", wanted.ID, err)
	}
	return nil
}
