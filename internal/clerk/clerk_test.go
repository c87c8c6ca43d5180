package clerk_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/internal/clerk"
)

type values = map[string]any

// bundle is a server with two plans, an order with one line, and the clerk who has made them.
type bundle struct {
	t      *testing.T
	server *odootest.Server
	clerk  *clerk.Clerk
	// Analytic accounts of the plans Projects and Cost Codes.
	tower, mill, concrete, labor int64
	product, order, line         int64
}

func setup(t *testing.T, version string) *bundle {
	t.Helper()
	b := &bundle{t: t, server: odootest.New(odootest.Config{Version: version})}
	b.clerk = clerk.New(b.server)
	b.create("res.company", values{"name": "Acme", "currency_id": b.create("res.currency", values{"name": "USD", "symbol": "$", "rate": 1})})
	projects, codes := b.create("account.analytic.plan", values{"name": "Projects"}), b.create("account.analytic.plan", values{"name": "Cost Codes"})
	running := b.create("account.analytic.plan", values{"name": "Running", "parent_id": projects})
	account := func(code string, plan int64) int64 {
		return b.create("account.analytic.account", values{"name": "Account " + code, "code": code, "plan_id": plan})
	}
	b.tower, b.mill = account("T", projects), account("M", running)
	b.concrete, b.labor = account("03.M", codes), account("03.L", codes)
	b.product = b.create("product.product", values{"name": "Works", "type": "service"})
	b.order = b.create("purchase.order", values{"partner_id": b.create("res.partner", values{"name": "Peak"}), "order_line": []any{[]any{0, 0, values{
		"name": "a", "product_id": b.product, "product_qty": 320, "price_unit": 18.37, "tax_ids": []any{[]any{6, 0, []any{}}},
		"is_downpayment": false,
	}}}})
	ids, _ := b.read("purchase.order", b.order, "order_line")["order_line"].([]any)
	b.line, _ = ids[0].(int64)
	return b
}

func (b *bundle) create(model string, vals values) int64 {
	b.t.Helper()
	id, err := b.clerk.Create(model, vals)
	require.NoError(b.t, err)
	return id
}

func (b *bundle) write(model string, id int64, vals values) error {
	_, err := b.clerk.Do(model, "write", []int64{id}, values{"vals": vals})
	return err
}

// read reads a record in the words of version 19, stored in those of the server.
func (b *bundle) read(model string, id int64, fields ...string) values {
	b.t.Helper()
	return one(b.t)(b.clerk.Do(model, "read", []int64{id}, values{"fields": fields}))
}

func (b *bundle) stored(model string, id int64) values {
	b.t.Helper()
	return one(b.t)(b.server.Do(model, "read", []int64{id}, values{"load": ""}))
}

func one(t *testing.T) func(any, error) values {
	return func(answer any, err error) values {
		t.Helper()
		require.NoError(t, err)
		rows, _ := answer.([]any)
		require.Len(t, rows, 1)
		row, ok := rows[0].(values)
		require.True(t, ok)
		return row
	}
}

// tags are what the tags of a line distribute, by the tag's name.
func (b *bundle) tags(line values) map[string]map[int64]float64 {
	b.t.Helper()
	out := map[string]map[int64]float64{}
	ids, _ := line["analytic_tag_ids"].([]any)
	for _, id := range ids {
		tag := b.stored("account.analytic.tag", id.(int64))
		require.Equal(b.t, true, tag["active_analytic_distribution"])
		parts := map[int64]float64{}
		shares, _ := tag["analytic_distribution_ids"].([]any)
		for _, id := range shares {
			share := b.stored("account.analytic.distribution", id.(int64))
			parts[share["account_id"].(int64)] = share["percentage"].(float64)
		}
		out[tag["name"].(string)] = parts
	}
	return out
}

