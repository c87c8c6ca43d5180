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
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/workflows"
)

func (a *App) syncCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "sync", Short: "Carry changes over now"}
	var wait bool
	var timeout time.Duration
	start := &cobra.Command{
		Use:     "start TENANT [REF...]",
		Short:   "Run one cycle now, or send named records again",
		Example: "  ml-connector sync start acme --wait\n  ml-connector sync start acme PO00042 BILL/2026/0007",
		Args:    atLeastArgs("TENANT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.syncStart(cmd.Context(), args[0], args[1:], wait, timeout)
		},
	}
	start.Flags().BoolVar(&wait, "wait", false, "wait until nothing is pending; exit 0 only then")
	start.Flags().DurationVar(&timeout, "timeout", time.Hour, "how long --wait waits")
	return group(cmd, start)
}

func (a *App) syncStart(ctx context.Context, tenant string, refs []string, wait bool, timeout time.Duration) error {
	s, temporalClient, err := a.openRunning(ctx, tenant)
	if err != nil {
		return err
	}
	if err := a.raise(ctx, s, tenant, refs); err != nil {
		return err
	}
	run, err := a.startCycle(ctx, temporalClient, tenant)
	if err != nil {
		return err
	}
	if !wait {
		a.say("Started %s. Follow it in the Temporal Web UI, or with `ml-connector status show %s`.", run.GetID(), tenant)
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := a.readCycle(ctx, run, tenant); err != nil {
		return err
	}
	return a.waitDone(ctx, temporalClient, s, tenant)
}

// startCycle starts a poll of Odoo, or joins the one that a person asked for before.
func (a *App) startCycle(ctx context.Context, c client.Client, tenant string) (client.WorkflowRun, error) {
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: workflows.SyncID(tenant) + "/now", TaskQueue: a.cfg.TaskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		TypedSearchAttributes:    temporal.NewSearchAttributes(workflows.AttrTenant.ValueSet(tenant)),
		StaticSummary:            "One poll of Odoo for " + tenant + ", asked for by a person",
	}, workflows.TenantSync, workflows.TenantSyncInput{Tenant: tenant})
	if err != nil {
		return nil, fmt.Errorf("starting the cycle: %w", err)
	}
	return run, nil
}

// readCycle waits for a poll and tells what it read.
func (a *App) readCycle(ctx context.Context, run client.WorkflowRun, tenant string) error {
	var fetched activities.FetchResult
	if err := run.Get(ctx, &fetched); err != nil {
		return readingFailed(ctx, run.GetID(), err)
	}
	if fetched.Paused {
		return pausedMeanwhile(tenant)
	}
	total := activities.FetchCount{}
	for _, count := range fetched.Models {
		total.Fetched += count.Fetched
		total.Changed += count.Changed
	}
	a.say("Read from Odoo: %d records, %d of them changed, up to %s (Odoo's clock), in %d calls.",
		total.Fetched, total.Changed, fetched.Until.Format(time.RFC3339), fetched.OdooCalls)
	return nil
}

func pausedMeanwhile(tenant string) error {
	return fmt.Errorf("tenant %s was paused meanwhile: `ml-connector status show %s` says why, `ml-connector tenant resume %s` lets it go on", tenant, tenant, tenant)
}

// openRunning opens the store and Temporal for a tenant that is not paused.
func (a *App) openRunning(ctx context.Context, tenant string) (*store.Store, client.Client, error) {
	s, err := a.openStore(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := running(ctx, s, tenant); err != nil {
		return nil, nil, err
	}
	c, err := a.openTemporal(ctx)
	return s, c, err
}

// running refuses a tenant that is paused.
func running(ctx context.Context, s *store.Store, tenant string) error {
	row, err := s.Tenant(ctx, tenant)
	if err == nil && row.Held {
		return fmt.Errorf("tenant %s is paused and nothing is written: %s; `ml-connector tenant rebind %s` shows the way out", tenant, row.PausedReason, tenant)
	}
	if err == nil && row.State == store.StatePaused {
		err = fmt.Errorf("tenant %s is paused (%s): `ml-connector tenant resume %s` lets it go on", tenant, row.PausedReason, tenant)
	}
	return err
}

// raise asks for named records once more, before everything else: for all of them or, when one is not known, for none.
func (a *App) raise(ctx context.Context, s *store.Store, tenant string, refs []string) error {
	records := make([]store.Record, 0, len(refs))
	for _, ref := range refs {
		record, err := a.find(ctx, s, tenant, ref)
		if err != nil {
			return err
		}
		records = append(records, record)
	}
	for _, record := range records {
		if _, err := s.RaiseWant(ctx, tenant, record.Model, []int64{record.ID}, "asked for by "+operator(), activities.PrioritySyncNow); err != nil {
			return err
		}
	}
	return nil
}

// record opens the store and finds one record of a tenant that there is.
func (a *App) record(ctx context.Context, tenant, ref string) (*store.Store, store.Record, error) {
	s, err := a.openStore(ctx)
	if err != nil {
		return nil, store.Record{}, err
	}
	if _, err := s.Tenant(ctx, tenant); err != nil {
		return nil, store.Record{}, err
	}
	record, err := a.find(ctx, s, tenant, ref)
	return s, record, err
}

// find resolves a REF: a document number or model,id.
func (a *App) find(ctx context.Context, s *store.Store, tenant, ref string) (store.Record, error) {
	found, err := s.FindRecord(ctx, tenant, ref)
	switch {
	case err != nil:
		return store.Record{}, err
	case len(found) == 0:
		return store.Record{}, fmt.Errorf("%s: tenant %s has no such record; give a document number, or model,id like purchase.order,42", ref, tenant)
	case len(found) > 1:
		return store.Record{}, fmt.Errorf("%s names %d records; say which with model,id: %s,%d or %s,%d", ref, len(found),
			found[0].Model, found[0].ID, found[1].Model, found[1].ID)
	}
	return found[0], nil
}
