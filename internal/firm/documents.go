package firm

import "slices"

// column is the place in the ledger where the money of a line must end.
type column int

const (
	nowhere column = iota // overhead, stock, history, recoverable or no cost
	committed
	invoiced
	directCost
)

// coding is how a line says its job and budget code in Odoo.
type coding int

const (
	byPlans    coding = iota // joined key "job,code"
	byReversed               // joined key "code,job": Odoo defines no order
	byOffice                 // joined key with an account of the plan "Office" as well
	byProduct                // the job only; the code comes from the product's category
	byAccount                // the job only; the code comes from the G/L account
	byUnmapped               // joined key with a cost account that has no rule
)

// taxing is the tax of a line.
type taxing int

const (
	untaxed taxing = iota
	useTax         // 7 %, no account of its own: Odoo books it to cost
	vat            // 5 %, recoverable: a tax account of its own
)

// share is a part of a line and the place that it was bought for.
type share struct {
	job  string
	code string // budget code; empty for overhead
	of   points
}

func all(job, code string) []share { return []share{{job, code, whole}} }

func half(job, code string) []share { return []share{{job, code, whole / 2}} }

// line is a line of an order or a bill.
type line struct {
	text    string
	display string // line_section, line_note
	product string // key of a product; empty on bills: booked by account
	uom     string
	qty     milli
	at      price
	less    points // discount
	tax     taxing
	coding  coding
	deposit bool // a down-payment line, on the prepayment account
	to      []share

	// Bills only.
	account string
	order   *order
	of      int // index of the order's line
	ends    column
}

// subtotal is after discount, before tax.
func (l line) subtotal() cents {
	c, _ := extend(l.qty, l.at, l.less)
	return c
}

// cost is the subtotal and the tax that Odoo books to cost.
func (l line) cost() cents {
	c := l.subtotal()
	if l.tax == useTax {
		t, _ := percent(c, useTaxRate)
		c += t
	}
	return c
}

const (
	useTaxRate = 7
	vatRate    = 5
)

// stage is a moment of the demo's day.
type stage int

const (
	afterLoad stage = iota
	afterEdits
)

// order is a purchase order of the plan.
type order struct {
	name    string
	company int
	vendor  string
	day     string // ordered and confirmed, 2026-01-31
	state   string // purchase, draft, cancel
	again   bool   // cancelled and confirmed again
	lines   []line

	// lands tells that the order is in scope and becomes commitments.
	lands bool
	// causes hold it at every stage, first only until the edits; last is found by the edits and leaves
	// Procore as it was.
	causes, first, last []string
	// after are the lines of the edits, nil when there is no change.
	after     []line
	cancelled bool // by the edits

	id      int64
	lineIDs []int64
}

// bill is a vendor bill, credit note or receipt of the plan.
type bill struct {
	name      string // Odoo's number
	company   int
	vendor    string
	kind      string // in_invoice, in_refund, in_receipt
	ref       string // the vendor's number
	day       string // invoice date
	booked    string // accounting date
	state     string // posted, draft, cancel
	currency  string // empty: USD
	reverses  *bill
	lines     []line
	unmatched bool // belongs to an open order that nobody tied it to: sent, with a warning

	causes, first, last []string
	after               []line
	late                bool // entered by the edits

	id      int64
	lineIDs []int64
}

func (b *bill) sign() cents {
	if b.kind == "in_refund" {
		return -1
	}
	return 1
}

func held(at stage, causes, first []string) []string {
	if at == afterLoad {
		return slices.Concat(causes, first)
	}
	return causes
}
