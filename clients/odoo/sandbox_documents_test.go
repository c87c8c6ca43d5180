package odoo_test

import (
	"context"
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

func TestSandboxMasterData(t *testing.T) {
	t.Parallel()
	overEveryWire(t, func(t *testing.T, s *sandbox) {
		model, column := odoo.ModelAnalyticPlan, "plan_id"
		if s.old() {
			model, column = "account.analytic.group", "group_id"
		}
		plan := s.create(t, model, values{"name": "Projects"})
		sub := s.create(t, model, values{"name": "Sub", "parent_id": plan})
		deep := s.create(t, model, values{"name": "Deep", "parent_id": sub})
		account := s.create(t, odoo.ModelAnalyticAccount, values{"name": "Tower", "code": "J1", column: deep})
		old := s.create(t, odoo.ModelAnalyticAccount, values{"name": "Old", column: plan, "active": false})
		category := s.create(t, odoo.ModelCategory, values{"name": "Steel"})
		c := s.client(t)

		plans, err := c.AnalyticPlans(t.Context(), odoo.Window{})
		require.NoError(t, err)
		require.Contains(t, plans, odoo.Record[odoo.AnalyticPlan]{
			Doc: odoo.AnalyticPlan{ID: deep, Name: "Deep", Parent: sub, Root: plan}, ID: deep, WriteDate: plans[0].WriteDate, CreateDate: plans[0].CreateDate,
		})
		var names []string
		require.NoError(t, odoo.Each(t.Context(), func(ctx context.Context, w odoo.Window) ([]odoo.Record[odoo.AnalyticPlan], error) {
			w.Limit = 2
			page, err := c.AnalyticPlans(ctx, w)
			for _, p := range page {
				names = append(names, p.Doc.Name)
			}
			return page, err
		}, 1, 2, func(odoo.Record[odoo.AnalyticPlan]) {}))
		require.Equal(t, []string{"Projects", "Sub"}, names)
		accounts, err := c.AnalyticAccounts(t.Context(), odoo.Window{})
		require.NoError(t, err)
		require.Equal(t, []int64{account, old}, ids(accounts))
		require.Equal(t, plan, accounts[0].Doc.RootPlan)
		require.Equal(t, deep, accounts[0].Doc.Plan)
		require.False(t, accounts[1].Doc.Active)
		categories, err := c.Categories(t.Context(), odoo.Window{After: category - 1})
		require.NoError(t, err)
		require.Equal(t, odoo.Category{ID: category, Name: "Steel"}, categories[0].Doc)
		companies, err := c.Companies(t.Context(), odoo.Window{})
		require.NoError(t, err)
		currencies, err := c.Currencies(t.Context(), odoo.Window{})
		require.NoError(t, err)
		require.Contains(t, ids(currencies), companies[0].Doc.Currency)
	})
}

// One document of each kind, read over each wire, is the same but for what a version does not have.
func TestSandboxDocumentsLookTheSame(t *testing.T) {
	t.Parallel()
	overEveryWire(t, func(t *testing.T, s *sandbox) {
		account := s.account(t, "Tower", "Projects")
		vendor := s.create(t, odoo.ModelPartner, values{"name": "Béton & Cie \"Sud\" <SARL>", "is_company": true, "city": "Liège"})
		tax := s.create(t, odoo.ModelTax, values{"name": "15%", "type_tax_use": "purchase", "amount_type": "percent", "amount": 15})
		product := s.create(t, odoo.ModelProduct, values{"name": "Steel", "default_code": "S1", "type": "consu"})
		line := s.on("account_analytic_id", account)
		line["name"], line["product_id"], line["product_qty"], line["price_unit"] = "Steel & more\nsecond line", product, 3, 33.33
		taxes := map[bool]string{false: "tax_ids", true: "taxes_id"}[s.old()]
		line[taxes] = []any{link(tax)}
		id := s.create(t, odoo.ModelPurchaseOrder, values{"partner_id": vendor, "partner_ref": "Q-1", "order_line": []any{add(line)}})
		s.do(t, odoo.ModelPurchaseOrder, "button_confirm", nil, id)
		s.do(t, odoo.ModelPurchaseOrder, map[bool]string{false: "button_lock", true: "button_done"}[s.old()], nil, id)
		c := s.client(t)
		orders, err := c.PurchaseOrdersByID(t.Context(), []int64{id})
		require.NoError(t, err)
		o := orders[0]
		require.Equal(t, "purchase", o.State)
		require.True(t, o.Locked)
		require.Equal(t, "Q-1", o.PartnerRef)
		require.False(t, o.Torn())
		require.Equal(t, "15", o.Tax.String())
		l := o.Lines[0]
		require.Equal(t, "Steel & more\nsecond line", l.Name)
		require.Equal(t, []int64{tax}, l.Taxes)
		require.NotEmpty(t, l.UnitName)
		require.Equal(t, []int64{account}, l.Distribution[0].Accounts)
		require.True(t, l.Distribution[0].Percent.Equal(decimal.NewFromInt(100)))

		item := s.on("analytic_account_id", account)
		item["name"], item["quantity"], item["price_unit"], item["purchase_line_id"] = "Steel", 3, 33.33, l.ID
		item["tax_ids"] = []any{link(tax)}
		bill := s.create(t, odoo.ModelMove, values{"move_type": "in_invoice", "partner_id": vendor, "invoice_date": "2026-11-18", "invoice_line_ids": []any{add(item)}})
		bills, err := c.VendorBillsByID(t.Context(), []int64{bill})
		require.NoError(t, err)
		require.Empty(t, bills[0].Name)
		require.False(t, bills[0].Torn(), "%s %s", bills[0].LinesSum(), bills[0].Untaxed)
		s.do(t, odoo.ModelMove, "action_post", nil, bill)
		bills, err = c.VendorBillsByID(t.Context(), []int64{bill})
		require.NoError(t, err)
		require.Equal(t, "BILL/2026/11/0001", bills[0].Name)
		types := map[string]odoo.MoveLine{}
		for _, l := range bills[0].Lines {
			types[l.DisplayType] = l
		}
		require.Len(t, types, 3)
		require.Equal(t, id, types["product"].PurchaseOrder)
		require.Equal(t, []int64{account}, types["product"].Distribution[0].Accounts)
		require.Equal(t, tax, types["tax"].TaxLine)

		ledger, err := c.Accounts(t.Context(), odoo.Window{})
		require.NoError(t, err)
		kinds := map[int64]string{}
		for _, a := range ledger {
			kinds[a.ID] = a.Doc.Type
		}
		require.Equal(t, "expense", kinds[types["product"].Account])
		require.Equal(t, "liability_payable", kinds[types["payment_term"].Account])

		lines, err := c.AnalyticLines(t.Context(), "", "", 0, 1)
		require.NoError(t, err)
		require.Equal(t, []int64{account}, lines[0].Accounts)
		require.Equal(t, "-99.99", lines[0].Amount.String())
		require.Equal(t, types["product"].ID, lines[0].MoveLine)

		partners, err := c.PartnersByID(t.Context(), []int64{vendor})
		require.NoError(t, err)
		require.Equal(t, "Béton & Cie \"Sud\" <SARL>", partners[0].Name)
		products, err := c.Products(t.Context(), odoo.Window{})
		require.NoError(t, err)
		require.Equal(t, odoo.Product{ID: product, Name: "Steel", Code: "S1", Category: products[0].Doc.Category, Type: "consu"}, products[0].Doc)
	})
}

// A change of a line's analytic part does not touch its order, over no wire.
func TestSandboxLineOnlyChange(t *testing.T) {
	t.Parallel()
	overEveryWire(t, func(t *testing.T, s *sandbox) {
		vendor := s.create(t, odoo.ModelPartner, values{"name": "Vendor"})
		id := s.order(t, vendor, false)
		account := s.account(t, "Tower", "Projects")
		from := s.second()
		c := s.client(t)
		orders, err := c.PurchaseOrdersByID(t.Context(), []int64{id})
		require.NoError(t, err)
		line := orders[0].Lines[0]
		require.Empty(t, line.Distribution)
		s.do(t, "purchase.order.line", "write", values{"vals": s.on("account_analytic_id", account)}, line.ID)
		w := odoo.Window{From: from, To: s.second()}
		changed, err := c.PurchaseOrders(t.Context(), w)
		require.NoError(t, err)
		require.Empty(t, changed)
		lines, err := c.Index(t.Context(), odoo.ModelOrderLine, w)
		require.NoError(t, err)
		require.Equal(t, []odoo.Ref{{ID: line.ID, Parent: id, WriteDate: from}}, lines)
		orders, err = c.PurchaseOrdersByID(t.Context(), []int64{id})
		require.NoError(t, err)
		require.Equal(t, []int64{account}, orders[0].Lines[0].Distribution[0].Accounts)
	})
}

// The tags of Odoo 14 distribute beside a line's account; accounts need no group there.
func TestSandboxAnalyticOf14(t *testing.T) {
	t.Parallel()
	s := newSandboxOf(t, wires[2])
	tower, steel, concrete := s.account(t, "Tower", "Projects"), s.account(t, "Steel", "Codes"), s.account(t, "Concrete", "Codes")
	free := s.create(t, odoo.ModelAnalyticAccount, values{"name": "No group"})
	tag := func(active bool, percents map[int64]float64) int64 {
		var lines []any
		for account, percent := range percents {
			lines = append(lines, add(values{"account_id": account, "percentage": percent}))
		}
		return s.create(t, "account.analytic.tag", values{"name": "T", "active_analytic_distribution": active, "analytic_distribution_ids": lines})
	}
	split := tag(true, map[int64]float64{steel: 60, concrete: 40})
	marks := tag(false, map[int64]float64{steel: 100})
	vendor := s.create(t, odoo.ModelPartner, values{"name": "Vendor"})
	id := s.order(t, vendor, false)
	c := s.client(t)
	orders, err := c.PurchaseOrdersByID(t.Context(), []int64{id})
	require.NoError(t, err)
	s.do(t, "purchase.order.line", "write", values{"vals": values{
		"account_analytic_id": tower, "analytic_tag_ids": []any{link(split), link(marks)},
	}}, orders[0].Lines[0].ID)
	orders, err = c.PurchaseOrdersByID(t.Context(), []int64{id})
	require.NoError(t, err)
	percents := map[int64]string{}
	for _, share := range orders[0].Lines[0].Distribution {
		percents[share.Accounts[0]] = share.Percent.String()
	}
	require.Equal(t, map[int64]string{tower: "100", steel: "60", concrete: "40"}, percents)

	accounts, err := c.AnalyticAccounts(t.Context(), odoo.Window{})
	require.NoError(t, err)
	plans := map[int64]odoo.AnalyticPlan{}
	require.NoError(t, odoo.Each(t.Context(), c.AnalyticPlans, 1, math.MaxInt64, func(p odoo.Record[odoo.AnalyticPlan]) { plans[p.ID] = p.Doc }))
	require.Len(t, plans, 4)
	require.Equal(t, free, accounts[3].ID)
	require.Equal(t, odoo.RootPlan(plans, "Default"), accounts[3].Doc.RootPlan)
	require.Equal(t, odoo.RootPlan(plans, "Projects"), accounts[0].Doc.RootPlan)

	// A group that moves takes what is below it along, without a new write date there; a poll of later times sees it.
	below := s.create(t, "account.analytic.group", values{"name": "Below", "parent_id": accounts[1].Doc.Plan})
	s.do(t, "account.analytic.group", "write", values{"vals": values{"parent_id": accounts[0].Doc.Plan}}, accounts[1].Doc.Plan)
	moved, err := c.AnalyticPlans(t.Context(), odoo.Window{From: s.second()})
	require.NoError(t, err)
	roots := map[int64]int64{}
	for _, p := range moved {
		roots[p.ID] = p.Doc.Root
	}
	require.Equal(t, accounts[0].Doc.Plan, roots[below])
}

func TestSandboxAuto(t *testing.T) {
	t.Parallel()
	overEveryWire(t, func(t *testing.T, s *sandbox) {
		c := s.client(t, func(c *odoo.Config) { c.API, c.Login = odoo.APIAuto, "bot" })
		p, err := c.Ping(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[bool]string{false: "JSON-2", true: "XML-RPC"}[s.old()], p.Protocol.Name)
		require.Equal(t, s.version, p.Version)
		require.Empty(t, p.Lacks())
	})
}

// What XML cannot carry is no part of a text, whatever the version sends.
func TestSandboxControlCharacters(t *testing.T) {
	t.Parallel()
	overEveryWire(t, func(t *testing.T, s *sandbox) {
		id := s.create(t, odoo.ModelPartner, values{"name": "bell\a and\r\nline"})
		partners, err := s.client(t).PartnersByID(t.Context(), []int64{id})
		require.NoError(t, err)
		require.Equal(t, "bell and\nline", partners[0].Name)
	})
}
