package odootest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOrderWriteDates14(t *testing.T) {
	t.Parallel()
	const po, pol = "purchase.order", "purchase.order.line"
	line, all := []int64{1}, []int64{1, 2, 3, 4}
	add := func(vals map[string]any) edit1 {
		vals["order_id"] = 1
		return edit1{pol, "create", nil, map[string]any{"vals_list": vals}}
	}
	tests := map[string]struct {
		confirmed, billed bool
		edit              edit1
		order             bool
		lines             []int64
	}{
		"price, total changes":             {edit: writing(pol, line, "price_unit", 11), order: true, lines: all},
		"price, confirmed":                 {confirmed: true, edit: writing(pol, line, "price_unit", 11), order: true, lines: all},
		"price, same value":                {edit: writing(pol, line, "price_unit", 10), lines: all},
		"price and qty, total equal":       {edit: writing(pol, line, "price_unit", 5, "product_qty", 4), lines: all},
		"name":                             {edit: writing(pol, line, "name", "other"), lines: line},
		"analytic":                         {edit: writing(pol, line, "account_analytic_id", 1), lines: line},
		"analytic, confirmed":              {confirmed: true, edit: writing(pol, line, "account_analytic_id", 1), lines: line},
		"sequence":                         {edit: writing(pol, line, "sequence", 3), lines: line},
		"received":                         {confirmed: true, edit: writing(pol, line, "qty_received", 1), lines: line},
		"planned, not the earliest":        {edit: writing(pol, line, "date_planned", "2030-01-01 00:00:00"), order: true, lines: line},
		"planned, the earliest":            {edit: writing(pol, line, "date_planned", "2020-01-01 00:00:00"), order: true, lines: line},
		"taxes":                            {edit: writing(pol, line, "taxes_id", []int64{1}), order: true, lines: all},
		"add a priced line":                {edit: add(map[string]any{"product_id": 1, "price_unit": 5}), order: true, lines: []int64{1, 2, 3, 4, 5}},
		"add a free line":                  {edit: add(map[string]any{"product_id": 1, "price_unit": 0}), order: true, lines: []int64{1, 2, 3, 4, 5}},
		"add a section":                    {edit: add(map[string]any{"name": "S", "display_type": "line_section"}), order: true, lines: []int64{1, 2, 3, 4, 5}},
		"delete a priced line":             {edit: edit1{pol, "unlink", line, nil}, order: true, lines: []int64{2, 3, 4}},
		"delete a free line":               {edit: edit1{pol, "unlink", []int64{3}, nil}, order: true, lines: []int64{1, 2, 4}},
		"through the order":                {edit: writing(po, line, "order_line", []any{[]any{1, 1, map[string]any{"name": "x"}}}), order: true, lines: all},
		"header, same value":               {edit: writing(po, line, "partner_ref", false), order: true},
		"header, nothing":                  {edit: writing(po, line), order: true},
		"currency":                         {edit: writing(po, line, "currency_id", 1), order: true, lines: all},
		"confirm":                          {edit: edit1{po, "button_confirm", line, nil}, order: true, lines: all},
		"cancel a draft":                   {edit: edit1{po, "button_cancel", line, nil}, order: true, lines: all},
		"reset to draft":                   {edit: edit1{po, "button_draft", line, nil}, order: true},
		"lock":                             {confirmed: true, edit: edit1{po, "button_done", line, nil}, order: true},
		"bill created":                     {confirmed: true, edit: edit1{po, "action_create_invoice", line, nil}, order: true, lines: all},
		"linked bill edited":               {confirmed: true, billed: true, edit: writing("account.move", line, "invoice_line_ids", []any{[]any{1, 1, map[string]any{"price_unit": 77}}})},
		"linked bill posted":               {confirmed: true, billed: true, edit: edit1{"account.move", "action_post", line, nil}},
		"linked bill cancelled":            {confirmed: true, billed: true, edit: edit1{"account.move", "button_cancel", line, nil}, order: true, lines: all},
		"vendor renamed":                   {edit: writing("res.partner", []int64{2}, "name", "Other")},
		"vendor merged":                    {edit: edit1{"base.partner.merge.automatic.wizard", "action_merge", line, nil}},
		"product renamed":                  {edit: writing("product.product", line, "name", "Other")},
		"referenced analytic account gone": {edit: edit1{account, "unlink", line, nil}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setupVersion(t, "14.0")
			b.recoverable(15)
			b.order(
				map[string]any{"name": "a", "product_qty": 2, "price_unit": 10, "account_analytic_id": 1},
				map[string]any{"name": "b", "price_unit": 3},
				map[string]any{"name": "c", "price_unit": 0},
				map[string]any{"name": "S", "display_type": "line_section"},
			)
			b.merging(2)
			if tt.confirmed {
				b.clock.Advance(time.Minute)
				b.do(po, "button_confirm", line, nil)
			}
			if tt.billed {
				b.do(po, "action_create_invoice", line, nil)
			}
			b.clock.Advance(time.Minute)
			b.do(tt.edit.model, tt.edit.method, tt.edit.ids, tt.edit.args)
			require.Equal(t, tt.order, len(b.touched(po)) == 1, "order")
			require.Equal(t, tt.lines, b.touched(pol), "lines")
		})
	}
}

