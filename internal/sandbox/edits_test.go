package sandbox_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

// done sends a form that must be accepted, and follows its redirect to a page that says so.
func (b *bundle) done(site http.Handler, says, path string, fields ...string) string {
	b.t.Helper()
	a := b.post(site, path, fields...)
	require.Equal(b.t, http.StatusSeeOther, a.status, "%s: %s", path, a.body)
	b.shows(site, a.to, `<p class="note good" role="status">`+says)
	return a.to
}

// refused sends a form that must not be accepted.
func (b *bundle) refused(site http.Handler, says, path string, fields ...string) {
	b.t.Helper()
	a := b.post(site, path, fields...)
	require.Equal(b.t, http.StatusUnprocessableEntity, a.status, "%s: %s", path, a.body)
	require.Contains(b.t, a.body, `role="alert"><strong>Not done.</strong> `+says)
}

func TestOdooEdits(t *testing.T) {
	t.Parallel()
	b := setup(t, false)
	try := b.firm.Tries()
	order := b.odooID("purchase.order", "name", try.Order)
	path := at("/orders/%d", order)
	qty, price := at("quantity_%d", try.LineID), at("price_%d", try.LineID)

	b.done(b.odoo, "Saved.", path+"/lines", qty, "10", price, "1,112.75")
	line := b.odooRecord("purchase.order.line", try.LineID)
	require.InDelta(t, 10, line["product_qty"], 0)
	require.InDelta(t, 1112.75, line["price_unit"], 0)
	require.InDelta(t, 11127.5, line["price_subtotal"], 0)
	b.done(b.odoo, "Nothing was changed.", path+"/lines", qty, "10.0", price, "1112.75")

	b.done(b.odoo, "Cancelled.", path+"/action", "method", "button_cancel")
	require.Equal(t, "cancel", b.odooRecord("purchase.order", order)["state"])
	b.done(b.odoo, "Set back to draft.", path+"/action", "method", "button_draft")
	b.done(b.odoo, "The order is confirmed.", path+"/action", "method", "button_confirm")
	require.Equal(t, "purchase", b.odooRecord("purchase.order", order)["state"])

	vendor := b.odooID("res.partner", "name", "Alpenglow Roofing")
	b.done(b.odoo, "The vendor has its new name.", at("/vendors/%d", vendor), "name", "Alpenglow Roofing & Sheet Metal")
	require.Equal(t, "Alpenglow Roofing & Sheet Metal", b.odooRecord("res.partner", vendor)["name"])
	b.shows(b.odoo, "/?q=Alpenglow", "Alpenglow Roofing &amp; Sheet Metal")
}

// An order from the form is billed, and the bill goes from draft to posted and back.
func TestNewOrderAndItsBill(t *testing.T) {
	t.Parallel()
	b := setup(t, false)
	job, code := b.odooID("account.analytic.account", "code", "24-101"), b.odooID("account.analytic.account", "code", "03 30 00.M")
	number := func(id int64) string { return strconv.FormatInt(id, 10) }
	fields := []string{
		"company", "1", "vendor", number(b.odooID("res.partner", "name", "Alpenglow Roofing")),
		"product", number(b.odooID("product.product", "default_code", "ASPHALT")),
		"plan_1", number(job), "plan_2", number(code), "text", "Flashing <b>", "quantity", "3", "price", "200.10", "confirm", "yes",
	}
	to := b.done(b.odoo, "The order is made.", "/orders/new", fields...)
	b.shows(b.odoo, to, "Flashing &lt;b&gt;", "600.30", "Riverside Medical Office")
	var order int64
	_, err := fmt.Sscanf(to, "/orders/%d", &order)
	require.NoError(t, err)
	made := b.odooRecord("purchase.order", order)
	require.Equal(t, "purchase", made["state"])
	ids, _ := made["order_line"].([]any)
	line, _ := ids[0].(int64)
	require.Equal(t, map[string]any{fmt.Sprintf("%d,%d", job, code): 100.0}, b.odooRecord("purchase.order.line", line)["analytic_distribution"])

	to = b.done(b.odoo, "This bill was made from the order.", at("/orders/%d/action", order), "method", "action_create_invoice")
	var bill int64
	_, err = fmt.Sscanf(to, "/bills/%d", &bill)
	require.NoError(t, err)
	path := at("/bills/%d", bill)
	b.refused(b.odoo, "The Bill/Refund date is required", path+"/action", "method", "action_post")
	b.done(b.odoo, "Saved.", path+"/lines", "date", "2026-11-20", "reference", "A-77")
	b.done(b.odoo, "The bill is posted.", path+"/action", "method", "action_post")
	posted := b.odooRecord("account.move", bill)
	require.Equal(t, "posted", posted["state"])
	require.Equal(t, "A-77", posted["ref"])
	b.refused(b.odoo, "Unable to cancel purchase order(s)", at("/orders/%d/action", order), "method", "button_cancel")
	b.done(b.odoo, "Cancelled.", path+"/action", "method", "button_cancel")
	require.Equal(t, "cancel", b.odooRecord("account.move", bill)["state"])
}

