package odoo

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func at(s string) time.Time {
	t, err := time.Parse(time.DateTime, s)
	if err != nil {
		panic(err)
	}
	return t
}

// same compares by canonical text, since equal decimals may be kept differently.
func same(t *testing.T, want, got any) {
	t.Helper()
	w, err := canonical(want)
	require.NoError(t, err)
	g, err := canonical(got)
	require.NoError(t, err)
	require.JSONEq(t, string(w), string(g))
}

func TestRecordedPurchaseOrders(t *testing.T) {
	t.Parallel()
	s := newReplay(t).
		on("purchase.order/fields_get", fixture(t, "fields_get_purchase_order")).
		on("purchase.order/search_read", fixture(t, "po_search_read_states")).
		on("purchase.order.line/fields_get", fixture(t, "fields_get_purchase_order_line")).
		on("purchase.order.line/search_read", fixture(t, "pol_search_read")).
		on("res.currency/search_read", fixture(t, "currency_search_read")).
		on("uom.uom/search_read", fixture(t, "uom_search_read"))
	c := s.client(t, func(cfg *Config) { cfg.Companies = []int64{1, 2} })
	orders, err := c.PurchaseOrders(t.Context(), Window{From: at("2026-11-23 00:00:00"), To: at("2026-11-24 00:00:00"), After: 18, Limit: 5})
	require.NoError(t, err)
	require.Len(t, orders, 5)

	o := orders[2]
	require.Equal(t, int64(21), o.ID)
	require.Equal(t, "P00021", o.Name)
	require.Equal(t, "purchase", o.State)
	require.Equal(t, int64(2555), o.Partner)
	require.Equal(t, "Q-77", o.PartnerRef)
	require.Equal(t, int64(1), o.Company)
	require.True(t, o.Untaxed.Equal(dec("4628.94")))
	require.Equal(t, time.UTC, o.WriteDate.Location())
	require.Len(t, o.Lines, 6)
	require.Equal(t, "line_section", o.Lines[0].DisplayType)
	same(t, OrderLine{
		ID: 54, Sequence: 10, Name: "Line 1", Product: 60, Quantity: dec("3"), UnitPrice: dec("1234.5678"), UnitName: "Units",
		Taxes: []int64{2}, Subtotal: dec("3703.7"), TaxAmount: dec("555.56"), Distribution: []Share{
			{Accounts: []int64{35, 36}, Percent: dec("60")}, {Accounts: []int64{35, 37}, Percent: dec("40")},
		},
	}, o.Lines[1])
	require.True(t, o.Lines[2].TaxAmount.Equal(dec("101.24")), "binary noise is rounded away")
	require.True(t, o.Lines[2].Discount.Equal(dec("10")))
	require.Nil(t, o.Lines[4].Distribution)
	// Global tax rounding: the real order differs from its lines by a cent.
	require.True(t, o.LinesSum().Equal(dec("4628.93")))
	require.True(t, o.Torn())
	require.True(t, orders[0].Approved.IsZero())

	req := s.requests("purchase.order/search_read")[0]
	require.Equal(t, []any{
		[]any{"write_date", ">=", "2026-11-23 00:00:00"},
		[]any{"write_date", "<", "2026-11-24 00:00:00"},
		[]any{"id", ">", 18.0},
		[]any{"company_id", "in", []any{1.0, 2.0}},
	}, req.body["domain"])
	require.Equal(t, "id asc", req.body["order"])
	require.InDelta(t, 5, req.body["limit"], 0)
	require.Contains(t, req.body, "load")
	lines := s.requests("purchase.order.line/search_read")[0]
	require.Equal(t, []any{[]any{"order_id", "in", []any{19.0, 20.0, 21.0, 22.0, 23.0}}}, lines.body["domain"])
	require.NotContains(t, lines.body, "limit")
	require.NotContains(t, lines.body["fields"], "product_uom", "a field that this version does not have")
}

func TestRecordedVendorBills(t *testing.T) {
	t.Parallel()
	s := newReplay(t).
		on("account.move/fields_get", fixture(t, "fields_get_account_move")).
		on("account.move/search_read", fixture(t, "mv_search_read_bills")).
		on("account.move.line/fields_get", fixture(t, "fields_get_account_move_line")).
		on("account.move.line/search_read", fixture(t, "ml_search_read_bill")).
		on("res.currency/search_read", fixture(t, "currency_search_read")).
		on("res.company/search_read", objects(
			map[string]any{"id": 1, "currency_id": []any{1, "USD"}}, map[string]any{"id": 2, "currency_id": 1})).
		on("purchase.order.line/read", objects(map[string]any{"id": 54, "order_id": 21}, map[string]any{"id": 55, "order_id": []any{21, "P00021"}}))
	bills, err := s.client(t).VendorBills(t.Context(), Window{})
	require.NoError(t, err)
	b := bills[0]
	require.Equal(t, int64(64), b.ID)
	require.Equal(t, "BILL/2026/11/0004", b.Name)
	require.Equal(t, "in_invoice", b.Type)
	require.Equal(t, "INV-2026-001", b.Ref)
	require.Equal(t, Date("2026-11-20"), b.InvoiceDate)
	require.Equal(t, Date("2026-11-23"), b.Date)
	require.True(t, b.LinesSum().Equal(dec("4628.94")), "booked amounts, not subtotals")
	require.False(t, b.Torn())
	same(t, MoveLine{
		ID: 155, Sequence: 11, DisplayType: "product", Name: "Seed Service\nLine 1", Product: 60, Account: 32, Quantity: dec("3"),
		UnitPrice: dec("1234.5678"), Taxes: []int64{2}, Subtotal: dec("3703.7"), Amount: dec("3703.71"), Balance: dec("3703.71"),
		PurchaseLine: 54, PurchaseOrder: 21, Distribution: []Share{
			{Accounts: []int64{35, 36}, Percent: dec("60")}, {Accounts: []int64{35, 37}, Percent: dec("40")},
		},
	}, b.Lines[1])
	var tax, payable int
	for _, l := range b.Lines {
		switch l.DisplayType {
		case "tax":
			tax++
			require.NotZero(t, l.TaxLine)
		case "payment_term":
			payable++
		}
	}
	require.Equal(t, 1, tax)
	require.Equal(t, 1, payable)
	for _, b := range bills {
		if b.State == "draft" {
			require.Empty(t, b.Name, "false while a draft")
		}
	}
	require.Contains(t, s.requests("account.move/search_read")[0].body["domain"], []any{"move_type", "in", []any{"in_invoice", "in_refund", "in_receipt"}})
}

