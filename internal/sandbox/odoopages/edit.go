package odoopages

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// do is an edit. What Odoo says against it becomes a [*page.Refusal].
func (p *pages) do(model, method string, ids []int64, args map[string]any) (any, error) {
	answer, err := p.server.Do(model, method, ids, args)
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

// line is a line of an order or bill whose quantity and price can be changed. Quantity and Price name the fields of the form.
type line struct {
	ID int64
	// Display is section or note for what carries no amount.
	Display, Text, Product, Unit string
	Qty, Price, Discount, Billed decimal.Decimal
	Subtotal                     page.Money
	Shares                       []share
	QtyTyped, PriceTyped         string
}

// QtyField is the name of the field with the quantity.
func (l line) QtyField() string { return fmt.Sprintf("quantity_%d", l.ID) }

// PriceField is the name of the field with the price.
func (l line) PriceField() string { return fmt.Sprintf("price_%d", l.ID) }

// typed puts what the user has typed into the fields of the form.
func (l *line) typed(r *http.Request) {
	l.QtyTyped = page.Entered(r, l.QtyField(), l.Qty.String())
	l.PriceTyped = page.Entered(r, l.PriceField(), l.Price.StringFixed(max(2, -l.Price.Exponent())))
}

// display is section or note, by what Odoo calls the line.
func display(kind string) string {
	return map[string]string{"line_section": "section", "line_subsection": "section", "line_note": "remark"}[kind]
}

// lineCommands are the changes to the lines that a form holds, as a document's form in Odoo sends them. Quantity and
// price go together: Odoo 19 may take the vendor's list price when only the quantity is written.
func lineCommands(r *http.Request, lines []line, quantity string) ([]any, error) {
	var commands []any
	for i, l := range lines {
		if l.Display != "" || !r.PostForm.Has(l.QtyField()) {
			continue
		}
		where := fmt.Sprintf(" of line %d", i+1)
		qty, err := page.Number(r, l.QtyField(), "The quantity"+where)
		if err != nil {
			return nil, err
		}
		price, err := page.Number(r, l.PriceField(), "The price"+where)
		if err != nil {
			return nil, err
		}
		if !qty.Equal(l.Qty) || !price.Equal(l.Price) {
			commands = append(commands, []any{1, l.ID, map[string]any{quantity: exact(qty), "price_unit": exact(price)}})
		}
	}
	return commands, nil
}

func exact(d decimal.Decimal) json.Number { return json.Number(d.String()) }
