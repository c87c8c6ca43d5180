package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/firm"
)

// cell is one figure of the ledger.
type cell struct{ project, code, column string }

// The ledger's columns.
const (
	columnCommitment = "commitment"
	columnInvoiced   = "invoiced"
	columnDirectCost = "direct_cost"
)

// ours tells whether a document carries an origin id of the connector.
func ours(originID string) bool { return strings.HasPrefix(originID, "odoo:") }

// Statuses that put a document into the columns of Procore's standard budget view.
var (
	committedStatuses = []string{"Approved", "Partially Received"}
	invoicedStatuses  = []string{"approved", "approved_as_noted", "pending_owner_approval"}
)

// figures adds up what Procore holds of the connector's documents. Money that cannot be read is given back as text.
func figures(state procoretest.State) (sums map[cell]decimal.Decimal, unreadable []string) {
	numbers := map[int64]string{}
	for _, p := range state.Projects {
		numbers[p.ID] = p.Number
	}
	sums = map[cell]decimal.Decimal{}
	add := func(project int64, code, column, amount string) {
		value, err := decimal.NewFromString(amount)
		if err != nil {
			unreadable = append(unreadable, amount)
			return
		}
		at := cell{numbers[project], code, column}
		sums[at] = sums[at].Add(value)
	}
	for _, c := range state.Commitments {
		if ours(c.OriginID) && !c.Deleted && slices.Contains(committedStatuses, c.Status) {
			for _, l := range c.Lines {
				add(c.ProjectID, l.BudgetCode, columnCommitment, l.Amount)
			}
		}
	}
	for _, r := range state.Requisitions {
		if ours(r.OriginID) && slices.Contains(invoicedStatuses, r.Status) {
			for _, i := range r.Items {
				add(r.ProjectID, i.BudgetCode, columnInvoiced, i.Amount)
			}
		}
	}
	for _, c := range state.DirectCosts {
		if ours(c.OriginID) && !c.Deleted && c.Status != "draft" {
			for _, l := range c.Lines {
				add(c.ProjectID, l.BudgetCode, columnDirectCost, l.Amount)
			}
		}
	}
	return sums, unreadable
}

// compareLedger gives every cell on which Procore and the firm's ledger differ.
func compareLedger(want []firm.LedgerRow, have map[cell]decimal.Decimal) []Mismatch {
	expected := map[cell]decimal.Decimal{}
	for _, r := range want {
		expected[cell{r.Project, r.BudgetCode, columnCommitment}] = r.Commitment
		expected[cell{r.Project, r.BudgetCode, columnInvoiced}] = r.Invoiced
		expected[cell{r.Project, r.BudgetCode, columnDirectCost}] = r.DirectCost
	}
	all := maps.Clone(expected)
	for at := range have {
		all[at] = have[at]
	}
	out := []Mismatch{}
	for _, at := range slices.SortedFunc(maps.Keys(all), func(a, b cell) int {
		return cmp.Or(cmp.Compare(a.project, b.project), cmp.Compare(a.code, b.code), cmp.Compare(a.column, b.column))
	}) {
		if !expected[at].Equal(have[at]) {
			out = append(out, Mismatch{
				Project: at.project, BudgetCode: at.code, Column: at.column,
				Expected: expected[at].StringFixed(2), Procore: have[at].StringFixed(2),
			})
		}
	}
	return out
}
