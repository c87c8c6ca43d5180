package activities_test

import (
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/store"
)

const (
	listCostCodes = "GET /rest/v1.0/cost_codes"
	refusal       = `{"errors":{"base":["Contract is locked by an accounting period"]}}`
)

// always calls do at every call of an operation from the nth on, as long as it gives a fault.
func always(operation string, nth int64, do func() *procoretest.Fault) func(procoretest.Request) *procoretest.Fault {
	var seen atomic.Int64
	return func(r procoretest.Request) *procoretest.Fault {
		if r.Operation != operation || seen.Add(1) < nth {
			return nil
		}
		return do()
	}
}

func TestAnotherWorkerHoldsThePart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	model, id := newDirectBill(b, w)
	plan, err := w.Records.Resolve(t.Context(), activities.RecordRef{Tenant: b.tenant, Model: model, ID: id})
	require.NoError(t, err)
	ref := activities.StepRef{RecordRef: activities.RecordRef{Tenant: b.tenant, Model: model, ID: id}, Want: plan.Want, PlanID: plan.PlanID}
	grant, err := b.store.BeginSend(t.Context(), store.SendIntent{
		Tenant: b.tenant, Subject: "account.move/1", Part: plan.Steps[0].Part, Operation: "create direct cost", Kind: store.KindDirectCost,
		Model: model, OdooID: id, Want: plan.Want, PlanID: plan.PlanID, Worker: "other", Settle: settle,
	})
	require.NoError(t, err)
	require.NotZero(t, grant.ID)

	b.procore.ResetJournal()
	result, err := w.Records.WriteDirectCost(t.Context(), ref)
	require.NoError(t, err)
	require.NotZero(t, result.DeferSeconds)
	require.Less(t, result.DeferSeconds, int64(30), "mostly the other is done in a moment")
	_, err = b.store.Pool().Exec(t.Context(), `UPDATE sends SET started_at = started_at - interval '1 minute' WHERE id = $1`, grant.ID)
	require.NoError(t, err)
	result, err = w.Records.WriteDirectCost(t.Context(), ref)
	require.NoError(t, err)
	require.Greater(t, result.DeferSeconds, int64(60), "one that stays is asked after less and less")
	require.Less(t, result.DeferSeconds, int64(settle/time.Second))
	require.Empty(t, b.procore.Journal(), "neither read nor write while another may be writing")

	b.later()
	result, err = w.Records.WriteDirectCost(t.Context(), ref)
	require.NoError(t, err)
	require.Zero(t, result)
	require.Equal(t, []string{"overtaken", "ok"}, b.attempted("other"))
}

func TestRewriteThatFailsForGoodIsTakenBack(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]struct {
		fault *procoretest.Fault
		cause string
	}{
		"refused":     {&procoretest.Fault{Status: http.StatusUnprocessableEntity, Body: refusal}, "procore.rejected:purchase.order/1"},
		"unavailable": {&procoretest.Fault{Status: http.StatusServiceUnavailable}, "procore.unavailable:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			w := b.worker("one")
			po, _ := carried(b, w)
			reprice(b, po, 130)
			b.fetch(w)
			// The first attempts at the lines fail: as many as a step has. The way back finds Procore in order.
			left := atomic.Int64{}
			left.Store(8)
			if name == "refused" {
				left.Store(1)
			}
			b.procore.SetHook(procoretest.Hook{Before: always(syncLines, 1, func() *procoretest.Fault {
				if left.Add(-1) < 0 {
					return nil
				}
				return fault.fault
			})})
			result := b.carry(w, order, po)
			require.Equal(t, "exception", result.Outcome)
			require.Len(t, result.Causes, 1)
			require.Contains(t, result.Causes[0], fault.cause)
			require.Equal(t, []string{ordered}, b.holds(), "committed cost does not stay at zero")
			bindings, err := b.store.Bindings(t.Context(), b.tenant, order, po)
			require.NoError(t, err)
			require.Zero(t, bindings[0].ReopenedBy)

			b.procore.SetHook(procoretest.Hook{})
			_, err = b.store.RaiseWant(t.Context(), b.tenant, order, []int64{po}, "retry", 1)
			require.NoError(t, err)
			b.work(w)
			b.settled(w, []string{"P00001 on Tower Approved: 03 30 00.M 130.00"})
		})
	}
}

func TestCancelledRewriteIsTakenBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	po, _ := carried(b, w)
	reprice(b, po, 130)
	b.fetch(w)
	r := b.newRun(w)
	b.procore.SetHook(procoretest.Hook{Before: on(syncLines, 1, func() *procoretest.Fault {
		r.env.CancelWorkflow()
		return &procoretest.Fault{Status: http.StatusServiceUnavailable}
	})})
	r.do(order, po)
	require.Error(t, r.env.GetWorkflowError())
	require.Equal(t, []string{ordered}, b.holds())
	b.work(w)
	b.settled(w, []string{"P00001 on Tower Approved: 03 30 00.M 130.00"})
}

// A line that was written although the whole was refused is not left behind.
func TestLinesOfARefusedRewriteGo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	po, _ := carried(b, w)
	b.do(order, "write", po, values{"order_line": b.lines([]share{{amount: 5, project: b.tower, code: b.labor}}, "product_qty")})
	b.fetch(w)
	b.procore.SetHook(procoretest.Hook{After: on(syncLines, 1, func() *procoretest.Fault {
		return &procoretest.Fault{Status: http.StatusUnprocessableEntity, Body: refusal}
	})})
	require.Equal(t, "exception", b.carry(w, order, po).Outcome)
	require.Equal(t, []string{ordered}, b.holds())
}

func TestBillsOfACommitmentGoInOrder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	_, line := carried(b, w)
	late := b.bill("in_invoice", b.peak, "INV-2", "2026-03-20", nil, share{amount: 20, project: b.tower, code: b.concrete, of: line})
	first := b.bill("in_invoice", b.peak, "INV-1", "2026-03-10", nil, share{amount: 10, project: b.tower, code: b.concrete, of: line})
	b.fetch(w)
	result := b.carry(w, bill, late)
	require.Equal(t, "waiting", result.Outcome)
	require.Equal(t, []string{"dep:account.move/2"}, b.waits(bill, late))
	b.carry(w, bill, first)
	require.Empty(t, b.waits(bill, late), "freed by the one before it")
	b.work(w)
	b.settled(w, []string{
		"INV-1 bills P00001 approved #1: 03 30 00.M 10.00", "INV-2 bills P00001 approved #2: 03 30 00.M 20.00", ordered,
	})
}

// A parked head is passed by.
func TestAParkedBillHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	_, line := carried(b, w)
	unmapped := b.create("account.analytic.account", values{"name": "Gym", "code": "G", "plan_id": 1})
	first := b.bill("in_invoice", b.peak, "INV-1", "2026-03-10", nil, share{amount: 10, project: b.tower, code: b.concrete, of: line},
		share{amount: 1, project: unmapped, code: b.labor})
	late := b.bill("in_invoice", b.peak, "INV-2", "2026-03-20", nil, share{amount: 20, project: b.tower, code: b.concrete, of: line})
	b.fetch(w)
	require.Equal(t, "waiting", b.carry(w, bill, late).Outcome)
	require.Equal(t, "exception", b.carry(w, bill, first).Outcome)
	b.work(w)
	b.done(bill, late)
	require.Equal(t, []string{"INV-2 bills P00001 approved #1: 03 30 00.M 20.00", ordered}, b.holds())

	b.mapProject(unmapped, b.millP)
	b.work(w)
	b.settled(w, []string{
		"INV-1 bills P00001 approved #2: 03 30 00.M 10.00", "INV-2 bills P00001 approved #1: 03 30 00.M 20.00", ordered,
		"invoice INV-1 on Mill approved: 03 30 00.L 1.00",
	})
}

