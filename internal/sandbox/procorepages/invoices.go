package procorepages

import (
	"cmp"
	"fmt"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

var invoiceStatuses = statuses{
	{"draft", "Draft", "off"},
	{"under_review", "Under review", "wait"},
	{"revise_and_resubmit", "Revise and resubmit", "bad"},
	{"approved", "Approved", "good"},
	{"approved_as_noted", "Approved as noted", "good"},
	{"pending_owner_approval", "Pending owner approval", "good"},
}

// invoiceRow is a subcontractor invoice, which the API calls requisition.
type invoiceRow struct {
	ID, CommitmentID                           int64
	Number, Sequence, Date, Origin, Commitment string
	Vendor, PeriodStart, PeriodEnd             string
	State                                      page.Badge
	Total, Retainage                           page.Money
}

type projectInvoices struct {
	projectFrame

	Invoices []invoiceRow
	page.List
}

func (p *pages) invoices(r *http.Request) (page.View, error) {
	s := p.look()
	pr, err := s.project(r)
	if err != nil {
		return page.View{}, err
	}
	var rows []invoiceRow
	for _, invoice := range s.Requisitions {
		if invoice.ProjectID == pr.ID {
			rows = append(rows, s.invoiceRow(invoice))
		}
	}
	shown, list := page.Cut(r, rows)
	return projectView(pr, "invoices", projectInvoices{frameOf(pr, "/invoices"), shown, list}), nil
}

func (s *snapshot) invoiceRow(rq procoretest.RequisitionState) invoiceRow {
	retained := decimal.Zero
	for _, item := range rq.Items {
		retained = retained.Add(number(item.Retainage))
	}
	cm := s.commitments[rq.CommitmentID]
	row := invoiceRow{
		ID: rq.ID, CommitmentID: rq.CommitmentID, Number: cmp.Or(rq.InvoiceNumber, "without a number"), Sequence: fmt.Sprint(rq.Number),
		Date: rq.BillingDate, Origin: rq.OriginID, Commitment: cm.Number, Vendor: s.vendors[cm.VendorID].Name,
		State: invoiceStatuses.badge(rq.Status), Total: s.money(rq.ProjectID, rq.Total),
		Retainage: page.Money{Amount: retained, Currency: s.projects[rq.ProjectID].Currency},
	}
	if period, known := s.periods[rq.PeriodID]; known {
		row.PeriodStart, row.PeriodEnd = period.Start, period.End
	}
	return row
}

// invoiceItem is what an invoice bills on a line of its commitment.
type invoiceItem struct {
	Code, CodeName, Description string
	Amount, Retainage           page.Money
}

type invoice struct {
	invoiceRow

	Project projectRow
	Items   []invoiceItem
	States  []page.Option
}

func (p *pages) invoice(r *http.Request) (page.View, error) {
	s := p.look()
	rq, err := find(r, "subcontractor invoice", s.requisitions())
	if err != nil {
		return page.View{}, err
	}
	body := invoice{invoiceRow: s.invoiceRow(rq), Project: projectOf(s.projects[rq.ProjectID], procoretest.BudgetRow{})}
	about := map[int64]string{}
	for _, l := range s.commitments[rq.CommitmentID].Lines {
		about[l.ID] = l.Description
	}
	for _, item := range rq.Items {
		body.Items = append(body.Items, invoiceItem{
			Code: item.BudgetCode, CodeName: s.describe(rq.ProjectID, item.BudgetCode), Description: about[item.LineItemID],
			Amount: s.money(rq.ProjectID, item.Amount), Retainage: s.money(rq.ProjectID, item.Retainage),
		})
	}
	body.States = invoiceStatuses.options(page.Entered(r, "status", rq.Status))
	return page.View{Template: "invoice", Tab: tabProjects, Title: "Subcontractor invoice " + body.Number, Body: body}, nil
}

func (s *snapshot) requisitions() map[int64]procoretest.RequisitionState {
	out := map[int64]procoretest.RequisitionState{}
	for _, rq := range s.Requisitions {
		out[rq.ID] = rq
	}
	return out
}
