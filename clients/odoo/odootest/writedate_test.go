package odootest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// touched gives the ids of a model whose write date is the newest transaction's.
func (b *bundle) touched(model string) []int64 {
	var ids []int64
	for _, r := range b.s.model(model).recs {
		if r.written == b.clock.Now().UnixMicro() {
			ids = append(ids, r.id)
		}
	}
	return ids
}

// call is one edit of a write date row.
type edit1 struct {
	model, method string
	ids           []int64
	args          map[string]any
}

func vals(kv ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i < len(kv); i += 2 {
		k, _ := kv[i].(string)
		m[k] = kv[i+1]
	}
	return map[string]any{"vals": m}
}

func writing(model string, ids []int64, kv ...any) edit1 {
	return edit1{model, "write", ids, vals(kv...)}
}

func TestOrderWriteDates(t *testing.T) {
	t.Parallel()
	const po, pol = "purchase.order", "purchase.order.line"
	line := []int64{1}
	tests := map[string]struct {
		confirmed, billed bool
		edit              edit1
		order             bool
		lines             []int64
	}{
		"price, total changes":             {edit: writing(pol, line, "price_unit", 11), order: true, lines: []int64{1}},
		"price, confirmed":                 {confirmed: true, edit: writing(pol, line, "price_unit", 11), order: true, lines: []int64{1}},
		"price, same value":                {edit: writing(pol, line, "price_unit", 10), lines: []int64{1}},
		"price and qty, total equal":       {edit: writing(pol, line, "price_unit", 5, "product_qty", 4), lines: []int64{1}},
		"name":                             {edit: writing(pol, line, "name", "other"), lines: []int64{1}},
		"analytic":                         {edit: writing(pol, line, "analytic_distribution", map[string]any{"1": 100}), lines: []int64{1}},
		"analytic, confirmed":              {confirmed: true, edit: writing(pol, line, "analytic_distribution", map[string]any{"1": 100}), lines: []int64{1}},
		"sequence":                         {edit: writing(pol, line, "sequence", 3), lines: []int64{1}},
		"received":                         {confirmed: true, edit: writing(pol, line, "qty_received", 1), lines: []int64{1}},
		"planned, not the earliest":        {edit: writing(pol, line, "date_planned", "2030-01-01 00:00:00"), lines: []int64{1}},
		"planned, the earliest":            {edit: writing(pol, line, "date_planned", "2020-01-01 00:00:00"), order: true, lines: []int64{1}},
		"taxes":                            {edit: writing(pol, line, "tax_ids", []int64{1}), order: true, lines: []int64{1}},
		"add a priced line":                {edit: edit1{pol, "create", nil, map[string]any{"vals_list": map[string]any{"order_id": 1, "product_id": 1, "price_unit": 5}}}, order: true, lines: []int64{3}},
		"add a free line":                  {edit: edit1{pol, "create", nil, map[string]any{"vals_list": map[string]any{"order_id": 1, "product_id": 1, "price_unit": 0}}}, lines: []int64{3}},
		"add a section":                    {edit: edit1{pol, "create", nil, map[string]any{"vals_list": map[string]any{"order_id": 1, "name": "S", "display_type": "line_section"}}}, lines: []int64{3}},
		"delete a priced line":             {edit: edit1{pol, "unlink", line, nil}, order: true},
		"through the order":                {edit: writing(po, line, "order_line", []any{[]any{1, 1, map[string]any{"name": "x"}}}), order: true, lines: []int64{1}},
		"header, same value":               {edit: writing(po, line, "partner_ref", false), order: true},
		"header, nothing":                  {edit: writing(po, line), order: true},
		"confirm":                          {edit: edit1{po, "button_confirm", line, nil}, order: true, lines: []int64{1, 2}},
		"cancel a draft":                   {edit: edit1{po, "button_cancel", line, nil}, order: true},
		"cancel a confirmed one":           {confirmed: true, edit: edit1{po, "button_cancel", line, nil}, order: true, lines: []int64{1, 2}},
		"lock":                             {confirmed: true, edit: edit1{po, "button_lock", line, nil}, order: true},
		"bill created":                     {confirmed: true, edit: edit1{po, "action_create_invoice", line, nil}, order: true, lines: []int64{1, 2}},
		"linked bill edited":               {confirmed: true, billed: true, edit: writing("account.move.line", line, "price_unit", 77)},
		"linked bill dated":                {confirmed: true, billed: true, edit: writing("account.move", line, "invoice_date", "2026-11-20")},
		"linked bill cancelled":            {confirmed: true, billed: true, edit: edit1{"account.move", "button_cancel", line, nil}, order: true, lines: []int64{1, 2}},
		"vendor renamed":                   {edit: writing("res.partner", []int64{2}, "name", "Other")},
		"product renamed":                  {edit: writing("product.product", line, "name", "Other")},
		"analytic account renamed":         {edit: writing("account.analytic.account", line, "name", "Other")},
		"referenced analytic account gone": {edit: edit1{"account.analytic.account", "unlink", line, nil}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.recoverable(15)
			b.order(
				map[string]any{"name": "a", "product_qty": 2, "price_unit": 10},
				map[string]any{"name": "b", "price_unit": 3},
			)
			require.Equal(t, int64(2), b.ids["vendor"], "the company has the first partner")
			if tt.confirmed {
				b.clock.Advance(time.Minute)
				b.do(po, "button_confirm", []int64{1}, nil)
			}
			if tt.billed {
				b.do(po, "action_create_invoice", []int64{1}, nil)
			}
			b.clock.Advance(time.Minute)
			b.do(tt.edit.model, tt.edit.method, tt.edit.ids, tt.edit.args)
			require.Equal(t, tt.order, len(b.touched(po)) == 1, "order")
			require.Equal(t, tt.lines, b.touched(pol), "lines")
		})
	}
}

