package reconcile

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// The tests.
const (
	TestCommitments = "commitments"  // confirmed purchase orders = committed cost
	TestInvoices    = "invoices"     // bills of purchase orders less credits = subcontractor invoices, gross
	TestDirectCosts = "direct_costs" // other bills = direct costs that are no drafts, by type
	TestCostToDate  = "cost_to_date" // analytic cost = subcontractor invoices + direct costs, per project
)

var testOrder = []string{TestCommitments, TestInvoices, TestDirectCosts, TestCostToDate}

// The bridge lines that are always named alike. Parked and in flight carry their cause and age behind the name.
const (
	LineOpening      = "opening"            // before go_live
	LineOutOfScope   = "out of scope"       // no account of the project plan
	LineNotInProcore = "not in Procore"     // mapped so
	LineNotReadable  = "project not read"   // mapped to a project that Procore refuses
	LineUndistrib    = "undistributed"      // percentages below 100
	LineTax          = "tax treatment"      // recoverable, left out, or cost without an analytic line
	LineNoCost       = "no cost"            // payable, prepayment and rounding lines
	LineRetainage    = "retainage"          // lines on retention accounts
	LineExchange     = "exchange"           // document currency against company currency
	LineRounding     = "rounding"           // Odoo's analytic rounding against the exact split
	LineJournal      = "journal entries"    // analytic lines of other journal items
	LineOther        = "payroll and other"  // analytic lines without a journal item: timesheets, stock, expenses
	LineParked       = "parked"             // waits for a person
	LineInFlight     = "in flight"          // on its way, or not read yet
	LineIgnored      = "ignored"            // by setting
	LineLinked       = "linked"             // a document of Procore's own that an order is linked to
	LineChanged      = "changed in Procore" // holds something else than was sent last
	LineEntered      = "entered in Procore" // made there
	LineUnexplained  = "unexplained"        // only in Row.UnexplainedBy
)

// Amount is money; in JSON a string with at least two decimals. Explanations are in the currency of their document.
type Amount struct{ decimal.Decimal }

// String has at least two decimals.
func (a Amount) String() string {
	if a.Equal(a.Round(2)) {
		return a.StringFixed(2)
	}
	return a.Decimal.String()
}

// MarshalJSON writes a string.
func (a Amount) MarshalJSON() ([]byte, error) { return []byte(`"` + a.String() + `"`), nil }

// Explanation is a part of a difference and the record that it comes from.
type Explanation struct {
	Line   string `json:"line"`
	Ref    string `json:"ref"`
	Amount Amount `json:"amount"` // of Odoo less Procore
}

// Row is one test on one budget code of one project. Difference is Odoo less Procore, Unexplained what the
// explanations leave of it.
type Row struct {
	// Project is the number of the Procore project, its id when it has none; empty for what stays out of Procore.
	Project    string `json:"project"`
	BudgetCode string `json:"budget_code"`
	Test       string `json:"test"`
	// Type is the type of direct costs (invoice, expense, payroll), a row for each.
	Type        string        `json:"type,omitempty"`
	Odoo        Amount        `json:"odoo"`
	Procore     Amount        `json:"procore"`
	Difference  Amount        `json:"difference"`
	Unexplained Amount        `json:"unexplained"`
	ExplainedBy []Explanation `json:"explained_by"`
	// UnexplainedBy names the records that the unexplained amount comes from.
	UnexplainedBy []Explanation `json:"unexplained_by,omitempty"`

	project int64
}

// Report is one comparison.
type Report struct {
	Source string `json:"source"` // live
	// At is when the reading began: UTC, this machine's clock.
	At     time.Time `json:"at"`
	Tenant string    `json:"tenant"`
	// Unexplained is the sum of the unexplained amounts without their signs. cost_to_date adds only what the other
	// tests of its project do not show.
	Unexplained Amount `json:"unexplained"`
	Rows        []Row  `json:"rows"`
	// Problems are sentences about projects that could not be read or are closed.
	Problems []string `json:"problems"`
}

// Clean says that nothing is unexplained.
func (r Report) Clean() bool { return r.Unexplained.IsZero() }

func sortRows(rows []Row) {
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.project, b.project), cmp.Compare(a.BudgetCode, b.BudgetCode),
			cmp.Compare(slices.Index(testOrder, a.Test), slices.Index(testOrder, b.Test)), cmp.Compare(a.Type, b.Type))
	})
}

// gathered sums explanations of the same line and record, drops what comes to nothing, and sorts.
func gathered(list []Explanation) []Explanation {
	type key struct{ line, ref string }
	sums := map[key]decimal.Decimal{}
	for _, e := range list {
		k := key{e.Line, e.Ref}
		sums[k] = sums[k].Add(e.Amount.Decimal)
	}
	out := []Explanation{}
	for k, sum := range sums {
		if !sum.IsZero() {
			out = append(out, Explanation{Line: k.line, Ref: k.ref, Amount: Amount{sum}})
		}
	}
	slices.SortFunc(out, func(a, b Explanation) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Ref, b.Ref))
	})
	return out
}

func total(list []Explanation) decimal.Decimal {
	sum := decimal.Zero
	for _, e := range list {
		sum = sum.Add(e.Amount.Decimal)
	}
	return sum
}
