package deploy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/tenant"
)

// The demo comes up in the order of the compose file, with nothing but what stands in it, and carries its firm over.
func TestDemoComesUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	h := newHost(ctx, t)
	for _, name := range slices.Sorted(maps.Keys(h.stack.Project.Services)) {
		if name != "cli" && name != "temporal-ui" {
			h.start(ctx, t, name)
		}
	}
	// What was written in the last seconds before a cycle is read by the next one. Docker first asks whether Odoo is well when
	// that time is over.
	settle := tenantDefaults(t).Odoo.SettleDelay
	interval, err := time.ParseDuration(h.stack.Project.Services["odoo"].Healthcheck.Interval)
	require.NoError(t, err)
	require.Greater(t, interval, time.Duration(settle))
	var carried map[string]int
	arrived := func() bool { return carried["res.partner"] > 0 && carried["purchase.order"] > 0 } // bills come after all orders
	for deadline := time.Now().Add(2 * time.Minute); !arrived(); {
		require.True(t, time.Now().Before(deadline), "carried over: %v", carried)
		h.run(ctx, t, "cli", "sync", "start", "acme")
		carried = h.carried(ctx, t)
		<-time.After(500 * time.Millisecond) // the machine is the worker's
	}

	// All that runs once runs again on the next start, and disturbs nothing: neither the books nor what the user has changed.
	changed := h.changeTenant(ctx, t)
	require.Contains(t, changed, every(20*time.Minute))
	for _, name := range []string{"key", "migrate", "temporal-namespace", "demo-setup"} {
		h.run(ctx, t, name)
	}
	for model, before := range carried {
		require.GreaterOrEqual(t, h.carried(ctx, t)[model], before, model)
	}
	require.Contains(t, h.run(ctx, t, "cli", "ping", "acme"), "company")
	require.Equal(t, changed, h.run(ctx, t, "cli", "tenant", "show", "acme"))

	// A setup that was cut off is carried out again.
	require.NoError(t, os.Remove(h.replace.Replace("/var/lib/demo/set-up")))
	h.run(ctx, t, "demo-setup")
	require.Contains(t, h.run(ctx, t, "cli", "tenant", "show", "acme"), every(15*time.Minute))
}

// every is the schedule as tenant show has it.
func every(interval time.Duration) string { return fmt.Sprintf(`"every": %d`, interval) }

// changeTenant applies the firm's file with another schedule, and gives the tenant as it is then.
func (h *host) changeTenant(ctx context.Context, t *testing.T) string {
	t.Helper()
	file, err := os.ReadFile(h.replace.Replace("/var/lib/demo/tenant.yaml"))
	require.NoError(t, err)
	path := filepath.Join(h.env.TempDir(), "acme.yaml")
	require.NoError(t, os.WriteFile(path, bytes.Replace(file, []byte("every: 15m"), []byte("every: 20m"), 1), 0o600))
	h.run(ctx, t, "cli", "tenant", "apply", "-f", path)
	return h.run(ctx, t, "cli", "tenant", "show", "acme")
}

// carried counts the records that are in Procore, by their model.
func (h *host) carried(ctx context.Context, t *testing.T) map[string]int {
	t.Helper()
	said := h.run(ctx, t, "cli", "status", "show", "acme", "-o", "json")
	var status struct {
		State  string
		Counts []struct {
			Model, Outcome string
			Count          int
		}
	}
	require.NoError(t, json.Unmarshal([]byte(said[strings.Index(said, "{"):]), &status), said)
	require.Equal(t, "active", status.State, said)
	synced := map[string]int{}
	for _, c := range status.Counts {
		if c.Outcome == "synced" {
			synced[c.Model] += c.Count
		}
	}
	return synced
}

func tenantDefaults(t *testing.T) tenant.File {
	t.Helper()
	file, err := tenant.Parse([]byte(`
tenant: acme
odoo: {url: "http://odoo:8069", database: acme, user: bot, companies: [1], plans: {project: Projects, cost: Cost Codes}}
procore: {environment: sandbox, company_id: 1}
settings: {go_live: 2026-01-01}
`))
	require.NoError(t, err)
	return file
}
