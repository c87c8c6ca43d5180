package odoopages

import (
	"net/http"

	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// choice narrows a list down.
type choice struct {
	key, name string
	domain    []any
}

// part is the part of a model's records that a request asks for.
type part struct {
	query   // the rows of one page
	choices []page.Choice
	total   int
}

// searched finds what is typed into the search box in any of three fields; nil when nothing is.
func searched(r *http.Request, one, two, three string) []any {
	text := r.URL.Query().Get("q")
	if text == "" {
		return nil
	}
	return []any{"|", "|", term(one, "ilike", text), term(two, "ilike", text), term(three, "ilike", text)}
}

// choose counts what each choice would show, and takes the one that r names, or else the first.
func (p *pages) choose(r *http.Request, model string, base []any, all []choice) (part, error) {
	out := part{query: query{offset: page.Offset(r), limit: page.PageSize}}
	wanted := r.URL.Query().Get("show")
	for i, c := range all {
		narrowed := append(append([]any{}, base...), c.domain...)
		n, err := p.count(model, narrowed)
		if err != nil {
			return part{}, err
		}
		if i == 0 || c.key == wanted {
			out.domain, out.total = narrowed, n
		}
		out.choices = append(out.choices, page.Choice{Name: c.name, Count: n, Address: page.Choose(r, "show", c.key), Chosen: c.key == wanted})
	}
	return out, nil
}

// list describes the page that has shown rows.
func (p part) list(r *http.Request, shown int) page.List {
	return page.ListOf(r, p.offset, shown, p.total)
}