func TestBillWriteDates(t *testing.T) {
	t.Parallel()
	const mv, ml = "account.move", "account.move.line"
	one := []int64{1}
	all := []int64{1, 2, 3, 4}
	tests := map[string]struct {
		posted bool
		edit   edit1
		bill   bool
		lines  []int64
	}{
		"draft: price":            {edit: writing(ml, one, "price_unit", 11), bill: true, lines: all},
		"draft: name":             {edit: writing(ml, one, "name", "x"), bill: true, lines: all},
		"draft: analytic":         {edit: writing(ml, one, "analytic_distribution", map[string]any{"1": 100}), bill: true, lines: all},
		"draft: header":           {edit: writing(mv, one, "ref", "x"), bill: true, lines: all},
		"post":                    {edit: edit1{mv, "action_post", one, nil}, bill: true, lines: all},
		"cancel":                  {edit: edit1{mv, "button_cancel", one, nil}, bill: true, lines: all},
		"reset to draft":          {posted: true, edit: edit1{mv, "button_draft", one, nil}, bill: true, lines: all},
		"posted: analytic":        {posted: true, edit: writing(ml, one, "analytic_distribution", map[string]any{"1": 50}), bill: true, lines: all},
		"posted: name":            {posted: true, edit: writing(ml, one, "name", "x"), bill: true, lines: all},
		"vendor renamed":          {posted: true, edit: writing("res.partner", []int64{2}, "name", "Other"), bill: true},
		"analytic account edited": {posted: true, edit: writing("account.analytic.account", one, "name", "Other")},
		"credit note drafted": {posted: true, bill: true, lines: []int64{1, 2, 3, 4, 5, 6}, edit: edit1{mv, "create", nil, map[string]any{"vals_list": map[string]any{
			"move_type": "in_refund", "partner_id": 2, "reversed_entry_id": 1, "invoice_line_ids": []any{[]any{0, 0, map[string]any{"name": "back", "price_unit": 5}}},
		}}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			tax := b.recoverable(15)
			b.bill(nil, map[string]any{"name": "a", "price_unit": 10, "tax_ids": []int64{tax}}, map[string]any{"name": "b", "price_unit": 3})
			if tt.posted {
				b.do(mv, "action_post", one, nil)
			}
			b.clock.Advance(time.Minute)
			b.do(tt.edit.model, tt.edit.method, tt.edit.ids, tt.edit.args)
			require.Equal(t, tt.bill, len(b.touched(mv)) > 0 && b.touched(mv)[0] == 1, "bill")
			require.Equal(t, tt.lines, b.touched(ml), "lines")
		})
	}
}

