package rig

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/workflows"
)

// look is how often a wait looks whether it is over.
const look = 200 * time.Millisecond

// Cycle lets Odoo's clock tick and runs cycles until nothing is pending and no run is open. What is parked waits.
func (t *Tenant) Cycle(ctx context.Context) error {
	for {
		t.Tick()
		if err := t.Sync(ctx); err != nil {
			return err
		}
		if err := t.running(ctx); err != nil {
			return err
		}
		if err := t.Rest(ctx); err != nil {
			return err
		}
		pending, err := t.Pending(ctx)
		if err != nil || len(pending) == 0 {
			return err
		}
		if err := pause(ctx); err != nil { // for one whose offer was lost with its worker
			return err
		}
	}
}

// running wants the tenant not to have been paused: then nothing would be pending either.
func (t *Tenant) running(ctx context.Context) error {
	row, err := t.bench.Store.Tenant(ctx, t.Name)
	if err != nil {
		return err
	}
	if row.State == store.StatePaused {
		return fmt.Errorf("tenant %s is paused: %s", t.Name, row.PausedReason)
	}
	return nil
}

// Sync is one poll of Odoo, which wakes Dispatch at its end.
func (t *Tenant) Sync(ctx context.Context) error {
	run, err := t.bench.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: workflows.SyncID(t.Name), TaskQueue: t.Queue,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		TypedSearchAttributes:    temporal.NewSearchAttributes(workflows.AttrTenant.ValueSet(t.Name)),
	}, workflows.TenantSync, workflows.TenantSyncInput{Tenant: t.Name})
	if err != nil {
		return fmt.Errorf("starting a cycle of %s: %w", t.Name, err)
	}
	if err := run.Get(ctx, nil); err != nil {
		return fmt.Errorf("waiting for a cycle of %s: %w", t.Name, err)
	}
	return nil
}

// Rest waits until no run of the tenant is open: first for Dispatch, which ends after its children mostly.
func (t *Tenant) Rest(ctx context.Context) error {
	err := t.bench.Temporal.GetWorkflow(ctx, workflows.DispatchID(t.Name), "").Get(ctx, nil)
	if _, none := errors.AsType[*serviceerror.NotFound](err); err != nil && !none {
		return fmt.Errorf("waiting for Dispatch of %s: %w", t.Name, err)
	}
	return Until(ctx, "the runs of "+t.Name+" to end", func() (bool, error) {
		open, err := t.open(ctx)
		return len(open) == 0, err
	})
}

// Pending names the records that are neither done nor parked, with how far they are.
func (t *Tenant) Pending(ctx context.Context) ([]string, error) {
	rows, err := t.bench.Store.Pool().Query(ctx, `SELECT model || '/' || odoo_id || ' ' || want || '>' || done FROM records
		WHERE tenant = $1 AND want > done AND content IS NOT NULL AND NOT is_parked(tenant, model, odoo_id) ORDER BY rank, odoo_id`, t.Name)
	if err != nil {
		return nil, fmt.Errorf("reading what is pending: %w", err)
	}
	pending, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("reading what is pending: %w", err)
	}
	return pending, nil
}

// parked names the records that wait, and what for.
func (t *Tenant) parked(ctx context.Context) ([]string, error) {
	rows, err := t.bench.Store.Pool().Query(ctx, `SELECT model || '/' || odoo_id || ' ' || cause FROM record_waits WHERE tenant = $1 ORDER BY 1`, t.Name)
	if err != nil {
		return nil, fmt.Errorf("reading what is parked: %w", err)
	}
	parked, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("reading what is parked: %w", err)
	}
	return parked, nil
}

// open are the ids of the tenant's open runs.
func (t *Tenant) open(ctx context.Context) ([]string, error) {
	list, err := t.bench.Temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		Query: fmt.Sprintf(`Tenant = %q AND ExecutionStatus = "Running"`, t.Name), PageSize: 1000,
	})
	if err != nil {
		return nil, fmt.Errorf("listing the runs of %s: %w", t.Name, err)
	}
	var ids []string
	for _, info := range list.GetExecutions() {
		ids = append(ids, info.GetExecution().GetWorkflowId())
	}
	return ids, nil
}

// Attempts is how often the activity was begun that needed the most attempts, over all runs of the tenant.
func (t *Tenant) Attempts(ctx context.Context) (int, error) {
	list, err := t.bench.Temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		Query: fmt.Sprintf(`Tenant = %q`, t.Name), PageSize: 1000,
	})
	if err != nil {
		return 0, fmt.Errorf("listing the runs of %s: %w", t.Name, err)
	}
	most := 0
	for _, run := range list.GetExecutions() {
		events := t.bench.Temporal.GetWorkflowHistory(ctx, run.GetExecution().GetWorkflowId(), run.GetExecution().GetRunId(), false,
			enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			event, err := events.Next()
			if err != nil {
				return 0, fmt.Errorf("reading the history of %s: %w", run.GetExecution().GetWorkflowId(), err)
			}
			most = max(most, int(event.GetActivityTaskStartedEventAttributes().GetAttempt()))
		}
	}
	return most, nil
}

// leaveTemporal ends what is open; the server may live on.
func (t *Tenant) leaveTemporal() error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	ids, err := t.open(ctx)
	errs := []error{err}
	for _, id := range ids {
		err := t.bench.Temporal.TerminateWorkflow(ctx, id, "", "the rig is taken down")
		if _, over := errors.AsType[*serviceerror.NotFound](err); err != nil && !over {
			errs = append(errs, fmt.Errorf("ending %s: %w", id, err))
		}
	}
	return errors.Join(errs...)
}

// Until calls is until it gives true. It ends with an error when is gives one, or ctx is done.
func Until(ctx context.Context, what string, is func() (bool, error)) error {
	for {
		done, err := is()
		if ctx.Err() == nil && (done || err != nil) {
			return err
		}
		if err := pause(ctx); err != nil {
			return fmt.Errorf("waiting for %s: %w", what, err)
		}
	}
}

// pause is the time between two looks.
func pause(ctx context.Context) error {
	timer := time.NewTimer(look)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// State tells what is pending, parked and open, for messages.
func (t *Tenant) State(ctx context.Context) string {
	pending, err := t.Pending(ctx)
	open, openErr := t.open(ctx)
	parked, parkedErr := t.parked(ctx)
	if err = errors.Join(err, openErr, parkedErr); err != nil {
		return err.Error()
	}
	return fmt.Sprintf("pending: %s; parked: %s; open runs: %s", orNone(pending), orNone(parked), orNone(open))
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}