// What is refused stays in the form, and nothing is changed.
func TestOdooRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t, false)
	try := b.firm.Tries()
	path := at("/orders/%d", b.odooID("purchase.order", "name", try.Order))
	before := b.odooRecord("purchase.order.line", try.LineID)
	qty, price := at("quantity_%d", try.LineID), at("price_%d", try.LineID)
	a := b.post(b.odoo, path+"/lines", qty, "7", price, "<i>much</i>")
	require.Equal(t, http.StatusUnprocessableEntity, a.status)
	require.Contains(t, a.body, "&lt;i&gt;much&lt;/i&gt;&#34; is not a number. Write it as 1234.50.")
	require.Contains(t, a.body, `value="&lt;i&gt;much&lt;/i&gt;"`)
	require.NotContains(t, a.body, "<i>")
	require.Equal(t, before, b.odooRecord("purchase.order.line", try.LineID))

	b.refused(b.odoo, "&#34;button_draft&#34; is not offered", path+"/action", "method", "button_draft")
	b.refused(b.odoo, "The name is empty.", "/vendors/9", "name", " ")
	b.refused(b.odoo, "The company is not chosen.", "/orders/new", "company", "")
	bill := b.odooID("account.move", "name", "BILL/2026/08/0008")
	b.refused(b.odoo, "You cannot modify the following readonly fields on a posted move", at("/bills/%d/lines", bill), "date", "2026-01-01")
}

func TestProcoreEdits(t *testing.T) {
	t.Parallel()
	b := setup(t, false)
	project := b.project("24-101")
	settings := at("/projects/%d/settings", project.ID)
	periods := at("/projects/%d/periods", project.ID)
	first := func() procoretest.BillingPeriodState { return b.pair.Procore.State().BillingPeriods[0] }
	id := strconv.FormatInt(first().ID, 10)
	b.done(b.procore, "The billing period is closed.", periods, "close", id)
	require.Equal(t, "closed", first().Status)
	b.done(b.procore, "The billing period is open.", periods, "open", id)
	require.Equal(t, "open", first().Status)
	b.done(b.procore, "The billing period is made.", periods, "start_date", "2027-01-01", "end_date", "2027-01-31", "due_date", "2027-02-05")
	b.refused(b.procore, "Billing period overlaps another billing period.", periods, "start_date", "2027-01-15", "end_date", "2027-02-14", "due_date", "2027-02-20")

	b.done(b.procore, "Saved.", settings, "active", "yes", "forbid_overbilling", "yes")
	require.False(t, b.project("24-101").Permitted)
	require.True(t, b.project("24-101").ForbidOverbilling)
	b.done(b.procore, "Saved.", settings, "active", "yes", "permitted", "yes")
	require.True(t, b.project("24-101").Permitted)

	fence := b.commitment("FENCE-1")
	b.done(b.procore, "Saved.", at("/vendors/%d", fence.VendorID), "name", "Foothills")
	b.done(b.procore, "Saved.", at("/vendors/%d", fence.VendorID), "active", "no")
	b.shows(b.procore, at("/vendors/%d", fence.VendorID), "Foothills", "Inactive")
	b.refused(b.procore, "An Approved contract cannot be deleted.", at("/commitments/%d", fence.ID), "delete", "yes")
	b.done(b.procore, "Saved.", at("/commitments/%d", fence.ID), "status", "Closed")
	require.Equal(t, "Closed", b.commitment("FENCE-1").Status)
	for _, status := range []string{"Draft", "Processing", "Submitted", "Partially Received", "Received", "Approved"} {
		b.done(b.procore, "Saved.", at("/commitments/%d", fence.ID), "status", status)
		page := b.get(b.procore, at("/commitments/%d", fence.ID)).body
		require.Regexp(t, `<span class="badge (off|wait|good|bad)">`+status+"</span>", page, "a status that is known has a colour")
	}

	invoice := b.pair.Procore.State().Requisitions[0]
	b.done(b.procore, "Saved.", at("/invoices/%d", invoice.ID), "status", "draft")
	require.Equal(t, "draft", b.pair.Procore.State().Requisitions[0].Status)
	b.done(b.procore, "Deleted.", at("/invoices/%d", invoice.ID), "delete", "yes")
	require.Empty(t, b.pair.Procore.State().Requisitions)

	cost := b.pair.Procore.State().DirectCosts[0]
	b.done(b.procore, "Saved.", at("/costs/%d", cost.ID), "status", "draft")
	b.done(b.procore, "Deleted.", at("/costs/%d", cost.ID), "delete", "yes")
	require.True(t, b.pair.Procore.State().DirectCosts[0].Deleted)
}

// A commitment is typed by hand; one that is refused half way leaves nothing.
func TestCommitmentByHand(t *testing.T) {
	t.Parallel()
	b := setup(t, false)
	project := b.project("24-115")
	var code procoretest.WBSCodeState
	for _, w := range b.pair.Procore.State().WBSCodes {
		if w.ProjectID == project.ID {
			code = w
		}
	}
	path := at("/projects/%d/commitments/new", project.ID)
	fields := []string{
		"vendor", strconv.FormatInt(b.pair.Procore.State().Vendors[0].ID, 10), "code", strconv.FormatInt(code.ID, 10),
		"number", "PO00001", "title", "Scaffold", "amount", "12,500.50", "status", "Approved",
	}
	b.done(b.procore, "The commitment is made.", path, fields...)
	made := b.commitment("PO00001")
	require.Equal(t, "12500.50", made.GrandTotal)
	require.Equal(t, "Approved", made.Status)
	require.Equal(t, code.BudgetCode, made.Lines[0].BudgetCode)
	b.refused(b.procore, "number has already been taken.", path, fields...)

	before := len(b.pair.Procore.State().Commitments)
	b.refused(b.procore, "The title is empty.", path, append(fields, "number", "PO00003", "title", " ")...)
	require.Len(t, b.pair.Procore.State().Commitments, before)
	b.refused(b.procore, "status", path, append(fields, "number", "PO00002", "status", "Lost")...)
	for _, cm := range b.pair.Procore.State().Commitments[before:] {
		require.True(t, cm.Deleted, "%s is left", cm.Number)
	}
}
