package cli

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// cycles is a Temporal server whose polls call read.
type cycles struct {
	client.Client

	started int
	read    func() error
}

func (c *cycles) ExecuteWorkflow(context.Context, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error) {
	c.started++
	return &cycle{of: c}, nil
}

type cycle struct {
	client.WorkflowRun

	of *cycles
}

func (c *cycle) GetID() string                      { return "acme/sync/now" }
func (c *cycle) Get(_ context.Context, _ any) error { return c.of.read() }

// waiting is a tenant with an order that waits for its vendor, which was never read.
func waiting(t *testing.T) (*App, *store.Store, *bytes.Buffer) {
	t.Helper()
	url := devtest.Migrated(t, store.Migrate)
	s, err := store.Open(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	_, err = s.SaveTenant(t.Context(), store.TenantChange{Name: "acme", Settings: []byte("{}"), OriginPrefix: "x1", By: "ann"})
	require.NoError(t, err)
	require.NoError(t, read(t.Context(), s, odoo.ModelPurchaseOrder, 42))
	parked, err := s.Park(t.Context(), "acme", odoo.ModelPurchaseOrder, 42, 1, []store.Wait{{Cause: "dep:res.partner/9"}})
	require.NoError(t, err)
	require.True(t, parked.Parked)
	var out bytes.Buffer
	return &App{output: "table", stdout: &out}, s, &out
}

func read(ctx context.Context, s *store.Store, model string, id int64) error {
	return s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockModel(ctx, "acme", model); err != nil {
			return err
		}
		_, err := tx.UpsertSnapshots(ctx, "acme", []store.Snapshot{{Model: model, ID: id, Ref: fmt.Sprint(id), Content: []byte("{}"), Wanted: true}})
		return err
	})
}

// "Nothing is pending" was once said while an order waited for a vendor that only the next cycle would have read.
func TestWaitReadsWhatOthersWaitFor(t *testing.T) {
	t.Parallel()
	a, s, out := waiting(t)
	temporal := &cycles{read: func() error {
		if err := read(t.Context(), s, odoo.ModelPartner, 9); err != nil {
			return err
		}
		for model, id := range map[string]int64{odoo.ModelPartner: 9, odoo.ModelPurchaseOrder: 42} { // as a worker would
			record, err := s.Record(t.Context(), "acme", model, id)
			if err != nil {
				return err
			}
			if _, err := s.Finish(t.Context(), "acme", model, id, record.Want, "synced", store.Audit{Actor: "worker"}); err != nil {
				return err
			}
		}
		return nil
	}}
	require.NoError(t, a.waitDone(t.Context(), temporal, s, "acme"))
	require.Equal(t, 1, temporal.started)
	require.Contains(t, out.String(), "1 records that others wait for are read now.\n")
	require.Contains(t, out.String(), "Nothing is pending.\n")
}

func TestWaitEndsWhenOdooDoesNotGiveIt(t *testing.T) {
	t.Parallel()
	a, s, out := waiting(t)
	temporal := &cycles{read: func() error { return nil }}
	require.ErrorContains(t, a.waitDone(t.Context(), temporal, s, "acme"), "1 records that others wait for could not be read from Odoo")
	require.Equal(t, moreCycles, temporal.started)
	require.NotContains(t, out.String(), "Nothing is pending")
}

// A command that stops waiting tells how much is left, never "-1 records".
func TestWaitThatStops(t *testing.T) {
	t.Parallel()
	a, s, _ := waiting(t)
	require.NoError(t, read(t.Context(), s, odoo.ModelMove, 7))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.EqualError(t, a.waitIdle(ctx, s, "acme"), "stopped before it was known what is pending; the work goes on without this command")
	require.NoError(t, s.SetTenantState(t.Context(), "acme", store.StatePaused, "audit week"))
	require.EqualError(t, a.waitIdle(t.Context(), s, "acme"), "tenant acme is paused (audit week): `ml-connector tenant resume acme` lets it go on")
	require.EqualError(t, stillPending(1), "1 records are still pending; the work goes on without this command")
}
