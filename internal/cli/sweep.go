package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/workflows"
)

func (a *App) sweepCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "sweep", Short: "Compare all that Odoo has with what is known"}
	in := activities.SweepInput{}
	var wait bool
	var timeout time.Duration
	start := &cobra.Command{
		Use:   "start TENANT",
		Short: "Find now what the daily sweep would find: late, deleted and merged records",
		Long: "Reads the ids and write dates of everything in scope and compares them with what was read last. A record that is not\n" +
			"there is deleted when two sweeps in a row did not find it and Odoo does not have it; more than 1 % (at least 5) of a\n" +
			"model at once look like a right that was taken away, and wait for a person.",
		Example: "  ml-connector sweep start acme --wait\n  ml-connector sweep start acme --content\n  ml-connector sweep start acme --deletions --wait",
		Args:    exactArgs("TENANT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Tenant = args[0]
			return a.sweepStart(cmd.Context(), in, wait, timeout)
		},
	}
	start.Flags().BoolVar(&in.Content, "content", false, "read all content, as once a week: also what was changed in Odoo's database by hand")
	start.Flags().BoolVar(&in.Deletions, "deletions", false, "what this sweep and the one before it miss was really deleted, however much it is")
	start.Flags().BoolVar(&wait, "wait", false, "wait until nothing is pending; exit 0 only then, and only without an alert")
	start.Flags().DurationVar(&timeout, "timeout", time.Hour, "how long --wait waits")
	return group(cmd, start)
}

func (a *App) sweepStart(ctx context.Context, in activities.SweepInput, wait bool, timeout time.Duration) error {
	s, c, err := a.openRunning(ctx, in.Tenant)
	if err != nil {
		return err
	}
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: workflows.SweepID(in.Tenant) + "/now", TaskQueue: a.cfg.TaskQueue, WorkflowExecutionErrorWhenAlreadyStarted: true,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
		TypedSearchAttributes:    temporal.NewSearchAttributes(workflows.AttrTenant.ValueSet(in.Tenant)),
		StaticSummary:            "Compares all that Odoo has with what is known, for " + in.Tenant + ", asked for by a person",
	}, workflows.Sweep, in)
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return fmt.Errorf("a sweep of %s that a person asked for is running already: the Temporal Web UI shows %s/now", in.Tenant, workflows.SweepID(in.Tenant))
	}
	if err != nil {
		return fmt.Errorf("starting the sweep: %w", err)
	}
	if !wait {
		a.say("Started %s. Follow it in the Temporal Web UI, or with `ml-connector status show %s`.", run.GetID(), in.Tenant)
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := a.readSweep(ctx, run, in.Tenant); err != nil {
		return err
	}
	if err := running(ctx, s, in.Tenant); err != nil { // the sweep itself may have paused it: it is another Odoo
		return err
	}
	if err := a.waitDone(ctx, c, s, in.Tenant); err != nil {
		return err
	}
	return a.sayAlerts(ctx, s, in.Tenant)
}

// readSweep waits for a sweep and tells what it found.
func (a *App) readSweep(ctx context.Context, run client.WorkflowRun, tenant string) error {
	var results []activities.SweepResult
	if err := run.Get(ctx, &results); err != nil {
		return readingFailed(ctx, run.GetID(), err)
	}
	if len(results) == 0 || results[len(results)-1].Paused {
		return pausedMeanwhile(tenant)
	}
	var table [][]string
	for _, r := range results {
		table = append(table, []string{
			r.Model, strconv.Itoa(r.Compared), strconv.Itoa(r.Read), strconv.Itoa(r.Changed), strconv.Itoa(r.Missing), strconv.Itoa(r.Deleted),
		})
	}
	return a.print(results, []string{"MODEL", "COMPARED", "READ", "CHANGED", "MISSING", "DELETED"}, table)
}

// sayAlerts tells what is wrong with the tenant as a whole; then the command fails.
func (a *App) sayAlerts(ctx context.Context, s *store.Store, tenant string) error {
	alerts, err := s.Alerts(ctx, tenant)
	if err != nil {
		return err
	}
	for _, alert := range viewAlerts(alerts) {
		a.say("%s %s", alert.Sentence, alert.WayOut)
	}
	if len(alerts) > 0 {
		return errQuiet
	}
	return nil
}
