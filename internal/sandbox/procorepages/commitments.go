package procorepages

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

var commitmentStatuses = statuses{
	{"Draft", "Draft", "off"},
	{"Processing", "Processing", "wait"},
	{"Submitted", "Submitted", "wait"},
	{"Partially Received", "Partially Received", "good"},
	{"Received", "Received", "good"},
	{"Approved", "Approved", "good"},
	{"Closed", "Closed", "off"},
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
		Origin: cm.OriginID, State: commitmentStatuses.badge(cm.Status), Amount: s.money(cm.ProjectID, cm.GrandTotal),
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
	for _, l := range cm.Lines {
		body.Lines = append(body.Lines, s.valueLine(cm.ProjectID, l))
	}
	for _, invoice := range s.Requisitions {
		if invoice.CommitmentID == cm.ID {
			body.Invoices = append(body.Invoices, s.invoiceRow(invoice))
		}
	}
	if cm.Deleted {
		body.State = deleted
	} else {
		body.States = commitmentStatuses.options(page.Entered(r, "status", cm.Status))
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

func projectPath(id int64) string { return fmt.Sprintf("/projects/%d", id) }

func commitmentPath(id int64) string { return fmt.Sprintf("/commitments/%d", id) }
