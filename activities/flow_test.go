package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	syncVendors     = "PATCH /rest/v1.0/vendors/sync"
	addVendor       = "POST /rest/v1.1/projects/{id}/vendors/{id}/actions/add"
	syncCommitments = "PATCH /rest/v1.0/purchase_order_contracts/sync"
	syncLines       = "PATCH /rest/v1.0/purchase_order_contracts/{id}/line_items/sync"
)

func TestFlowOnTemporal(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start()

	po, lines := b.order(b.boulder, share{amount: 1000.10, project: b.tower, code: b.concrete}, share{amount: 333.33, project: b.tower, code: b.labor})
	p.sync()
	require.Equal(t, []string{"P00001 on Tower Approved: 03 30 00.L 333.33, 03 30 00.M 1000.10"}, b.holds())
	require.Equal(t, []string{syncVendors, addVendor, syncCommitments, syncLines, syncCommitments}, b.writes())
	require.Equal(t, []string{"Boulder Concrete LLC"}, b.vendors(), "the vendor is linked, not doubled")
	require.Equal(t, b.boulderP, b.procore.State().Commitments[0].VendorID)

	billed := b.bill("in_invoice", b.boulder, "INV-1", "2026-03-10", nil, share{amount: 400.05, project: b.tower, code: b.concrete, of: lines[0]})
	direct := b.bill("in_invoice", b.peak, "PK-7", "2026-03-11", nil, share{amount: 75.25, project: b.mill, code: b.labor})
	receipt := b.bill("in_receipt", b.peak, "R-1", "2026-03-12", nil, share{amount: 19.99, project: b.tower, code: b.labor})
	p.sync()
	require.Equal(t, []string{
		"INV-1 bills P00001 approved #1: 03 30 00.M 400.05",
		"P00001 on Tower Approved: 03 30 00.L 333.33, 03 30 00.M 1000.10",
		"expense R-1 on Tower approved: 03 30 00.L 19.99",
		"invoice PK-7 on Mill approved: 03 30 00.L 75.25",
	}, b.holds())

	b.bill("in_refund", b.boulder, "CN-1", "2026-03-15", values{"reversed_entry_id": billed}, share{amount: 100.05, project: b.tower, code: b.concrete, of: lines[0]})
	b.bill("in_refund", b.peak, "CN-2", "2026-03-15", values{"reversed_entry_id": direct}, share{amount: 5.25, project: b.mill, code: b.labor})
	p.sync()
	require.Contains(t, b.holds(), "CN-1 bills P00001 approved #2: 03 30 00.M -100.05")
	require.Contains(t, b.holds(), "invoice CN-2 on Mill approved: 03 30 00.L -5.25")

	// A cycle without changes: no call, no child.
	runs := map[int64]string{po: p.lastRun(order, po), billed: p.lastRun(bill, billed), receipt: p.lastRun(bill, receipt)}
	require.NotEmpty(t, runs[po])
	b.procore.ResetJournal()
	p.sync()
	require.Empty(t, b.procore.Journal())
	require.Equal(t, runs, map[int64]string{po: p.lastRun(order, po), billed: p.lastRun(bill, billed), receipt: p.lastRun(bill, receipt)})
	for _, row := range b.sends() {
		require.Equal(t, "ok", row.Result, row.Operation)
	}
}

func TestOrderFollowsOdoo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	po, lines := b.order(b.peak, share{amount: 100, project: b.tower, code: b.concrete}, share{amount: 50, project: b.tower, code: b.labor})
	b.cycle(w)
	require.Equal(t, []string{"P00001 on Tower Approved: 03 30 00.L 50.00, 03 30 00.M 100.00"}, b.holds())
	require.Equal(t, []string{"Boulder Concrete LLC", "Peak Supply"}, b.vendors())

	b.do(order, "write", po, values{"order_line": []any{[]any{1, lines[0], values{"price_unit": 120.5, "product_qty": 1}}}})
	b.cycle(w)
	require.Equal(t, []string{"P00001 on Tower Approved: 03 30 00.L 50.00, 03 30 00.M 120.50"}, b.holds())

	// One line is recoded, one moves to another project; Odoo does not touch the order itself.
	b.do("purchase.order.line", "write", lines[0], values{"analytic_distribution": values{distribution(b.tower, b.labor): 100}})
	b.do("purchase.order.line", "write", lines[1], values{"analytic_distribution": values{distribution(b.mill, b.labor): 100}})
	b.cycle(w)
	require.Equal(t, []string{
		"P00001 on Mill Approved: 03 30 00.L 50.00",
		"P00001 on Tower Approved: 03 30 00.L 120.50",
	}, b.holds())

	b.do("purchase.order.line", "write", lines[0], values{"analytic_distribution": values{distribution(b.mill, b.labor): 100}})
	b.cycle(w)
	require.Equal(t, []string{
		"P00001 on Mill Approved: 03 30 00.L 120.50, 03 30 00.L 50.00",
		"P00001 on Tower Closed: 03 30 00.L 120.50",
	}, b.holds())

	b.do(order, "button_cancel", po, nil)
	b.cycle(w)
	require.Equal(t, []string{
		"P00001 on Mill Closed: 03 30 00.L 120.50, 03 30 00.L 50.00",
		"P00001 on Tower Closed: 03 30 00.L 120.50",
	}, b.holds())

	// Confirmed again: the closed commitment is opened again, none is made anew.
	b.do(order, "button_draft", po, nil)
	b.do(order, "button_confirm", po, nil)
	b.cycle(w)
	require.Equal(t, []string{
		"P00001 on Mill Approved: 03 30 00.L 120.50, 03 30 00.L 50.00",
		"P00001 on Tower Closed: 03 30 00.L 120.50",
	}, b.holds())
	b.procore.ResetJournal()
	b.cycle(w)
	require.Empty(t, b.procore.Journal())
}

func TestProcoreCallsOfAnOrderAndABill(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	_, lines := b.order(b.boulder, share{amount: 10, project: b.tower, code: b.concrete})
	b.cycle(w)
	b.procore.ResetJournal()
	b.order(b.boulder, share{amount: 20, project: b.tower, code: b.concrete}, share{amount: 5, project: b.tower, code: b.labor})
	b.cycle(w)
	require.Equal(t, []string{syncCommitments, syncLines, syncCommitments}, b.writes())
	require.LessOrEqual(t, len(b.procore.Journal()), 5, "besides, one look whether it is the same Procore, and the project's directory once after an addition: %v", b.procore.Journal())

	b.procore.ResetJournal()
	b.bill("in_invoice", b.boulder, "INV-1", "2026-03-10", nil, share{amount: 4, project: b.tower, code: b.concrete, of: lines[0]})
	b.bill("in_invoice", b.boulder, "D-1", "2026-03-10", nil, share{amount: 4, project: b.tower, code: b.concrete})
	b.cycle(w)
	require.Len(t, b.writes(), 2, "one write a part")
}
