package activities_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/workflows"
)

const readOrders = "purchase.order/search_read"

// Each fault of Odoo that a later attempt answers. Where the server says when to come back, nobody comes earlier.
func TestOdooFaultsThatAreTriedAgain(t *testing.T) {
	t.Parallel()
	const after = 3 * time.Second
	for _, c := range []struct {
		kind         string
		wait         time.Duration
		slow         bool
		failure, why string // type and message of the lastFailure
	}{
		{kind: "limit", wait: after, failure: "odoo.unavailable", why: `\(?HTTP 429\)?:`},
		{kind: "maintenance", wait: after, failure: "odoo.maintenance", why: `\(?HTTP 503\)?:`},
		{kind: "bad-gateway", failure: "odoo.unavailable", why: `\(?HTTP 502\)?:`},
		{kind: "error-before", failure: "odoo.unavailable", why: `\(?HTTP 500\)?:`},
		{kind: "error-after", failure: "odoo.unavailable", why: `\(?HTTP 500\)?:`},
		{kind: "drop-before", failure: "odoo.unavailable", why: "broke before the answer was complete:"},
		{kind: "drop-after", failure: "odoo.unavailable", why: "broke before the answer was complete:"},
		{kind: "slow-before", wait: 2500 * time.Millisecond, slow: true, failure: "odoo.unavailable", why: "did not answer in time:"},
		{kind: "slow-after", wait: 2500 * time.Millisecond, slow: true, failure: "odoo.unavailable", why: "did not answer in time:"},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			timeout := time.Duration(0)
			if c.slow {
				timeout = impatient
			}
			l := newLoad(t, timeout)
			require.NoError(t, l.odoo.SetFaults(odootest.FaultRule{Kind: c.kind, Path: readOrders, WaitMS: c.wait.Milliseconds()}))
			l.sync()
			require.Equal(t, 1, l.odoo.Faults()[0].Hits)
			l.checkTraffic()
			l.failed(workflows.SyncID(l.tenant), l.lastRunOf(workflows.SyncID(l.tenant)), "FetchChanges", c.failure, c.why)
			if c.wait == after {
				require.GreaterOrEqual(t, l.betweenReads(), after)
			}
			l.settled(l.worker("next"), loadHeld)
		})
	}
}

// betweenReads is the time between the first two requests for orders.
func (l *load) betweenReads() time.Duration {
	l.t.Helper()
	arrivals, _ := l.traffic.seen()
	var at []time.Time
	for _, a := range arrivals {
		if strings.HasSuffix(a.path, readOrders) {
			at = append(at, a.at)
		}
	}
	require.GreaterOrEqual(l.t, len(at), 2)
	return at[1].Sub(at[0])
}

// A fault that no attempt can answer ends the cycle; the next one begins where it stopped.
func TestOdooFaultsThatEndTheCycle(t *testing.T) {
	t.Parallel()
	for kind, name := range map[string]string{"key-expired": "", "error-before": "builtins.ValueError"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			l := newLoad(t, 0)
			require.NoError(t, l.odoo.SetFaults(odootest.FaultRule{Kind: kind, Name: name, Path: readOrders}))
			_, err := l.poll()
			require.Error(t, err)
			require.Equal(t, 1, l.odoo.Faults()[0].Hits)
			require.Empty(t, l.checkTraffic(), "no attempt can mend it")
			l.sync()
			l.settled(l.worker("next"), loadHeld)
		})
	}
}
