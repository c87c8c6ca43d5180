package procorepages

import (
	"cmp"
	"net/http"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

var costStatuses = statuses{
	{"draft", "Draft", "off"},
	{"pending", "Pending", "wait"},
	{"revise_and_resubmit", "Revise and resubmit", "bad"},
	{"approved", "Approved", "good"},
}

var costKinds = map[string]string{
	"invoice": "Invoice", "expense": "Expense", "payroll": "Payroll", "subcontractor_invoice": "Subcontractor invoice",
}

// costRow is a direct cost.
type costRow struct {
	ID                                                        int64
	Number, Kind, Vendor, Date, Received, Description, Origin string
	State                                                     page.Badge
	Total                                                     page.Money
}

type projectCosts struct {
	projectFrame

	Costs []costRow
	page.List
}

func (p *pages) costs(r *http.Request) (page.View, error) {
	s := p.look()
	pr, err := s.project(r)
	if err != nil {
		return page.View{}, err
	}
	var rows []costRow
	for _, dc := range s.DirectCosts {
		if dc.ProjectID == pr.ID && !dc.Deleted {
			rows = append(rows, s.costRow(dc))
		}
	}
	shown, list := page.Cut(r, rows)
	return projectView(pr, "costs", projectCosts{frameOf(pr, "/costs"), shown, list}), nil
}

func (s *snapshot) costRow(dc procoretest.DirectCostState) costRow {
	return costRow{
		ID: dc.ID, Number: cmp.Or(dc.InvoiceNumber, "without a number"), Kind: cmp.Or(costKinds[dc.Type], dc.Type), Vendor: s.vendors[dc.VendorID].Name,
		Date: dc.Date, Received: dc.ReceivedDate, Description: dc.Description, Origin: dc.OriginID,
		State: costStatuses.badge(dc.Status), Total: s.money(dc.ProjectID, dc.Total),
	}
}

type cost struct {
	costRow

	Project projectRow
	Lines   valueLines
	States  []page.Option
}

func (s *snapshot) directCosts() map[int64]procoretest.DirectCostState {
	out := map[int64]procoretest.DirectCostState{}
	for _, dc := range s.DirectCosts {
		out[dc.ID] = dc
	}
	return out
}

func (p *pages) cost(r *http.Request) (page.View, error) {
	s := p.look()
	dc, err := find(r, "direct cost", s.directCosts())
	if err != nil {
		return page.View{}, err
	}
	body := cost{costRow: s.costRow(dc), Project: projectOf(s.projects[dc.ProjectID], procoretest.BudgetRow{})}
	for _, l := range dc.Lines {
		body.Lines = append(body.Lines, s.valueLine(dc.ProjectID, l))
	}
	if dc.Deleted {
		body.State = deleted
	} else {
		body.States = costStatuses.options(page.Entered(r, "status", dc.Status))
	}
	return page.View{Template: "cost", Tab: tabProjects, Title: "Direct cost " + body.Number, Body: body}, nil
}
