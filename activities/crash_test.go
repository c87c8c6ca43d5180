package activities_test

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/store"
)

const (
	deleteCommitment  = "DELETE /rest/v1.0/purchase_order_contracts/{id}"
	createCode        = "POST /rest/v1.0/projects/{id}/work_breakdown_structure/wbs_codes"
	deleteLine        = "DELETE /rest/v1.0/purchase_order_contracts/{id}/line_items/{id}"
	createRequisition = "POST /rest/v1.1/requisitions"
	updateRequisition = "PATCH /rest/v1.1/requisitions/{id}"
	deleteRequisition = "DELETE /rest/v1.1/requisitions/{id}"
	createDirectCost  = "POST /rest/v1.1/projects/{id}/direct_costs"
	updateDirectCost  = "PATCH /rest/v1.1/projects/{id}/direct_costs/{id}"
	deleteDirectCost  = "DELETE /rest/v1.1/projects/{id}/direct_costs/{id}"
)

// point is one write to Procore and the moment around it.
type point struct {
	name      string
	operation string
	nth       int // which call of the operation in the run, from 1
	// play brings everything up to the run of the record that it names; nothing of that run has happened.
	play func(b *bundle, w worker) (model string, id int64)
	want []string // what Procore holds at the end
	// seen: what was done is seen by reading, so nobody writes it again and the row stays open.
	seen bool
	// lost: the answer alone gets lost, too; the look at what is there differs between these.
	lost bool
	// change happens in Odoo after the crash, before anybody comes to look; then changed is held.
	change  func(b *bundle, id int64)
	changed []string
}

const ordered = "P00001 on Tower Approved: 03 30 00.M 100.00"

// carried is an order of 100.00 with its commitment.
func carried(b *bundle, w worker) (po, line int64) {
	po, lines := b.order(b.peak, share{amount: 100, project: b.tower, code: b.concrete})
	b.cycle(w)
	require.Equal(b.t, []string{ordered}, b.holds())
	return po, lines[0]
}

// newOrder is an order of a vendor that is on its project already.
func newOrder(b *bundle, w worker) (string, int64) {
	carried(b, w)
	po, _ := b.order(b.peak, share{amount: 20, project: b.tower, code: b.concrete}, share{amount: 5, project: b.tower, code: b.labor})
	b.fetch(w)
	return order, po
}

var newOrderHeld = []string{ordered, "P00002 on Tower Approved: 03 30 00.L 5.00, 03 30 00.M 20.00"}

// recode moves the second line of an order to the code of the first.
func recode(b *bundle, po int64) {
	lines := b.ids(order, po, "order_line")
	b.do("purchase.order.line", "write", lines[1], values{"analytic_distribution": values{distribution(b.mill, b.labor): 100}})
}

func reprice(b *bundle, po int64, price float64) {
	lines := b.ids(order, po, "order_line")
	b.do(order, "write", po, values{"order_line": []any{[]any{1, lines[0], values{"price_unit": price, "product_qty": 1}}}})
}

// repost corrects the amount of a bill's first line.
func repost(b *bundle, id int64, price float64) {
	b.do(bill, "button_draft", id, nil)
	lines := b.ids(bill, id, "invoice_line_ids")
	b.do(bill, "write", id, values{"invoice_line_ids": []any{[]any{1, lines[0], values{"price_unit": price, "quantity": 1}}}})
	b.do(bill, "action_post", id, nil)
}

func newBill(b *bundle, w worker) (string, int64) {
	_, line := carried(b, w)
	id := b.bill("in_invoice", b.peak, "INV-1", "2026-03-10", nil, share{amount: 40, project: b.tower, code: b.concrete, of: line})
	b.fetch(w)
	return bill, id
}

func newDirectBill(b *bundle, w worker) (string, int64) {
	carried(b, w)
	id := b.bill("in_invoice", b.peak, "D-1", "2026-03-10", nil, share{amount: 7.5, project: b.tower, code: b.labor})
	b.fetch(w)
	return bill, id
}

// then carries what play plays and goes on with another change of it.
func then(play func(b *bundle, w worker) (string, int64), change func(b *bundle, id int64)) func(b *bundle, w worker) (string, int64) {
	return func(b *bundle, w worker) (string, int64) {
		model, id := play(b, w)
		b.work(w)
		change(b, id)
		b.fetch(w)
		return model, id
	}
}

func only(b *bundle, w worker) (string, int64) {
	po, _ := b.order(b.peak, share{amount: 100, project: b.tower, code: b.concrete})
	b.fetch(w)
	return order, po
}

