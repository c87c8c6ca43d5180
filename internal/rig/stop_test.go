package rig_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/faultproxy"
	"github.com/ml-connector/odoo-procore/internal/rig"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// stopping is a worker that was told to stop in the middle of a write which Procore has done and not answered.
type stopping struct {
	t      *testing.T
	bench  *rig.Bench
	tenant *rig.Tenant
	worker *rig.Worker
	answer func()
}

// lasting are times of a worker in which nothing of these tests runs out.
var lasting = rig.Timing{HTTP: 60 * time.Second, Activity: 2 * time.Minute, Settle: 70 * time.Second}

// stop brings a worker with an order and its bill to the write, given by the end of its operation, and signals it there.
func stop(ctx context.Context, t *testing.T, bench *rig.Bench, write string, signal os.Signal, timing rig.Timing, timeout string) *stopping {
	t.Helper()
	tenant, err := bench.NewTenant(ctx, rig.TenantOptions{Name: "stop", Env: []string{"ML_STOP_TIMEOUT=" + timeout}, Timing: timing})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, tenant.Close()) })
	reached, answer := make(chan struct{}), make(chan struct{})
	s := &stopping{t: t, bench: bench, tenant: tenant, answer: sync.OnceFunc(func() { close(answer) })}
	t.Cleanup(s.answer)
	var once sync.Once
	tenant.Procore.SetHook(procoretest.Hook{After: func(r procoretest.Request) *procoretest.Fault {
		if strings.HasSuffix(r.Operation, write) {
			once.Do(func() {
				close(reached)
				<-answer
			})
		}
		return nil
	}})
	s.worker, err = tenant.StartWorker(ctx)
	require.NoError(t, err)
	at := newOffice(tenant)
	at.order(100.25)
	at.bill(0, 60.25)
	require.NoError(t, at.desk.Err())
	require.NoError(t, tenant.Sync(ctx))
	select {
	case <-reached:
	case <-ctx.Done():
		require.Fail(t, "the write did not come", s.worker.Log(20))
	}
	s.signal(ctx, signal)
	return s
}

// signal tells the worker to stop, and waits until it has heard.
func (s *stopping) signal(ctx context.Context, signal os.Signal) {
	s.t.Helper()
	process, err := os.FindProcess(s.worker.PID)
	require.NoError(s.t, err)
	require.NoError(s.t, process.Signal(signal))
	require.NoError(s.t, rig.Until(ctx, "the worker stops", func() (bool, error) {
		return strings.Contains(s.worker.Log(50), "worker stopping"), nil
	}))
}

// gone waits for the worker's end and gives the write that it had in hand, as it left it. Its successor then carries
// everything through.
func (s *stopping) gone(ctx context.Context) store.SendRow {
	s.t.Helper()
	select {
	case <-s.worker.Done():
	case <-ctx.Done():
		require.Fail(s.t, "the worker does not end", s.worker.Log(50))
	}
	left := s.sends(ctx)
	s.answer()
	next, err := s.tenant.StartWorker(ctx)
	require.NoError(s.t, err)
	require.NoError(s.t, s.tenant.Cycle(ctx), next.Log(20))
	state := s.tenant.Procore.State()
	require.Len(s.t, state.Commitments, 1)
	require.Equal(s.t, "Approved", state.Commitments[0].Status)
	require.Equal(s.t, "100.25", state.Commitments[0].GrandTotal)
	require.Len(s.t, state.Requisitions, 1)
	require.Equal(s.t, "60.25", state.Requisitions[0].Total)
	return left[len(left)-1]
}

func (s *stopping) sends(ctx context.Context) []store.SendRow {
	s.t.Helper()
	list, err := s.bench.Store.AllSends(ctx, s.tenant.Name, 0, 1000)
	require.NoError(s.t, err)
	require.NotEmpty(s.t, list)
	return list
}

// overtaken wants a successor to have waited for the settle time of a write that was left open, or not.
func (s *stopping) overtaken(ctx context.Context, want bool) {
	s.t.Helper()
	require.Equal(s.t, want, slices.ContainsFunc(s.sends(ctx), func(r store.SendRow) bool { return !r.OvertakenAt.IsZero() }))
}

// A worker that is told to stop ends what is under way: the answer that comes is written down, and no successor has to
// wait or to look. Without WorkerStopTimeout in runWorker the row stays open.
func TestStoppedWorkerEndsItsWrite(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	bench := open(t)
	for write, signal := range map[string]os.Signal{
		"/vendors/sync": os.Interrupt, "/purchase_order_contracts/sync": syscall.SIGTERM, "POST /rest/v1.1/requisitions": syscall.SIGTERM,
	} {
		s := stop(ctx, t, bench, write, signal, lasting, "60s")
		s.answer()
		require.Equal(t, store.ResultOK, s.gone(ctx).Result, write)
		s.overtaken(ctx, false)
	}
}

// An answer that does not come in time: the request is cut off, and the row says that its end is not known. Without cutOff
// in runWorker the row stays open, and its part is held for the settle time.
func TestStoppedWorkerLeavesAnHonestState(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	s := stop(ctx, t, open(t), "/purchase_order_contracts/sync", syscall.SIGTERM, lasting, "5s")
	require.Equal(t, store.ResultUnknown, s.gone(ctx).Result)
	s.overtaken(ctx, false)
}

// The second signal ends it at once, like a kill: the successor takes over what was left open.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	s := stop(ctx, t, open(t), "/purchase_order_contracts/sync", syscall.SIGTERM,
		rig.Timing{HTTP: 10 * time.Second, Activity: 11 * time.Second, Settle: 12 * time.Second}, "60s")
	s.signal(ctx, syscall.SIGTERM)
	require.Empty(t, s.gone(ctx).Result, "it had no time to write anything down")
	s.overtaken(ctx, true)
}

// A worker that is told to stop while it reads a page: the page is read whole, by it or by its successor.
func TestStoppedWorkerWhileReading(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	bench := open(t)
	for _, late := range []bool{false, true} { // the answer comes in time, or not
		timeout := "60s"
		if late {
			timeout = "5s"
		}
		options := rig.TenantOptions{Name: "read", Env: []string{"ML_STOP_TIMEOUT=" + timeout}, Timing: lasting}
		tenant, odoo := proxied(ctx, t, bench, options, func(v *rig.Via) *func(string) (string, error) { return &v.Odoo }, faultproxy.HTTP)
		reached, answer := make(chan struct{}), make(chan struct{})
		var once sync.Once
		odoo.SetRule(func(at faultproxy.Moment, m faultproxy.Message) faultproxy.Action {
			if at == faultproxy.After && strings.Contains(m.Text, "/purchase.order/") {
				once.Do(func() { close(reached) })
				return faultproxy.Action{Hold: answer}
			}
			return faultproxy.Action{}
		})
		worker, err := tenant.StartWorker(ctx)
		require.NoError(t, err)
		at := newOffice(tenant)
		at.morning()
		cycle := make(chan error, 1)
		go func() { cycle <- tenant.Sync(ctx) }()
		select {
		case <-reached:
		case <-ctx.Done():
			require.Fail(t, "the page was not asked for", worker.Log(20))
		}
		s := &stopping{t: t, bench: bench, tenant: tenant, worker: worker}
		s.signal(ctx, syscall.SIGTERM)
		if !late {
			close(answer)
		}
		<-worker.Done()
		if late {
			close(answer)
		}
		_, err = tenant.StartWorker(ctx)
		require.NoError(t, err)
		require.NoError(t, <-cycle)
		require.NoError(t, tenant.Cycle(ctx), tenant.State(ctx))
		at.balanced(t)
	}
}
