package odoopages

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// lineTable are the lines of an order or bill with their sums. The template "line-table" shows them.
type lineTable struct {
	Lines               []line
	Untaxed, Tax, Total page.Money
	// Open says that lines can be changed.
	Open bool
	// WithBilled says that each line tells how much of it was billed.
	WithBilled bool
}

// line is a line of an order or bill whose quantity and price can be changed. QtyField and PriceField name the fields of
// the form.
type line struct {
	ID int64
	// Display is section or remark for what carries no amount.
	Display, Text, Product, Unit string
	Qty, Price, Discount, Billed decimal.Decimal
	Subtotal                     page.Money
	Shares                       []share
	QtyInput, PriceInput         page.Edited
}

// QtyField is the name of the field with the quantity.
func (l line) QtyField() string { return fmt.Sprintf("quantity_%d", l.ID) }

// PriceField is the name of the field with the price.
func (l line) PriceField() string { return fmt.Sprintf("price_%d", l.ID) }

// typed puts what the user has typed into the fields of the form.
func (l *line) typed(r *http.Request) {
	l.QtyInput = page.EditedField(r, l.QtyField(), l.Qty.String())
	l.PriceInput = page.EditedField(r, l.PriceField(), l.Price.StringFixed(max(2, -l.Price.Exponent())))
}

// edited is the quantity and the price that the user wants. where names the line.
func (l *line) edited(r *http.Request, where string) (qty, price decimal.Decimal, err error) {
	qty, price = l.Qty, l.Price
	if l.QtyInput.Touched() {
		qty, err = page.Number(r, l.QtyField(), "The quantity"+where)
	}
	if err == nil && l.PriceInput.Touched() {
		price, err = page.Number(r, l.PriceField(), "The price"+where)
	}
	return qty, price, err
}

// display is section or remark, by what Odoo calls the line.
func display(kind string) string {
	return map[string]string{"line_section": "section", "line_subsection": "section", "line_note": "remark"}[kind]
}

// lines reads the lines of one document in their order. quantity is what the model calls that field; more are fields that
// only this model has.
func (p *pages) lines(r *http.Request, model string, domain []any, quantity string, more ...any) ([]line, error) {
	rows, err := p.find(model, query{domain: domain, order: "sequence, id", fields: append([]any{
		"name", "display_type", "product_id", "product_uom_id", quantity, "price_unit", "discount", "price_subtotal", "currency_id",
		"analytic_distribution",
	}, more...)})
	if err != nil {
		return nil, err
	}
	accounts, err := p.accounts()
	if err != nil {
		return nil, err
	}
	out := make([]line, 0, len(rows))
	for _, l := range rows {
		one := line{
			ID: l.id(), Display: display(l.text("display_type")), Text: l.text("name"), Product: l.name("product_id"), Unit: l.name("product_uom_id"),
			Qty: l.number(quantity), Price: l.number("price_unit"), Discount: l.number("discount"), Billed: l.number("qty_invoiced"),
			Subtotal: l.money("price_subtotal"), Shares: sharesOf(l["analytic_distribution"], accounts),
		}
		one.typed(r)
		out = append(out, one)
	}
	return out, nil
}

// lineCommands are the user's changes to the lines that a form holds, as a document's form in Odoo sends them. Quantity and
// price go together: Odoo 19 may take the vendor's list price when only the quantity is written. A line that somebody else
// changed since the form was made is refused.
func lineCommands(r *http.Request, lines []line, quantity string) ([]any, error) {
	var commands []any
	for i, l := range lines {
		if l.Display != "" || !r.PostForm.Has(l.QtyField()) {
			continue
		}
		where := fmt.Sprintf(" of line %d", i+1)
		qty, price, err := l.edited(r, where)
		if err != nil {
			return nil, err
		}
		if qty.Equal(l.Qty) && price.Equal(l.Price) {
			continue
		}
		if l.QtyInput.Stale() || l.PriceInput.Stale() {
			return nil, &page.Refusal{Sentence: fmt.Sprintf(
				"Somebody else changed line %d meanwhile: its quantity is %s now, and its price %s. %s", i+1, l.QtyInput.Now, l.PriceInput.Now, openAgain)}
		}
		commands = append(commands, []any{1, l.ID, map[string]any{quantity: exact(qty), "price_unit": exact(price)}})
	}
	return commands, nil
}

// openAgain is the way out of a page that is too old.
const openAgain = "Open the document again from its list, and change it there."

func exact(d decimal.Decimal) json.Number { return json.Number(d.String()) }
