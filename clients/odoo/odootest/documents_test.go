package odootest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// seedLines are the lines of the order recorded from the real server.
func seedLines(tax int64) []map[string]any {
	return []map[string]any{
		{"display_type": "line_section", "name": "Section A", "sequence": 1},
		{"name": "Line 1", "product_qty": 3, "price_unit": 1234.5678, "tax_ids": []int64{tax}},
		{"name": "Line 2", "product_qty": 7.5, "price_unit": 99.99, "discount": 10, "tax_ids": []int64{tax}},
		{"name": "Line 3", "product_qty": 3, "price_unit": 0.1},
		{"name": "Line 4", "product_qty": 1, "price_unit": 250},
		{"display_type": "line_note", "name": "A note", "sequence": 50},
	}
}

// seedLines14 are the same lines in version 14, which has no discount on orders.
func seedLines14(tax int64) []map[string]any {
	lines := seedLines(tax)
	for _, l := range lines {
		delete(l, "discount")
		if taxes := l["tax_ids"]; taxes != nil {
			delete(l, "tax_ids")
			l["taxes_id"] = taxes
		}
	}
	return lines
}

func (b *bundle) recoverable(amount float64) int64 {
	typ := map[string]any{"code": "131000", "name": "Tax Paid", "account_type": "asset_current"}
	if b.old() {
		typ = map[string]any{"code": "131000", "name": "Tax Paid", "user_type_id": 5}
	}
	account := b.add("tax account", "account.account", typ)
	reps := []any{
		[]any{0, 0, map[string]any{"repartition_type": "base"}},
		[]any{0, 0, map[string]any{"repartition_type": "tax", "account_id": account}},
	}
	return b.add("tax", "account.tax", map[string]any{
		"name": "15%", "amount": amount, "invoice_repartition_line_ids": reps, "refund_repartition_line_ids": reps,
	})
}

func TestOrderToBillLikeTheRecordedOne(t *testing.T) {
	t.Parallel()
	b := setup(t)
	po := b.order(seedLines(b.recoverable(15))...)
	row := b.read("purchase.order", po)
	require.Equal(t, "P00001", row["name"])
	require.Equal(t, 4628.94, row["amount_untaxed"])
	require.Equal(t, 656.8, row["amount_tax"])
	require.Equal(t, 5285.74, row["amount_total"])
	lines := b.rows("purchase.order.line", []any{[]any{"order_id", "=", po}})
	require.Equal(t, 3703.7, lines[1]["price_subtotal"])
	require.Equal(t, 4259.26, lines[1]["price_total"])
	require.Equal(t, 555.5600000000004, lines[1]["price_tax"])
	require.Equal(t, 101.24000000000001, lines[2]["price_tax"])
	require.Equal(t, 0.0, lines[1]["qty_to_invoice"])

	b.do("purchase.order", "button_confirm", []int64{po}, nil)
	require.Equal(t, "to invoice", b.read("purchase.order", po)["invoice_status"])
	b.do("purchase.order", "action_create_invoice", []int64{po}, nil)
	row = b.read("purchase.order", po)
	require.Equal(t, "invoiced", row["invoice_status"])
	require.Equal(t, []any{int64(1)}, row["invoice_ids"])

	require.Equal(t, "The Bill/Refund date is required to validate this document.",
		b.refused("account.move", "action_post", []int64{1}, nil).message)
	b.do("account.move", "write", []int64{1}, map[string]any{"vals": map[string]any{"invoice_date": "2026-11-20", "ref": "INV-2026-001"}})
	require.Equal(t, false, b.do("account.move", "action_post", []int64{1}, nil))
	bill := b.read("account.move", 1)
	require.Equal(t, "BILL/2026/11/0001", bill["name"])
	require.Equal(t, "BILL/2026/11/0001 (INV-2026-001)", bill["display_name"])
	require.Equal(t, "2026-11-23", bill["date"])
	require.Equal(t, -5285.74, bill["amount_total_signed"])
	require.Equal(t, "P00001", bill["invoice_origin"])

	items := b.rows("account.move.line", []any{[]any{"move_id", "=", 1}})
	require.Len(t, items, 8)
	require.Equal(t, "Seed Service\nLine 1", items[1]["name"])
	require.Equal(t, 3703.7, items[1]["price_subtotal"])
	require.Equal(t, 3703.71, items[1]["balance"], "the document's rounding cent is on the biggest line")
	require.Equal(t, "tax", items[6]["display_type"])
	require.Equal(t, 656.8, items[6]["balance"])
	require.Equal(t, false, items[6]["analytic_distribution"])
	require.Equal(t, "payment_term", items[7]["display_type"])
	require.Equal(t, 5285.74, items[7]["credit"])

	require.Contains(t, b.refused("purchase.order", "button_cancel", []int64{po}, nil).message, "cancel their related vendor bills")
	require.Contains(t, b.refused("purchase.order.line", "unlink", []int64{2}, nil).message, "Cannot delete a purchase order line")
	require.Equal(t, "In order to delete a purchase order, you must cancel it first.",
		b.refused("purchase.order", "unlink", []int64{po}, nil).message)
	require.Equal(t, 422, b.refused("account.move", "unlink", []int64{1}, nil).status)
	require.Equal(t, 422, b.refused("account.move", "write", []int64{1}, map[string]any{"vals": map[string]any{"date": "2026-11-01"}}).status)
}

func TestForeignCurrencyLikeTheRecordedBill(t *testing.T) {
	t.Parallel()
	b := setup(t)
	eur := b.add("eur", "res.currency", map[string]any{"name": "EUR"})
	b.add("rate", "res.currency.rate", map[string]any{"currency_id": eur, "name": "2026-11-01", "rate": 0.9})
	tax := b.recoverable(15)
	id := b.bill(map[string]any{"currency_id": eur}, map[string]any{
		"name": "Returned goods", "quantity": 2, "price_unit": 12.345, "tax_ids": []int64{tax},
		"analytic_distribution": map[string]any{itoa(b.ids["job"]): 100},
	})
	b.do("account.move", "action_post", []int64{id}, nil)
	bill := b.read("account.move", id)
	require.Equal(t, 24.69, bill["amount_untaxed"])
	require.Equal(t, 28.39, bill["amount_total"])
	require.Equal(t, -31.55, bill["amount_total_signed"])
	require.Equal(t, -27.43, bill["amount_untaxed_signed"])
	analytic := b.rows("account.analytic.line", nil)
	require.Len(t, analytic, 1)
	require.Equal(t, -27.43, analytic[0]["amount"])
	require.Equal(t, b.ids["job"], analytic[0]["account_id"])
	require.Equal(t, -27.43, b.read("account.analytic.account", b.ids["job"])["balance"])
}
