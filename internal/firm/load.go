package firm

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/clerk"
)

// ids are what the sandboxes call the things of the plan.
type ids struct {
	company, journal map[int]int64
	currency         map[string]int64
	country, state   map[string]int64
	gl               map[int]map[string]int64 // by company and code
	category, unit   map[string]int64
	product, partner map[string]int64
	account          map[string]int64 // analytic accounts by code
	tax              map[int]map[taxing]int64

	project, vendor, costType map[string]int64
	budget                    map[place]int64
}

// Load makes the firm's state at the start in both sandboxes: the servers are empty before. Odoo may be of either
// version: the books are the same ([clerk]). progress gets a line for each kind of thing.
func (f *Firm) Load(ctx context.Context, odoo *odootest.Server, procore *procoretest.Server, progress func(string)) error {
	f.odoo, f.procore = clerk.New(odoo), procore
	if progress == nil {
		progress = func(string) {}
	}
	steps := []struct {
		say string
		do  func(ctx context.Context) error
	}{
		{"two companies, their ledger, taxes and units", f.loadBase},
		{fmt.Sprintf("%d products and %d analytic accounts", len(products), len(jobs)+len(costAccounts())+2), f.loadCatalog},
		{fmt.Sprintf("%d vendors", len(vendors)), f.loadVendors},
		{fmt.Sprintf("%d Procore projects with their codes", len(sites)), f.loadProcore},
		{fmt.Sprintf("%d purchase orders", len(f.orders)), f.loadOrders},
		{fmt.Sprintf("%d vendor bills, credit notes and receipts", len(f.bills)-1), f.loadBills},
		{"what people typed into Procore by hand", f.loadTyped},
	}
	for _, s := range steps {
		progress(s.say)
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("loading %s: %w", s.say, err)
		}
	}
	return nil
}

// make creates one record and keeps its id under a key.
func (f *Firm) make(ctx context.Context, into map[string]int64, key, model string, vals map[string]any) error {
	id, err := f.create(ctx, model, vals)
	if err == nil {
		into[key] = id
	}
	return err
}

func (f *Firm) create(ctx context.Context, model string, vals map[string]any) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	id, err := f.odoo.Create(model, vals)
	if err != nil {
		return 0, fmt.Errorf("creating %s %v: %w", model, vals["name"], err)
	}
	return id, nil
}

func (f *Firm) loadBase(ctx context.Context) error {
	f.ids.currency, f.ids.country, f.ids.state = map[string]int64{}, map[string]int64{}, map[string]int64{}
	f.ids.company, f.ids.journal = map[int]int64{}, map[int]int64{}
	for _, c := range []struct {
		name, symbol string
		rate         float64
	}{{"USD", "$", 1}, {"EUR", "€", 0.92}} {
		err := f.make(ctx, f.ids.currency, c.name, "res.currency", map[string]any{"name": c.name, "symbol": c.symbol, "rate": c.rate})
		if err != nil {
			return err
		}
	}
	for _, c := range [][2]string{{"US", "United States"}, {"DE", "Germany"}} {
		if err := f.make(ctx, f.ids.country, c[0], "res.country", map[string]any{"name": c[1], "code": c[0]}); err != nil {
			return err
		}
	}
	for _, s := range [][2]string{{"CO", "Colorado"}, {"ID", "Idaho"}, {"NE", "Nebraska"}, {"NH", "New Hampshire"}} {
		err := f.make(ctx, f.ids.state, s[0], "res.country.state", map[string]any{"name": s[1], "code": s[0], "country_id": f.ids.country["US"]})
		if err != nil {
			return err
		}
	}
	for n, name := range []string{"Cordillera Building Co.", sister} {
		id, err := f.create(ctx, "res.company", map[string]any{
			"name": name, "currency_id": f.ids.currency["USD"], "country_id": f.ids.country["US"],
			"tax_calculation_rounding_method": "round_per_line",
		})
		if err != nil {
			return err
		}
		f.ids.company[building+n] = id
	}
	return f.loadLedger(ctx)
}

