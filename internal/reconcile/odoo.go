package reconcile

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/mapping"
)

// comparison is one run of the pure part.
type comparison struct {
	books
	documents map[subject]*document
	ledger    ledger
	orders    map[int64]odoo.PurchaseOrder
	bills     map[int64]odoo.VendorBill
	// commitments: order → project → binding, as the rules want them.
	commitments map[int64]map[int64]mapping.Binding
}

// document is that of a record; one that is gone from Odoo has only its number.
func (c *comparison) document(s subject) *document {
	d := c.documents[s]
	if d == nil {
		d = newDocument(s.model+"/"+strconv.FormatInt(s.id, 10), c.states[s])
		c.documents[s] = d
	}
	return d
}

// confirmed: Odoo up to 18 calls a locked order "done".
func confirmed(o odoo.PurchaseOrder) bool { return o.State == "purchase" || o.State == "done" }

func (c *comparison) order(o odoo.PurchaseOrder) {
	key := subject{odoo.ModelPurchaseOrder, o.ID}
	d := c.document(key)
	d.ref = c.named(o.Name, "order", o.ID, o.Currency)
	if !confirmed(o) {
		return
	}
	d.alloc = mapping.AllocateOrder(o, c.rules)
	for _, l := range d.alloc.Lines {
		d.odoo.add(cell{project: l.Project, code: l.BudgetCode, test: TestCommitments}, l.Amount)
	}
	switch {
	case !mapping.OrderInScope(o, c.rules, c.bindings[key]):
		d.unwanted = LineOpening
	case c.ignored(o.Partner):
		d.unwanted = LineIgnored
	default:
		wanted, _ := mapping.WantOrder(o, c.rules, c.bindings[key])
		for _, w := range wanted {
			for _, l := range w.Lines {
				d.want.add(cell{project: w.Project, code: l.BudgetCode, test: TestCommitments}, l.Amount)
			}
		}
	}
	sum := decimal.Zero
	for _, l := range o.Lines {
		if l.DisplayType == "" && !l.DownPayment {
			sum = sum.Add(l.Subtotal).Add(l.TaxAmount)
		}
	}
	c.outside(d, cell{test: TestCommitments}, sum)
}

func (c *comparison) bill(b odoo.VendorBill) {
	key := subject{odoo.ModelMove, b.ID}
	d := c.document(key)
	d.ref = c.named(cmp.Or(b.Name, b.Ref), "draft bill", b.ID, b.Currency)
	if b.State != "posted" {
		return
	}
	d.alloc = mapping.AllocateBill(b, c.rules)
	kind := procore.DirectCostInvoice
	if b.Type == "in_receipt" {
		kind = procore.DirectCostExpense
	}
	if mapping.BillInScope(b, c.rules, c.bindings[key]) {
		c.wantBill(d, b)
		if c.ignored(b.Partner) {
			d.odoo, d.want, d.unwanted = d.want, amounts{}, LineIgnored
		}
	} else {
		d.unwanted = LineOpening
		for _, l := range d.alloc.Lines {
			at := cell{project: l.Project, code: l.BudgetCode, test: TestDirectCosts, kind: kind}
			if l.Order != 0 {
				at.test, at.kind = TestInvoices, ""
			}
			d.odoo.add(at, l.Amount)
		}
	}
	sum, outside := decimal.Zero, cell{test: TestDirectCosts, kind: kind}
	for _, l := range b.Lines {
		if l.PurchaseOrder != 0 {
			outside = cell{test: TestInvoices}
		}
		switch l.DisplayType {
		case "payment_term", "line_section", "line_subsection", "line_note":
		default:
			sum = sum.Add(l.Amount)
		}
	}
	c.outside(d, outside, sum)
}

// wantBill asks the rules where the bill goes. What they cannot place yet waits for a line of a commitment.
func (c *comparison) wantBill(d *document, b odoo.VendorBill) {
	requisitions, costs, _ := mapping.WantBill(b, c.rules, c.billState(b))
	left := amounts{}
	for _, l := range d.alloc.Lines {
		left.add(cell{project: l.Project, code: l.BudgetCode, test: TestInvoices}, l.Amount)
	}
	for _, q := range requisitions {
		for _, i := range q.Items {
			at := cell{project: q.Project, code: codeOfKey(i.LineKey), test: TestInvoices}
			d.want.add(at, i.Amount)
			left.add(at, i.Amount.Neg())
		}
	}
	for _, w := range costs {
		for _, l := range w.Lines {
			d.want.add(cell{project: w.Project, code: l.BudgetCode, test: TestDirectCosts, kind: w.Type}, l.Amount)
			left.add(cell{project: w.Project, code: l.BudgetCode, test: TestInvoices}, l.Amount.Neg())
		}
	}
	for at, amount := range left {
		if !amount.IsZero() {
			d.want.add(at, amount)
		}
	}
	for at, amount := range d.want {
		d.odoo.add(at, amount)
	}
}