func TestPaymentsAndCreditNotes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bill := b.bill(nil, map[string]any{"name": "a", "price_unit": 100})
	b.do("account.move", "action_post", []int64{bill}, nil)
	pay := func(amount float64) {
		w := b.add("pay", "account.payment.register", map[string]any{"move_ids": []int64{bill}, "amount": amount})
		b.do("account.payment.register", "action_create_payments", []int64{w}, nil)
	}
	b.clock.Advance(time.Minute)
	pay(30)
	require.Equal(t, []int64{bill}, b.touched("account.move"))
	require.Equal(t, []int64{1, 2}, b.touched("account.move.line"))
	row := b.read("account.move", bill)
	require.Equal(t, "partial", row["payment_state"])
	require.Equal(t, 70.0, row["amount_residual"])

	refund := b.add("refund", "account.move", map[string]any{
		"move_type": "in_refund", "partner_id": b.ids["vendor"], "invoice_date": "2026-11-22", "reversed_entry_id": bill,
		"invoice_line_ids": []any{[]any{0, 0, map[string]any{"name": "back", "price_unit": 70}}},
	})
	b.clock.Advance(time.Minute)
	b.do("account.move", "action_post", []int64{refund}, nil)
	require.Equal(t, []int64{bill, refund}, b.touched("account.move"))
	require.Equal(t, "paid", b.read("account.move", bill)["payment_state"])
	back := b.read("account.move", refund)
	require.Equal(t, "RBILL/2026/11/0001", back["name"])
	require.Equal(t, 70.0, back["amount_total"])
	require.Equal(t, 70.0, back["amount_total_signed"])
	require.Equal(t, 0.0, back["amount_residual"])
	items := b.rows("account.move.line", []any{[]any{"move_id", "=", refund}})
	require.Equal(t, -70.0, items[0]["balance"])

	b.do("account.move", "button_draft", []int64{bill}, nil)
	require.Equal(t, "not_paid", b.read("account.move", bill)["payment_state"])
	require.Equal(t, 70.0, b.read("account.move", refund)["amount_residual"])
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	post := func(vals map[string]any) string {
		id := b.bill(vals, map[string]any{"name": "a", "price_unit": 1})
		b.do("account.move", "action_post", []int64{id}, nil)
		name, _ := b.read("account.move", id)["name"].(string)
		return name
	}
	require.Equal(t, "BILL/2026/11/0001", post(nil))
	require.Equal(t, "BILL/2026/11/0007", post(map[string]any{"name": "BILL/2026/11/0007"}))
	require.Equal(t, "BILL/2026/11/0008", post(nil))
	require.Equal(t, "BILL/2026/10/0001", post(map[string]any{"invoice_date": "2026-10-05"}))
	require.Equal(t, "2026-10-31", b.read("account.move", 4)["date"])
	other := b.add("other", "res.company", map[string]any{"name": "Second"})
	require.Equal(t, "BILL/2026/11/0001", post(map[string]any{"company_id": other}))
	b.do("account.move", "button_draft", []int64{1, 3}, nil)
	require.Contains(t, b.refused("account.move", "unlink", []int64{1}, nil).message, "sequence number")
	b.do("account.move", "unlink", []int64{3}, nil)
	require.Equal(t, "BILL/2026/11/0008", post(nil))
}

