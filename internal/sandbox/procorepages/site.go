package procorepages

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

//go:embed templates/*.html
var files embed.FS

const (
	tabProjects = "/"
	tabVendors  = "/vendors"
	tabRequests = "/requests"
)

// pages answers for one server.
type pages struct{ server *procoretest.Server }

// New shows what server holds; what is no page goes to api, which is the server or something that wraps it.
func New(server *procoretest.Server, api http.Handler) http.Handler {
	templates, err := fs.Sub(files, "templates")
	if err != nil {
		panic(err) // the name is right above
	}
	site := page.New(page.Config{
		System: "Procore", Look: "procore", Templates: templates, API: api,
		APIPaths: []string{"/rest/", "/oauth/", "/_sandbox/"},
		Tabs: []page.Tab{
			{Name: "Projects", Path: tabProjects},
			{Name: "Company vendors", Path: tabVendors},
			{Name: "Requests", Path: tabRequests},
		},
		Done: done,
	})
	p := &pages{server}
	site.Page("/{$}", p.projects)
	site.Page("/projects/{id}", p.commitments)
	site.Page("/projects/{id}/invoices", p.invoices)
	site.Page("/projects/{id}/costs", p.costs)
	site.Page("/projects/{id}/budget", p.budget)
	site.Page("/projects/{id}/settings", p.settings)
	site.Form("/projects/{id}/settings", p.setProject, p.settings)
	site.Form("/projects/{id}/periods", p.setPeriod, p.settings)
	site.Page("/projects/{id}/commitments/new", p.newCommitment)
	site.Form("/projects/{id}/commitments/new", p.makeCommitment, p.newCommitment)
	site.Page("/commitments/{id}", p.commitment)
	site.Form("/commitments/{id}", p.setCommitment, p.commitment)
	site.Page("/invoices/{id}", p.invoice)
	site.Form("/invoices/{id}", p.setInvoice, p.invoice)
	site.Page("/costs/{id}", p.cost)
	site.Form("/costs/{id}", p.setCost, p.cost)
	site.Page("/vendors", p.vendors)
	site.Page("/vendors/{id}", p.vendor)
	site.Form("/vendors/{id}", p.setVendor, p.vendor)
	site.Page("/requests", p.requests)
	return site
}

// done are what a page says after an edit.
var done = map[string]string{
	"saved":   "Saved.",
	"made":    "The commitment is made.",
	"deleted": "Deleted.",
	"opened":  "The billing period is open.",
	"closed":  "The billing period is closed.",
	"period":  "The billing period is made.",
}
