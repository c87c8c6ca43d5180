package reconcile

import (
	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/mapping"
)

// subject names a record of Odoo.
type subject struct {
	model string
	id    int64
}

// state is how far the work on a record is; the zero value: done.
type state struct {
	// line explains what is still to come: "parked (…)" or "in flight (…)".
	line string
	// pending: there is work left, whether it waits or not.
	pending bool
}

// projectBooks is what Procore holds of one project.
type projectBooks struct {
	commitments     []procore.Commitment  // with lines
	requisitions    []procore.Requisition // with items
	directCosts     []procore.DirectCost
	directCostLines []procore.DirectCostLine // with holders
}

// books is both sides, as read, and what is known of the records.
type books struct {
	rules    mapping.Rules
	orders   []odoo.PurchaseOrder
	bills    []odoo.VendorBill
	analytic []odoo.AnalyticLine
	procore  map[int64]projectBooks // only projects that were read whole
	bindings map[subject][]mapping.Binding
	states   map[subject]state
	// whole: all projects were to be read, so what stays out of Procore is shown too.
	whole bool
}

// cell is where an amount stands. Project 0 is what stays out of Procore.
type cell struct {
	project    int64
	code, test string
	kind       string // type of direct costs
}

type amounts map[cell]decimal.Decimal

func (a amounts) add(c cell, amount decimal.Decimal) { a[c] = a[c].Add(amount) }

// document is a record of Odoo with its amounts on both sides.
type document struct {
	ref   string
	state state
	// odoo is what the record costs in Odoo, want what of it belongs into Procore by the rules.
	odoo, want amounts
	// unwanted is the bridge line of odoo less want: opening, ignored.
	unwanted string
	// sent is what we sent last; bound what the documents that we are bound to hold now; loose what others with our
	// origin id hold.
	sent, bound, loose amounts
	// linked are cells of a document of Procore's own that the record is linked to.
	linked map[cell]bool
	alloc  mapping.Allocated
}

func newDocument(ref string, s state) *document {
	return &document{
		ref: ref, state: s, odoo: amounts{}, want: amounts{}, sent: amounts{}, bound: amounts{}, loose: amounts{},
		linked: map[cell]bool{},
	}
}

// ledgerRow collects one row.
type ledgerRow struct {
	odoo, procore   decimal.Decimal
	explained, open []Explanation
}

// ledger collects the rows.
type ledger map[cell]*ledgerRow

func (l ledger) at(c cell) *ledgerRow {
	if l[c] == nil {
		l[c] = &ledgerRow{}
	}
	return l[c]
}

func (l ledger) explain(c cell, line, ref string, amount decimal.Decimal) {
	if !amount.IsZero() {
		r := l.at(c)
		r.explained = append(r.explained, Explanation{Line: line, Ref: ref, Amount: Amount{amount}})
	}
}

func (l ledger) leave(c cell, ref string, amount decimal.Decimal) {
	if !amount.IsZero() {
		r := l.at(c)
		r.open = append(r.open, Explanation{Line: LineUnexplained, Ref: ref, Amount: Amount{amount}})
	}
}
