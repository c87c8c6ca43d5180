package activities_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/workflows"
)

// lock takes an advisory lock of the tenant as a transaction of the product would; unlock lets the others go on.
func (b *bundle) lock(name string) (unlock func()) {
	b.t.Helper()
	ctx := context.WithoutCancel(b.t.Context())
	tx, err := b.store.Pool().Begin(ctx)
	require.NoError(b.t, err)
	b.t.Cleanup(func() { _ = tx.Rollback(ctx) }) // after a failed test
	_, err = tx.Exec(ctx, `SELECT pg_advisory_xact_lock(lock_key($1, $2))`, b.tenant, name)
	require.NoError(b.t, err)
	return func() {
		b.t.Helper()
		require.NoError(b.t, tx.Commit(ctx))
	}
}

// blocked returns when n transactions wait for an advisory lock.
func (b *bundle) blocked(name string, n int) {
	b.t.Helper()
	b.eventually(func() bool {
		var waiting int
		err := b.store.Pool().QueryRow(context.WithoutCancel(b.t.Context()), `SELECT count(*) FROM pg_locks
			WHERE locktype = 'advisory' AND NOT granted AND (classid::bigint << 32) | objid::bigint = lock_key($1, $2)`,
			b.tenant, name).Scan(&waiting)
		return err == nil && waiting == n
	}, fmt.Sprintf("%d transactions do not wait for %s", n, name))
}

// patience is how long a test waits for what must happen; a busy machine takes its time.
const patience = 2 * time.Minute

func (b *bundle) eventually(happened func() bool, what string) {
	b.t.Helper()
	require.Eventually(b.t, happened, patience, 10*time.Millisecond, what)
}

