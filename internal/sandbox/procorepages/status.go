package procorepages

import (
	"fmt"
	"net/http"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// status is where a document stands: Procore's word for it, and the text and tone that a page shows.
type status struct{ value, text, tone string }

// statuses are those of one kind of document, in the order of its life.
type statuses []status

// badge shows a status; one that is not known as it stands.
func (all statuses) badge(value string) page.Badge {
	for _, s := range all {
		if s.value == value {
			return page.Badge{Text: s.text, Tone: s.tone}
		}
	}
	return page.Badge{Text: value}
}

func (all statuses) options(chosen string) []page.Option {
	out := make([]page.Option, 0, len(all))
	for _, s := range all {
		out = append(out, page.Option{Value: s.value, Text: s.text, Chosen: s.value == chosen})
	}
	return out
}

// deleted is shown in place of a status.
var deleted = page.Badge{Text: "Deleted", Tone: "bad"}

// document is what a status form changes.
type document struct {
	resource string // as [procoretest.Edit] calls it
	id       int64
	path     string // of its page
	list     string // path of the page that lists it, for when it is deleted
}

// setStatus changes the status, or deletes.
func (p *pages) setStatus(r *http.Request, d document) (string, error) {
	if r.PostForm.Has("delete") {
		_, err := p.edit(procoretest.Edit{Resource: d.resource, ID: d.id, Delete: true})
		return page.Done(d.list, "deleted"), err
	}
	_, err := p.edit(procoretest.Edit{Resource: d.resource, ID: d.id, Set: map[string]any{"status": r.PostForm.Get("status")}})
	return page.Done(d.path, "saved"), err
}

func (p *pages) setCommitment(r *http.Request) (string, error) {
	cm, err := find(r, "commitment", p.look().commitments)
	if err != nil {
		return "", err
	}
	return p.setStatus(r, document{"commitments", cm.ID, commitmentPath(cm.ID), projectPath(cm.ProjectID)})
}

func (p *pages) setInvoice(r *http.Request) (string, error) {
	rq, err := find(r, "subcontractor invoice", p.look().requisitions())
	if err != nil {
		return "", err
	}
	return p.setStatus(r, document{"requisitions", rq.ID, fmt.Sprintf("/invoices/%d", rq.ID), projectPath(rq.ProjectID) + "/invoices"})
}

func (p *pages) setCost(r *http.Request) (string, error) {
	dc, err := find(r, "direct cost", p.look().directCosts())
	if err != nil {
		return "", err
	}
	return p.setStatus(r, document{"direct_costs", dc.ID, fmt.Sprintf("/costs/%d", dc.ID), projectPath(dc.ProjectID) + "/costs"})
}
