package procorepages

import (
	"net/http"
	"slices"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

type requestList struct {
	Requests []procoretest.Request
	Choices  []page.Choice
	page.List
}

// requests shows the journal, the newest first.
func (p *pages) requests(r *http.Request) (page.View, error) {
	all := p.server.Journal()
	slices.Reverse(all)
	writes := slices.DeleteFunc(slices.Clone(all), func(q procoretest.Request) bool { return !q.Write })
	only := r.URL.Query().Get("show") == "writes"
	choices := []page.Choice{
		{Name: "All", Count: len(all), Address: page.Choose(r, "show", ""), Chosen: !only},
		{Name: "Writes", Count: len(writes), Address: page.Choose(r, "show", "writes"), Chosen: only},
	}
	if only {
		all = writes
	}
	shown, list := page.Cut(r, all)
	return page.View{Template: "requests", Tab: tabRequests, Title: "Requests", Body: requestList{shown, choices, list}}, nil
}
