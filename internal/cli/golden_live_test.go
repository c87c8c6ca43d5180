package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/internal/secrets"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/internal/tenant"
	"github.com/ml-connector/odoo-procore/workflows"
)

// badLive are commands that go as far as Temporal: BETA is a tenant whose name no other test has, since workflows of
// one name meet on the shared server.
func badLive() []badInput {
	hiddenProject := "kind,odoo_model,odoo_id,odoo_code,procore_project\nproject,account.analytic.account,2,M,562949954000070\n"
	return []badInput{
		{name: "odoo-wrong-key-sync", args: "sync start BETA --wait --timeout 25s", given: func(w *world) {
			w.seedOdoo(odootest.User{Login: "bot", Key: "another", KeyScopeOK: true})
			w.beta()
			w.worker()
		}},
		{name: "odoo-wrong-database-backfill", args: "backfill start BETA --since 2026-01-01 --until 2026-01-31 --wait --timeout 25s", given: func(w *world) {
			w.note("odoo.database is acme-old")
			w.beta(func(f *tenant.File) { f.Odoo.Database = "acme-old" })
			w.worker()
		}},
		{name: "sync-without-worker", args: "sync start BETA --wait --timeout 1s", given: func(w *world) {
			w.note("no worker runs")
			w.beta()
		}},
		{name: "sheet-project-not-permitted", args: "map import BETA DIR/sheet.csv", warns: true, given: func(w *world) {
			w.file("sheet.csv", hiddenProject)
			w.beta()
		}},
		{name: "sheet-project-not-permitted-json", args: "map import BETA DIR/sheet.csv -o json", warns: true, given: func(w *world) {
			w.file("sheet.csv", hiddenProject)
			w.beta()
		}},
	}
}

// beta makes a second tenant with a name of its own, and gives the command a Temporal server. Workflows that nobody
// ends are terminated when the case ends.
func (w *world) beta(change ...func(*tenant.File)) {
	w.t.Helper()
	w.temporal()
	w.dirty = true
	w.second = "g" + strings.ToLower(rand.Text()[:10])
	w.hides(w.second, "beta")
	ctx := w.t.Context()
	s, err := store.Open(ctx, w.database)
	require.NoError(w.t, err)
	defer s.Close()
	file := w.goldenFile()
	file.Tenant = w.second
	for _, f := range change {
		f(&file)
	}
	settings, err := json.Marshal(file)
	require.NoError(w.t, err)
	_, err = s.SaveTenant(ctx, store.TenantChange{Name: w.second, Settings: settings, State: store.StateActive, OriginPrefix: "x2", By: "ann"})
	require.NoError(w.t, err)
	box, err := secrets.Open(w.env["ML_KEY_FILE"])
	require.NoError(w.t, err)
	saveCredentials(ctx, w.t, s, box, w.second)
	c := devtest.TemporalClient(w.t)
	w.t.Cleanup(func() {
		for _, id := range []string{activities.DispatchID(w.second), workflows.SyncID(w.second) + "/now", workflows.SweepID(w.second) + "/now"} {
			_ = c.TerminateWorkflow(context.WithoutCancel(w.t.Context()), id, "", "the test is over") // it may not have begun, or be done
		}
	})
}

// worker runs a worker beside the command, until the case ends.
func (w *world) worker() {
	w.t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(w.t.Context()))
	done := make(chan int)
	var log bytes.Buffer
	go func() { done <- run(ctx, w.env, []string{"worker"}, strings.NewReader(""), &log, &log) }()
	w.t.Cleanup(func() {
		stop()
		select {
		case code := <-done:
			require.Zero(w.t, code, &log)
		case <-time.After(patience):
			w.t.Error("the worker does not stop")
		}
	})
}