var points = []point{
	{
		name: "vendor", lost: true, operation: syncVendors, nth: 1, want: []string{ordered},
		play: func(b *bundle, w worker) (string, int64) {
			model, po := only(b, w)
			require.Equal(b.t, "waiting", b.carry(w, model, po).Outcome)
			return partner, b.peak
		},
	},
	{
		name: "vendor on project", operation: addVendor, nth: 1, want: []string{ordered}, seen: true,
		play: func(b *bundle, w worker) (string, int64) {
			model, po := only(b, w)
			b.carry(w, model, po)
			b.carry(w, partner, b.peak)
			return model, po
		},
	},
	{
		name: "budget code", operation: createCode, nth: 1, want: []string{ordered, "P00002 on Tower Approved: 09 29 00.M 9.00"},
		play: func(b *bundle, w worker) (string, int64) {
			carried(b, w)
			b.mapCode(b.labor, "09 29 00", "M")
			po, _ := b.order(b.peak, share{amount: 9, project: b.tower, code: b.labor})
			b.fetch(w)
			return order, po
		},
	},
	{
		name: "header", operation: syncCommitments, nth: 1, play: newOrder, want: newOrderHeld,
		change: recode, changed: []string{ordered, "P00002 on Mill Approved: 03 30 00.L 5.00", "P00002 on Tower Approved: 03 30 00.M 20.00"},
	},
	{
		name: "lines", lost: true, operation: syncLines, nth: 1, play: newOrder, want: newOrderHeld,
		change: recode, changed: []string{ordered, "P00002 on Mill Approved: 03 30 00.L 5.00", "P00002 on Tower Approved: 03 30 00.M 20.00"},
	},
	{
		name: "approve", operation: syncCommitments, nth: 2, play: newOrder, want: newOrderHeld,
		change: recode, changed: []string{ordered, "P00002 on Mill Approved: 03 30 00.L 5.00", "P00002 on Tower Approved: 03 30 00.M 20.00"},
	},
	{
		name: "reopen", lost: true, operation: syncCommitments, nth: 1, want: []string{"P00001 on Tower Approved: 03 30 00.M 130.00"},
		play:   then(only, func(b *bundle, id int64) { reprice(b, id, 130) }),
		change: func(b *bundle, id int64) { reprice(b, id, 100) }, changed: []string{ordered},
	},
	{
		name: "line taken away", operation: deleteLine, nth: 1, want: []string{"P00001 on Tower Approved: 03 30 00.L 100.00"},
		play: then(only, func(b *bundle, id int64) {
			b.do("purchase.order.line", "write", b.ids(order, id, "order_line")[0], values{"analytic_distribution": values{distribution(b.tower, b.labor): 100}})
		}),
	},
	{
		name: "close", operation: syncCommitments, nth: 1, want: []string{"P00001 on Tower Closed: 03 30 00.M 100.00"},
		play: then(only, func(b *bundle, id int64) { b.do(order, "button_cancel", id, nil) }),
	},
	{
		name: "draft deleted", lost: true, operation: deleteCommitment, nth: 1, want: []string{ordered},
		play: func(b *bundle, w worker) (string, int64) {
			model, id := newOrder(b, w)
			b.procore.SetHook(procoretest.Hook{Before: on(syncCommitments, 2, func() *procoretest.Fault {
				return &procoretest.Fault{Status: http.StatusUnprocessableEntity, Body: refusal}
			})})
			require.Equal(b.t, "exception", b.carry(w, model, id).Outcome)
			b.procore.SetHook(procoretest.Hook{})
			b.do(order, "button_cancel", id, nil)
			b.fetch(w)
			return model, id
		},
	},
	{
		name: "requisition", lost: true, operation: createRequisition, nth: 1, play: newBill,
		want:    []string{"INV-1 bills P00001 approved #1: 03 30 00.M 40.00", ordered},
		change:  func(b *bundle, id int64) { repost(b, id, 33) },
		changed: []string{"INV-1 bills P00001 approved #1: 03 30 00.M 33.00", ordered},
	},
	{
		name: "requisition changed", operation: updateRequisition, nth: 1,
		play: then(newBill, func(b *bundle, id int64) { repost(b, id, 33) }),
		want: []string{"INV-1 bills P00001 approved #1: 03 30 00.M 33.00", ordered},
	},
	{
		name: "requisition deleted", operation: deleteRequisition, nth: 1,
		play: then(newBill, func(b *bundle, id int64) {
			b.do(bill, "button_draft", id, nil)
			b.do(bill, "button_cancel", id, nil)
		}),
		want: []string{ordered},
	},
	{
		name: "direct cost", lost: true, operation: createDirectCost, nth: 1, play: newDirectBill,
		want:    []string{ordered, "invoice D-1 on Tower approved: 03 30 00.L 7.50"},
		change:  func(b *bundle, id int64) { repost(b, id, 8) },
		changed: []string{ordered, "invoice D-1 on Tower approved: 03 30 00.L 8.00"},
	},
	{
		name: "direct cost changed", operation: updateDirectCost, nth: 1,
		play: then(newDirectBill, func(b *bundle, id int64) { repost(b, id, 8) }),
		want: []string{ordered, "invoice D-1 on Tower approved: 03 30 00.L 8.00"},
	},
	{
		name: "direct cost deleted", operation: deleteDirectCost, nth: 1,
		play: then(newDirectBill, func(b *bundle, id int64) {
			b.do(bill, "button_draft", id, nil)
			b.do(bill, "button_cancel", id, nil)
		}),
		want: []string{ordered},
	},
}

