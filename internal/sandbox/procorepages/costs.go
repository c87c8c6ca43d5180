package procorepages

import (
	"cmp"
	"fmt"
	"net/http"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

var costStates = []string{"draft", "pending", "revise_and_resubmit", "approved"}

var costTones = map[string]page.Badge{
	"draft":               {Text: "Draft", Tone: "off"},
	"pending":             {Text: "Pending", Tone: "wait"},
	"revise_and_resubmit": {Text: "Revise and resubmit", Tone: "bad"},
	"approved":            {Text: "Approved", Tone: "good"},
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
		State: page.BadgeOf(costTones, dc.Status), Total: s.money(dc.ProjectID, dc.Total),
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
		body.State = page.Badge{Text: "Deleted", Tone: "bad"}
	} else {
		body.States = named(costStates, costTones, page.Entered(r, "status", dc.Status))
	}
	return page.View{Template: "cost", Tab: tabProjects, Title: "Direct cost " + body.Number, Body: body}, nil
}

// setCost changes the status, or deletes.
func (p *pages) setCost(r *http.Request) (string, error) {
	dc, err := find(r, "direct cost", p.look().directCosts())
	if err != nil {
		return "", err
	}
	if r.PostForm.Has("delete") {
		_, err = p.edit(procoretest.Edit{Resource: "direct_costs", ID: dc.ID, Delete: true})
		return page.Done(projectPath(dc.ProjectID)+"/costs", "deleted"), err
	}
	_, err = p.edit(procoretest.Edit{Resource: "direct_costs", ID: dc.ID, Set: map[string]any{"status": r.PostForm.Get("status")}})
	return page.Done(fmt.Sprintf("/costs/%d", dc.ID), "saved"), err
}
