package activities_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/workflows"
)

// unmapped is an order on a project that nobody has mapped; it is read and its run has not begun.
func unmapped(b *bundle, w worker) (po, account int64) {
	carried(b, w)
	account = b.create("account.analytic.account", values{"name": "Gym", "code": "G", "plan_id": 1})
	po, _ = b.order(b.peak, share{amount: 20, project: account, code: b.concrete})
	b.fetch(w)
	return po, account
}

var unmappedHeld = []string{ordered, "P00002 on Mill Approved: 03 30 00.M 20.00"}

// A person saves the mapping that a run is parking for. Whoever of the two comes second sees the other's work: the run
// looks whether its cause is still open and whether more is wanted by now, the saver frees who waits and wants anew what
// names the account. Without both looks in park the first case waits for ever, without free_waits and raise_want in
// save_mappings the second.
func TestMappingSavedWhileARunParks(t *testing.T) {
	t.Parallel()
	const lock = "cause:mapping.project"
	for name, saverFirst := range map[string]bool{"saved first": true, "parked first": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			w := b.worker("one")
			po, account := unmapped(b, w)
			run := b.newRun(w)
			let := b.lock(lock)
			turns := []func(){
				func() {
					_, err := b.store.SaveMappings(t.Context(), b.tenant, "ann", []store.ProjectMapping{{OdooID: account, ProcoreProject: b.millP}}, nil)
					assert.NoError(t, err)
				},
				func() { run.do(order, po) },
			}
			if !saverFirst {
				turns[0], turns[1] = turns[1], turns[0]
			}
			var both sync.WaitGroup
			for i, turn := range turns { // PostgreSQL gives the lock in this order
				both.Go(turn)
				b.blocked(lock, i+1)
			}
			let()
			both.Wait()
			if saverFirst {
				require.Equal(t, "synced", run.result().Outcome, "it looks again by itself")
			} else {
				require.Equal(t, "exception", run.result().Outcome)
			}
			require.Empty(t, b.waits(order, po))
			b.work(w)
			b.settled(w, unmappedHeld)
		})
	}
}

// A run has parked its record and has not ended yet, and what it waits for is settled: by a person who saves a mapping, by
// a cycle that looks again, by the record that it waits for. Dispatch meets the run that is still there, and the record
// must not be lost between the two. Without giveBack in start, Dispatch fails; without the release nobody offers it.
func TestReleasedDuringTheLastStep(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		activity string // the one that parks
		play     func(b *bundle, w worker) (model string, id int64)
		settle   func(p *product, id int64)
		want     []string
	}{
		"by a mapping": {"Resolve", func(b *bundle, w worker) (string, int64) {
			po, _ := unmapped(b, w)
			return order, po
		}, func(p *product, id int64) {
			require.Len(p.t, p.waits(order, id), 1)
			_, account, _ := strings.Cut(p.waits(order, id)[0], "/")
			gym, err := strconv.ParseInt(account, 10, 64)
			require.NoError(p.t, err)
			p.mapProject(gym, p.millP)
			p.wake()
		}, unmappedHeld},
		"by a cycle": {"Park", func(b *bundle, w worker) (string, int64) {
			model, id := newDirectBill(b, w)
			require.NoError(b.t, b.procore.SetFaults(procoretest.FaultRule{Kind: "error-before", Operation: createDirectCost}))
			return model, id
		}, func(p *product, id int64) {
			require.Equal(p.t, []string{"procore.unavailable:" + p.tenant}, p.waits(bill, id))
			_, err := p.store.Pool().Exec(p.t.Context(), `UPDATE record_waits SET recheck_at = clock_timestamp() WHERE tenant = $1`, p.tenant)
			require.NoError(p.t, err)
			_, err = p.poll()
			require.NoError(p.t, err)
		}, []string{ordered, direct}},
		"by the record that it waits for": {"Resolve", only, func(p *product, _ int64) {
			p.wake() // its vendor's run was asked for by the park
		}, []string{ordered}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			model, id := c.play(b, b.worker("before"))
			parked := b.barrier(c.activity, workflows.RecordID(b.tenant, model, id))
			cfg := b.config("one")
			cfg.ActivityTimeout, cfg.OfferedFor, cfg.Attempts = time.Minute, 2*time.Second, 1
			p := b.startWith(cfg, parked)
			p.wake()
			parked.wait(t)
			run := p.lastRun(model, id)
			require.NotEmpty(t, b.waits(model, id), "it has parked")
			c.settle(p, id)
			dispatch := p.met()
			require.Empty(t, b.waits(model, id), "it is freed")
			parked.release()
			p.quiet()
			p.closed(workflows.DispatchID(b.tenant), dispatch, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED)
			require.NotEqual(t, run, p.lastRun(model, id), "another run has carried it")
			b.settled(b.worker("next"), c.want)
		})
	}
}
