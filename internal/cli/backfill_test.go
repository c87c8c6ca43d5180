package cli

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/ml-connector/odoo-procore/activities"
)

// backfilled is a backfill that has ended.
type backfilled struct {
	client.WorkflowRun

	results []activities.FetchResult
}

func (r backfilled) Get(_ context.Context, into any) error {
	*into.(*[]activities.FetchResult) = r.results
	return nil
}

// A page with numbers that are given again holds the tenant: that is no "Nothing is pending.".
func TestBackfillOfATenantThatPausesItself(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	a := &App{output: "table", stdout: &out}
	read := activities.FetchResult{Models: map[string]activities.FetchCount{"purchase.order": {Fetched: 3, Changed: 1}}}
	require.NoError(t, a.readPeriod(t.Context(), backfilled{results: []activities.FetchResult{read}}, "acme"))
	require.Contains(t, out.String(), "purchase.order: 3 read, 1 changed.")
	require.ErrorContains(t, a.readPeriod(t.Context(), backfilled{results: []activities.FetchResult{read, {Paused: true}}}, "acme"), "tenant acme was paused meanwhile")
}