// What version 14 is given for a distribution, and what is read back of it.
func TestDistributionsOfVersion14(t *testing.T) {
	t.Parallel()
	b := setup(t, "14.0")
	key := func(ids ...int64) string {
		text := fmt.Sprint(ids[0])
		for _, id := range ids[1:] {
			text += fmt.Sprintf(",%d", id)
		}
		return text
	}
	type parts = map[int64]float64
	for name, c := range map[string]struct {
		distribution, back values
		account            any
		tags               map[string]parts
	}{
		"job and code": {values{key(b.concrete, b.tower): 100}, values{key(b.tower, b.concrete): 100.0}, b.tower, map[string]parts{"03.M": {b.concrete: 100}}},
		"a job":        {values{key(b.mill): 100}, values{key(b.mill): 100.0}, b.mill, map[string]parts{}},
		"two codes": {
			values{key(b.tower, b.concrete): 66.67, key(b.tower, b.labor): 33.33},
			values{key(b.tower, b.concrete): 66.67, key(b.tower, b.labor): 33.33},
			b.tower,
			map[string]parts{"03.M 66.67 %, 03.L 33.33 %": {b.concrete: 66.67, b.labor: 33.33}},
		},
		"two jobs": {
			values{key(b.tower, b.labor): 60, key(b.mill, b.labor): 40},
			values{key(b.tower, b.labor): 60.0, key(b.mill, b.labor): 40.0},
			false,
			map[string]parts{"T 60 %, M 40 %": {b.tower: 60, b.mill: 40}, "03.L": {b.labor: 100}},
		},
		"half": {
			values{key(b.tower, b.labor): 50},
			values{key(b.tower, b.labor): 50.0},
			false,
			map[string]parts{"T 50 %": {b.tower: 50}, "03.L": {b.labor: 100}},
		},
		"a job without a code": {
			values{key(b.tower, b.labor): 70, key(b.mill): 30},
			values{key(b.tower, b.labor): 70.0, key(b.mill, b.labor): 30.0},
			false,
			map[string]parts{"T 70 %, M 30 %": {b.tower: 70, b.mill: 30}, "03.L": {b.labor: 100}},
		},
		"nothing": {nil, nil, false, map[string]parts{}},
	} {
		given := any(c.distribution)
		if c.distribution == nil {
			given = false
		}
		require.NoError(t, b.write("purchase.order.line", b.line, values{"analytic_distribution": given}), name)
		stored := b.stored("purchase.order.line", b.line)
		require.Equal(t, c.account, stored["account_analytic_id"], name)
		require.Equal(t, c.tags, b.tags(stored), name)
		back := b.read("purchase.order.line", b.line, "analytic_distribution")["analytic_distribution"]
		if c.back == nil {
			require.Equal(t, false, back, name)
			continue
		}
		require.Equal(t, c.back, back, name)
	}
	tags, err := b.server.Do("account.analytic.tag", "search_count", nil, values{"domain": []any{}})
	require.NoError(t, err)
	require.Equal(t, int64(6), tags, "one for each way to distribute")

	require.ErrorContains(t, b.write("purchase.order.line", b.line, values{"analytic_distribution": values{
		key(b.tower, b.concrete): 60, key(b.mill, b.labor): 40,
	}}), "is not the product of its plans")
	require.ErrorContains(t, b.write("purchase.order.line", b.line, values{"analytic_distribution": values{key(b.tower, b.mill): 100}}), "two accounts of one plan")
	require.ErrorContains(t, b.write("purchase.order.line", b.line, values{"analytic_distribution": values{"99": 100}}), "no analytic account 99")
}

// A discount leaves the sum that it leaves in version 19.
func TestDiscountsOfVersion14(t *testing.T) {
	t.Parallel()
	b := setup(t, "14.0")
	require.NoError(t, b.write("purchase.order", b.order, values{"order_line": []any{[]any{1, b.line, values{"price_unit": 18.37, "discount": 12.5}}}}))
	stored := b.stored("purchase.order.line", b.line)
	require.InDelta(t, 16.07375, stored["price_unit"], 1e-9)
	require.InDelta(t, 5143.60, stored["price_subtotal"], 1e-9)
	require.Equal(t, false, b.read("purchase.order.line", b.line, "discount")["discount"])
}

// Accounts have a company each, and a type that is a record; a draft has no number, and what a bill shows is found.
func TestBooksOfVersion14(t *testing.T) {
	t.Parallel()
	b := setup(t, "14.0")
	require.False(t, b.clerk.SharesAccounts())
	id := b.create("account.account", values{"code": "140000", "name": "Deposits", "account_type": "asset_prepayments", "company_ids": []any{[]any{6, 0, []int64{1}}}})
	require.Equal(t, "asset_prepayments", b.read("account.account", id, "account_type")["account_type"])
	_, err := b.clerk.Create("account.account", values{"code": "1", "name": "x", "account_type": "expense", "company_ids": []any{[]any{6, 0, []int64{1, 2}}}})
	require.ErrorContains(t, err, "belongs to one company")
	_, err = b.clerk.Create("account.account", values{"code": "1", "name": "x", "account_type": "nothing"})
	require.ErrorContains(t, err, `no type of account "nothing"`)

	root, _ := b.read("account.analytic.account", b.mill, "root_plan_id")["root_plan_id"].([]any)
	require.Equal(t, []any{int64(1), "Projects"}, root)
	bill := b.create("account.move", values{"move_type": "in_invoice", "partner_id": 2, "invoice_line_ids": []any{
		[]any{0, 0, values{"name": "a", "price_unit": 7, "analytic_distribution": values{fmt.Sprint(b.tower): 100}}},
		[]any{0, 0, values{"name": "b", "display_type": "line_note"}},
	}})
	require.Equal(t, false, b.read("account.move", bill, "name")["name"])
	answer, err := b.clerk.Do("account.move.line", "search_read", nil, values{
		"domain": []any{[]any{"move_id", "=", bill}, []any{"display_type", "in", []any{"product", "line_note"}}},
		"fields": []any{"display_type", "analytic_distribution"}, "order": "id",
	})
	require.NoError(t, err)
	rows, _ := answer.([]any)
	require.Len(t, rows, 2)
	require.Equal(t, "product", rows[0].(values)["display_type"])
	require.Equal(t, values{fmt.Sprint(b.tower): 100.0}, rows[0].(values)["analytic_distribution"])
	require.Equal(t, "line_note", rows[1].(values)["display_type"])
}

// In version 19 all goes through as it is.
func TestVersion19(t *testing.T) {
	t.Parallel()
	b := setup(t, "19.0")
	require.True(t, b.clerk.SharesAccounts())
	distribution := values{fmt.Sprintf("%d,%d", b.tower, b.concrete): 60.0, fmt.Sprintf("%d,%d", b.mill, b.labor): 40.0}
	require.NoError(t, b.write("purchase.order.line", b.line, values{"analytic_distribution": distribution, "discount": 12.5}))
	stored := b.stored("purchase.order.line", b.line)
	require.Equal(t, distribution, stored["analytic_distribution"])
	require.InDelta(t, 12.5, stored["discount"], 0)
}