func TestBillWriteDates14(t *testing.T) {
	t.Parallel()
	const mv, ml = "account.move", "account.move.line"
	one, all := []int64{1}, []int64{1, 2, 3, 4} // two lines, the tax of the first, the payable item
	lines := func(vals map[string]any) edit1 {
		return writing(mv, one, "invoice_line_ids", []any{[]any{1, 2, vals}})
	}
	tests := map[string]struct {
		posted bool
		edit   edit1
		bill   bool
		lines  []int64
	}{
		"draft: price":         {edit: lines(map[string]any{"price_unit": 11}), bill: true, lines: []int64{2, 4}},
		"draft: line added":    {edit: writing(mv, one, "invoice_line_ids", []any{[]any{0, 0, map[string]any{"name": "c", "price_unit": 1}}}), bill: true, lines: []int64{4, 5}},
		"draft: name":          {edit: writing(ml, one, "name", "x"), lines: one},
		"draft: analytic":      {edit: writing(ml, one, "analytic_account_id", 1), lines: one},
		"draft: header":        {edit: writing(mv, one, "ref", "x"), bill: true, lines: all},
		"post":                 {edit: edit1{mv, "action_post", one, nil}, bill: true, lines: all},
		"cancel":               {edit: edit1{mv, "button_cancel", one, nil}, bill: true, lines: all},
		"reset to draft":       {posted: true, edit: edit1{mv, "button_draft", one, nil}, bill: true, lines: all},
		"posted: analytic":     {posted: true, edit: writing(ml, one, "analytic_account_id", 2), lines: one},
		"posted: name":         {posted: true, edit: writing(ml, one, "name", "x"), lines: one},
		"payment registered":   {posted: true, edit: edit1{"account.payment.register", "action_create_payments", one, nil}, bill: true, lines: []int64{4}},
		"vendor renamed":       {posted: true, edit: writing("res.partner", []int64{2}, "name", "Other"), bill: true},
		"credit note drafted":  {posted: true, edit: edit1{mv, "create", nil, refund(1)}, lines: []int64{5, 6}},
		"account of a line":    {edit: writing(ml, []int64{2}, "account_id", 1), lines: []int64{2}},
		"vendor merged":        {posted: true, edit: edit1{"base.partner.merge.automatic.wizard", "action_merge", one, nil}, bill: true},
		"analytic account new": {posted: true, edit: edit1{account, "create", nil, map[string]any{"vals_list": map[string]any{"name": "x"}}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setupVersion(t, "14.0")
			tax := b.recoverable(15)
			b.bill(nil, map[string]any{"name": "a", "price_unit": 10, "tax_ids": []int64{tax}, "analytic_account_id": 1}, map[string]any{"name": "b", "price_unit": 3})
			b.merging(2)
			b.add("pay", "account.payment.register", map[string]any{"move_ids": one})
			if tt.posted {
				b.do(mv, "action_post", one, nil)
			}
			b.clock.Advance(time.Minute)
			b.do(tt.edit.model, tt.edit.method, tt.edit.ids, tt.edit.args)
			touched := b.touched(mv)
			require.Equal(t, tt.bill, len(touched) > 0 && touched[0] == 1, "bill")
			require.Equal(t, tt.lines, b.touched(ml), "lines")
		})
	}
}

// merging makes a partner and the wizard that merges another one into it.
func (b *bundle) merging(from int64) {
	b.t.Helper()
	into := b.add("survivor", "res.partner", map[string]any{"name": "Survivor"})
	b.add("merge", "base.partner.merge.automatic.wizard", map[string]any{"partner_ids": []int64{from, into}, "dst_partner_id": into})
}

// refund are the arguments that create a credit note for a bill.
func refund(bill int64) map[string]any {
	return map[string]any{"vals_list": map[string]any{
		"move_type": "in_refund", "partner_id": 2, "reversed_entry_id": bill, "invoice_date": "2026-11-22",
		"invoice_line_ids": []any{[]any{0, 0, map[string]any{"name": "back", "price_unit": 5}}},
	}}
}

func TestMasterDataWriteDates14(t *testing.T) {
	t.Parallel()
	b := setupVersion(t, "14.0")
	contact := b.add("contact", "res.partner", map[string]any{"name": "Ann", "parent_id": 2})
	b.order(map[string]any{"name": "a", "price_unit": 10})
	b.bill(nil, map[string]any{"name": "a", "price_unit": 10})
	tests := []struct {
		name string
		edit edit1
		want map[string][]int64
	}{
		{"template renamed", writing("product.template", []int64{1}, "name", "T"), map[string][]int64{"product.template": {1}, "product.product": nil}},
		{"product code", writing("product.product", []int64{1}, "default_code", "C"), map[string][]int64{"product.template": {1}, "product.product": {1}}},
		{"product cost", writing("product.product", []int64{1}, "standard_price", 3), map[string][]int64{"product.template": nil, "product.product": {1}}},
		{"vendor city", writing("res.partner", []int64{2}, "city", "Liège"), map[string][]int64{"res.partner": {2, contact}}},
		{"vendor email", writing("res.partner", []int64{2}, "email", "a@example.com"), map[string][]int64{"res.partner": {2}}},
		{"confirmed: price list", edit1{"purchase.order", "button_confirm", []int64{1}, nil}, map[string][]int64{"product.product": {1}, "product.template": {1}}},
		{"bill posted", edit1{"account.move", "action_post", []int64{1}, nil}, map[string][]int64{"res.partner": nil}},
	}
	for _, tt := range tests {
		b.clock.Advance(time.Minute)
		b.do(tt.edit.model, tt.edit.method, tt.edit.ids, tt.edit.args)
		for model, want := range tt.want {
			require.Equal(t, want, b.touched(model), "%s: %s", tt.name, model)
		}
	}
	require.Equal(t, "T", b.read("product.product", 1)["name"], "the product shows its template's name")
	require.Equal(t, int64(2), b.read("res.partner", 2)["supplier_rank"])
}
