package procorepages

import (
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// projectRow is a project with the sums of its budget.
type projectRow struct {
	ID                              int64
	Number, Name, Stage             string
	State, Access                   page.Badge
	Committed, Invoiced, DirectCost page.Money
}

func (p *pages) projects(*http.Request) (page.View, error) {
	s := p.look()
	sums := map[int64]procoretest.BudgetRow{}
	for _, row := range p.server.Budget() {
		sums[row.Project] = add(sums[row.Project], row)
	}
	var rows []projectRow
	for _, pr := range s.Projects {
		rows = append(rows, projectOf(pr, sums[pr.ID]))
	}
	return page.View{Template: "projects", Tab: tabProjects, Title: "Projects", Body: rows}, nil
}

func add(a, b procoretest.BudgetRow) procoretest.BudgetRow {
	a.Commitments, a.Invoiced, a.DirectCosts = a.Commitments.Add(b.Commitments), a.Invoiced.Add(b.Invoiced), a.DirectCosts.Add(b.DirectCosts)
	return a
}

func projectOf(pr procoretest.ProjectState, sums procoretest.BudgetRow) projectRow {
	money := func(d decimal.Decimal) page.Money { return page.Money{Amount: d, Currency: pr.Currency} }
	row := projectRow{
		ID: pr.ID, Number: pr.Number, Name: pr.Name, Stage: pr.Status, State: page.Badge{Text: "Active", Tone: "good"},
		Access: page.Badge{Text: "Permitted", Tone: "good"}, Committed: money(sums.Commitments), Invoiced: money(sums.Invoiced),
		DirectCost: money(sums.DirectCosts),
	}
	if !pr.Active {
		row.State = page.Badge{Text: "Inactive", Tone: "off"}
	}
	if !pr.Permitted {
		row.Access = page.Badge{Text: "Not permitted", Tone: "bad"}
	}
	return row
}

// projectFrame is what all pages of a project show.
type projectFrame struct {
	Project projectRow
	// Part is the path of the part that is shown, below the project's own.
	Part string
}

// Parts are those of a project.
func (projectFrame) Parts() []page.Tab {
	return []page.Tab{
		{Name: "Commitments", Path: ""},
		{Name: "Subcontractor invoices", Path: "/invoices"},
		{Name: "Direct costs", Path: "/costs"},
		{Name: "Budget", Path: "/budget"},
		{Name: "Billing periods and settings", Path: "/settings"},
	}
}

func frameOf(pr procoretest.ProjectState, part string) projectFrame {
	return projectFrame{projectOf(pr, procoretest.BudgetRow{}), part}
}

func projectView(pr procoretest.ProjectState, template string, body any) page.View {
	return page.View{Template: template, Tab: tabProjects, Title: pr.Number + " " + pr.Name, Body: body}
}

// budgetRow is a budget code with what it carries.
type budgetRow struct {
	Code, Description                      string
	Committed, Invoiced, DirectCost, Total page.Money
}

type projectBudget struct {
	projectFrame

	Rows []budgetRow
	Sum  budgetRow
}

// budget shows the standard budget view; total is what the project costs by its commitments and direct costs.
func (p *pages) budget(r *http.Request) (page.View, error) {
	s := p.look()
	pr, err := s.project(r)
	if err != nil {
		return page.View{}, err
	}
	row := func(b procoretest.BudgetRow) budgetRow {
		money := func(d decimal.Decimal) page.Money { return page.Money{Amount: d, Currency: pr.Currency} }
		return budgetRow{
			b.BudgetCode, s.describe(pr.ID, b.BudgetCode), money(b.Commitments), money(b.Invoiced), money(b.DirectCosts),
			money(b.Commitments.Add(b.DirectCosts)),
		}
	}
	body := projectBudget{projectFrame: frameOf(pr, "/budget")}
	var sum procoretest.BudgetRow
	for _, b := range p.server.Budget() {
		if b.Project == pr.ID {
			body.Rows = append(body.Rows, row(b))
			sum = add(sum, b)
		}
	}
	body.Sum = row(sum)
	return projectView(pr, "budget", body), nil
}