// A mapping that is saved between reading the rules and parking is not lost.
func TestMappingSavedWhileResolving(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	gym := b.create("account.analytic.account", values{"name": "Gym", "code": "G", "plan_id": 1})
	po, _ := b.order(b.peak, share{amount: 100, project: b.tower, code: b.concrete}, share{amount: 7, project: gym, code: b.labor})
	b.fetch(w)
	b.carry(w, partner, b.peak)
	b.procore.SetHook(procoretest.Hook{Before: on(listCostCodes, 1, func() *procoretest.Fault {
		b.mapProject(gym, b.millP)
		return nil
	})})
	b.work(w)
	require.Contains(t, journaled(b), listCostCodes)
	b.done(order, po)
	b.settled(w, []string{"P00001 on Mill Approved: 03 30 00.L 7.00", ordered})
}

func journaled(b *bundle) []string {
	var all []string
	for _, r := range b.procore.Journal() {
		all = append(all, r.Operation)
	}
	return all
}

func TestMappingSavedLater(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	gym := b.create("account.analytic.account", values{"name": "Gym", "code": "G", "plan_id": 1})
	po, _ := b.order(b.peak, share{amount: 7, project: gym, code: b.labor})
	b.cycle(w)
	require.Equal(t, []string{"mapping.project:account.analytic.account/" + itoa(gym)}, b.waits(order, po))
	require.Empty(t, b.holds())
	b.mapProject(gym, b.millP)
	b.work(w)
	b.settled(w, []string{"P00001 on Mill Approved: 03 30 00.L 7.00"})
}

func TestProjectThatTheAppMayNotSee(t *testing.T) {
	t.Parallel()
	for _, known := range []bool{false, true} { // whether the project was permitted before
		b := setup(t)
		w := b.worker("one")
		permit := func(yes bool) {
			_, err := b.procore.Edit(procoretest.Edit{Resource: "projects", ID: b.towerP, Set: values{"permitted": yes}})
			require.NoError(t, err)
		}
		want := []string{ordered}
		if known {
			carried(b, w)
			want = newOrderHeld
		}
		permit(false)
		po, _ := b.order(b.peak, share{amount: 20, project: b.tower, code: b.concrete}, share{amount: 5, project: b.tower, code: b.labor})
		if !known {
			want = []string{"P00001 on Tower Approved: 03 30 00.L 5.00, 03 30 00.M 20.00"}
		}
		b.cycle(w)
		require.Equal(t, []string{"project.forbidden:" + itoa(b.towerP)}, b.waits(order, po))

		permit(true)
		b.work(w)
		require.Len(t, b.waits(order, po), 1, "not before its time")
		freed, err := b.store.ReleaseDue(t.Context(), b.tenant, time.Now().Add(2*time.Hour))
		require.NoError(t, err)
		require.Equal(t, 1, freed)
		// What was read of Procore within the last minute is believed; the recheck comes later than that.
		_, err = b.store.Pool().Exec(t.Context(), `UPDATE procore_reads SET refreshed_at = refreshed_at - interval '2 hours' WHERE tenant = $1`, b.tenant)
		require.NoError(t, err)
		b.work(w)
		b.settled(w, want)
	}
}

func TestRateLimitIsNoFailure(t *testing.T) {
	t.Parallel()
	b := setup(t, func(c *procoretest.Config) { c.SpikeLimit = 16 })
	p := b.start()
	_, lines := b.order(b.peak, share{amount: 100, project: b.tower, code: b.concrete})
	b.bill("in_invoice", b.peak, "INV-1", "2026-03-10", nil, share{amount: 10, project: b.tower, code: b.concrete, of: lines[0]})
	b.bill("in_invoice", b.peak, "D-1", "2026-03-10", nil, share{amount: 7.5, project: b.tower, code: b.labor})
	// Another app's burst: one write is refused although our budget granted it.
	b.procore.SetHook(procoretest.Hook{Before: on(syncLines, 1, func() *procoretest.Fault {
		return &procoretest.Fault{Status: http.StatusTooManyRequests, Body: `{"errors":["You have surpassed the max number of requests"]}`}
	})})
	p.sync()
	require.Equal(t, []string{"INV-1 bills P00001 approved #1: 03 30 00.M 10.00", ordered, "invoice D-1 on Tower approved: 03 30 00.L 7.50"}, b.holds())
	var results []string
	for _, row := range b.sends() {
		if row.Operation == "write commitment lines" {
			results = append(results, row.Result)
			require.LessOrEqual(t, row.Attempt, 1, "Temporal saw no failure")
		}
	}
	require.Equal(t, []string{"error", "ok"}, results)
	refused := slices.IndexFunc(b.procore.Journal(), func(r procoretest.Request) bool { return r.Status == http.StatusTooManyRequests && r.Error != "fault" })
	require.Negative(t, refused, "the budget keeps us below the limit")
	var limit int
	require.NoError(t, b.store.Pool().QueryRow(t.Context(), `SELECT spike_limit FROM budgets WHERE app = $1`, b.tenant).Scan(&limit))
	require.Equal(t, 16, limit)
}

