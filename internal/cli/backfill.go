package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/workflows"
)

func (a *App) backfillCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "backfill", Short: "Read the documents of a period again"}
	in := workflows.BackfillInput{}
	var wait bool
	start := &cobra.Command{
		Use:   "start TENANT",
		Short: "Read the orders and bills of a period from Odoo, whenever they were changed",
		Example: "  ml-connector backfill start acme --since 2026-01-01 --until 2026-03-31 --wait\n" +
			"  temporal workflow start --task-queue ml-connector --type Backfill --workflow-id acme/backfill/q1 \\\n" +
			"    --input '{\"tenant\":\"acme\",\"models\":[\"purchase.order\"],\"since\":\"2026-01-01\",\"until\":\"2026-03-31\"}'",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Tenant = args[0]
			return a.backfillStart(cmd.Context(), in, wait)
		},
	}
	start.Flags().StringSliceVar(&in.Models, "model", nil, "purchase.order, account.move; default both")
	start.Flags().StringVar(&in.Since, "since", "", "first day (order date, accounting date), 2026-01-01")
	start.Flags().StringVar(&in.Until, "until", "", "last day, 2026-03-31")
	start.Flags().BoolVar(&in.Again, "again", false, "send the records again even where nothing changed")
	start.Flags().BoolVar(&wait, "wait", false, "wait until nothing is pending")
	for _, name := range []string{"since", "until"} {
		_ = start.MarkFlagRequired(name)
	}
	cmd.AddCommand(start)
	return cmd
}

func (a *App) backfillStart(ctx context.Context, in workflows.BackfillInput, wait bool) error {
	for _, day := range []struct{ flag, value string }{{"--since", in.Since}, {"--until", in.Until}} {
		if _, err := time.Parse(time.DateOnly, day.value); err != nil {
			return fmt.Errorf("%s: %q is no date; write 2026-01-31", day.flag, day.value)
		}
	}
	s, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	if _, err := s.Tenant(ctx, in.Tenant); err != nil {
		return err
	}
	c, err := a.openTemporal(ctx)
	if err != nil {
		return err
	}
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: workflows.BackfillID(in.Tenant, in.Since, in.Until), TaskQueue: a.cfg.TaskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
		TypedSearchAttributes:    temporal.NewSearchAttributes(workflows.AttrTenant.ValueSet(in.Tenant)),
		StaticSummary:            fmt.Sprintf("Backfill of %s from %s to %s", in.Tenant, in.Since, in.Until),
	}, workflows.Backfill, in)
	if err != nil {
		return fmt.Errorf("starting the backfill: %w", err)
	}
	if !wait {
		a.say("Started %s.", run.GetID())
		return nil
	}
	var results []activities.FetchResult
	if err := run.Get(ctx, &results); err != nil {
		return fmt.Errorf("reading Odoo: %w", err)
	}
	for _, fetched := range results {
		for model, count := range fetched.Models {
			a.say("%s: %d read, %d changed.", model, count.Fetched, count.Changed)
		}
	}
	return a.waitIdle(ctx, s, in.Tenant)
}
