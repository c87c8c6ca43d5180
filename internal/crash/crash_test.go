package crash_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/internal/crash"
	"github.com/ml-connector/odoo-procore/internal/rig"
)

// A sample of `make crash`: each effect of a small firm, disturbed in one of the four ways, every second one with an Odoo 14
// over XML-RPC. Undisturbed, both versions end alike.
func TestSample(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	bench, err := rig.Open(ctx, rig.Options{Log: t.Output()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, bench.Close()) })

	run := &crash.Run{Bench: bench, Stages: crash.Small(), Sample: true, Parallel: 6, Log: t.Output(), Odoo: odootest.Versions()}
	points, err := run.Points(ctx)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(points), 10)
	ways := map[string]int{}
	for _, p := range points {
		ways[p.Odoo+" "+string(p.When)]++
	}
	require.Len(t, ways, len(crash.Whens)*len(odootest.Versions()), "all ways are in the sample, with each version: %v", ways)

	report, err := run.Disturb(ctx, points)
	require.NoError(t, err)
	require.Empty(t, report.Differences)
	require.True(t, report.Equal)
	require.Len(t, report.Points, len(points))
	for _, p := range report.Points {
		require.NotZero(t, p.PID, "%s/%s", p.Effect, p.When)
	}
}
