package procoretest

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"
)

// BudgetRow is a row of the standard budget view.
type BudgetRow struct {
	Project       int64  `json:"project_id"`
	ProjectName   string `json:"project_name"`
	ProjectNumber string `json:"project_number"`
	BudgetCode    string `json:"budget_code"` // "03 30 00.M"
	// Commitments is Committed Costs: lines of Approved and Partially Received commitments.
	Commitments decimal.Decimal `json:"commitments"`
	// Invoiced is what requisitions of the approved sorts bill.
	Invoiced decimal.Decimal `json:"invoiced"`
	// DirectCosts is lines of direct costs that are no drafts.
	DirectCosts decimal.Decimal `json:"direct_costs"`
}

type budgetKey struct{ project, wbs int64 }

// countsAsCommitted: only these two statuses put a commitment into Committed Costs.
func countsAsCommitted(cm *commitment) bool {
	status := cm.attrs.text("status")
	return !cm.deleted && (status == statusApproved || status == statusPartiallyReceived)
}

// countsAsInvoiced: requisitions that the general contractor has accepted.
func countsAsInvoiced(rq *requisition) bool {
	switch rq.attrs.text("status") {
	case "approved", "approved_as_noted", "pending_owner_approval":
		return true
	default:
		return false
	}
}

// countsAsDirectCost: everything but drafts.
func countsAsDirectCost(dc *directCost) bool {
	return !dc.deleted && dc.attrs.text("status") != "draft"
}

// Budget is the standard budget view of all projects: one row for each budget
// code that carries any of the three amounts, by project and code.
func (s *Server) Budget() []BudgetRow {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := map[budgetKey]*BudgetRow{}
	row := func(projectID, wbs int64) *BudgetRow {
		key := budgetKey{projectID, wbs}
		if rows[key] == nil {
			pr, _ := s.projects.get(projectID)
			rows[key] = &BudgetRow{
				Project: projectID, ProjectName: pr.Name, ProjectNumber: pr.Number, BudgetCode: s.budgetCode(wbs),
			}
		}
		return rows[key]
	}
	for _, cm := range keep(s.commitments.all(), countsAsCommitted) {
		for _, line := range cm.lines {
			r := row(cm.project, line.wbs)
			r.Commitments = r.Commitments.Add(line.attrs.amount("amount"))
		}
	}
	for _, rq := range keep(s.requisitions.all(), countsAsInvoiced) {
		for _, item := range rq.items {
			r := row(rq.project, s.lines[item.line].wbs)
			r.Invoiced = r.Invoiced.Add(item.completed())
		}
	}
	for _, dc := range keep(s.directCosts.all(), countsAsDirectCost) {
		for _, line := range dc.lines {
			r := row(dc.project, line.wbs)
			r.DirectCosts = r.DirectCosts.Add(line.attrs.amount("amount"))
		}
	}
	out := []BudgetRow{}
	for _, r := range rows {
		if !r.Commitments.IsZero() || !r.Invoiced.IsZero() || !r.DirectCosts.IsZero() {
			out = append(out, *r)
		}
	}
	slices.SortFunc(out, func(a, b BudgetRow) int {
		return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.BudgetCode, b.BudgetCode))
	})
	return out
}