func (f *Firm) loadLedger(ctx context.Context) error {
	f.ids.unit, f.ids.tax = map[string]int64{}, map[int]map[taxing]int64{}
	if err := f.loadAccounts(ctx); err != nil {
		return err
	}
	for _, name := range unitNames {
		if err := f.make(ctx, f.ids.unit, name, "uom.uom", map[string]any{"name": name}); err != nil {
			return err
		}
	}
	for _, company := range []int{building, civil} {
		code := map[int]string{building: "BILL", civil: "CBILL"}[company]
		id, err := f.create(ctx, "account.journal", map[string]any{
			"name": "Vendor Bills", "code": code, "type": "purchase", "company_id": f.ids.company[company],
			"default_account_id": f.ids.gl[company][glOther],
		})
		if err != nil {
			return err
		}
		f.ids.journal[company] = id
		if err := f.loadTaxes(ctx, company); err != nil {
			return err
		}
	}
	return nil
}

// loadAccounts makes the chart of accounts: one for both companies, or one each.
func (f *Firm) loadAccounts(ctx context.Context) error {
	charts := [][]int{{building, civil}}
	if !f.odoo.SharesAccounts() {
		charts = [][]int{{building}, {civil}}
	}
	f.ids.gl = map[int]map[string]int64{}
	for _, companies := range charts {
		chart := map[string]int64{}
		var ids []any
		for _, c := range companies {
			f.ids.gl[c] = chart
			ids = append(ids, f.ids.company[c])
		}
		for _, a := range glAccounts {
			err := f.make(ctx, chart, a.code, "account.account", map[string]any{
				"code": a.code, "name": a.name, "account_type": a.kind, "company_ids": []any{[]any{6, 0, ids}}, "reconcile": a.code == glPayable,
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// ledger are the accounts with a code: one, or one of each company.
func (f *Firm) ledger(code string) []int64 {
	ids := []int64{f.ids.gl[building][code], f.ids.gl[civil][code]}
	return slices.Compact(ids)
}

func (f *Firm) loadTaxes(ctx context.Context, company int) error {
	repartition := func(account string) []any {
		tax := map[string]any{"repartition_type": "tax", "factor_percent": 100}
		if account != "" {
			tax["account_id"] = f.ids.gl[company][account]
		}
		return []any{[]any{0, 0, map[string]any{"repartition_type": "base"}}, []any{0, 0, tax}}
	}
	f.ids.tax[company] = map[taxing]int64{}
	for _, t := range []struct {
		kind    taxing
		name    string
		rate    int
		account string
	}{{useTax, "Sales and use tax 7%", useTaxRate, ""}, {vat, "Recoverable 5%", vatRate, glTax}} {
		id, err := f.create(ctx, "account.tax", map[string]any{
			"name": t.name, "type_tax_use": "purchase", "amount_type": "percent", "amount": t.rate,
			"company_id":                   f.ids.company[company],
			"invoice_repartition_line_ids": repartition(t.account), "refund_repartition_line_ids": repartition(t.account),
		})
		if err != nil {
			return err
		}
		f.ids.tax[company][t.kind] = id
	}
	return nil
}

func (f *Firm) loadCatalog(ctx context.Context) error {
	f.ids.category, f.ids.product, f.ids.account = map[string]int64{}, map[string]int64{}, map[string]int64{}
	for _, c := range categories {
		if err := f.make(ctx, f.ids.category, c.name, "product.category", map[string]any{"name": c.name}); err != nil {
			return err
		}
	}
	for _, p := range products {
		err := f.make(ctx, f.ids.product, p.key, "product.product", map[string]any{
			"name": p.name, "default_code": strings.ToUpper(p.key), "categ_id": f.ids.category[p.category],
			"type": p.kind, "uom_id": f.ids.unit[p.uom],
		})
		if err != nil {
			return err
		}
	}
	plans := map[string]int64{}
	for _, name := range []string{"Projects", "Cost Codes", "Office"} {
		if err := f.make(ctx, plans, name, "account.analytic.plan", map[string]any{"name": name}); err != nil {
			return err
		}
	}
	err := f.make(ctx, plans, "Finished", "account.analytic.plan", map[string]any{"name": "Finished", "parent_id": plans["Projects"]})
	if err != nil {
		return err
	}
	account := func(code, name, plan string) error {
		return f.make(ctx, f.ids.account, code, "account.analytic.account", map[string]any{"name": name, "code": code, "plan_id": plans[plan], "company_id": false})
	}
	for _, j := range jobs {
		plan := "Projects"
		if j.code == library {
			plan = "Finished"
		}
		if err := account(j.code, j.name, plan); err != nil {
			return err
		}
	}
	for _, n := range append(costAccounts(), codeName{unmappedAccount, "To be coded"}) {
		if err := account(n.code, n.name, "Cost Codes"); err != nil {
			return err
		}
	}
	return account(desk, "Denver Office", "Office")
}

// desk is the only account of the plan "Office", which means nothing to Procore.
const desk = "DEN"

func (f *Firm) loadVendors(ctx context.Context) error {
	f.ids.partner = map[string]int64{}
	for i, v := range vendors {
		if v.company != 0 {
			partner, err := f.number(ctx, "res.company", f.ids.company[v.company], "partner_id")
			if err != nil {
				return err
			}
			f.ids.partner[v.name] = partner
			continue
		}
		if err := f.make(ctx, f.ids.partner, v.name, "res.partner", f.partnerVals(i, v)); err != nil {
			return err
		}
	}
	return nil
}

func (f *Firm) partnerVals(i int, v vendor) map[string]any {
	vals := map[string]any{
		"name": v.name, "is_company": !v.person && v.branchOf == "", "employee": v.employee, "active": !v.archived,
		"street": fmt.Sprintf("%d Industrial Way", 100+17*i), "city": v.city, "zip": strconv.Itoa(80002 + 11*i),
		"country_id": f.ids.country["US"], "state_id": f.ids.state["CO"],
		"email": fmt.Sprintf("ar%02d@vendors.example", i+1), "phone": fmt.Sprintf("+1 303 555 %04d", 100+i),
		"vat": falsy(v.vat),
	}
	switch v.city {
	case "Ulm":
		vals["country_id"], vals["state_id"], vals["zip"] = f.ids.country["DE"], false, "89073"
	case "Omaha":
		vals["state_id"] = f.ids.state["NE"]
	case "Concord":
		vals["state_id"] = f.ids.state["NH"]
	case "Boise":
		vals["state_id"] = f.ids.state["ID"]
	}
	if v.branchOf != "" {
		vals["parent_id"] = f.ids.partner[v.branchOf]
	}
	return vals
}

func falsy(s string) any {
	if s == "" {
		return false
	}
	return s
}

// number reads one many2one or integer of a record.
func (f *Firm) number(ctx context.Context, model string, id int64, field string) (int64, error) {
	rec, err := f.read(ctx, model, id, field)
	if err != nil {
		return 0, err
	}
	switch v := rec[field].(type) {
	case int64:
		return v, nil
	case []any:
		if n, ok := v[0].(int64); ok {
			return n, nil
		}
	}
	return 0, fmt.Errorf("reading %s of %s %d: %v is no number", field, model, id, rec[field])
}

func (f *Firm) read(ctx context.Context, model string, id int64, field string) (map[string]any, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	v, err := f.odoo.Do(model, "read", []int64{id}, map[string]any{"fields": []any{field}})
	if err != nil {
		return nil, fmt.Errorf("reading %s %d: %w", model, id, err)
	}
	if list, ok := v.([]any); ok && len(list) == 1 {
		if rec, ok := list[0].(map[string]any); ok {
			return rec, nil
		}
	}
	return nil, fmt.Errorf("reading %s %d: no such record", model, id)
}

// children reads the ids of a document's lines in their order.
func (f *Firm) children(ctx context.Context, model string, id int64, field string) ([]int64, error) {
	rec, err := f.read(ctx, model, id, field)
	if err != nil {
		return nil, err
	}
	list, _ := rec[field].([]any)
	out := make([]int64, 0, len(list))
	for _, e := range list {
		if n, ok := e.(int64); ok {
			out = append(out, n)
		}
	}
	return out, nil
}
