package history_test

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"pgregory.net/rapid"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

type values = map[string]any

const (
	order     = odoo.ModelPurchaseOrder
	orderLine = odoo.ModelOrderLine
	bill      = odoo.ModelMove
	billLine  = odoo.ModelMoveLine
	vendor    = odoo.ModelPartner
	account   = odoo.ModelAnalyticAccount
)

// seed makes what every history begins with: a company, two plans with accounts, products, vendors, two orders and a bill.
func (w *world) seed() {
	usd := w.create("res.currency", values{"name": "USD", "symbol": "$", "rate": 1})
	w.create("res.company", values{"name": "Acme", "currency_id": usd})
	plan := "account.analytic.plan"
	if w.old {
		plan = "account.analytic.group"
	}
	for i, name := range []string{"Projects", "Cost Codes"} {
		id := w.create(plan, values{"name": name})
		for n := range 3 {
			vals := values{"name": fmt.Sprintf("%s %d", name, n), "code": fmt.Sprintf("%d%d", i, n)}
			if w.old {
				vals["group_id"] = id
			} else {
				vals["plan_id"] = id
			}
			w.create(account, vals)
		}
	}
	w.create("product.product", values{"name": "Works", "type": "service"})
	for _, name := range []string{"Boulder", "Peak", "Summit"} {
		w.create(vendor, values{"name": name, "is_company": true})
	}
	for range 2 {
		w.create(order, w.newOrder(2, 2, 1))
	}
	w.create(bill, w.newBill(2, 2))
	w.pass(1500 * time.Millisecond)
}

func (w *world) create(model string, vals values) int64 {
	id, err := w.odoo.Create(model, vals)
	w.ok(err)
	return id
}

// coded is the analytic account of a line, in the words of the version.
func (w *world) coded(model string, id int) (field string, value any) {
	switch {
	case !w.old:
		return "analytic_distribution", values{strconv.Itoa(id): 100}
	case model == orderLine:
		return "account_analytic_id", id
	default:
		return "analytic_account_id", id
	}
}

func (w *world) newOrder(partner int64, lines, coded int) values {
	list := make([]any, lines)
	for i := range list {
		vals := values{"product_id": 1, "name": fmt.Sprintf("line %d", i), "product_qty": 1, "price_unit": 10 * i} // the first one is free
		field, value := w.coded(orderLine, coded)
		vals[field] = value
		list[i] = []any{0, 0, vals}
	}
	return values{"partner_id": partner, "order_line": list}
}

func (w *world) newBill(partner int64, lines int) values {
	list := make([]any, lines)
	for i := range list {
		list[i] = []any{0, 0, values{"name": fmt.Sprintf("item %d", i), "quantity": 1, "price_unit": 10 + i}}
	}
	return values{"move_type": "in_invoice", "partner_id": partner, "invoice_date": "2026-03-01", "invoice_line_ids": list}
}

// edit is one thing that somebody does in Odoo.
type edit struct {
	model, method string
	ids           []int64
	args          values
}

func writing(model string, id int64, vals values) edit {
	return edit{model, "write", []int64{id}, values{"vals": vals}}
}

func making(model string, vals values) edit {
	return edit{model, "create", nil, values{"vals_list": []any{vals}}}
}

func calling(model, method string, id int64) edit { return edit{model, method, []int64{id}, nil} }

// ids are the records of a model that Odoo has at the moment.
func (w *world) ids(model string) []int64 {
	answer, err := w.odoo.Do(model, "search", nil, values{"domain": []any{}, "order": "id asc"})
	w.ok(err)
	var ids []int64
	list, _ := answer.([]any)
	for _, item := range list {
		id, _ := item.(int64)
		ids = append(ids, id)
	}
	return ids
}

// one of the records of a model; 0 where it has none.
func (w *world) one(t *rapid.T, model string) int64 {
	ids := w.ids(model)
	if len(ids) == 0 {
		return 0
	}
	return rapid.SampledFrom(ids).Draw(t, model)
}