// on calls do at the nth call of an operation.
func on(operation string, nth int, do func() *procoretest.Fault) func(procoretest.Request) *procoretest.Fault {
	var seen atomic.Int64
	return func(r procoretest.Request) *procoretest.Fault {
		if r.Operation != operation || seen.Add(1) != int64(nth) {
			return nil
		}
		return do()
	}
}

// dies runs a record with a worker that loses its database at a write: before Procore has it, or after.
func (b *bundle) dies(p point, after bool, model string, id int64) {
	b.t.Helper()
	w := b.workerOn(b.openOwn(), "dying")
	r := b.newRun(w)
	var once sync.Once
	die := on(p.operation, p.nth, func() *procoretest.Fault {
		once.Do(func() {
			w.store.Close()
			r.env.CancelWorkflow()
		})
		return &procoretest.Fault{Drop: true}
	})
	hook := procoretest.Hook{Before: die}
	if after {
		hook = procoretest.Hook{After: die}
	}
	b.procore.SetHook(hook)
	r.do(model, id)
	b.procore.SetHook(procoretest.Hook{})
	require.Error(b.t, r.env.GetWorkflowError(), "the operation did not come")
}

// attempted are the results of the part that the named worker was writing when it was stopped.
func (b *bundle) attempted(worker string) []string {
	b.t.Helper()
	rows := b.sends()
	var at store.SendRow
	for _, row := range rows {
		if row.Worker == worker && row.Result != store.ResultOK {
			at = row
		}
	}
	require.NotZero(b.t, at.ID, "nothing was interrupted")
	var results []string
	for _, row := range rows {
		if row.Subject == at.Subject && row.Part == at.Part && row.ID >= at.ID {
			results = append(results, row.Result)
		}
	}
	return results
}

// settled wants every document of Procore once, bound to its record, and a cycle in which nothing happens.
func (b *bundle) settled(w worker, want []string) {
	b.t.Helper()
	require.Equal(b.t, want, b.holds())
	require.Equal(b.t, []string{"Boulder Concrete LLC", "Peak Supply"}, b.vendors())
	state := b.procore.State()
	held := map[string]int64{}
	for _, c := range state.Commitments {
		held[c.OriginID] = c.ID
	}
	for _, q := range state.Requisitions {
		held[q.OriginID] = q.ID
	}
	for _, d := range state.DirectCosts {
		held[d.OriginID] = d.ID
	}
	bound := 0
	for _, kind := range []string{store.KindCommitment, store.KindRequisition, store.KindDirectCost} {
		bindings, err := b.store.BindingsByKind(b.t.Context(), b.tenant, kind)
		require.NoError(b.t, err)
		for _, binding := range bindings {
			if binding.Status == store.StatusDeleted {
				continue
			}
			require.Equal(b.t, held[binding.OriginID], binding.ProcoreID, "%s of %s %d", kind, binding.Model, binding.OdooID)
			require.Zero(b.t, binding.ReopenedBy)
			bound++
		}
	}
	require.Equal(b.t, len(want), bound, "documents without a binding")
	b.procore.ResetJournal()
	b.cycle(w)
	require.Empty(b.t, b.procore.Journal())
}

// If the worker is killed right before or right after any write, the next one finishes the record, exactly once.
func TestKilledAtAWrite(t *testing.T) {
	t.Parallel()
	for _, p := range points {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/after=%v", p.name, after), func(t *testing.T) {
				t.Parallel()
				b := setup(t)
				model, id := p.play(b, b.worker("one"))
				b.dies(p, after, model, id)
				b.later()
				next := b.worker("next")
				b.work(next)
				if p.seen && after {
					b.settled(next, p.want)
					return
				}
				results := b.attempted("dying")
				require.Equal(t, "overtaken", results[0])
				require.Equal(t, "ok", results[1])
				b.settled(next, p.want)
			})
		}
	}
}

// If the document changes after that, before anybody comes to look, what is found in Procore is brought to the new content.
func TestKilledAndThenChanged(t *testing.T) {
	t.Parallel()
	for _, p := range points {
		if p.change == nil {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			model, id := p.play(b, b.worker("one"))
			b.dies(p, true, model, id)
			b.later()
			p.change(b, id)
			next := b.worker("next")
			b.cycle(next)
			b.settled(next, p.changed)
		})
	}
}

// An answer that is lost leaves "unknown" behind; the retry of the same worker looks, and writes nothing twice.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	for _, p := range points {
		if !p.lost {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			w := b.worker("one")
			model, id := p.play(b, w)
			b.procore.SetHook(procoretest.Hook{After: on(p.operation, p.nth, func() *procoretest.Fault { return &procoretest.Fault{Drop: true} })})
			b.work(w)
			require.Equal(t, []string{"unknown", "ok"}, b.attempted("one")[:2])
			b.done(model, id)
			b.settled(w, p.want)
		})
	}
}
