package odoopages

import (
	"net/http"
	"slices"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

type requestList struct {
	Requests []odootest.Call
	page.List
}

// requests shows the journal, the newest first.
func (p *pages) requests(r *http.Request) (page.View, error) {
	all := p.server.Journal()
	slices.Reverse(all)
	shown, list := page.Cut(r, all)
	return page.View{Template: "requests", Tab: tabRequests, Title: "Requests", Body: requestList{shown, list}}, nil
}
