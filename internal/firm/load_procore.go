package firm

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

// LoadProcore makes the firm's projects, codes and vendors in Procore alone: the Odoo is another firm's. Its projects
// keep their books in currency (ISO 4217).
func (f *Firm) LoadProcore(ctx context.Context, procore *procoretest.Server, currency string) error {
	f.procore, f.currency = procore, currency
	return f.loadProcore(ctx)
}

func (f *Firm) loadProcore(ctx context.Context) error {
	f.ids.project, f.ids.vendor, f.ids.costType = map[string]int64{}, map[string]int64{}, map[string]int64{}
	f.ids.budget = map[place]int64{}
	for _, t := range costTypes {
		f.ids.costType[t.code] = f.procore.AddCostType(t.code, t.name, t.base)
	}
	for _, s := range sites {
		if err := ctx.Err(); err != nil {
			return err
		}
		f.loadSite(s)
	}
	for _, v := range vendors {
		for _, p := range v.inProcore {
			f.ids.vendor[v.name] = f.procore.AddVendor(procoretest.Vendor{Name: p.name, TaxID: p.taxID, City: v.city, CountryCode: "US", StateCode: "CO"})
		}
	}
	f.ids.vendor[byHand] = f.procore.AddVendor(procoretest.Vendor{Name: byHand, City: "Denver", CountryCode: "US", StateCode: "CO"})
	return nil
}

func (f *Firm) loadSite(s site) {
	project := f.procore.AddProject(procoretest.Project{
		Name: s.name, Number: s.number, Active: s.active, Permitted: s.permitted, CurrencyISO: f.currency,
		Status: map[bool]string{true: "Course of Construction", false: "Post-Construction"}[s.active],
	})
	f.ids.project[s.number] = project
	made := map[string]int64{}
	for _, budget := range s.codes {
		code, kind, _ := strings.Cut(budget, ".")
		if made[code] == 0 {
			name, _, _ := strings.Cut(describe(budget), ",")
			made[code] = f.procore.AddCostCode(project, code, name, 0)
		}
		if !slices.Contains(s.unmade, budget) {
			f.ids.budget[place{s.number, budget}] = f.procore.AddBudgetCode(project, made[code], f.ids.costType[kind])
		}
	}
	for month := range 12 {
		start := time.Date(2026, time.January+time.Month(month), 1, 0, 0, 0, 0, time.UTC)
		end := start.AddDate(0, 1, -1)
		switch {
		case s.period:
			f.addPeriod(project, start, end, "open")
		case month < 2:
			f.addPeriod(project, start, end, "closed")
		}
	}
}

func (f *Firm) addPeriod(project int64, start, end time.Time, status string) {
	f.procore.AddBillingPeriod(project, start.Format(time.DateOnly), end.Format(time.DateOnly), end.AddDate(0, 0, 5).Format(time.DateOnly), status)
}

// byHand is a vendor that only Procore knows.
const byHand = "Foothills Fence & Gate"

// loadTyped makes what project managers typed into Procore before the connector came. Two commitments and a
// direct cost are documents of Odoo as well and hold those up; the others are nobody's business, and no
// part of the ledger though they stand on its budget codes.
func (f *Firm) loadTyped(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	typed, loose := f.order["typed"], f.order["typedloose"]
	f.typeOrder(procoretest.Commitment{Number: typed.name, Title: "Footing bar", Status: "Approved"}, riverside, rebar, "03 20 00.M", typed.lines[0].cost())
	// As people say it, and with a wrong amount.
	number := "PO " + strings.TrimLeft(strings.TrimPrefix(loose.name, "PO"), "0")
	f.typeOrder(procoretest.Commitment{Number: number, Title: "Wall forms", Status: "Approved"}, lincoln, lumber, "03 11 00.M", loose.lines[0].cost()-10000)
	fence := f.typeOrder(procoretest.Commitment{Number: "FENCE-1", Title: "Site fence", Status: "Approved"}, riverside, byHand, "01 74 00.O", 980000)
	f.procore.AddRequisition(procoretest.Requisition{
		Commitment: fence, InvoiceNumber: "0001", BillingDate: "2026-02-27", Status: "approved",
		Items: []procoretest.RequisitionItem{{Line: f.procore.CommitmentLines(fence)[0], Amount: "4900.00"}},
	})
	// A project manager marked this one Received, which takes it out of committed cost.
	f.typeOrder(procoretest.Commitment{Number: "FENCE-2", Title: "Gates", Status: "Received"}, lincoln, byHand, "01 74 00.O", 264050)
	f.typeCost(procoretest.DirectCost{Type: "invoice", InvoiceNumber: "WL-77120", Date: "2026-06-18", Status: "approved"}, riverside, lumber, "03 11 00.M", 372915)
	f.typeCost(procoretest.DirectCost{Type: "expense", InvoiceNumber: "PCARD-0331", Date: "2026-03-31", Status: "approved"}, bridge, byHand, "01 54 00.E", 18642)
	return nil
}

func (f *Firm) typeOrder(c procoretest.Commitment, project, vendor, code string, amount cents) int64 {
	c.Project, c.Vendor = f.ids.project[project], f.ids.vendor[vendor]
	c.Lines = []procoretest.CommitmentLine{{
		BudgetCode: f.ids.budget[place{project, code}], Amount: amount.decimal().StringFixed(2), Description: c.Title,
	}}
	return f.procore.AddCommitment(c)
}

func (f *Firm) typeCost(c procoretest.DirectCost, project, vendor, code string, amount cents) {
	c.Project, c.Vendor = f.ids.project[project], f.ids.vendor[vendor]
	c.Lines = []procoretest.DirectCostLine{{
		BudgetCode: f.ids.budget[place{project, code}], Amount: amount.decimal().StringFixed(2),
		Description: fmt.Sprintf("%s, typed by hand", c.InvoiceNumber),
	}}
	f.procore.AddDirectCost(c)
}