// keep holds a record's row, so that whoever stores it waits; blocked tells how many do, let lets them go on.
func (b *bundle) keep(model string, id int64) (blocked func() int, let func()) {
	b.t.Helper()
	ctx := context.WithoutCancel(b.t.Context())
	tx, err := b.store.Pool().Begin(ctx)
	require.NoError(b.t, err)
	b.t.Cleanup(func() { _ = tx.Rollback(ctx) }) // after a failed test
	var pid int
	require.NoError(b.t, tx.QueryRow(ctx, `SELECT pg_backend_pid() FROM records WHERE tenant = $1 AND model = $2 AND odoo_id = $3 FOR UPDATE`,
		b.tenant, model, id).Scan(&pid))
	blocked = func() (n int) {
		err := b.store.Pool().QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))`, pid).Scan(&n)
		assert.NoError(b.t, err)
		return n
	}
	return blocked, func() {
		b.t.Helper()
		require.NoError(b.t, tx.Commit(ctx))
	}
}

// Two polls, or a poll and a backfill, meet at an order that changes between their reads, within one second of Odoo's
// clock. The older read must not come last, and each change is wanted once. Without LockModel in fetchPage or fetchIDs the
// second reads at once and waits for the row, too: whoever gets it last wins.
func TestTwoReadersOfOneRecord(t *testing.T) {
	t.Parallel()
	type reader func(b *bundle, w worker)
	poll := func(b *bundle, w worker) { b.read(w, w.Polls.FetchChanges, activities.FetchInput{Tenant: b.tenant}) }
	backfill := func(b *bundle, w worker) {
		b.read(w, w.Polls.FetchPeriod, activities.FetchPeriodInput{Tenant: b.tenant, Model: order, Since: "2026-01-01", Until: "2026-12-31"})
	}
	for name, c := range map[string]struct{ first, second reader }{
		"two polls":             {poll, poll},
		"a poll, then backfill": {poll, backfill},
		"a backfill, then poll": {backfill, poll},
		"two backfills":         {backfill, backfill},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			one, two := b.worker("one"), b.worker("two")
			po, _ := carried(b, one)
			b.tick()
			reprice(b, po, 110)
			b.tick() // the window of both ends after the change
			blocked, let := b.keep(order, po)
			var both sync.WaitGroup
			both.Go(func() { c.first(b, one) })
			b.eventually(func() bool { return blocked() == 1 }, "the first does not store")
			reprice(b, po, 130)
			both.Go(func() { c.second(b, two) })
			b.blocked("model:"+order, 1)
			let()
			both.Wait()
			b.fetch(one) // a poll's window may have ended before the second change
			require.Equal(t, int64(3), b.record(order, po).Want)
			b.work(one)
			b.settled(one, []string{"P00001 on Tower Approved: 03 30 00.M 130.00"})
		})
	}
}

// Two cycles of one tenant at once, the schedule's and one that a person asked for: each change is carried once.
func TestTwoCyclesAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.fetch(b.worker("before"))
	po, lines := b.order(b.peak, share{amount: 100, project: b.tower, code: b.concrete})
	id := b.bill("in_invoice", b.peak, "INV-1", "2026-03-10", nil, share{amount: 40, project: b.tower, code: b.concrete, of: lines[0]})
	p := b.startSoon()
	b.tick()
	stored := b.lock("model:" + order)
	for _, name := range []string{workflows.SyncID(b.tenant), workflows.SyncID(b.tenant) + "/now"} {
		p.execute(name, workflows.TenantSync, workflows.TenantSyncInput{Tenant: b.tenant})
	}
	b.blocked("model:"+order, 2)
	stored()
	for _, name := range []string{workflows.SyncID(b.tenant), workflows.SyncID(b.tenant) + "/now"} {
		require.NoError(t, p.client.GetWorkflow(t.Context(), name, "").Get(t.Context(), nil))
	}
	p.quiet()
	require.Equal(t, int64(1), b.record(order, po).Want)
	b.settled(b.worker("next"), []string{billed, ordered})
	for _, row := range b.sends() {
		require.Equal(t, store.ResultOK, row.Result, row.Operation)
	}
	b.done(bill, id)
}

// A person asks for a record while its run is writing: Dispatch meets the running workflow, gives the record back and goes
// on, and the run goes round again. Without giveBack in start, Dispatch fails; without the compare in finish the request
// is lost.
func TestSyncNowAgainstARun(t *testing.T) {
	t.Parallel()
	b := setup(t)
	model, id := newDirectBill(b, b.worker("before"))
	p := b.startSoon()
	held := b.hold(createDirectCost, 1, true)
	p.wake()
	held.wait(t)
	run := p.lastRun(model, id)
	want := b.record(model, id).Want
	_, err := b.store.RaiseWant(t.Context(), b.tenant, model, []int64{id}, "asked for by ann", activities.PrioritySyncNow)
	require.NoError(t, err)
	p.wake()
	dispatch := p.met()
	held.release()
	p.quiet()
	p.closed(workflows.DispatchID(b.tenant), dispatch, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED)
	require.Equal(t, want+1, b.record(model, id).Done)
	require.Equal(t, run, p.lastRun(model, id), "the run itself went round again")
	b.settled(b.worker("next"), []string{ordered, direct})
}

// met returns when Dispatch has met a running workflow and given its record back; it returns the run of Dispatch.
func (p *product) met() (run string) {
	p.t.Helper()
	run = p.lastRunOf(workflows.DispatchID(p.tenant))
	p.eventually(func() bool { return p.scheduled(workflows.DispatchID(p.tenant), run, "GiveBack") > 0 }, "Dispatch did not meet the running workflow")
	return run
}

// The order changes while its run is at its last step: what the run finishes is not what is wanted by now, and the next
// round carries the rest. A finish that does not compare the two calls it done.
func TestChangeDuringTheLastStep(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	gym := b.create("account.analytic.account", values{"name": "Gym", "code": "G", "plan_id": 1})
	po, _ := b.order(b.peak, share{amount: 100, project: b.tower, code: b.concrete})
	b.fetch(w)
	b.procore.SetHook(procoretest.Hook{After: on(syncCommitments, 2, func() *procoretest.Fault { // approved, not finished
		setCode(b, b.ids(order, po, "order_line")[0], gym, b.concrete)
		b.fetch(w)
		b.mapProject(gym, b.millP)
		return nil
	})})
	b.work(w)
	require.Empty(t, b.waits(order, po))
	require.Equal(t, []string{"P00001 on Mill Approved: 03 30 00.M 100.00", "P00001 on Tower Closed: 03 30 00.M 100.00"}, b.holds())
}

// The order is edited in Odoo between reopening and Approve: the run carries its plan through, committed cost is back, and
// then goes round with the edit. Without "reopened_by <> 0" in begin_send the lines are stale and the old content comes back.
func TestEditBetweenReopenAndApprove(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	po, _ := carried(b, w)
	reprice(b, po, 130)
	b.fetch(w)
	var between []string
	b.procore.SetHook(procoretest.Hook{Before: on(syncLines, 1, func() *procoretest.Fault {
		reprice(b, po, 145)
		b.fetch(w)
		return nil
	}), After: on(syncCommitments, 2, func() *procoretest.Fault {
		between = b.holds()
		return nil
	})})
	b.procore.ResetJournal()
	require.Equal(t, "synced", b.carry(w, order, po).Outcome)
	require.Equal(t, []string{"P00001 on Tower Approved: 03 30 00.M 130.00"}, between)
	require.Equal(t, []string{syncCommitments, syncLines, syncCommitments, syncCommitments, syncLines, syncCommitments}, b.writes())
	b.procore.SetHook(procoretest.Hook{})
	b.settled(w, []string{"P00001 on Tower Approved: 03 30 00.M 145.00"})
}

// started resolves a record and prepares a step of its plan.
func (b *bundle) started(w worker, model string, id int64) activities.StepRef {
	b.t.Helper()
	ref := activities.RecordRef{Tenant: b.tenant, Model: model, ID: id}
	plan, err := w.Records.Resolve(b.t.Context(), ref)
	require.NoError(b.t, err)
	require.NotZero(b.t, plan.PlanID, plan.Causes)
	return activities.StepRef{RecordRef: ref, Want: plan.Want, PlanID: plan.PlanID}
}

// Two orders of one vendor on one project are prepared by two workers at once: the vendor is added once. Without the
// shared subject in vendorOnProject both add it.
func TestTwoOrdersNeedOneVendorOnAProject(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, two := b.worker("one"), b.worker("two")
	first, _ := b.order(b.boulder, share{amount: 20, project: b.tower, code: b.concrete})
	second, _ := b.order(b.boulder, share{amount: 30, project: b.tower, code: b.concrete})
	b.fetch(one)
	b.carry(one, order, first) // asks for the vendor
	b.carry(one, partner, b.boulder)
	refs := []activities.StepRef{b.started(one, order, first), b.started(two, order, second)}
	b.procore.ResetJournal()
	held := b.hold(addVendor, 1, false)
	var added sync.WaitGroup
	added.Go(func() {
		_, err := one.Records.Prepare(b.t.Context(), refs[0])
		assert.NoError(t, err)
	})
	held.wait(t)
	result, err := two.Records.Prepare(t.Context(), refs[1])
	require.NoError(t, err)
	require.NotZero(t, result.DeferSeconds, "the other one is at it")
	held.release()
	added.Wait()
	b.work(one)
	require.Equal(t, 1, countOf(journaled(b), addVendor))
	require.Equal(t, []string{"P00001 on Tower Approved: 03 30 00.M 20.00", "P00002 on Tower Approved: 03 30 00.M 30.00"}, b.holds())
}

func countOf(all []string, one string) (n int) {
	for _, a := range all {
		if a == one {
			n++
		}
	}
	return n
}

// Two bills of one commitment are written by two workers at once, whichever is the earlier: the second waits until the
// first is done, and both are there, one after the other. Without the open row in lane_head both are created side by side.
func TestTwoBillsOfOneCommitment(t *testing.T) {
	t.Parallel()
	for name, days := range map[string][2]string{
		"the earlier is being written": {"2026-03-10", "2026-03-20"}, "the later is being written": {"2026-03-20", "2026-03-10"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			one, two := b.worker("one"), b.worker("two")
			_, line := carried(b, one)
			post := func(ref, day string) activities.StepRef {
				id := b.bill("in_invoice", b.peak, ref, day, nil, share{amount: 10, project: b.tower, code: b.concrete, of: line})
				b.fetch(one)
				return b.started(one, bill, id)
			}
			first := post("INV-1", days[0])
			held := b.hold(createRequisition, 1, false)
			var written sync.WaitGroup
			written.Go(func() {
				_, err := one.Records.WriteRequisition(b.t.Context(), first)
				assert.NoError(t, err)
			})
			held.wait(t)
			second := post("INV-2", days[1])
			result, err := two.Records.WriteRequisition(t.Context(), second)
			require.NoError(t, err)
			require.Equal(t, []string{"dep:account.move/" + itoa(first.ID)}, result.Causes)
			held.release()
			written.Wait()
			b.work(two)
			b.settled(two, []string{
				"INV-1 bills P00001 approved #1: 03 30 00.M 10.00", "INV-2 bills P00001 approved #2: 03 30 00.M 10.00", ordered,
			})
		})
	}
}

// Two suppliers of one name, of which only one has a tax number, are created at the same moment: they are one vendor in
// Procore, as when one comes after the other. Without the lane in linkOrCreate their keys differ, and both are created.
func TestTwoSuppliersOfOneName(t *testing.T) {
	t.Parallel()
	for name, taxFirst := range map[string]bool{"the one with a tax number first": true, "the one without first": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			one, two := b.worker("one"), b.worker("two")
			taxed := b.create(partner, values{"name": "Ridge Steel, Inc.", "is_company": true, "vat": "84-7777777"})
			plain := b.create(partner, values{"name": "RIDGE STEEL", "is_company": true})
			first, second := taxed, plain
			if !taxFirst {
				first, second = plain, taxed
			}
			for _, vendor := range []int64{first, second} {
				po, _ := b.order(vendor, share{amount: 20, project: b.tower, code: b.concrete})
				b.fetch(one)
				require.Equal(t, "waiting", b.carry(one, order, po).Outcome)
			}
			refs := []activities.StepRef{b.started(one, partner, first), b.started(two, partner, second)}
			held := b.hold(syncVendors, 1, false)
			var written sync.WaitGroup
			written.Go(func() {
				_, err := one.Records.WriteVendor(b.t.Context(), refs[0])
				assert.NoError(t, err)
			})
			held.wait(t)
			result, err := two.Records.WriteVendor(t.Context(), refs[1])
			require.NoError(t, err)
			require.NotZero(t, result.DeferSeconds, "one of its name is being written")
			held.release()
			written.Wait()
			b.work(two)
			require.Len(t, b.vendors(), 2, "Boulder and Ridge: %v", b.vendors())
			require.Len(t, b.holds(), 2)
		})
	}
}

// The request whose answer was lost may still be under way: the next attempt comes after the pause, not after the first
// second of the retry policy. Without afterPause in settle there is no delay of its own.
func TestNextAttemptAfterALostAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	model, id := newDirectBill(b, w)
	cfg := b.config("patient")
	cfg.Pause = 7 * time.Second
	patient := activities.New(w.store, b.box, nil, "", cfg, slog.New(slog.DiscardHandler))
	ref := b.started(w, model, id)
	b.procore.SetHook(procoretest.Hook{After: on(createDirectCost, 1, func() *procoretest.Fault { return &procoretest.Fault{Drop: true} })})
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet())
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(patient.Records)
	_, err := env.ExecuteActivity(patient.Records.WriteDirectCost, ref)
	var lost *temporal.ApplicationError
	require.ErrorAs(t, err, &lost)
	require.Equal(t, 7*time.Second, lost.NextRetryDelay())

	// Whoever else comes meanwhile waits, too.
	result, err := patient.Records.WriteDirectCost(t.Context(), ref)
	require.NoError(t, err)
	require.NotZero(t, result.DeferSeconds)
	b.work(w)
	b.settled(w, []string{ordered, direct})
}

// A backfill that comes before the first poll reads what its documents name. Without fetchNamed the order parks, because
// no analytic plan is known.
func TestBackfillBeforeTheFirstPoll(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	po, _ := b.order(b.boulder, share{amount: 100, project: b.tower, code: b.concrete})
	b.tick()
	b.read(w, w.Polls.FetchPeriod, activities.FetchPeriodInput{Tenant: b.tenant, Model: order, Since: "2026-01-01", Until: "2026-12-31"})
	b.work(w)
	b.done(order, po)
	require.Equal(t, []string{ordered}, b.holds())
}
