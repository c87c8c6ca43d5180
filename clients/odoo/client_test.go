package odoo

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNewChecksItsConfiguration(t *testing.T) {
	t.Parallel()
	good := Config{URL: "https://acme.odoo.com/web/login?db=x", API: APIJSON2, Database: "acme", Key: testKey}
	c, err := New(good)
	require.NoError(t, err)
	require.Equal(t, "https://acme.odoo.com", wire(t, c).base)
	for name, change := range map[string]func(*Config){
		"no URL":      func(c *Config) { c.URL = "" },
		"no scheme":   func(c *Config) { c.URL = "acme.odoo.com" },
		"file":        func(c *Config) { c.URL = "file:///etc" },
		"password":    func(c *Config) { c.URL = "https://u:secret@acme.odoo.com" },
		"path":        func(c *Config) { c.URL = "https://acme.odoo.com/shop" },
		"no database": func(c *Config) { c.Database = "" },
		"no key":      func(c *Config) { c.Key = "" },
		"line break":  func(c *Config) { c.Key = "a\nb" },
		"protocol":    func(c *Config) { c.API = "soap" },
		"rate":        func(c *Config) { c.RequestsPerSecond = -1 },
	} {
		cfg := good
		change(&cfg)
		_, err := New(cfg)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestRequestHeaders(t *testing.T) {
	t.Parallel()
	s := newReplay(t).on("account.move/search", answer{body: []int{1, 2}})
	c := s.client(t, func(cfg *Config) { cfg.UserAgent = "ml-connector/1.0" })
	ids, err := c.VendorBillIDsInPeriod(t.Context(), "2026-01-01", "2026-12-31", 5, 2)
	require.NoError(t, err)
	require.Equal(t, []int64{1, 2}, ids)
	r := s.got[0]
	require.Equal(t, "bearer "+testKey, r.header.Get("Authorization"))
	require.Equal(t, "acme", r.header.Get("X-Odoo-Database"))
	require.Equal(t, "application/json", r.header.Get("Content-Type"))
	require.Equal(t, "ml-connector/1.0", r.header.Get("User-Agent"))
	require.Positive(t, r.length, "a chunked body would be dropped")
	require.Equal(t, []any{
		[]any{"id", ">", 5.0},
		[]any{"move_type", "in", []any{"in_invoice", "in_refund", "in_receipt"}},
		[]any{"date", ">=", "2026-01-01"},
		[]any{"date", "<", "2027-01-01"},
	}, r.body["domain"])
	require.Equal(t, int64(1), c.Calls())
	_, err = c.PurchaseOrderIDsInPeriod(t.Context(), "31.12.2026", "", 0, 1)
	require.Error(t, err)
}

func TestRecordMethodWithoutRecordsIsNotSent(t *testing.T) {
	t.Parallel()
	s := newReplay(t)
	c := s.client(t)
	_, err := c.rpc.call(t.Context(), request{model: ModelMove, method: "read", onRecords: true})
	require.ErrorIs(t, err, &Error{Code: CodeInvalidRequest})
	for _, read := range []func() error{
		func() error { _, err := c.PurchaseOrdersByID(t.Context(), nil); return err },
		func() error { _, err := c.VendorBillsByID(t.Context(), []int64{}); return err },
		func() error { _, err := c.PartnersByID(t.Context(), nil); return err },
	} {
		require.NoError(t, read())
	}
	require.Zero(t, c.Calls())
	require.Empty(t, s.got)
}

func TestQuietPollCostsOneRequest(t *testing.T) {
	t.Parallel()
	s := newReplay(t).on("purchase.order/search_read", objects())
	c := s.client(t)
	_, err := c.PurchaseOrders(t.Context(), Window{})
	require.NoError(t, err)
	before := c.Calls()
	_, err = c.PurchaseOrders(t.Context(), Window{})
	require.NoError(t, err)
	require.Equal(t, int64(1), c.Calls()-before)
}

func TestVanishedFieldIsLeftOut(t *testing.T) {
	t.Parallel()
	some := map[string]any{}
	for _, f := range []string{"name", "parent_id", "write_date"} {
		some[f] = map[string]any{}
	}
	more := map[string]any{"create_date": map[string]any{}, "name": 1, "parent_id": 1, "write_date": 1}
	s := newReplay(t).
		on("product.category/fields_get", answer{body: more}, answer{body: some}).
		on("product.category/search_read",
			answer{status: 500, body: map[string]any{"name": "builtins.ValueError", "message": "Invalid field 'create_date' on 'product.category'"}},
			objects(map[string]any{"id": 3, "name": "All", "parent_id": false, "write_date": "2026-11-23 07:00:00"}))
	got, err := s.client(t).Categories(t.Context(), Window{})
	require.NoError(t, err)
	require.Equal(t, Category{ID: 3, Name: "All"}, got[0].Doc)
	require.True(t, got[0].CreateDate.IsZero())
}

func TestMissingRequiredFieldIsNamed(t *testing.T) {
	t.Parallel()
	s := newReplay(t).on("product.category/fields_get", answer{body: map[string]any{"name": 1}})
	_, err := s.client(t).Categories(t.Context(), Window{})
	require.ErrorIs(t, err, &Error{Code: CodeUnknownField})
	require.ErrorContains(t, err, "parent_id")
}

func TestOlderFieldNames(t *testing.T) {
	t.Parallel()
	fields := map[string]any{}
	for _, f := range []string{
		"order_id", "name", "display_type", "product_id", "product_qty", "price_unit", "product_uom", "taxes_id", "price_subtotal", "price_tax", "write_date", "account_analytic_id",
	} {
		fields[f] = map[string]any{}
	}
	s := newReplay(t).
		on("purchase.order/search_read", objects(map[string]any{
			"id": 1, "name": "P1", "state": "done", "currency_id": 1, "amount_untaxed": 10.0, "date_order": "2026-01-02 03:04:05",
		})).
		on("purchase.order.line/fields_get", answer{body: fields}).
		on("purchase.order.line/search_read", objects(map[string]any{
			"id": 2, "order_id": []any{1, "P1"}, "product_uom": []any{1, "Units"}, "taxes_id": []any{9, 4}, "price_subtotal": 10.0,
		})).
		on("res.currency/search_read", objects(map[string]any{"id": 1, "decimal_places": 2})).
		on("uom.uom/search_read", objects(map[string]any{"id": 1, "name": "Units"}))
	got, err := s.client(t).PurchaseOrdersByID(t.Context(), []int64{1})
	require.NoError(t, err)
	require.Equal(t, "purchase", got[0].State)
	require.True(t, got[0].Locked)
	require.Equal(t, "Units", got[0].Lines[0].UnitName)
	require.Equal(t, []int64{4, 9}, got[0].Lines[0].Taxes)
	require.False(t, got[0].Torn())
}

func TestWrongValueIsAnError(t *testing.T) {
	t.Parallel()
	s := newReplay(t).on("product.category/search_read", objects(map[string]any{"id": 1, "name": 7}))
	_, err := s.client(t).Categories(t.Context(), Window{})
	require.ErrorIs(t, err, &Error{Code: CodeInvalidRequest})
	require.ErrorContains(t, err, "a text in name")
}

func TestAccountCodeOfAnotherCompany(t *testing.T) {
	t.Parallel()
	s := newReplay(t).on("account.account/search_read",
		objects(
			map[string]any{"id": 1, "code": "600000", "name": "A", "account_type": "expense", "company_ids": []int{1}},
			map[string]any{"id": 2, "code": false, "name": "B", "account_type": "expense", "company_ids": []int{2}}),
		objects(map[string]any{"id": 2, "code": "700000"}))
	got, err := s.client(t).Accounts(t.Context(), Window{})
	require.NoError(t, err)
	require.Equal(t, "600000", got[0].Doc.Code)
	require.Equal(t, "700000", got[1].Doc.Code)
	require.Equal(t, map[string]any{"active_test": false, "allowed_company_ids": []any{2.0}}, s.requests("account.account/search_read")[1].body["context"])
}

func TestCostShare(t *testing.T) {
	t.Parallel()
	tax := func(id int, kind string, amount float64, analytic bool, children ...int) map[string]any {
		return map[string]any{"id": id, "name": "t", "amount_type": kind, "amount": amount, "analytic": analytic, "children_tax_ids": append([]int{}, children...)}
	}
	s := newReplay(t).
		on("account.tax/search_read",
			objects(tax(1, "percent", 15, false), tax(2, "percent", 15, true), tax(3, "group", 0, false, 1, 4), tax(5, "percent", 8, false)),
			objects(tax(4, "percent", 5, false))).
		on("account.tax.repartition.line/search_read", objects(
			map[string]any{"id": 1, "tax_id": 1, "factor_percent": 100.0, "account_id": 7},
			map[string]any{"id": 2, "tax_id": 4, "factor_percent": 100.0, "account_id": false},
			map[string]any{"id": 3, "tax_id": 5, "factor_percent": 33.3, "account_id": false},
			map[string]any{"id": 4, "tax_id": 5, "factor_percent": 66.7, "account_id": 7}))
	got, err := s.client(t).Taxes(t.Context(), Window{})
	require.NoError(t, err)
	for i, want := range []string{"0", "1", "0.25", "0.333"} {
		require.True(t, got[i].Doc.CostShare.Equal(dec(want)), "tax %d: %s", got[i].ID, got[i].Doc.CostShare)
	}
	require.Equal(t, []any{
		[]any{"repartition_type", "=", "tax"}, []any{"tax_id", "in", []any{1.0, 2.0, 3.0, 4.0, 5.0}}, []any{"document_type", "=", "invoice"},
	}, s.requests("account.tax.repartition.line/search_read")[0].body["domain"])
}

func TestClock(t *testing.T) {
	t.Parallel()
	s := newReplay(t).on("web/version", answer{
		body: map[string]any{"version": "19.0"}, header: map[string][]string{"Date": {"Mon, 23 Nov 2026 07:12:54 GMT"}},
	})
	now, err := s.client(t).Clock(t.Context())
	require.NoError(t, err)
	require.Equal(t, at("2026-11-23 07:12:54"), now)
	require.Empty(t, s.got[0].header.Get("Authorization"), "the key is not needed")
}

func TestPing(t *testing.T) {
	t.Parallel()
	s := newReplay(t).
		on("web/version", answer{body: map[string]any{"version": "19.0"}}).
		on("res.users/context_get", answer{body: map[string]any{"lang": "en_US", "tz": false, "uid": 2}}).
		on("res.users/read", objects(map[string]any{"id": 2, "login": "bot", "name": "Bot", "company_ids": []int{2, 1}})).
		on("res.company/search_read", objects(map[string]any{"id": 1, "name": "One", "currency_id": 1, "partner_id": 1}))
	for i, n := range needs {
		s.on(n.model+"/search_count", answer{body: 1 << 40 * min(i, 1)})
	}
	unknown := func(model string) answer {
		return answer{status: 404, body: map[string]any{"name": "werkzeug.exceptions.NotFound", "message": "the model '" + model + "' does not exist"}}
	}
	s.on("purchase.order/search_count", unknown(ModelPurchaseOrder)).
		on("account.analytic.plan/search_count", fixture(t, "err_access_read")).
		on("account.move/fields_get", answer{body: map[string]any{"name": 1}}).
		on("res.users.apikeys/search_read", unknown(modelKey)).
		on("account.analytic.account/has_access", answer{body: false})
	p, err := s.client(t, func(c *Config) { c.Login = "bot"; c.Companies = []int64{1} }).Ping(t.Context())
	require.NoError(t, err)
	require.Equal(t, "19.0", p.Version)
	require.Equal(t, int64(2), p.UserID)
	require.Equal(t, []Company{{ID: 1, Name: "One", Currency: 1, Partner: 1}}, p.Companies)
	require.Equal(t, Keys{CanEnd: true, Keys: []Key{}}, p.Keys)
	require.Equal(t, Permission{WayOut: "ask an Odoo administrator to give the user the group Analytic Accounting"}, p.CreateAccounts)
	found := map[string]ModelCheck{}
	for _, m := range p.Models {
		found[m.Model] = m
	}
	require.Len(t, found, len(needs))
	require.Equal(t, ModelCheck{
		Model: ModelPurchaseOrder, Message: "the model 'purchase.order' does not exist", WayOut: "ask an Odoo administrator to install the app Purchase",
	}, found[ModelPurchaseOrder])
	require.Equal(t, ModelCheck{
		Model: ModelAnalyticPlan, Installed: true, Message: "You are not allowed to access 'Purchase Order' (purchase.order) records",
		WayOut: "ask an Odoo administrator to give the user the group Analytic Accounting",
	}, found[ModelAnalyticPlan])
	require.Equal(t, []string{"name"}, found[ModelMove].Fields)
	require.Contains(t, found[ModelMove].Missing, "amount_total")
	require.False(t, found[ModelMove].OK())
	require.True(t, found[ModelMoveLine].OK())
	require.Equal(t, int64(1)<<40, found[ModelMoveLine].InScope)
	require.ErrorContains(t, errors.New(p.Lacks()), "may not read account.analytic.plan: give the groups Accounting / Read-only and Analytic Accounting")

	_, err = s.client(t, func(c *Config) { c.Login = "other" }).Ping(t.Context())
	require.ErrorIs(t, err, &Error{Code: CodeBadKey})
	_, err = s.client(t, func(c *Config) { c.Companies = []int64{9} }).Ping(t.Context())
	require.ErrorIs(t, err, &Error{Code: CodeNoAccess})
}
