package rig_test

import (
	"context"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/rig"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// stopping is a worker that was told to stop in the middle of a write which Procore has done and not answered.
type stopping struct {
	t       *testing.T
	bench   *rig.Bench
	tenant  *rig.Tenant
	worker  *rig.Worker
	answer  func()
	started time.Time
}

func stop(ctx context.Context, t *testing.T, bench *rig.Bench, signal os.Signal, timeout string) *stopping {
	t.Helper()
	name := "stop-" + strings.ToLower(strings.ReplaceAll(signal.String(), " ", "-")) + "-" + timeout
	tenant, err := bench.NewTenant(ctx, rig.TenantOptions{
		Name: name, Env: []string{"ML_STOP_TIMEOUT=" + timeout},
		Timing: rig.Timing{HTTP: 60 * time.Second, Activity: 2 * time.Minute, Settle: 70 * time.Second},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, tenant.Close()) })
	reached, answer := make(chan struct{}), make(chan struct{})
	s := &stopping{t: t, bench: bench, tenant: tenant, answer: sync.OnceFunc(func() { close(answer) })}
	t.Cleanup(s.answer)
	var once sync.Once
	tenant.Procore.SetHook(procoretest.Hook{After: func(r procoretest.Request) *procoretest.Fault {
		if strings.HasSuffix(r.Operation, "/purchase_order_contracts/sync") {
			once.Do(func() {
				close(reached)
				<-answer
			})
		}
		return nil
	}})
	s.worker, err = tenant.StartWorker(ctx)
	require.NoError(t, err)
	desk := tenant.Desk()
	desk.Order(tenant.Firm.Boulder, rig.Line{Amount: 100.25, Project: tenant.Firm.Tower, Code: tenant.Firm.Concrete})
	require.NoError(t, desk.Err())
	tenant.Tick()
	require.NoError(t, tenant.Sync(ctx))
	select {
	case <-reached:
	case <-ctx.Done():
		require.Fail(t, "the write did not come", s.worker.Log(20))
	}
	process, err := os.FindProcess(s.worker.PID)
	require.NoError(t, err)
	s.started = time.Now()
	require.NoError(t, process.Signal(signal))
	require.NoError(t, rig.Until(ctx, "the worker stops", func() (bool, error) {
		return strings.Contains(s.worker.Log(50), "worker stopping"), nil
	}))
	return s
}

// gone waits for the worker's end, and for its successor to finish the order.
func (s *stopping) gone(ctx context.Context) []store.SendRow {
	s.t.Helper()
	select {
	case <-s.worker.Done():
	case <-ctx.Done():
		require.Fail(s.t, "the worker does not end", s.worker.Log(50))
	}
	left, err := s.bench.Store.AllSends(ctx, s.tenant.Name, 0, 1000)
	require.NoError(s.t, err)
	s.answer()
	next, err := s.tenant.StartWorker(ctx)
	require.NoError(s.t, err)
	require.NoError(s.t, s.tenant.Rest(ctx), next.Log(20))
	commitments := s.tenant.Procore.State().Commitments
	require.Len(s.t, commitments, 1)
	require.Equal(s.t, "Approved", commitments[0].Status)
	require.Equal(s.t, "100.25", commitments[0].GrandTotal)
	return left
}

// A worker that is told to stop ends what is under way: the answer that comes is written down, and no successor has to
// wait or to look. Without WorkerStopTimeout in runWorker the row stays open.
func TestStoppedWorkerEndsItsWrite(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	bench := open(t)
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		s := stop(ctx, t, bench, signal, "60s")
		s.answer()
		left := s.gone(ctx)
		require.Equal(t, store.ResultOK, left[len(left)-1].Result)
		require.Less(t, time.Since(s.started), 60*time.Second)
	}
}

// An answer that does not come in time: the request is cut off, and the row says that its end is not known. Without cutOff
// in runWorker the row stays open, and its part is held for the settle time.
func TestStoppedWorkerLeavesAnHonestState(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	bench := open(t)
	s := stop(ctx, t, bench, syscall.SIGTERM, "5s")
	left := s.gone(ctx)
	require.Equal(t, store.ResultUnknown, left[len(left)-1].Result)
	require.Less(t, time.Since(s.started), 60*time.Second, "neither the settle time nor the attempt's")
}
