package cli

import (
	"context"
	"crypto/rand"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/workflows"
)

// badTemporal are addresses and namespaces where no Temporal of ours is.
func badTemporal() []badInput {
	namespace := func(w *world) {
		w.temporal()
		w.set("TEMPORAL_NAMESPACE", "nosuch")
	}
	beta := func(given func(*world)) func(*world) {
		return func(w *world) {
			w.file("beta.yaml", strings.Replace(goodFile, "tenant: acme", "tenant: beta", 1))
			given(w)
		}
	}
	nowhere := func(w *world) { w.set("TEMPORAL_ADDRESS", nobody) }
	return []badInput{
		{name: "temporal-unreachable-apply", args: "tenant apply -f DIR/beta.yaml", given: beta(nowhere)},
		{name: "temporal-unreachable-sync", args: "sync start acme PO00042", given: nowhere},
		{name: "temporal-unreachable-resume", args: "tenant resume acme", given: func(w *world) {
			w.exec("UPDATE tenants SET state = 'paused', paused_reason = 'a reason'")
			nowhere(w)
		}},
		{name: "temporal-unreachable-map", args: "map import acme DIR/sheet.csv", given: func(w *world) {
			w.file("sheet.csv", "kind,odoo_model,odoo_id,procore_project\nproject,account.analytic.account,2,562949954000035\n")
			nowhere(w)
		}},
		{name: "temporal-unreachable-worker", args: "worker", given: nowhere},
		{name: "temporal-unknown-host", args: "sync start acme", given: func(w *world) { w.set("TEMPORAL_ADDRESS", "temporal.invalid:7233") }},
		{name: "temporal-no-port", args: "sync start acme", given: func(w *world) { w.set("TEMPORAL_ADDRESS", "temporal") }},
		{name: "temporal-url", args: "sync start acme", given: func(w *world) { w.set("TEMPORAL_ADDRESS", "http://127.0.0.1:7233") }},
		{name: "temporal-another-program", args: "sync start acme", given: func(w *world) {
			w.set("TEMPORAL_ADDRESS", strings.TrimPrefix(w.handler(answer(200, "text/html", "<html></html>")), "http://"))
		}},
		{name: "temporal-namespace-apply", args: "tenant apply -f DIR/beta.yaml", given: beta(namespace)},
		{name: "temporal-namespace-sync", args: "sync start acme PO00042", given: namespace},
		{name: "temporal-attributes-apply", args: "tenant apply -f DIR/beta.yaml", given: beta(func(w *world) {
			w.temporal()
			w.set("TEMPORAL_NAMESPACE", "temporal-system") // every server has it, without attributes of ours
		})},
		{name: "temporal-namespace-worker", args: "worker", given: namespace},
	}
}

// temporal gives the command a Temporal server, with a task queue that nobody serves.
func (w *world) temporal() {
	w.env["TEMPORAL_ADDRESS"] = devtest.Temporal(w.t).TemporalAddress
	w.env["ML_TASK_QUEUE"] = "golden-" + rand.Text()[:12]
	w.hides(w.env["TEMPORAL_ADDRESS"], "<temporal>")
	w.hides(w.env["ML_TASK_QUEUE"], "<queue>")
}

// takesSchedulesAway deletes a tenant's schedules when the test ends. On a server that lives on they would start runs that
// nobody carries out, and keep the next tenant of that name from its own.
func (w *world) takesSchedulesAway(tenant string) {
	c := devtest.TemporalClient(w.t)
	w.t.Cleanup(func() {
		ctx := context.WithoutCancel(w.t.Context())
		for _, id := range []string{workflows.SyncID(tenant), workflows.SweepID(tenant)} {
			require.NoError(w.t, c.ScheduleClient().GetHandle(ctx, id).Delete(ctx))
		}
	})
}
