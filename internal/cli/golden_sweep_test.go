package cli

import (
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/workflows"
)

// sweeps are sweeps that cannot begin or go on, and what commands say of an alert that one has left. (A sweep that raises
// an alert fails and yet writes: that one is TestSweepWithAnAlert.)
func sweeps() []badInput {
	live := func(w *world) {
		w.beta()
		w.worker()
	}
	alert := func(w *world) {
		w.note("a sweep did not find 6 of 12 orders")
		w.exec(`INSERT INTO alerts (tenant, cause, detail, since) VALUES ('acme', 'odoo.visibility:purchase.order',
			'{"model": "purchase.order", "missing": "6", "known": "12", "tenant": "acme"}', '2026-03-02 08:00:00+00')`)
	}
	return []badInput{
		{name: "sweep", args: "sweep start BETA --wait --timeout 25s", warns: true, given: live},
		{name: "sweep-json", args: "sweep start BETA --wait --timeout 25s -o json", warns: true, given: live},
		{name: "sweep-without-worker", args: "sweep start BETA --wait --timeout 1s", given: func(w *world) {
			w.note("no worker runs")
			w.beta()
		}},
		{name: "sweep-running-already", args: "sweep start BETA", given: func(w *world) {
			w.note("a sweep that a person asked for is under way")
			w.beta()
			_, err := devtest.TemporalClient(w.t).ExecuteWorkflow(w.t.Context(), client.StartWorkflowOptions{
				ID: workflows.SweepID(w.second) + "/now", TaskQueue: w.env["ML_TASK_QUEUE"],
			}, workflows.Sweep, activities.SweepInput{Tenant: w.second})
			require.NoError(w.t, err)
		}},
		{name: "sweep-wrong-key", args: "sweep start BETA --wait --timeout 25s", given: func(w *world) {
			w.seedOdoo(odootest.User{Login: "bot", Key: "another", KeyScopeOK: true})
			live(w)
		}},
		{name: "alert-status", args: "status show acme", warns: true, given: alert},
		{name: "alert-status-json", args: "status show acme -o json", warns: true, given: alert},
		{name: "alert-exceptions", args: "exceptions list acme", warns: true, given: alert},
		{name: "alert-exceptions-json", args: "exceptions list acme -o json", warns: true, given: alert},
		{name: "tenant-show", args: "tenant show acme", warns: true},
	}
}
