package rig

import (
	"context"
	"errors"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// Firm are the ids of what every tenant begins with.
type Firm struct {
	// Tower, Mill and Gym are analytic accounts of the project plan; Gym is not mapped.
	Tower, Mill, Gym int64
	// Concrete, Labor and Gypsum are those of the cost plan: 03 30 00.M, 03 30 00.L and 09 29 00.M, for which the
	// projects have the cost code and no budget code.
	Concrete, Labor, Gypsum int64
	// Boulder is a supplier that Procore has under another name; it is on all three projects. Peak is new to Procore.
	Boulder, Peak int64

	// Projects of Procore.
	TowerProject, MillProject, GymProject int64

	product, currency int64
}

type values = map[string]any

// seed fills both systems.
func (t *Tenant) seed() error {
	d := t.Desk()
	f := &t.Firm
	f.currency = d.Create("res.currency", values{"name": "USD", "symbol": "$", "rate": 1})
	d.Create("res.company", values{"name": "Acme", "currency_id": f.currency})
	projects := d.Create("account.analytic.plan", values{"name": "Projects"})
	codes := d.Create("account.analytic.plan", values{"name": "Cost Codes"})
	account := func(plan int64, code, name string) int64 {
		return d.Create("account.analytic.account", values{"name": name, "code": code, "plan_id": plan})
	}
	f.Tower, f.Mill, f.Gym = account(projects, "T", "Tower"), account(projects, "M", "Mill"), account(projects, "G", "Gym")
	f.Concrete, f.Labor, f.Gypsum = account(codes, "03.M", "Concrete"), account(codes, "03.L", "Labor"), account(codes, "09.M", "Gypsum board")
	f.product = d.Create("product.product", values{"name": "Works", "type": "service"})
	f.Boulder = d.Create("res.partner", values{"name": "Boulder Concrete", "is_company": true, "vat": "84-1111111", "city": "Boulder"})
	f.Peak = d.Create("res.partner", values{"name": "Peak Supply", "is_company": true})

	material, labor := t.Procore.AddCostType("M", "Materials", "materials"), t.Procore.AddCostType("L", "Labor", "labor")
	project := func(name, number string) int64 {
		id := t.Procore.AddProject(procoretest.Project{Name: name, Number: number, Active: true, Permitted: true})
		code := t.Procore.AddCostCode(id, "03 30 00", "Cast-in-place concrete", 0)
		t.Procore.AddBudgetCode(id, code, material)
		t.Procore.AddBudgetCode(id, code, labor)
		t.Procore.AddCostCode(id, "09 29 00", "Gypsum board", 0)
		t.Procore.AddBillingPeriod(id, "2026-01-01", "2026-12-31", "2027-01-31", "open")
		return id
	}
	f.TowerProject, f.MillProject, f.GymProject = project("Tower", "001"), project("Mill", "002"), project("Gym", "003")
	vendor := t.Procore.AddVendor(procoretest.Vendor{Name: "Boulder Concrete LLC", TaxID: "84-1111111", CountryCode: "US"})
	errs := []error{d.Err()}
	for _, id := range []int64{f.TowerProject, f.MillProject, f.GymProject} {
		_, err := t.Procore.Edit(procoretest.Edit{Resource: "project_vendors", Project: id, Create: values{"vendor_id": vendor}})
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// mapFirm saves the mappings of a firm that forgot its Gym.
func (t *Tenant) mapFirm(ctx context.Context) error {
	f := t.Firm
	code := func(account int64, code, kind string) store.CodeMapping {
		return store.CodeMapping{OdooModel: "account.analytic.account", OdooID: account, CostCode: code, CostType: kind}
	}
	_, err := t.bench.Store.SaveMappings(ctx, t.Name, "rig",
		[]store.ProjectMapping{{OdooID: f.Tower, ProcoreProject: f.TowerProject}, {OdooID: f.Mill, ProcoreProject: f.MillProject}},
		[]store.CodeMapping{code(f.Concrete, "03 30 00", "M"), code(f.Labor, "03 30 00", "L"), code(f.Gypsum, "09 29 00", "M")})
	return err
}

// MapProject maps an analytic account to a Procore project, as a mapping sheet does.
func (t *Tenant) MapProject(ctx context.Context, account, project int64) error {
	_, err := t.bench.Store.SaveMappings(ctx, t.Name, "rig", []store.ProjectMapping{{OdooID: account, ProcoreProject: project}}, nil)
	return err
}
