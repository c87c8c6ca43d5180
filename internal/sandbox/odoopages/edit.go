package odoopages

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// do is an edit. What Odoo says against it becomes a [*page.Refusal].
func (p *pages) do(model, method string, ids []int64, args map[string]any) (any, error) {
	answer, err := p.clerk.Do(model, method, ids, args)
	if e, ok := errors.AsType[exception](err); ok {
		return nil, &page.Refusal{Sentence: e.Sentence()}
	}
	return answer, err
}

// exception is what the sandbox raises.
type exception interface {
	error
	Sentence() string
}

// button is something that a user may press on a document.
type button struct {
	// Method is that of the model.
	Method, Label string
	// Main marks the one that is pressed most.
	Main bool
}

// press calls the method that a form names, if the document's state offers it.
func (p *pages) press(r *http.Request, model string, id int64, offered []button) (any, string, error) {
	method := r.PostForm.Get("method")
	if !slices.ContainsFunc(offered, func(b button) bool { return b.Method == method }) {
		return nil, "", &page.Refusal{Sentence: fmt.Sprintf("%q is not offered on a document in this state. It may have changed meanwhile.", method)}
	}
	answer, err := p.do(model, method, []int64{id}, nil)
	return answer, method, err
}