// A worker that was given up on writes after all: its successor's work is looked at once more.
func TestLateWrite(t *testing.T) {
	t.Parallel()
	b := setup(t)
	po, _ := carried(b, b.worker("one"))
	reprice(b, po, 130)
	slow, next := b.worker("slow"), b.worker("next")
	b.fetch(slow)
	caught, goOn := make(chan struct{}), make(chan struct{})
	b.procore.SetHook(procoretest.Hook{Before: on(syncCommitments, 1, func() *procoretest.Fault {
		close(caught) // on its way to reopen the commitment
		<-goOn
		return nil
	})})
	plan, err := slow.Records.Resolve(t.Context(), activities.RecordRef{Tenant: b.tenant, Model: order, ID: po})
	require.NoError(t, err)
	finished := make(chan error, 1)
	go func() {
		_, err := slow.Records.WriteHeader(t.Context(), activities.StepRef{
			RecordRef: activities.RecordRef{Tenant: b.tenant, Model: order, ID: po}, Want: plan.Want, PlanID: plan.PlanID,
		})
		finished <- err
	}()
	<-caught
	b.later()
	b.work(next)
	require.Equal(t, []string{"P00001 on Tower Approved: 03 30 00.M 130.00"}, b.holds())
	close(goOn)
	require.NoError(t, <-finished)
	require.Equal(t, []string{"P00001 on Tower Draft: 03 30 00.M 130.00"}, b.holds(), "the late write came")
	b.work(next)
	b.settled(next, []string{"P00001 on Tower Approved: 03 30 00.M 130.00"})
}

// An overtaken write that nobody reports is looked after once more when an hour has passed.
func TestOvertakenWriteIsLookedAfter(t *testing.T) {
	t.Parallel()
	for name, damaged := range map[string]bool{"in order": false, "damaged": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			model, id := newOrder(b, b.worker("one"))
			b.dies(point{operation: syncLines, nth: 1}, true, model, id)
			b.later()
			next := b.worker("next")
			b.work(next)
			b.settled(next, newOrderHeld)
			raised, err := b.store.OvertakenDue(t.Context(), b.tenant)
			require.NoError(t, err)
			require.Zero(t, raised)

			if damaged {
				_, err = b.procore.Edit(procoretest.Edit{Resource: "commitments", ID: b.procore.State().Commitments[1].ID, Set: values{"status": "Draft"}})
				require.NoError(t, err)
			}
			_, err = b.store.Pool().Exec(t.Context(), `UPDATE sends SET overtaken_at = overtaken_at - interval '2 hours' WHERE tenant = $1`, b.tenant)
			require.NoError(t, err)
			raised, err = b.store.OvertakenDue(t.Context(), b.tenant)
			require.NoError(t, err)
			require.Equal(t, 1, raised)
			b.work(next)
			if !damaged {
				require.Empty(t, b.writes())
				require.Len(t, b.procore.Journal(), 1, "one look")
			}
			b.settled(next, newOrderHeld)
			raised, err = b.store.OvertakenDue(t.Context(), b.tenant)
			require.NoError(t, err)
			require.Zero(t, raised)
		})
	}
}

func TestReopenedAndThenCancelled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	po, _ := carried(b, b.worker("one"))
	reprice(b, po, 130)
	next := b.worker("next")
	b.fetch(next)
	b.dies(point{operation: syncCommitments, nth: 1}, true, order, po)
	b.later()
	b.do(order, "button_cancel", po, nil)
	b.cycle(next)
	require.Equal(t, []string{"P00001 on Tower Closed: 03 30 00.M 100.00"}, b.holds())
}
