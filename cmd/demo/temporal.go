package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
)

// schedules are the ids of the tenant's schedules: its cycles and its sweeps.
var schedules = []string{tenant + "/sync", tenant + "/sweep"}

// recordWorkflows carry one record each.
var recordWorkflows = map[string]bool{"SyncVendor": true, "SyncPurchaseOrder": true, "SyncVendorBill": true}

func dialTemporal(ctx context.Context, address string) (client.Client, error) {
	c, err := client.DialContext(ctx, client.Options{HostPort: address, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	if err != nil {
		return nil, fmt.Errorf("connecting to Temporal: %w", err)
	}
	return c, nil
}

// pauseSchedules keeps the tenant's schedules from starting a cycle or a sweep in the middle of an act.
func (d *Demo) pauseSchedules(ctx context.Context) error {
	for _, id := range schedules {
		if err := d.temporal.ScheduleClient().GetHandle(ctx, id).Pause(ctx, client.SchedulePauseOptions{Note: "the demo runs its cycles itself"}); err != nil {
			return fmt.Errorf("pausing the schedule %s: %w", id, err)
		}
	}
	return nil
}

func (d *Demo) resumeSchedules(ctx context.Context) error {
	for _, id := range schedules {
		if err := d.temporal.ScheduleClient().GetHandle(ctx, id).Unpause(ctx, client.ScheduleUnpauseOptions{Note: "the demo stays up"}); err != nil {
			return fmt.Errorf("resuming the schedule %s: %w", id, err)
		}
	}
	return nil
}

// leaveTemporal takes the tenant's schedules and open runs away from a server that lives on.
func (d *Demo) leaveTemporal() error {
	if os.Getenv("TEMPORAL_ADDRESS") == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var errs []error
	var gone *serviceerror.NotFound
	for _, id := range schedules {
		if err := d.temporal.ScheduleClient().GetHandle(ctx, id).Delete(ctx); err != nil && !errors.As(err, &gone) {
			errs = append(errs, fmt.Errorf("deleting the schedule %s: %w", id, err))
		}
	}
	runs, err := d.runs(ctx)
	errs = append(errs, err)
	for _, r := range runs {
		if r.GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
			err := d.temporal.TerminateWorkflow(ctx, r.GetExecution().GetWorkflowId(), r.GetExecution().GetRunId(), "the demo is over")
			if err != nil && !errors.As(err, &gone) {
				errs = append(errs, fmt.Errorf("ending a run: %w", err))
			}
		}
	}
	return errors.Join(errs...)
}

// runs are the tenant's workflow runs since the demo began.
func (d *Demo) runs(ctx context.Context) ([]*workflow.WorkflowExecutionInfo, error) {
	var out []*workflow.WorkflowExecutionInfo
	var token []byte
	for {
		page, err := d.temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Query: `Tenant = "` + tenant + `"`, PageSize: 500, NextPageToken: token,
		})
		if err != nil {
			return nil, fmt.Errorf("listing workflow runs: %w", err)
		}
		for _, info := range page.GetExecutions() {
			if !info.GetStartTime().AsTime().Before(d.began) {
				out = append(out, info)
			}
		}
		if token = page.GetNextPageToken(); len(token) == 0 {
			return out, nil
		}
	}
}

// settledRuns waits until no run is open and the list, which follows the server with a delay, has stopped growing.
func (d *Demo) settledRuns(ctx context.Context) ([]*workflow.WorkflowExecutionInfo, error) {
	last, open := -1, 0
	defer d.patiently("waiting for Temporal to list all runs as ended")()
	for range 60 {
		runs, err := d.runs(ctx)
		if err != nil {
			return nil, err
		}
		open = 0
		for _, r := range runs {
			if r.GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
				open++
			}
		}
		if open == 0 && len(runs) == last {
			return runs, nil
		}
		last = len(runs)
		if err := pause(ctx, time.Second); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("waiting for the workflows to end: %d runs are still open a minute after nothing was pending", open)
}

func children(runs []*workflow.WorkflowExecutionInfo) int {
	n := 0
	for _, r := range runs {
		if recordWorkflows[r.GetType().GetName()] {
			n++
		}
	}
	return n
}

// checkRuns counts runs and finds those that failed.
func (d *Demo) checkRuns(runs []*workflow.WorkflowExecutionInfo) {
	result := &d.report.Temporal
	result.Runs = len(runs)
	for _, r := range runs {
		result.MaxHistoryEvents = max(result.MaxHistoryEvents, r.GetHistoryLength())
		switch r.GetStatus() {
		case enums.WORKFLOW_EXECUTION_STATUS_COMPLETED, enums.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW, enums.WORKFLOW_EXECUTION_STATUS_RUNNING:
		default:
			result.Failed++
			d.report.fail("The workflow %s ended as %s.", r.GetExecution().GetWorkflowId(), r.GetStatus())
		}
	}
}

// checkStockCLI asks as an operator would: the list of exceptions by search attributes shows ids that one can read.
func (d *Demo) checkStockCLI(ctx context.Context) error {
	if d.env.TemporalBin == "" {
		return nil // a server of the user's, without the CLI
	}
	query := `Tenant="` + tenant + `" and Outcome="exception"`
	cmd := exec.CommandContext(ctx, d.env.TemporalBin, "workflow", "list", "--address", d.env.TemporalAddress, "--query", query, //nolint:gosec // G204: the CLI that devenv found
		"--limit", strconv.Itoa(max(1000, d.report.Temporal.Runs)), "--output", "json")
	isolate(cmd)
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("running temporal workflow list: %w", err)
	}
	var listed []struct {
		Execution struct {
			WorkflowID string `json:"workflowId"`
		} `json:"execution"`
	}
	if err := json.Unmarshal(out, &listed); err != nil {
		return fmt.Errorf("reading temporal workflow list: %w", err)
	}
	ids := map[string]bool{}
	for _, run := range listed {
		ids[run.Execution.WorkflowID] = true
	}
	for _, e := range d.report.Exceptions {
		id := tenant + "/" + recordKey(e.Model, e.ID)
		if !ids[id] && !strings.HasSuffix(e.Cause, ".parked") { // one that waits for a parked record ended as waiting
			d.report.fail("`temporal workflow list --query '%s'` does not show %s, which is %s.", query, id, e.Ref)
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
