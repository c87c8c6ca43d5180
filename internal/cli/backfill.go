package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/workflows"
)

func (a *App) backfillCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "backfill", Short: "Read the documents of a period again"}
	in := workflows.BackfillInput{}
	var wait bool
	var timeout time.Duration
	start := &cobra.Command{
		Use:   "start TENANT",
		Short: "Read the orders and bills of a period from Odoo, whenever they were changed",
		Example: "  ml-connector backfill start acme --since 2026-01-01 --until 2026-03-31 --wait\n" +
			"  temporal workflow start --task-queue ml-connector --type Backfill --workflow-id acme/backfill/q1 \\\n" +
			"    --input '{\"tenant\":\"acme\",\"models\":[\"purchase.order\"],\"since\":\"2026-01-01\",\"until\":\"2026-03-31\"}'",
		Args: exactArgs("TENANT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Tenant = args[0]
			return a.backfillStart(cmd.Context(), in, wait, timeout)
		},
	}
	start.Flags().StringSliceVar(&in.Models, "model", nil, "purchase.order, account.move; default both")
	start.Flags().StringVar(&in.Since, "since", "", "first day (order date, accounting date), 2026-01-01")
	start.Flags().StringVar(&in.Until, "until", "", "last day, 2026-03-31")
	start.Flags().BoolVar(&in.Again, "again", false, "send the records again even where nothing changed")
	start.Flags().BoolVar(&wait, "wait", false, "wait until nothing is pending; exit 0 only then")
	start.Flags().DurationVar(&timeout, "timeout", time.Hour, "how long --wait waits")
	for _, name := range []string{"since", "until"} {
		_ = start.MarkFlagRequired(name)
	}
	return group(cmd, start)
}

// checkBackfill looks at what the workflow would refuse, before there is a workflow.
func checkBackfill(in workflows.BackfillInput) error {
	for _, day := range []struct{ flag, value string }{{"--since", in.Since}, {"--until", in.Until}} {
		if _, err := time.Parse(time.DateOnly, day.value); err != nil {
			return fmt.Errorf("%s: %q is no date; write 2026-01-31", day.flag, day.value)
		}
	}
	if in.Until < in.Since { // both have the form of a date
		return fmt.Errorf("--until: %s is before --since %s: give the first day as --since and the last as --until", in.Until, in.Since)
	}
	for _, model := range in.Models {
		if !slices.Contains(documents, model) {
			return fmt.Errorf("--model: %q cannot be backfilled; use %s", model, strings.Join(documents, " or "))
		}
	}
	return nil
}

// documents are the models that can be asked for by their date.
var documents = []string{odoo.ModelPurchaseOrder, odoo.ModelMove}

func (a *App) backfillStart(ctx context.Context, in workflows.BackfillInput, wait bool, timeout time.Duration) error {
	if err := checkBackfill(in); err != nil {
		return err
	}
	s, c, err := a.openRunning(ctx, in.Tenant)
	if err != nil {
		return err
	}
	id := workflows.BackfillID(in)
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: a.cfg.TaskQueue, WorkflowExecutionErrorWhenAlreadyStarted: true,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
		TypedSearchAttributes:    temporal.NewSearchAttributes(workflows.AttrTenant.ValueSet(in.Tenant)),
		StaticSummary:            fmt.Sprintf("Backfill of %s from %s to %s", in.Tenant, in.Since, in.Until),
	}, workflows.Backfill, in)
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return fmt.Errorf("this backfill is running already: `ml-connector status show %s` shows how far it is, the Temporal Web UI shows %s", in.Tenant, id)
	}
	if err != nil {
		return fmt.Errorf("starting the backfill: %w", err)
	}
	if !wait {
		a.say("Started %s.", run.GetID())
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := a.readPeriod(ctx, run, in.Tenant); err != nil {
		return err
	}
	return a.waitDone(ctx, c, s, in.Tenant)
}

// readPeriod waits for a backfill and says what it read.
func (a *App) readPeriod(ctx context.Context, run client.WorkflowRun, tenant string) error {
	var results []activities.FetchResult
	if err := run.Get(ctx, &results); err != nil {
		return readingFailed(ctx, run.GetID(), err)
	}
	for _, fetched := range results {
		for model, count := range fetched.Models {
			a.say("%s: %d read, %d changed.", model, count.Fetched, count.Changed)
		}
		if fetched.Paused {
			return pausedMeanwhile(tenant)
		}
	}
	return nil
}
