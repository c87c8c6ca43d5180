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
}

var outages = []outage{
	{name: "procore", protocol: faultproxy.HTTP, after: 25, via: func(v *rig.Via) *func(string) (string, error) { return &v.Procore }},
	{name: "odoo", protocol: faultproxy.HTTP, after: 8, via: func(v *rig.Via) *func(string) (string, error) { return &v.Odoo }},
	{name: "postgres", protocol: faultproxy.Postgres, after: 250, via: func(v *rig.Via) *func(string) (string, error) { return &v.Postgres }},
	{name: "temporal", protocol: faultproxy.GRPC, after: 150, via: func(v *rig.Via) *func(string) (string, error) { return &v.Temporal }},
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
			var proxy *faultproxy.Proxy
			options := rig.TenantOptions{Name: "out-" + o.name}
			*o.via(&options.Via) = func(target string) (string, error) {
				var err error
				if proxy, err = faultproxy.Start(o.protocol, target); err != nil {
					return "", err
				}
				return proxy.Addr(), nil
			}
			tenant, err := bench.NewTenant(ctx, options)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, proxy.Close()) })
			t.Cleanup(func() { require.NoError(t, tenant.Close()) })

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
			_, err = tenant.StartWorker(ctx)
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
			at.afternoon()
			held, _ := at.held() // some are not approved yet
			require.Less(t, len(held), len(at.books), "the load was over before the outage")
			back := time.NewTimer(gone)
			defer back.Stop()
			<-back.C
			proxy.Up()
			to := time.Now()
			require.NoError(t, rig.Until(ctx, "everything to arrive", func() (bool, error) {
				now, err := at.held()
				return err == nil && len(now) == len(at.books), nil
			}), tenant.State(ctx))
			stop()
			require.NoError(t, tenant.Cycle(ctx), tenant.State(ctx))
			at.balanced(t)
			record(t, events(ctx, t, bench, tenant.Name), from, to)
		})
	}
}

// open makes the bench of one test.
func open(t *testing.T) *rig.Bench {
	t.Helper()
	bench, err := rig.Open(t.Context(), rig.Options{Log: t.Output()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, bench.Close()) })
	return bench
}