func TestMasterDataWriteDates(t *testing.T) {
	t.Parallel()
	b := setup(t)
	contact := b.add("contact", "res.partner", map[string]any{"name": "Ann", "parent_id": 2})
	b.order(map[string]any{"name": "a", "price_unit": 10})
	b.bill(nil, map[string]any{"name": "a", "price_unit": 10})
	tests := []struct {
		name string
		edit edit1
		want map[string][]int64
	}{
		{"template renamed", writing("product.template", []int64{1}, "name", "T"), map[string][]int64{"product.template": {1}, "product.product": {1}}},
		{"product code", writing("product.product", []int64{1}, "default_code", "C"), map[string][]int64{"product.template": {1}, "product.product": {1}}},
		{"product cost", writing("product.product", []int64{1}, "standard_price", 3), map[string][]int64{"product.template": nil, "product.product": {1}}},
		{"product archived", writing("product.product", []int64{1}, "active", false), map[string][]int64{"product.template": nil, "product.product": {1}}},
		{"vendor city", writing("res.partner", []int64{2}, "city", "Liège"), map[string][]int64{"res.partner": {2, contact}}},
		{"vendor email", writing("res.partner", []int64{2}, "email", "a@example.com"), map[string][]int64{"res.partner": {2}}},
		{"contact added", edit1{"res.partner", "create", nil, map[string]any{"vals_list": map[string]any{"name": "Bob", "parent_id": 2}}}, map[string][]int64{"res.partner": {4}}},
		{"confirmed: price list", edit1{"purchase.order", "button_confirm", []int64{1}, nil}, map[string][]int64{"product.product": {1}, "product.template": {1}, "res.partner": nil}},
		{"bill posted", edit1{"account.move", "action_post", []int64{1}, nil}, map[string][]int64{"res.partner": {2}}},
	}
	for _, tt := range tests {
		b.clock.Advance(time.Minute)
		b.do(tt.edit.model, tt.edit.method, tt.edit.ids, tt.edit.args)
		for model, want := range tt.want {
			require.Equal(t, want, b.touched(model), "%s: %s", tt.name, model)
		}
	}
	require.Equal(t, int64(2), b.read("res.partner", 2)["supplier_rank"])

	into := b.add("survivor", "res.partner", map[string]any{"name": "Survivor"})
	w := b.add("merge", "base.partner.merge.automatic.wizard", map[string]any{"partner_ids": []int64{2, into}, "dst_partner_id": into})
	b.clock.Advance(time.Minute)
	b.do("base.partner.merge.automatic.wizard", "action_merge", []int64{w}, nil)
	require.Empty(t, b.touched("purchase.order"))
	require.Empty(t, b.touched("purchase.order.line"))
	require.Equal(t, []int64{1}, b.touched("account.move"))
	require.Equal(t, []any{into, "Survivor"}, b.read("purchase.order", 1)["partner_id"])
	require.Empty(t, b.rows("res.partner", []any{term("id", "=", 2)}))

	b.clock.Advance(time.Minute)
	b.do("purchase.order", "action_create_invoice", []int64{1}, nil)
	b.do("purchase.order", "button_cancel", []int64{1}, nil)
	b.clock.Advance(time.Minute)
	b.do("purchase.order", "unlink", []int64{1}, nil)
	require.Empty(t, b.touched("account.move.line"), "the foreign key is set to NULL in SQL")
	require.Equal(t, false, b.read("account.move.line", 3)["purchase_line_id"])
	require.Equal(t, "P00001", b.read("account.move", 2)["invoice_origin"])
}

func TestPlainEntryWithAnalytic(t *testing.T) {
	t.Parallel()
	b := setup(t)
	wages := b.add("wages", "account.account", map[string]any{"code": "62", "name": "Wages", "account_type": "expense"})
	due := b.add("due", "account.account", map[string]any{"code": "45", "name": "Due", "account_type": "liability_current"})
	line := func(account int64, debit, credit float64, dist any) []any {
		return []any{0, 0, map[string]any{"account_id": account, "name": "w", "debit": debit, "credit": credit, "analytic_distribution": dist}}
	}
	id := b.add("entry", "account.move", map[string]any{"line_ids": []any{line(wages, 100, 0, map[string]any{"1": 100}), line(due, 0, 100, nil)}})
	b.do("account.move", "action_post", []int64{id}, nil)
	require.Equal(t, "MISC/2026/11/0001", b.read("account.move", id)["name"])
	require.Equal(t, -100.0, b.rows("account.analytic.line", nil)[0]["amount"])
	_, err := b.s.Create("account.move", map[string]any{"line_ids": []any{line(wages, 100, 0, nil)}})
	require.ErrorContains(t, err, "not balanced")
}
