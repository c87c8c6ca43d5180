package procorepages

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// commitmentStates are Procore's words, in the order of a commitment's life.
var commitmentStates = []string{"Draft", "Processing", "Submitted", "Partially Received", "Received", "Approved", "Closed"}

var commitmentTones = map[string]page.Badge{
	"Draft":              {Text: "Draft", Tone: "off"},
	"Processing":         {Text: "Processing", Tone: "wait"},
	"Submitted":          {Text: "Submitted", Tone: "wait"},
	"Partially Received": {Text: "Partially Received", Tone: "good"},
	"Approved":           {Text: "Approved", Tone: "good"},
	"Closed":             {Text: "Closed", Tone: "off"},
}

// commitmentRow is a purchase order contract.
type commitmentRow struct {
	ID, ProjectID, VendorID       int64
	Number, Title, Vendor, Origin string
	State                         page.Badge
	Amount, Invoiced              page.Money
}

type projectCommitments struct {
	projectFrame

	Commitments []commitmentRow
	page.List
}

func (p *pages) commitments(r *http.Request) (page.View, error) {
	s := p.look()
	pr, err := s.project(r)
	if err != nil {
		return page.View{}, err
	}
	var rows []commitmentRow
	for _, cm := range s.Commitments {
		if cm.ProjectID == pr.ID && !cm.Deleted {
			rows = append(rows, s.commitmentRow(cm))
		}
	}
	shown, list := page.Cut(r, rows)
	return projectView(pr, "commitments", projectCommitments{frameOf(pr, ""), shown, list}), nil
}

func (s *snapshot) commitmentRow(cm procoretest.CommitmentState) commitmentRow {
	billed := decimal.Zero
	for _, l := range cm.Lines {
		billed = billed.Add(s.billed[l.ID])
	}
	return commitmentRow{
		ID: cm.ID, ProjectID: cm.ProjectID, Number: cm.Number, Title: cm.Title, VendorID: cm.VendorID, Vendor: s.vendors[cm.VendorID].Name,
		Origin: cm.OriginID, State: page.BadgeOf(commitmentTones, cm.Status), Amount: s.money(cm.ProjectID, cm.GrandTotal),
		Invoiced: page.Money{Amount: billed, Currency: s.projects[cm.ProjectID].Currency},
	}
}

// valueLine is a line of a schedule of values, or of a direct cost.
type valueLine struct {
	Code, CodeName, Description, UOM, Origin string
	Quantity, UnitCost                       string
	Amount, Billed                           page.Money
}

// valueLines are the lines of one document.
type valueLines []valueLine

// Measured says that a line has a quantity: those of a commitment by amount have none.
func (all valueLines) Measured() bool {
	return slices.ContainsFunc(all, func(l valueLine) bool { return l.Quantity != "" })
}

type commitment struct {
	commitmentRow

	Project projectRow
	Private bool
	Lines   valueLines
	// Invoices are its own, the newest last.
	Invoices []invoiceRow
	States   []page.Option
}

func (p *pages) commitment(r *http.Request) (page.View, error) {
	s := p.look()
	cm, err := find(r, "commitment", s.commitments)
	if err != nil {
		return page.View{}, err
	}
	body := commitment{commitmentRow: s.commitmentRow(cm), Project: projectOf(s.projects[cm.ProjectID], procoretest.BudgetRow{}), Private: cm.Private}
	if cm.Deleted {
		body.State = page.Badge{Text: "Deleted", Tone: "bad"}
	}
	for _, l := range cm.Lines {
		body.Lines = append(body.Lines, s.valueLine(cm.ProjectID, l))
	}
	for _, invoice := range s.Requisitions {
		if invoice.CommitmentID == cm.ID {
			body.Invoices = append(body.Invoices, s.invoiceRow(invoice))
		}
	}
	if !cm.Deleted {
		body.States = options(commitmentStates, page.Entered(r, "status", cm.Status))
	}
	return page.View{Template: "commitment", Tab: tabProjects, Title: "Commitment " + cm.Number, Body: body}, nil
}

func (s *snapshot) valueLine(project int64, l procoretest.LineState) valueLine {
	out := valueLine{
		Code: l.BudgetCode, CodeName: s.describe(project, l.BudgetCode), Description: l.Description, UOM: l.UOM, Origin: l.OriginID,
		Amount: s.money(project, l.Amount), Billed: page.Money{Amount: s.billed[l.ID], Currency: s.projects[project].Currency},
	}
	if l.Quantity != "" {
		out.Quantity = page.Quantity(number(l.Quantity))
	}
	if l.UnitCost != "" {
		out.UnitCost = page.Price(number(l.UnitCost))
	}
	return out
}

func options(all []string, chosen string) []page.Option {
	out := make([]page.Option, 0, len(all))
	for _, one := range all {
		out = append(out, page.Option{Value: one, Text: one, Chosen: one == chosen})
	}
	return out
}

// setCommitment changes the status, or deletes.
func (p *pages) setCommitment(r *http.Request) (string, error) {
	cm, err := find(r, "commitment", p.look().commitments)
	if err != nil {
		return "", err
	}
	if r.PostForm.Has("delete") {
		_, err = p.edit(procoretest.Edit{Resource: "commitments", ID: cm.ID, Delete: true})
		return page.Done(projectPath(cm.ProjectID), "deleted"), err
	}
	_, err = p.edit(procoretest.Edit{Resource: "commitments", ID: cm.ID, Set: map[string]any{"status": r.PostForm.Get("status")}})
	return page.Done(fmt.Sprintf("/commitments/%d", cm.ID), "saved"), err
}

func projectPath(id int64) string { return fmt.Sprintf("/projects/%d", id) }
