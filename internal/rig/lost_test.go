package rig_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/faultproxy"
	"github.com/ml-connector/odoo-procore/internal/rig"
)

// What PostgreSQL has committed, or Temporal has taken down, and the worker never hears: it does it again, and nothing is
// there twice. Every third answer is lost, five times in all.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	bench := open(t)
	for _, lost := range []struct {
		name, of string
		protocol faultproxy.Protocol
		via      func(*rig.Via) *func(string) (string, error)
	}{
		{"begin", "begin_send", faultproxy.Postgres, func(v *rig.Via) *func(string) (string, error) { return &v.Postgres }},
		{"finish", "finish_send", faultproxy.Postgres, func(v *rig.Via) *func(string) (string, error) { return &v.Postgres }},
		{"activity", "RespondActivityTaskCompleted", faultproxy.GRPC, func(v *rig.Via) *func(string) (string, error) { return &v.Temporal }},
		{"workflow", "RespondWorkflowTaskCompleted", faultproxy.GRPC, func(v *rig.Via) *func(string) (string, error) { return &v.Temporal }},
	} {
		t.Run(lost.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
			defer cancel()
			tenant, proxy := proxied(ctx, t, bench, rig.TenantOptions{Name: "lost-" + lost.name}, lost.via, lost.protocol)
			var seen, cut atomic.Int64
			proxy.SetRule(func(at faultproxy.Moment, m faultproxy.Message) faultproxy.Action {
				if at != faultproxy.After || !strings.Contains(m.Text, lost.of) || seen.Add(1)%3 != 0 || cut.Add(1) > 5 {
					return faultproxy.Action{}
				}
				return faultproxy.Action{Cut: true}
			})
			_, err := tenant.StartWorker(ctx)
			require.NoError(t, err)
			at := newOffice(tenant)
			at.morning()
			require.NoError(t, tenant.Cycle(ctx), tenant.State(context.WithoutCancel(ctx)))
			at.noon()
			require.NoError(t, tenant.Cycle(ctx))
			at.balanced(t)
			require.GreaterOrEqual(t, cut.Load(), int64(5), "too few answers were lost")
		})
	}
}
