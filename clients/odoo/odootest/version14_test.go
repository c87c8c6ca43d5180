package odootest

import (
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMomentsOfBothVersions(t *testing.T) {
	t.Parallel()
	// The company was written at 07:05:43.636199.
	tests := []struct {
		op, value    string
		new14, new19 any // whether it is found, or the refusal
	}{
		{"=", "2026-11-23 07:05:43", false, true},
		{">", "2026-11-23 07:05:43", true, false},
		{">=", "2026-11-23 07:05:43", true, true},
		{"<=", "2026-11-23 07:05:43", false, true},
		{"<", "2026-11-23 07:05:44", true, true},
		{">=", "2026-11-23 07:05:44", false, false},
		{"=", "2026-11-23 07:05:43.636199", true, true},
		{">", "2026-11-23 07:05:43.636198", true, false},
		{">=", "2026-11-23 07:05:43.9", false, true}, // cut to the second
		{">=", "2026-11-23T07:05:43", true, true},
		{">=", "2026-11-23 07:05:43Z", true, "builtins.ValueError"},
		{">=", "2026-11-23 06:05:43+02:00", true, "builtins.ValueError"},
		{">", "2026-11-23", false, false},
		{">", "2026-11-22", true, true},
		{">=", "2026-11-23", true, true},
		{"<=", "2026-11-23", false, true},
		{"<", "2026-11-24", true, true},
		{">", "hello", "psycopg2.errors.InvalidDatetimeFormat", "builtins.ValueError"},
	}
	for _, version := range Versions() {
		b := setupVersion(t, version)
		for _, tt := range tests {
			want := map[string]any{"14.0": tt.new14, "19.0": tt.new19}[version]
			for _, negated := range []bool{false, true} { // without and with the index on write_date
				domain := []any{[]any{"write_date", tt.op, tt.value}}
				if negated {
					domain = append([]any{"!", "!"}, domain...)
				}
				v, err := b.s.Do("res.company", "search_count", nil, map[string]any{"domain": domain})
				if name, refused := want.(string); refused {
					require.ErrorContains(t, err, name, "%s %s %s", version, tt.op, tt.value)
					continue
				}
				require.NoError(t, err)
				require.Equal(t, want, v == int64(1), "%s %s %s", version, tt.op, tt.value)
			}
		}
	}
}

func TestVersion14HasNoJSON2(t *testing.T) {
	t.Parallel()
	b := setupVersion(t, "14.0")
	for _, path := range []string{"/json/2/res.partner/search", "/json/version", "/web/version"} {
		status, header, body := b.post(path, authorized(), "{}")
		require.Equal(t, http.StatusNotFound, status, path)
		require.Equal(t, "text/html; charset=utf-8", header.Get("Content-Type"))
		require.Contains(t, body, "<title>404 Not Found</title>")
	}
	require.Contains(t, b.rpc("/xmlrpc/2/common", callBody("version")), "<string>14.0</string>")
	require.Panics(t, func() { New(Config{Version: "13.0"}) })
}

func TestNamesOfVersion14(t *testing.T) {
	t.Parallel()
	b := setupVersion(t, "14.0")
	tax := b.recoverable(15)
	id := b.order(map[string]any{"name": "a", "price_unit": 12.3456, "taxes_id": []int64{tax}, "account_analytic_id": 1})
	line := b.read("purchase.order.line", 1)
	require.Equal(t, 12.35, line["price_unit"], "rounded to the decimal precision")
	require.Equal(t, []any{tax}, line["taxes_id"])
	require.Equal(t, []any{int64(1), "[J1] Job"}, line["account_analytic_id"])
	require.Equal(t, []any{int64(1), "Units"}, line["product_uom"])
	for _, gone := range []string{"tax_ids", "product_uom_id", "analytic_distribution", "discount"} {
		require.NotContains(t, line, gone)
		require.Equal(t, "Invalid field '"+gone+"' on model 'purchase.order.line'", b.refused("purchase.order.line", "search_read", nil, map[string]any{"fields": []any{gone}}).message)
		require.Equal(t, "Invalid field '"+gone+"' on model 'purchase.order.line'", b.refused("purchase.order.line", "write", []int64{1}, vals(gone, false)).message)
		require.Contains(t, b.refused("purchase.order.line", "search", nil, map[string]any{"domain": []any{term(gone, "=", false)}}).message, "in leaf ('"+gone+"', '=', False)")
	}
	b.do("purchase.order", "write", []int64{id}, vals("notes", "plain"))
	require.Equal(t, "plain", b.read("purchase.order", id)["notes"])

	states := func() any {
		return []any{b.read("purchase.order", id)["state"], b.read("purchase.order.line", 1)["state"], b.do("purchase.order", "search_count", nil, map[string]any{"domain": []any{term("state", "=", "done")}})}
	}
	b.do("purchase.order", "button_confirm", []int64{id}, nil)
	require.Equal(t, []any{"purchase", "purchase", int64(0)}, states())
	b.do("purchase.order", "button_done", []int64{id}, nil)
	require.Equal(t, []any{"done", "done", int64(1)}, states())
	b.do("purchase.order", "button_unlock", []int64{id}, nil)
	b.do("purchase.order", "write", []int64{id}, vals("state", "done"))
	require.Equal(t, []any{"done", "done", int64(1)}, states())

	for model, method := range map[string]string{"account.analytic.plan": "search", "res.partner": "formatted_read_group", "purchase.order": "button_lock"} {
		require.Equal(t, http.StatusNotFound, b.refused(model, method, nil, map[string]any{"domain": []any{}}).status)
	}
	groups := b.do("purchase.order", "read_group", nil, map[string]any{
		"domain": []any{}, "fields": []any{"amount_total:sum"}, "groupby": []any{"partner_id", "date_order:month"}, "lazy": false,
	}).([]any)
	require.NotContains(t, groups[0], "__range")
	require.Equal(t, []any{
		"&", []any{"partner_id", "=", int64(2)}, "&", []any{"date_order", ">=", "2026-11-01 00:00:00"}, []any{"date_order", "<", "2026-12-01 00:00:00"},
	}, groups[0].(map[string]any)["__domain"])
	named := map[string]any{"domain": []any{term("display_name", "ilike", "e")}}
	require.Contains(t, b.refused("product.product", "search", nil, named).message, "not stored")
	require.NotEmpty(t, b.do("res.partner", "search", nil, named))
	require.Equal(t, []any{id}, b.do("purchase.order", "exists", []int64{id, 99}, nil))
	require.Equal(t, "account.analytic.group", b.do(account, "fields_get", nil, nil).(map[string]any)["group_id"].(map[string]any)["relation"])
	tree := b.add("parent", "account.analytic.group", map[string]any{"name": "Projects"})
	b.add("child", "account.analytic.group", map[string]any{"name": "North", "parent_id": tree})
	require.Equal(t, "Projects / North", b.read("account.analytic.group", 2)["complete_name"])
	ledger := b.read("account.account", 1)
	require.Equal(t, []any{int64(5), "Current Assets"}, ledger["user_type_id"])
	require.Equal(t, []any{int64(1), "My Company"}, ledger["company_id"])
	require.Equal(t, []any{"other", "asset"}, []any{ledger["internal_type"], ledger["internal_group"]})
	reps := b.rows("account.tax.repartition.line", nil)
	require.Equal(t, []any{tax, false}, []any{reps[0]["invoice_tax_id"], reps[0]["refund_tax_id"]})
	require.Equal(t, tax, reps[0]["tax_id"])
	require.Contains(t, b.refused("account.tax.repartition.line", "search", nil, map[string]any{"domain": []any{term("tax_id", "=", tax)}}).message, "not stored")
	found := b.rows("account.tax.repartition.line", []any{term("refund_tax_id", "=", tax)})
	require.Len(t, found, 2)
}

func TestBillsOfVersion14(t *testing.T) {
	t.Parallel()
	b := setupVersion(t, "14.0")
	tax := b.recoverable(15)
	tag := b.add("tag", "account.analytic.tag", map[string]any{"name": "Phase"})
	split := b.add("split", "account.analytic.tag", map[string]any{"name": "60/40", "active_analytic_distribution": true, "analytic_distribution_ids": []any{
		[]any{0, 0, map[string]any{"account_id": 1, "percentage": 60}}, []any{0, 0, map[string]any{"account_id": 2, "percentage": 40}},
	}})
	order := b.order(
		map[string]any{"display_type": "line_section", "name": "S"},
		map[string]any{"name": "Line 1", "price_unit": 100, "taxes_id": []int64{tax}, "account_analytic_id": 1, "analytic_tag_ids": []int64{tag}},
		map[string]any{"name": "Line 2", "price_unit": 10, "analytic_tag_ids": []int64{split}},
	)
	b.do("purchase.order", "write", []int64{order}, vals("partner_ref", "Q-77"))
	b.do("purchase.order", "button_confirm", []int64{order}, nil)
	b.do("purchase.order", "action_create_invoice", []int64{order}, nil)
	bill := b.read("account.move", 1)
	require.Equal(t, []any{"/", "Q-77", "Q-77"}, []any{bill["name"], bill["ref"], bill["payment_reference"]})
	require.Equal(t, int64(1), b.do("account.move", "search_count", nil, map[string]any{"domain": []any{term("name", "=", "/")}}))

	b.do("account.move", "action_post", []int64{1}, nil)
	bill = b.read("account.move", 1)
	require.Equal(t, "2026-11-23", bill["invoice_date"], "posting fills today")
	require.Equal(t, "BILL/2026/11/0001", bill["name"])
	items := b.rows("account.move.line", []any{term("move_id", "=", 1)})
	require.Len(t, items, 5)
	kinds := []any{}
	for _, l := range items {
		kinds = append(kinds, []any{l["name"], l["display_type"], l["exclude_from_invoice_tab"], l["price_unit"], l["analytic_account_id"]})
	}
	require.Equal(t, []any{
		[]any{"P00001: S", "line_section", false, 0.0, false},
		[]any{"P00001: Line 1", false, false, 100.0, int64(1)},
		[]any{"P00001: Line 2", false, false, 10.0, false},
		[]any{"15%", false, true, 15.0, false},
		[]any{"Q-77", false, true, -125.0, false},
	}, kinds)
	require.Len(t, b.rows("account.move.line", []any{term("display_type", "=", false)}), 4)
	require.Len(t, b.rows("account.move.line", []any{term("exclude_from_invoice_tab", "=", true)}), 2)

	booked := func() []any {
		out := []any{}
		for _, l := range b.rows("account.analytic.line", nil) {
			out = append(out, []any{l["account_id"], l["amount"], l["tag_ids"], l["move_id"]})
		}
		return out
	}
	want := []any{
		[]any{int64(1), -100.0, []any{tag}, int64(2)},
		[]any{int64(1), -6.0, []any{split}, int64(3)},
		[]any{int64(2), -4.0, []any{split}, int64(3)},
	}
	require.Equal(t, want, booked())
	b.do("account.move.line", "write", []int64{2}, vals("analytic_account_id", 2, "name", "x"))
	require.Equal(t, want, booked(), "posted lines keep what was booked")
	b.do("account.move", "write", []int64{1}, vals("date", "2026-11-24")) // no refusal

	b.do("account.move", "button_draft", []int64{1}, nil)
	require.Contains(t, b.refused("account.move", "unlink", []int64{1}, nil).message, "posted once")
}

func TestAnalyticTaxesOfVersion14(t *testing.T) {
	t.Parallel()
	b := setupVersion(t, "14.0")
	tax := b.add("tax", "account.tax", map[string]any{"name": "10%", "amount": 10, "analytic": true})
	line := map[string]any{"name": "a", "price_unit": 100, "tax_ids": []int64{tax}, "analytic_account_id": 1, "display_type": false}
	id := b.bill(nil, line)
	first := b.rows("account.move.line", []any{term("tax_line_id", "=", tax)})
	b.do("account.move", "write", []int64{id}, vals("ref", "again")) // the tax item is found again, not made anew
	items := b.rows("account.move.line", []any{term("tax_line_id", "=", tax)})
	require.Len(t, items, 1)
	require.Equal(t, first[0]["id"], items[0]["id"])
	require.Equal(t, []any{int64(1), 10.0}, []any{items[0]["analytic_account_id"], items[0]["balance"]})
}

func TestRulesOfVersion14(t *testing.T) {
	t.Parallel()
	b := setupVersion(t, "14.0")
	line := func() map[string]any { return map[string]any{"name": "a", "price_unit": 12.345, "product_id": 1} }
	id := b.bill(map[string]any{"ref": "INV-1"}, line())
	row := b.read("account.move", id)
	require.Equal(t, []any{"2026-11-21", "2026-11-21"}, []any{row["date"], row["invoice_date_due"]}, "the bill's own date")
	twice := map[string]any{"move_type": "in_invoice", "partner_id": 2, "ref": "INV-1", "invoice_date": "2026-11-21"}
	require.Contains(t, b.refused("account.move", "create", nil, map[string]any{"vals_list": twice}).message, "Duplicated vendor reference")
	other := maps.Clone(twice)
	other["invoice_date"] = "2026-11-22"
	second := b.add("second", "account.move", other)
	require.Contains(t, b.refused("account.move", "write", []int64{second}, vals("invoice_date", "2026-11-21")).message, "Duplicated vendor reference")

	require.Contains(t, b.refused("account.move.line", "write", []int64{1}, vals("price_unit", 13)).message, "unbalanced")
	b.do("account.move.line", "write", []int64{1}, vals("price_unit", 12.35))
	b.do("account.move.line", "write", []int64{1}, vals("name", "kept"))
	require.Equal(t, "kept", b.read("account.move.line", 1)["name"])
	b.do("account.move", "write", []int64{id}, vals("invoice_line_ids", []any{[]any{0, 0, map[string]any{"name": "b", "price_unit": 1}}}))
	require.Equal(t, "Seed Service", b.read("account.move.line", 1)["name"], "a line written through the bill takes the product's name")
	b.do("account.move", "write", []int64{id}, vals("invoice_line_ids", []any{[]any{1, 1, map[string]any{"name": "mine"}}}))
	require.Equal(t, "mine", b.read("account.move.line", 1)["name"])

	b.do("account.move", "action_post", []int64{id}, nil)
	back := refund(id)
	rid := b.do("account.move", "create", nil, back).([]any)[0].(int64)
	b.do("account.move", "action_post", []int64{rid}, nil)
	require.Equal(t, "not_paid", b.read("account.move", id)["payment_state"], "posting does not reconcile")
	w := b.add("pay", "account.payment.register", map[string]any{"move_ids": []int64{id}, "amount": 3})
	b.do("account.payment.register", "action_create_payments", []int64{w}, nil)
	payable := []any{term("move_id", "=", id), term("matching_number", "!=", false)}
	require.Equal(t, "P", b.rows("account.move.line", payable)[0]["matching_number"])
	w = b.add("pay", "account.payment.register", map[string]any{"move_ids": []int64{id}})
	b.do("account.payment.register", "action_create_payments", []int64{w}, nil)
	require.Equal(t, "A2", b.rows("account.move.line", payable)[0]["matching_number"])
	require.Equal(t, "paid", b.read("account.move", id)["payment_state"])

	b.order(map[string]any{"name": "x", "price_unit": 1, "account_analytic_id": 1})
	b.do(account, "unlink", []int64{1}, nil)
	require.Equal(t, false, b.read("purchase.order.line", 1)["account_analytic_id"], "no dangling id as in version 19")
}

func TestFaultsOfVersion14(t *testing.T) {
	t.Parallel()
	b := setupVersion(t, "14.0", User{Login: "bot", Key: key, Groups: []string{"purchase", "billing", "analytic"}, KeyScopeOK: true}, User{Login: "low", Key: "low", KeyScopeOK: true})
	_, err := b.s.Create("res.partner", map[string]any{"name": "bell\u0007"})
	require.NoError(t, err)
	require.Contains(t, b.execute("res.partner", "read", []any{3, []any{"name"}}, nil), "bell\u0007", "an answer that is no XML")
	bill := b.bill(nil, map[string]any{"name": "a", "price_unit": 1})
	const po = "purchase.order"
	tests := map[string]struct{ answer, want string }{
		"recordset":       {b.execute("account.move", "action_post", []any{[]any{bill}}, nil), "1 TypeError: cannot marshal &lt;class 'odoo.api.account.move'&gt; objects"},
		"domain by name":  {b.execute(po, "search", nil, map[string]any{"domain": []any{}}), "1 TypeError: search() got an unexpected keyword argument 'domain'"},
		"no domain":       {b.execute(po, "search", nil, nil), "1 TypeError: search() missing 1 required positional argument: 'args'"},
		"no has_access":   {b.execute(po, "has_access", []any{[]any{}, "read"}, nil), "1 AttributeError: type object 'purchase.order' has no attribute 'has_access'"},
		"operator any":    {b.execute(po, "search", []any{[]any{[]any{"order_line", "any", []any{}}}}, nil), "1 ValueError: Invalid leaf ('order_line', 'any', [])"},
		"database":        {b.rpc("/xmlrpc/2/common", callBody("login", "other", "bot", key)), `1 psycopg2.OperationalError: FATAL:  database "other" does not exist`},
		"no such service": {b.rpc("/xmlrpc/2/nope", callBody("nope")), "1 UnboundLocalError: local variable 'dispatch' referenced before assignment"},
		"no right": {
			b.rpc("/xmlrpc/2/object", callBody("execute_kw", "acme", 3, "low", po, "search", []any{[]any{}}, map[string]any{})),
			"4 You are not allowed to access 'Purchase Order' (purchase.order) records.\n\nThis operation is allowed for the following groups:\n\t- Invoicing/Billing\n\t- Purchase/User\n\t- Technical/Show",
		},
	}
	for name, tt := range tests {
		require.Contains(t, faultOf(t, tt.answer), tt.want, name)
	}
	require.Equal(t, "posted", b.read("account.move", bill)["state"], "the call that could not be answered was committed")
	rows := b.execute(po, "search_read", nil, map[string]any{"domain": []any{}})
	require.Contains(t, rows, "<data>\n</data>", "search_read takes the name")
}

func TestRightsOfVersion14(t *testing.T) {
	t.Parallel()
	b := setupVersion(t, "14.0",
		User{Login: "all", Key: "all", Groups: []string{"purchase", "billing", "analytic"}, KeyScopeOK: true},
		User{Login: "read", Key: "read", Groups: []string{"readonly"}, KeyScopeOK: true},
		User{Login: "low", Key: "low", KeyScopeOK: true},
	)
	may := func(uid int, secret, model, operation string) bool {
		answer := b.rpc("/xmlrpc/2/object", callBody("execute_kw", "acme", uid, secret, model, "check_access_rights", []any{operation, false}, map[string]any{}))
		require.NotContains(t, answer, "fault")
		return answer == b.rpc("/xmlrpc/2/object", callBody("execute_kw", "acme", 2, "all", "res.partner", "check_access_rights", []any{"read", false}, map[string]any{}))
	}
	tests := map[string][3]string{ // read and write of each user
		"purchase.order":       {"rw", "r", ""},
		"account.move.line":    {"rw", "r", ""},
		account:                {"rw", "r", "r"},
		"account.analytic.tag": {"rw", "", ""},
		"account.account.type": {"r", "r", "r"},
		"uom.uom":              {"r", "r", "r"},
		"ir.model.fields":      {"r", "r", "r"},
	}
	for model, want := range tests {
		for i, secret := range []string{"all", "read", "low"} {
			have := ""
			for op, letter := range map[string]string{"read": "r", "write": "w"} {
				if may(i+2, secret, model, op) {
					have = map[string]string{"r": letter + have, "w": have + letter}[letter]
				}
			}
			require.Equal(t, want[i], have, "%s: %s", secret, model)
		}
	}
}

func TestKeysOfArchivedUsers(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{"14.0": "<int>2</int>", "19.0": "Access Denied"} {
		b := setupVersion(t, version)
		b.do("res.users", "write", []int64{2}, vals("active", false))
		require.Contains(t, b.execute("res.partner", "search_count", []any{[]any{}}, nil), want, version)
		require.Contains(t, b.rpc("/xmlrpc/2/common", callBody("login", "acme", "bot", key)), "<boolean>0</boolean>", version)
		if version == "19.0" {
			status, _, _ := b.post("/json/2/res.partner/search_count", authorized(), `{"domain": []}`)
			require.Equal(t, http.StatusUnauthorized, status)
		}
	}
}

func TestPriceDigitsOfVersion14(t *testing.T) {
	t.Parallel()
	b := setupVersion(t, "14.0")
	require.Equal(t, "14.0", b.s.Version())
	b.order(map[string]any{"name": "a", "price_unit": 12.3456})
	require.Equal(t, 12.35, b.read("purchase.order.line", 1)["price_unit"])
	digits := b.rows("decimal.precision", []any{term("name", "=", "Product Price")})
	require.Len(t, digits, 1)
	require.Equal(t, int64(2), digits[0]["digits"])
	id := digits[0]["id"].(int64)
	undone := b.s.Begin()
	undone.Do("decimal.precision", "write", []int64{id}, vals("digits", 6))
	undone.Do("decimal.precision", "write", []int64{99}, vals("digits", 6))
	require.Error(t, undone.Commit())
	b.do("purchase.order.line", "write", []int64{1}, vals("price_unit", 12.3456))
	require.Equal(t, 12.35, b.read("purchase.order.line", 1)["price_unit"], "nothing of a transaction that failed stays")
	b.do("decimal.precision", "write", []int64{id}, vals("digits", 6))
	b.do("purchase.order.line", "write", []int64{1}, vals("price_unit", 12.3456))
	require.Equal(t, 12.3456, b.read("purchase.order.line", 1)["price_unit"])
}

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"14": "14.0", "14.0": "14.0", "19": "19.0"} {
		version, err := ParseVersion(text)
		require.NoError(t, err)
		require.Equal(t, want, version)
	}
	for _, text := range []string{"", "18", "1", "19.0.1"} {
		_, err := ParseVersion(text)
		require.EqualError(t, err, "the Odoo sandbox is version 14 or 19", text)
	}
}
