package sandbox_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// The pages of Odoo fit version 14 as they fit 19: what they show of the firm, their edits, a new order and its bill.
func TestPagesOfVersion14(t *testing.T) {
	t.Parallel()
	b := setupVersion(t, "14.0", false)
	order, bill := b.odooID("purchase.order", "name", "PO00076"), b.odooID("account.move", "name", "BILL/2026/08/0008")
	vendor := b.odooID("res.partner", "name", "Thin Air Mechanical")
	b.shows(b.odoo, "/", "PO00085", "Thin Air Mechanical", "24-101", "96,500.00", "Purchase order", "1 to 40 of 120")
	b.shows(b.odoo, "/?q=PO00076", "PO00076", "1 to 1 of 1")
	b.shows(b.odoo, at("/orders/%d", order), "129,000.00", "Lincoln Elementary Addition", "23 05 00.S", "BILL/2026/08/0008", "Save lines")
	b.shows(b.odoo, "/orders/new", "Cordillera Building Co.", "24-101 Riverside Medical Office", "Cost Codes")
	b.shows(b.odoo, "/bills", "CBILL/2026/11/0001", "no number yet", "1 to 40 of 199")
	b.shows(b.odoo, at("/bills/%d", bill), "PO00076", "38,700.00", "Reset to draft")
	b.shows(b.odoo, "/vendors?q=alpen", "Alpenglow Roofing")
	b.shows(b.odoo, at("/vendors/%d", vendor), "Thin Air Mechanical", "PO00085")

	try := b.firm.Tries()
	path := at("/orders/%d", b.odooID("purchase.order", "name", try.Order))
	b.done(b.odoo, "Saved.", path+"/lines", at("quantity_%d", try.LineID), "10", at("price_%d", try.LineID), "1,112.75")
	require.InDelta(t, 11127.5, b.odooRecord("purchase.order.line", try.LineID)["price_subtotal"], 0)

	number := func(id int64) string { return strconv.FormatInt(id, 10) }
	job, code := b.odooID("account.analytic.account", "code", "24-101"), b.odooID("account.analytic.account", "code", "03 30 00.M")
	to := b.done(b.odoo, "The order is made.", "/orders/new",
		"company", "1", "vendor", number(b.odooID("res.partner", "name", "Alpenglow Roofing")),
		"product", number(b.odooID("product.product", "default_code", "ASPHALT")),
		"plan_1", number(job), "plan_2", number(code), "text", "Flashing", "quantity", "3", "price", "200.10", "confirm", "yes")
	b.shows(b.odoo, to, "Flashing", "600.30", "Riverside Medical Office", "03 30 00.M", "Create bill")
	var made int64
	_, err := fmt.Sscanf(to, "/orders/%d", &made)
	require.NoError(t, err)
	to = b.done(b.odoo, "This bill was made from the order. Without a date it is posted as of today.", at("/orders/%d/action", made), "method", "action_create_invoice")
	b.shows(b.odoo, to, "Flashing", "Riverside Medical Office", "03 30 00.M", "600.30")
	b.done(b.odoo, "The bill is posted.", to[:len(to)-len("?done=billed")]+"/action", "method", "action_post")
}
