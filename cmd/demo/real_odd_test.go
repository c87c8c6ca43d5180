package main

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
)

const (
	oddDatabase = "customer"
	oddUser     = "reader@customer.example"
	oddKey      = "8d3f0a6be1c94f7295d1c0a37e5b2f4486a9d017"
)

// oddServer is an Odoo that was not made for us: what a fresh one calls its plans, several companies and currencies,
// and documents of every kind that is no job cost or is not well coded.
type oddServer struct {
	*odootest.Server
	t   *testing.T
	ids map[string]int64
}

func newOddServer(t *testing.T) *oddServer {
	t.Helper()
	s := &oddServer{
		t: t, ids: map[string]int64{},
		Server: odootest.New(odootest.Config{Database: oddDatabase, SeveralDatabases: true, Users: []odootest.User{
			{Login: oddUser, Key: oddKey, KeyScopeOK: true, Groups: []string{"readonly", "analytic"}},
			{Login: "buyer@customer.example", Key: "other", KeyScopeOK: true, Groups: []string{"purchase", "billing", "analytic"}},
		}}),
	}
	s.base()
	s.orders()
	s.bills()
	return s
}

func (s *oddServer) add(name, model string, vals map[string]any) int64 {
	s.t.Helper()
	id, err := s.Create(model, vals)
	require.NoError(s.t, err, name)
	s.ids[name] = id
	return id
}

func (s *oddServer) do(model, method string, id int64, args map[string]any) {
	s.t.Helper()
	_, err := s.Do(model, method, []int64{id}, args)
	require.NoError(s.t, err, "%s.%s", model, method)
}

func (s *oddServer) base() {
	for _, c := range []struct {
		name string
		rate float64
	}{{"EUR", 1}, {"USD", 1.08}, {"JPY", 160}} {
		s.add(c.name, "res.currency", map[string]any{"name": c.name, "symbol": c.name, "rate": c.rate})
	}
	s.add("home", "res.company", map[string]any{"name": "YourCompany", "currency_id": s.ids["EUR"]})
	s.add("abroad", "res.company", map[string]any{"name": "My Company (Chicago)", "currency_id": s.ids["USD"]})
	for _, name := range []string{"Departments", "Project", "Internal"} {
		s.add(name, "account.analytic.plan", map[string]any{"name": name})
	}
	s.add("Phase", "account.analytic.plan", map[string]any{"name": "Phase", "parent_id": s.ids["Project"]})
	for _, a := range []struct {
		name, code, plan string
		more             map[string]any
	}{
		{"Millennium Industries", "", "Project", nil},
		{"Millennium Industries ", "", "Project", nil}, // the same name twice, and no code
		{"Our Super Product", "", "Project", nil},
		{"=SUM(A1:A9)", "@1", "Phase", nil},
		{"Chicago only", "CH", "Project", map[string]any{"company_id": s.ids["abroad"]}},
		{"Old job", "OLD", "Project", map[string]any{"active": false}},
		{"Administrative", "", "Departments", nil},
		{"Time Off", "", "Internal", nil},
	} {
		vals := map[string]any{"name": a.name, "code": a.code, "plan_id": s.ids[a.plan]}
		maps.Copy(vals, a.more)
		s.add(a.name, "account.analytic.account", vals)
	}
	s.add("All", "product.category", map[string]any{"name": "All"})
	s.add("Furniture", "product.category", map[string]any{"name": "Furniture", "parent_id": s.ids["All"]})
	s.add("dozen", "uom.uom", map[string]any{"name": "Dozens"})
	s.add("desk", "product.product", map[string]any{"name": "Large Desk", "type": "consu", "categ_id": s.ids["Furniture"], "uom_id": s.ids["dozen"]})
	s.add("service", "product.product", map[string]any{"name": "Virtual Interior Design", "type": "service", "categ_id": s.ids["All"]})
	for _, p := range []struct {
		name string
		vals map[string]any
	}{
		{"Azure Interior", map[string]any{"is_company": true, "vat": "US12345677"}},
		{"Deco Addict", map[string]any{"is_company": true}},
		{"Marc Demo", map[string]any{"employee": true}},
		{"O'Brien & Søn <ltd>", map[string]any{"is_company": true}},
	} {
		p.vals["name"] = p.name
		s.add(p.name, "res.partner", p.vals)
	}
	s.add("Nicole Ford", "res.partner", map[string]any{"name": "Nicole Ford", "parent_id": s.ids["Azure Interior"]})
	s.add("closed vendor", "res.partner", map[string]any{"name": "Gone & Sons", "is_company": true, "active": false})
	for name, code := range map[string]string{"wages": "620000", "due": "450000"} {
		kind := map[string]string{"wages": "expense", "due": "liability_current"}[name]
		s.add(name, "account.account", map[string]any{"code": code, "name": name, "account_type": kind})
	}
	s.add("tax", "account.tax", map[string]any{
		"name": "15% incl.", "type_tax_use": "purchase", "amount_type": "percent", "amount": 15, "company_id": s.ids["home"],
		"price_include_override": "tax_included",
	})
}
