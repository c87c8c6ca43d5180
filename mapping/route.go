package mapping

import (
	"cmp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// placement is where one share of a bill goes: onto a line of an order's commitment, or (order 0) into the
// direct cost of its project.
type placement struct {
	order  int64
	key    string // of the commitment's line
	amount decimal.Decimal
}

// wantedBill is what a bill should have in Procore.
type wantedBill struct {
	requisitions []Requisition
	directCosts  []DirectCost
}

// router decides where the shares of one bill go. Routes follow Odoo: the purchase line and its order's
// scope, for a credit note the bill that it reverses.
type router struct {
	b      odoo.VendorBill
	r      Rules
	st     BillState
	alloc  Allocated
	causes *causes
	orders map[int64]Allocated
	// reversed holds the documents of the reversed bill; empty: decide by purchase line.
	reversed []Binding
}

func newRouter(b odoo.VendorBill, r Rules, st BillState, alloc Allocated, found *causes) *router {
	return &router{b: b, r: r, st: st, alloc: alloc, causes: found, orders: map[int64]Allocated{}}
}

// route builds the wanted documents.
func (t *router) route(p party) wantedBill {
	t.readReversed()
	build := billBuilder{router: t, party: p}
	for _, a := range t.alloc.Lines {
		if a.Amount.IsZero() {
			continue
		}
		for _, to := range t.place(a) {
			build.add(a, to)
		}
	}
	return build.wanted()
}

// readReversed finds the documents whose way a credit note goes, and waits for them if they are to come.
func (t *router) readReversed() {
	if t.b.Type != "in_refund" || t.b.ReversedEntry == 0 || len(t.alloc.Lines) == 0 {
		return
	}
	if t.st.ReversedPending && t.st.Reversed != nil && BillInScope(*t.st.Reversed, t.r, t.st.ReversedBindings) {
		t.causes.add("bill.reversed:"+record(odoo.ModelMove, t.b.ReversedEntry), total(t.alloc.Lines), "ref", billRef(t.b), "bill", billRef(*t.st.Reversed))
		return
	}
	for _, b := range t.st.ReversedBindings {
		if exists(b) && (b.Kind == KindRequisition || b.Kind == KindDirectCost) {
			t.reversed = append(t.reversed, b)
		}
	}
	if len(t.reversed) > 0 {
		return
	}
	other, coming := t.st.Reversed, true
	detail := []string{"ref", billRef(t.b)}
	if other != nil {
		coming = false
		if BillInScope(*other, t.r, nil) {
			alloc := AllocateBill(*other, t.r)
			coming = len(alloc.Lines) > 0 || len(alloc.Causes) > 0
		}
		detail = append(detail, "bill", billRef(*other))
	}
	if coming {
		t.causes.add("bill.reversed:"+record(odoo.ModelMove, t.b.ReversedEntry), total(t.alloc.Lines), detail...)
	}
}

// place decides on one share.
func (t *router) place(a Allocation) []placement {
	direct := []placement{{amount: a.Amount}}
	if len(t.reversed) > 0 {
		switch {
		case a.Order != 0 && t.reverses(KindRequisition, RequisitionPart(a.Order, a.Project)):
			return t.onCommitment(a)
		case t.reverses(KindDirectCost, ProjectPart(a.Project)):
			return direct
		case a.Order == 0:
			return t.onReversed(a)
		}
	}
	if a.Order == 0 || !t.tied(a) {
		return direct
	}
	return t.onCommitment(a)
}

func (t *router) reverses(kind, part string) bool {
	return slices.ContainsFunc(t.reversed, func(b Binding) bool { return b.Kind == kind && b.Part == part })
}

// tied says whether a share belongs to a commitment that its order has or waits for.
func (t *router) tied(a Allocation) bool {
	po, known := t.st.Orders[a.Order]
	commitments := t.st.Commitments[a.Order]
	if !known {
		return true // absent: its bill waits for it
	}
	down := slices.ContainsFunc(po.Lines, func(l odoo.OrderLine) bool { return l.ID == a.PurchaseLine && l.DownPayment })
	switch {
	case down:
		return false
	case po.State == "cancel":
		return usable(commitments[a.Project])
	case len(commitments) == 0 && confirmed(po) && beforeGoLive(po, t.r):
		return false
	case t.st.OrderPending[a.Order], !confirmed(po):
		order := t.order(po)
		return anyUsable(commitments) || len(order.Lines) > 0 || len(order.Causes) > 0
	case anyUsable(commitments):
		return true
	default: // carried over: without a commitment nothing of it is in scope, or it is ignored
		return len(commitments) > 0 && len(t.order(po).Lines) > 0
	}
}

// order is the allocation of an order, cut once.
func (t *router) order(po odoo.PurchaseOrder) Allocated {
	alloc, ok := t.orders[po.ID]
	if !ok {
		alloc = AllocateOrder(po, t.r)
		t.orders[po.ID] = alloc
	}
	return alloc
}

// usable says whether a commitment can be billed.
func usable(b Binding) bool { return exists(b) && b.Status != StatusClosed }

func anyUsable(commitments map[int64]Binding) bool {
	for _, b := range commitments {
		if usable(b) {
			return true
		}
	}
	return false
}

// onCommitment bills a share on its order's commitment. The budget code must be one that the order line
// has there.
func (t *router) onCommitment(a Allocation) []placement {
	po, known := t.st.Orders[a.Order]
	detail := []string{
		"ref", billRef(t.b), "order", po.Name, "line", a.Description,
		"project", t.r.Procore[a.Project].Name, "code", a.BudgetCode,
	}
	commitment := t.st.Commitments[a.Order][a.Project]
	gone := commitment.Kind != "" && !usable(commitment) // to come back, if wanted
	pending := !known || t.st.OrderPending[a.Order] || !confirmed(po) && po.State != "cancel"
	if pending || gone && t.wantsLine(po, a) {
		t.causes.add("dep:"+record(odoo.ModelPurchaseOrder, a.Order), a.Amount, detail...)
		return nil
	}
	key := LineKey(a.PurchaseLine, a.BudgetCode)
	if _, has := commitment.Lines[key]; has && usable(commitment) {
		return []placement{{order: a.Order, key: key, amount: a.Amount}}
	}
	code := "bill.recoded:"
	if t.wantsLine(po, a) {
		code = "bill.line_not_on_commitment:"
	}
	t.causes.add(code+record(odoo.ModelMove, t.b.ID), a.Amount, detail...)
	return nil
}

// wantsLine says whether the order line is coded like the bill's, so that only the commitment lacks it; a
// line that is gone from the order counts too.
func (t *router) wantsLine(po odoo.PurchaseOrder, a Allocation) bool {
	if !slices.ContainsFunc(po.Lines, func(l odoo.OrderLine) bool { return l.ID == a.PurchaseLine }) {
		return true
	}
	return slices.ContainsFunc(t.order(po).Lines, func(l Allocation) bool {
		return l.LineID == a.PurchaseLine && l.Project == a.Project && l.BudgetCode == a.BudgetCode
	})
}

// onReversed puts an untied share of a credit note onto the lines that the reversed bill billed with the
// same budget code, pro rata.
func (t *router) onReversed(a Allocation) []placement {
	var list []placement
	var weights []decimal.Decimal
	bindings := slices.SortedFunc(slices.Values(t.reversed), func(x, y Binding) int {
		return cmp.Or(compareParts(x.Part, y.Part), cmp.Compare(x.Kind, y.Kind))
	})
	for _, b := range bindings {
		q, err := DecodeContent[Requisition](b)
		if b.Kind != KindRequisition || b.Project != a.Project || err != nil {
			continue
		}
		for _, item := range q.Items {
			if _, code, _ := strings.Cut(item.LineKey, ":"); code == a.BudgetCode {
				list = append(list, placement{order: q.Order, key: item.LineKey})
				weights = append(weights, item.Amount)
			}
		}
	}
	if len(list) == 0 {
		return []placement{{amount: a.Amount}}
	}
	for i, amount := range Split(a.Amount, weights, t.digits()) {
		list[i].amount = amount
	}
	return list
}

func (t *router) digits() int32 {
	if c, ok := t.r.Currencies[t.b.Currency]; ok {
		return c.Digits
	}
	return 2
}