func TestRecordedPartners(t *testing.T) {
	t.Parallel()
	s := newReplay(t).
		on("res.partner/fields_get", fixture(t, "fields_get_res_partner")). // without street2, state, employee
		on("res.partner/search_read", fixture(t, "partner_read_utf8"), fixture(t, "partner_vendors")).
		on("res.country/search_read", objects(map[string]any{"id": 203, "code": "SM"}, map[string]any{"id": 233, "code": "US"}))
	c := s.client(t)
	got, err := c.PartnersByID(t.Context(), []int64{2555})
	require.NoError(t, err)
	require.Equal(t, []Partner{{
		ID: 2555, Name: "Béton & Cie \"Sud\" <SARL>", Commercial: 2555, IsCompany: true, VAT: "BE0477472701",
		Email: "compta@example.com", City: "Liège", Active: true, CreateDate: at("2026-11-23 07:09:52"), WriteDate: at("2026-11-23 07:09:56"),
	}}, got)
	got, err = c.Partners(t.Context(), Window{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, "SM", got[0].Country)
	require.Equal(t, "US", got[1].Country)
	require.Equal(t, map[string]any{"active_test": false}, s.requests("res.partner/search_read")[1].body["context"])
	require.Len(t, s.requests("res.partner/fields_get"), 1, "once per client")
}

func TestRecordedMasterData(t *testing.T) {
	t.Parallel()
	s := newReplay(t).
		on("account.analytic.plan/search_read", fixture(t, "aplan_search_read")).
		on("account.analytic.account/fields_get", fixture(t, "fields_get_account_analytic_account")).
		on("account.analytic.account/search_read", fixture(t, "aa_search_read")).
		on("product.product/fields_get", fixture(t, "fields_get_product_product")).
		on("product.product/search_read", fixture(t, "product_search_read")).
		on("account.account/search_read", fixture(t, "account_search_read")).
		on("res.currency/search_read", fixture(t, "currency_search_read")).
		on("account.tax/fields_get", fixture(t, "fields_get_account_tax")).
		on("account.tax/search_read", fixture(t, "tax_search_read")).
		on("account.tax.repartition.line/search_read", objects(
			map[string]any{"id": 1, "tax_id": 2, "factor_percent": 60.0, "account_id": 7},
			map[string]any{"id": 2, "tax_id": 2, "factor_percent": 40.0, "account_id": false}))
	c := s.client(t)

	plans, err := c.AnalyticPlans(t.Context(), Window{})
	require.NoError(t, err)
	require.Len(t, plans, 5)
	require.Equal(t, AnalyticPlan{ID: 5, Name: "Phases", Parent: 4, Root: 4}, plans[4].Doc)
	require.Equal(t, at("2026-11-23 07:09:53"), plans[4].WriteDate)

	accounts, err := c.AnalyticAccounts(t.Context(), Window{})
	require.NoError(t, err)
	require.Equal(t, AnalyticAccount{ID: 37, Name: "Steel", Code: "05-100", Plan: 5, RootPlan: 4, Active: true, Company: 1}, accounts[2].Doc)

	products, err := c.Products(t.Context(), Window{})
	require.NoError(t, err)
	require.Equal(t, Product{ID: 1, Name: "Restaurant Expenses", Category: 2, Type: "service"}, products[0].Doc)

	ledger, err := c.Accounts(t.Context(), Window{})
	require.NoError(t, err)
	require.Equal(t, Account{ID: 1, Code: "101000", Name: "Current Assets", Type: "asset_current"}, ledger[0].Doc)

	currencies, err := c.Currencies(t.Context(), Window{})
	require.NoError(t, err)
	require.Equal(t, Currency{ID: 126, Name: "EUR", Digits: 2}, currencies[1].Doc)

	taxes, err := c.Taxes(t.Context(), Window{})
	require.NoError(t, err)
	same(t, Tax{ID: 2, Name: "15%", AmountType: "percent", Amount: dec("15"), CostShare: dec("0.4")}, taxes[0].Doc)
	require.True(t, taxes[1].Doc.CostShare.IsZero())
}

func TestRecordedAbsentID(t *testing.T) {
	t.Parallel()
	s := newReplay(t).on("purchase.order/search_read", objects())
	got, err := s.client(t).PurchaseOrdersByID(t.Context(), []int64{99999999})
	require.NoError(t, err)
	require.Empty(t, got)
}
