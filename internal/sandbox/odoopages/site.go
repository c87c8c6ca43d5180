package odoopages

import (
	"embed"
	"io/fs"
	"maps"
	"net/http"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/internal/clerk"
	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

//go:embed templates/*.html
var files embed.FS

const (
	tabOrders   = "/"
	tabBills    = "/bills"
	tabVendors  = "/vendors"
	tabRequests = "/requests"
)

// pages answers for one server.
type pages struct {
	server *odootest.Server
	// clerk reads and edits in the words of version 19, whichever the server has.
	clerk *clerk.Clerk
}

// New shows what server holds; what is no page goes to api, which is the server or something that wraps it.
func New(server *odootest.Server, api http.Handler) http.Handler {
	templates, err := fs.Sub(files, "templates")
	if err != nil {
		panic(err) // the name is right above
	}
	site := page.New(page.Config{
		System: "Odoo", Look: "odoo", Templates: templates, API: api,
		APIPaths: []string{"/json", "/web/", "/xmlrpc/", "/_sandbox/"},
		Tabs: []page.Tab{
			{Name: "Purchase orders", Path: tabOrders},
			{Name: "Vendor bills", Path: tabBills},
			{Name: "Vendors", Path: tabVendors},
			{Name: "Requests", Path: tabRequests},
		},
		Done: doneIn(server.Version()),
	})
	p := &pages{server, clerk.New(server)}
	site.Page("/{$}", p.orders)
	site.Page("/orders/new", p.newOrder)
	site.Form("/orders/new", p.makeOrder, p.newOrder)
	site.Page("/orders/{id}", p.order)
	site.Form("/orders/{id}/lines", p.editOrder, p.order)
	site.Form("/orders/{id}/action", p.pressOrder, p.order)
	site.Page("/bills", p.bills)
	site.Page("/bills/{id}", p.bill)
	site.Form("/bills/{id}/lines", p.editBill, p.bill)
	site.Form("/bills/{id}/action", p.pressBill, p.bill)
	site.Page("/vendors", p.vendors)
	site.Page("/vendors/{id}", p.vendor)
	site.Form("/vendors/{id}", p.renameVendor, p.vendor)
	site.Page("/requests", p.requests)
	return site
}

// doneIn is done in a version: 14 posts a bill without a date, as of today.
func doneIn(version string) map[string]string {
	if version != "14.0" {
		return done
	}
	old := maps.Clone(done)
	old["billed"] = "This bill was made from the order. Without a date it is posted as of today."
	return old
}

// done are what a page says after an edit.
var done = map[string]string{
	"saved":          "Saved.",
	"nothing":        "Nothing was changed.",
	"made":           "The order is made.",
	"renamed":        "The vendor has its new name.",
	"button_confirm": "The order is confirmed.",
	"button_cancel":  "Cancelled.",
	"button_draft":   "Set back to draft.",
	"action_post":    "The bill is posted.",
	"billed":         "This bill was made from the order. It needs a date before it can be posted.",
}