// kinds of edits. Odoo refuses what does not fit the record's state; that is an edit too.
var kinds = []struct {
	name string
	make func(w *world, t *rapid.T) edit
}{
	{"order made", func(w *world, t *rapid.T) edit {
		return making(order, w.newOrder(w.someVendor(t), rapid.IntRange(1, 3).Draw(t, "lines"), w.coding(t)))
	}},
	{"order line priced", func(w *world, t *rapid.T) edit {
		return writing(orderLine, w.one(t, orderLine), values{"price_unit": rapid.IntRange(0, 9).Draw(t, "price")})
	}},
	{"order line renamed", func(w *world, t *rapid.T) edit {
		return writing(orderLine, w.one(t, orderLine), values{"name": w.word(t)})
	}},
	{"order line coded", func(w *world, t *rapid.T) edit {
		field, value := w.coded(orderLine, w.coding(t))
		return writing(orderLine, w.one(t, orderLine), values{field: value})
	}},
	{"free order line made", func(w *world, t *rapid.T) edit {
		return making(orderLine, values{"order_id": w.one(t, order), "product_id": 1, "name": w.word(t), "price_unit": 0})
	}},
	{"order line deleted", func(w *world, t *rapid.T) edit { return calling(orderLine, "unlink", w.one(t, orderLine)) }},
	{"order touched", func(w *world, t *rapid.T) edit {
		return writing(order, w.one(t, order), values{"partner_ref": w.word(t)})
	}},
	{"order confirmed", func(w *world, t *rapid.T) edit { return calling(order, "button_confirm", w.one(t, order)) }},
	{"order cancelled", func(w *world, t *rapid.T) edit { return calling(order, "button_cancel", w.one(t, order)) }},
	{"order deleted", func(w *world, t *rapid.T) edit { return calling(order, "unlink", w.one(t, order)) }},
	{"order billed", func(w *world, t *rapid.T) edit { return calling(order, "action_create_invoice", w.one(t, order)) }},
	{"bill made", func(w *world, t *rapid.T) edit {
		return making(bill, w.newBill(w.someVendor(t), rapid.IntRange(1, 3).Draw(t, "lines")))
	}},
	{"bill line renamed", func(w *world, t *rapid.T) edit {
		return writing(billLine, w.one(t, billLine), values{"name": w.word(t)})
	}},
	{"bill line coded", func(w *world, t *rapid.T) edit {
		field, value := w.coded(billLine, w.coding(t))
		return writing(billLine, w.one(t, billLine), values{field: value})
	}},
	{"bill touched", func(w *world, t *rapid.T) edit { return writing(bill, w.one(t, bill), values{"ref": w.word(t)}) }},
	{"bill posted", func(w *world, t *rapid.T) edit { return calling(bill, "action_post", w.one(t, bill)) }},
	{"bill reset", func(w *world, t *rapid.T) edit { return calling(bill, "button_draft", w.one(t, bill)) }},
	{"bill cancelled", func(w *world, t *rapid.T) edit { return calling(bill, "button_cancel", w.one(t, bill)) }},
	{"bill deleted", func(w *world, t *rapid.T) edit { return calling(bill, "unlink", w.one(t, bill)) }},
	{"vendor made", func(w *world, t *rapid.T) edit { return making(vendor, values{"name": w.word(t), "is_company": true}) }},
	{"vendor renamed", func(w *world, t *rapid.T) edit { return writing(vendor, w.someVendor(t), values{"name": w.word(t)}) }},
	{"vendor archived", func(w *world, t *rapid.T) edit { return writing(vendor, w.someVendor(t), values{"active": false}) }},
	{"vendor deleted", func(w *world, t *rapid.T) edit { return calling(vendor, "unlink", w.someVendor(t)) }},
	{"account renamed", func(w *world, t *rapid.T) edit { return writing(account, w.one(t, account), values{"name": w.word(t)}) }},
	{"account deleted", func(w *world, t *rapid.T) edit { return calling(account, "unlink", w.one(t, account)) }},
	{"product renamed", func(w *world, t *rapid.T) edit {
		return writing("product.product", 1, values{"default_code": w.word(t)})
	}},
}

func (w *world) word(t *rapid.T) string {
	return fmt.Sprintf("w%d", rapid.IntRange(0, 99).Draw(t, "word"))
}

func (w *world) coding(t *rapid.T) int { return rapid.IntRange(1, 6).Draw(t, "account") }

// someVendor is any partner but the company's own.
func (w *world) someVendor(t *rapid.T) int64 {
	ids := slices.DeleteFunc(w.ids(vendor), func(id int64) bool { return id == 1 })
	if len(ids) == 0 {
		return 0
	}
	return rapid.SampledFrom(ids).Draw(t, "vendor")
}

// merge points everything at another vendor, in SQL.
func (w *world) merge(t *rapid.T) {
	from, into := w.someVendor(t), w.someVendor(t)
	if from == into {
		return
	}
	const wizard = "base.partner.merge.automatic.wizard"
	id, err := w.odoo.Create(wizard, values{"partner_ids": []int64{from, into}, "dst_partner_id": into})
	w.ok(err)
	_, err = w.odoo.Do(wizard, "action_merge", []int64{id}, nil)
	w.note(err)
}
