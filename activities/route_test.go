package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

func setCode(b *bundle, line, project, code int64) {
	b.do("purchase.order.line", "write", line, values{"analytic_distribution": values{distribution(project, code): 100}})
}

const billed = "INV-1 bills P00001 approved #1: 03 30 00.M 40.00"

// The order comes into scope after its bill went as a direct cost: the bill must not count twice.
func TestBillFollowsItsOrderIntoScope(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	_, lines := b.order(b.peak, share{amount: 100, change: values{"analytic_distribution": false}})
	b.cycle(w)
	b.bill("in_invoice", b.peak, "INV-1", "2026-03-10", nil, share{amount: 40, project: b.tower, code: b.concrete, of: lines[0]})
	b.cycle(w)
	require.Equal(t, []string{"invoice INV-1 on Tower approved: 03 30 00.M 40.00"}, b.holds())
	setCode(b, lines[0], b.tower, b.concrete)
	b.cycle(w)
	require.Equal(t, []string{billed, "P00001 on Tower Approved: 03 30 00.M 100.00"}, b.holds())
}

func TestBillFollowsItsOrderConfirmedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	po, line := carried(b, w)
	cancelOrder(b, po)
	b.cycle(w)
	b.bill("in_invoice", b.peak, "INV-1", "2026-03-10", nil, share{amount: 40, project: b.tower, code: b.concrete, of: line})
	b.cycle(w)
	b.do(order, "button_draft", po, nil)
	b.do(order, "button_confirm", po, nil)
	b.cycle(w)
	require.Equal(t, []string{billed, "P00001 on Tower Approved: 03 30 00.M 100.00"}, b.holds())
}

// The way out that bill.recoded names.
func TestRecodedBillFollowsTheRecodedOrder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	_, line := carried(b, w)
	id := b.bill("in_invoice", b.peak, "INV-1", "2026-03-10", nil, share{amount: 40, project: b.tower, code: b.labor, of: line})
	b.cycle(w)
	require.Equal(t, []string{"bill.recoded:account.move/" + itoa(id)}, b.waits(bill, id))
	setCode(b, line, b.tower, b.labor)
	b.cycle(w)
	require.Empty(t, b.waits(bill, id))
	require.Equal(t, []string{"INV-1 bills P00001 approved #1: 03 30 00.L 40.00", "P00001 on Tower Approved: 03 30 00.L 100.00"}, b.holds())
}

func TestDuplicateRefByAnEarlierDateOrThroughAContact(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	contact := b.create(partner, values{"name": "AR desk", "parent_id": b.peak, "is_company": false})
	b.bill("in_invoice", b.peak, "INV-1", "2026-03-20", nil, share{amount: 10, project: b.tower, code: b.labor})
	b.cycle(w)
	again := b.bill("in_invoice", b.peak, "INV-1", "2026-03-10", nil, share{amount: 10, project: b.tower, code: b.labor})
	through := b.bill("in_invoice", contact, "INV-1", "2026-03-25", nil, share{amount: 10, project: b.tower, code: b.labor})
	b.cycle(w)
	require.Equal(t, []string{"invoice INV-1 on Tower approved: 03 30 00.L 10.00"}, b.holds())
	for _, id := range []int64{again, through} {
		require.Equal(t, []string{"bill.duplicate_ref:account.move/" + itoa(id)}, b.waits(bill, id))
	}
}

// A credit note goes the way of its bill, so it waits until the whole bill is there, and says so.
func TestCreditNoteWaitsForTheWholeOfItsBill(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	_, line := carried(b, w)
	both := []share{{amount: 40, project: b.tower, code: b.concrete, of: line}, {amount: 5, project: b.tower, code: b.concrete}}
	id := b.bill("in_invoice", b.peak, "INV-1", "2026-03-10", nil, both...)
	b.fetch(w)
	b.procore.SetHook(procoretest.Hook{Before: func(r procoretest.Request) *procoretest.Fault {
		if r.Operation == createDirectCost {
			return &procoretest.Fault{Status: 422, Body: `{"errors":{"base":["no"]}}`}
		}
		return nil
	}})
	b.work(w)
	b.procore.SetHook(procoretest.Hook{})
	note := b.bill("in_refund", b.peak, "CN-1", "2026-03-12", values{"reversed_entry_id": id}, both...)
	b.cycle(w)
	require.Equal(t, []string{"bill.reversed:account.move/" + itoa(id)}, b.waits(bill, note))
	_, err := b.store.RaiseWant(t.Context(), b.tenant, bill, []int64{id}, "test", 1)
	require.NoError(t, err)
	b.work(w)
	require.ElementsMatch(t, []string{
		billed, "CN-1 bills P00001 approved #2: 03 30 00.M -40.00", "P00001 on Tower Approved: 03 30 00.M 100.00",
		"invoice INV-1 on Tower approved: 03 30 00.M 5.00", "invoice CN-1 on Tower approved: 03 30 00.M -5.00",
	}, b.holds())
}

// Procore takes a direct cost's invoice number at creation only.
func TestChangedNumberOfADirectCost(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	_, id := newDirectBill(b, w)
	b.work(w)
	b.do(bill, "button_draft", id, nil)
	b.do(bill, "write", id, values{"ref": "D-2"})
	b.do(bill, "action_post", id, nil)
	b.cycle(w)
	require.Equal(t, []string{ordered, "invoice D-2 on Tower approved: 03 30 00.L 7.50"}, b.holds())
}
