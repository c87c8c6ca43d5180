package rig_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/rig"
)

// An Odoo 14 is read over XML-RPC alone, and what happens there arrives: orders, a bill, a receipt; then a new price, a line
// that goes to another project, which only its analytic account tells, and a cancellation.
func TestOdoo14(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	bench := open(t)
	tenant, err := bench.NewTenant(ctx, rig.TenantOptions{Name: "odoo-14", Odoo: "14.0"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, tenant.Close()) })
	worker, err := tenant.StartWorker(ctx)
	require.NoError(t, err)

	at := newOffice(tenant)
	at.order(1000.25)
	at.order(500)
	at.order(250)
	at.order(125)
	at.bill(0, 100.10)
	at.receipt(7.35)
	require.NoError(t, tenant.Cycle(ctx), worker.Log(20))
	at.balanced(t)

	f := tenant.Firm
	at.reprice(1, 612.50)
	at.desk.Recode(at.orders[2].Lines[0], f.Tower, f.Labor)
	at.desk.Do("purchase.order", "button_cancel", at.orders[3].ID, nil)
	require.NoError(t, at.desk.Err())
	tenant.Tick()
	require.NoError(t, tenant.Cycle(ctx), worker.Log(20))
	held := map[string]string{}
	for _, c := range tenant.Procore.State().Commitments {
		require.Len(t, c.Lines, 1)
		if !c.Deleted {
			held[c.Number] = strings.Join([]string{c.Status, projectName(tenant, c.ProjectID), c.Lines[0].BudgetCode, c.Lines[0].Amount}, ", ")
		}
	}
	require.Equal(t, map[string]string{
		"P00001": "Approved, Tower, 03 30 00.M, 1000.25", "P00002": "Approved, Tower, 03 30 00.M, 612.50", "P00003": "Approved, Tower, 03 30 00.L, 250.00",
		"P00004": "Closed, Mill, 03 30 00.M, 125.00",
	}, held, tenant.State(ctx))

	calls := 0
	for _, call := range tenant.Odoo.Journal() {
		require.False(t, strings.HasPrefix(call.Path, "/json/"), call.Path)
		if strings.HasPrefix(call.Path, "/xmlrpc/2/object/") {
			calls++
		}
	}
	require.NotZero(t, calls)
}

func projectName(tenant *rig.Tenant, id int64) string {
	for _, p := range tenant.Procore.State().Projects {
		if p.ID == id {
			return p.Name
		}
	}
	return ""
}
