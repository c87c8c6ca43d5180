package rig_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/faultproxy"
	"github.com/ml-connector/odoo-procore/internal/rig"
)

type requisition = procoretest.RequisitionState

// gone is how long a system is away: with the rig's timing several attempts fail.
const gone = 8 * time.Second

// outage is one of the four systems that goes away.
type outage struct {
	name     string
	protocol faultproxy.Protocol
	via      func(*rig.Via) *func(string) (string, error)
	// after so many messages it goes, in the middle of the load.
	after int
	// stopsWriting: without it nothing can be written to Procore.
	stopsWriting bool
}

var outages = []outage{
	{name: "procore", protocol: faultproxy.HTTP, after: 25, stopsWriting: true, via: func(v *rig.Via) *func(string) (string, error) { return &v.Procore }},
	{name: "odoo", protocol: faultproxy.HTTP, after: 8, via: func(v *rig.Via) *func(string) (string, error) { return &v.Odoo }},
	{name: "postgres", protocol: faultproxy.Postgres, after: 250, stopsWriting: true, via: func(v *rig.Via) *func(string) (string, error) { return &v.Postgres }},
	{name: "temporal", protocol: faultproxy.GRPC, after: 150, stopsWriting: true, via: func(v *rig.Via) *func(string) (string, error) { return &v.Temporal }},
}

// A system that goes away in the middle of a load, while people go on working, and comes back: everything arrives, once
// and in order, and nobody does anything about it.
func TestOutage(t *testing.T) {
	t.Parallel()
	bench := open(t)
	for _, o := range outages {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
			defer cancel()
			tenant, proxy := proxied(ctx, t, bench, rig.TenantOptions{Name: "out-" + o.name}, o.via, o.protocol)
			away := make(chan struct{})
			var once sync.Once
			proxy.SetRule(func(at faultproxy.Moment, m faultproxy.Message) faultproxy.Action {
				if at == faultproxy.Before && m.N >= o.after {
					once.Do(func() {
						proxy.Down()
						close(away)
					})
				}
				return faultproxy.Action{}
			})
			_, err := tenant.StartWorker(ctx)
			require.NoError(t, err)
			at := newOffice(tenant)
			at.morning()
			stop := schedule(ctx, t, tenant)
			select {
			case <-away:
			case <-ctx.Done():
				require.Fail(t, "the outage never came")
			}
			from := time.Now()
			held, _ := at.held() // some are not approved yet
			require.Less(t, len(held), len(at.books), "the load was over before the outage")
			at.noon()
			elapse(gone / 2)
			at.afternoon()
			elapse(gone / 2)
			to := time.Now()
			proxy.Up()
			at.evening()
			at.arrived(ctx, t)
			stop()
			require.NoError(t, tenant.Cycle(ctx))
			all := events(ctx, t, bench, tenant.Name)
			record(t, all, from, to)
			at.balanced(t)
			if o.stopsWriting {
				require.Empty(t, during(all, from, to), "written while it was away")
			}
			if o.name != "temporal" { // the attempts are its own, and it cannot hand any out while it is away
				again, err := tenant.Attempts(ctx)
				require.NoError(t, err)
				require.Greater(t, again, 1, "nothing was tried again")
			}
		})
	}
}

// proxied makes a tenant with a proxy on one of its ways.
func proxied(ctx context.Context, t *testing.T, bench *rig.Bench, options rig.TenantOptions,
	way func(*rig.Via) *func(string) (string, error), protocol faultproxy.Protocol,
) (*rig.Tenant, *faultproxy.Proxy) {
	t.Helper()
	var proxy *faultproxy.Proxy
	*way(&options.Via) = func(target string) (_ string, err error) {
		if proxy, err = faultproxy.Start(protocol, target); err != nil {
			return "", err
		}
		return proxy.Addr(), nil
	}
	tenant, err := bench.NewTenant(ctx, options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, proxy.Close()) })
	t.Cleanup(func() { require.NoError(t, tenant.Close()) })
	return tenant, proxy
}

// elapse is a part of an outage; its length is what is tried, nothing is waited for.
func elapse(d time.Duration) { <-time.After(d) }

// open makes the bench of one test.
func open(t *testing.T) *rig.Bench {
	t.Helper()
	binary, err := binary()
	require.NoError(t, err)
	bench, err := rig.Open(t.Context(), rig.Options{Log: t.Output(), Binary: binary})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, bench.Close()) })
	return bench
}
