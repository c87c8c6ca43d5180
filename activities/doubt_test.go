package activities_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

const direct = "invoice D-1 on Tower approved: 03 30 00.L 7.50"

func named(name string) point {
	for _, p := range points {
		if p.name == name {
			return p
		}
	}
	panic("no point named " + name)
}

func cancelBill(b *bundle, id int64) {
	b.do(bill, "button_draft", id, nil)
	b.do(bill, "button_cancel", id, nil)
}

func postAgain(b *bundle, id int64) {
	b.do(bill, "button_draft", id, nil)
	b.do(bill, "action_post", id, nil)
}

// changeLine changes the first line of a posted bill.
func changeLine(b *bundle, id int64, change values) {
	b.do(bill, "button_draft", id, nil)
	lines := b.ids(bill, id, "invoice_line_ids")
	b.do(bill, "write", id, values{"invoice_line_ids": []any{[]any{1, lines[0], change}}})
	b.do(bill, "action_post", id, nil)
}

func cancelOrder(b *bundle, id int64) { b.do(order, "button_cancel", id, nil) }

// The write was done, the worker died before the answer, and then Odoo changed so that the next plan no longer holds the
// part, or is back at what the binding knows. What was written must not be left behind.
func TestKilledAndThenUnwantedOrTakenBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, point string
		change      func(b *bundle, id int64)
		want        []string
	}{
		{"direct cost cancelled", "direct cost", cancelBill, []string{ordered}},
		{"direct cost recoded", "direct cost", func(b *bundle, id int64) {
			changeLine(b, id, values{"analytic_distribution": values{distribution(b.mill, b.labor): 100}})
		}, []string{ordered, "invoice D-1 on Mill approved: 03 30 00.L 7.50"}},
		{"requisition cancelled", "requisition", cancelBill, []string{ordered}},
		{"header, order cancelled", "header", cancelOrder, []string{ordered}},
		{"approve, order cancelled", "approve", cancelOrder, []string{ordered, "P00002 on Tower Closed: 03 30 00.L 5.00, 03 30 00.M 20.00"}},
		{"direct cost back", "direct cost changed", func(b *bundle, id int64) { repost(b, id, 7.5) }, []string{ordered, direct}},
		{"requisition back", "requisition changed", func(b *bundle, id int64) { repost(b, id, 40) }, []string{"INV-1 bills P00001 approved #1: 03 30 00.M 40.00", ordered}},
		{"direct cost deleted, posted again", "direct cost deleted", postAgain, []string{ordered, direct}},
		{"requisition deleted, posted again", "requisition deleted", postAgain, []string{"INV-1 bills P00001 approved #1: 03 30 00.M 40.00", ordered}},
		{"closed, confirmed again", "close", func(b *bundle, id int64) {
			b.do(order, "button_draft", id, nil)
			b.do(order, "button_confirm", id, nil)
		}, []string{ordered}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := named(c.point)
			b := setup(t)
			model, id := p.play(b, b.worker("one"))
			b.dies(p, true, model, id)
			b.later()
			c.change(b, id)
			b.cycle(b.worker("next"))
			require.Equal(t, c.want, b.holds())
			require.Empty(t, b.waits(model, id))
		})
	}
}

// A lost answer to linking must not make the vendor ours: what Procore had is never overwritten.
func TestLinkedVendorIsNotOverwrittenAfterALostAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	b.order(b.boulder, share{amount: 100, project: b.tower, code: b.concrete})
	b.fetch(w)
	b.procore.SetHook(procoretest.Hook{After: on(syncVendors, 1, func() *procoretest.Fault { return &procoretest.Fault{Drop: true} })})
	b.work(w)
	b.procore.SetHook(procoretest.Hook{})
	b.do(partner, "write", b.boulder, values{"name": "Boulder Concrete & Sons", "city": "Denver"})
	b.cycle(w)
	require.Contains(t, b.vendors(), "Boulder Concrete LLC")
}

// A create that was given up lands between the look-up and the next create.
func TestOriginIDTakenIsAdopted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	_, id := newDirectBill(b, w)
	var once sync.Once
	b.procore.SetHook(procoretest.Hook{After: func(r procoretest.Request) *procoretest.Fault {
		var f *procoretest.Fault
		if r.Operation == createDirectCost {
			once.Do(func() {
				f = &procoretest.Fault{Status: 422, Body: `{"errors":{"origin_id":["has already been taken"]}}`}
			})
		}
		return f
	}})
	b.work(w)
	require.Equal(t, []string{ordered, direct}, b.holds())
	require.Empty(t, b.waits(bill, id))
}

// A look that fails leaves the doubt: the next attempt looks again, at what the write before the look was about.
func TestFailedLookLeavesTheDoubt(t *testing.T) {
	t.Parallel()
	p := named("direct cost")
	b := setup(t)
	model, id := p.play(b, b.worker("one"))
	b.dies(p, true, model, id)
	b.later()
	cancelBill(b, id)
	failures := 0
	b.procore.SetHook(procoretest.Hook{Before: func(r procoretest.Request) *procoretest.Fault {
		if r.Operation != "GET /rest/v1.1/projects/{id}/direct_costs" || failures == 2 {
			return nil
		}
		failures++
		return &procoretest.Fault{Status: 500}
	}})
	b.cycle(b.worker("next"))
	require.Equal(t, 2, failures)
	require.Equal(t, []string{ordered}, b.holds())
}