// billState is what the rules need to know beside the bill: documents as they are now, and bindings for the routes.
func (c *comparison) billState(b odoo.VendorBill) mapping.BillState {
	st := mapping.BillState{
		Bindings: c.bindings[subject{odoo.ModelMove, b.ID}], Orders: map[int64]odoo.PurchaseOrder{},
		OrderPending: map[int64]bool{}, Commitments: map[int64]map[int64]mapping.Binding{},
	}
	lines := b.Lines
	if other, ok := c.bills[b.ReversedEntry]; ok && b.ReversedEntry != 0 {
		st.Reversed = &other
		st.ReversedBindings = c.bindings[subject{odoo.ModelMove, other.ID}]
		lines = append(append([]odoo.MoveLine{}, lines...), other.Lines...)
	}
	for _, l := range lines {
		if l.PurchaseOrder == 0 {
			continue
		}
		order, known := c.orders[l.PurchaseOrder]
		st.OrderPending[l.PurchaseOrder] = !known || c.states[subject{odoo.ModelPurchaseOrder, l.PurchaseOrder}].pending
		if known {
			st.Orders[l.PurchaseOrder] = order
		}
		if on := c.commitments[l.PurchaseOrder]; on != nil {
			st.Commitments[l.PurchaseOrder] = on
		}
	}
	return st
}

// outside shows what of a document stays out of Procore, and what waits because a line has no place yet.
func (c *comparison) outside(d *document, at cell, sum decimal.Decimal) {
	for _, l := range d.alloc.Lines {
		sum = sum.Sub(l.Amount)
	}
	for _, e := range d.alloc.Excluded {
		sum = sum.Sub(e.Amount)
		if !c.whole {
			continue
		}
		line, ref := c.excluded(e.Reason), d.ref
		if e.Account != 0 {
			ref += ", " + c.rules.Accounts[e.Account].Name
		}
		if d.unwanted != "" {
			line = d.unwanted
		}
		c.ledger.at(at).odoo = c.ledger.at(at).odoo.Add(e.Amount)
		c.ledger.explain(at, line, ref, e.Amount)
	}
	if c.whole && !sum.IsZero() {
		d.odoo.add(at, sum)
		if d.unwanted == "" {
			d.want.add(at, sum)
		}
	}
}

func (c *comparison) excluded(reason string) string {
	switch reason {
	case mapping.ExcludedNotInProcore:
		return LineNotInProcore
	case mapping.ExcludedRecoverableTax, mapping.ExcludedTaxSetting:
		return LineTax
	case mapping.ExcludedNoCost:
		return LineNoCost
	case mapping.ExcludedUndistributed:
		return LineUndistrib
	case mapping.ExcludedNoProject:
		return LineIgnored
	default:
		return LineOutOfScope
	}
}

// ignored says whether the vendor is a company of the same database that the tenant ignores.
func (c *comparison) ignored(partner int64) bool {
	if c.rules.Settings.Intercompany != "ignore" {
		return false
	}
	commercial := func(id int64) int64 { return cmp.Or(c.rules.Partners[id].Commercial, id) }
	for _, company := range c.rules.Companies {
		if company.Partner != 0 && (company.Partner == partner || commercial(company.Partner) == commercial(partner)) {
			return true
		}
	}
	return false
}

// named is what people call a document; its currency is named where it is not that of most.
func (c *comparison) named(ref, kind string, id, currency int64) string {
	if ref == "" {
		ref = kind + " " + strconv.FormatInt(id, 10)
	}
	if name := c.rules.Currencies[currency].Name; name != "" && c.foreign(currency) {
		ref += " (" + name + ")"
	}
	return ref
}

// foreign says whether no company keeps its books in a currency.
func (c *comparison) foreign(currency int64) bool {
	for _, company := range c.rules.Companies {
		if company.Currency == currency {
			return false
		}
	}
	return len(c.rules.Companies) > 0
}

// codeOfKey is the budget code of a line's key.
func codeOfKey(key string) string {
	_, code, _ := strings.Cut(key, ":")
	return code
}
