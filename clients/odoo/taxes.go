package odoo

import (
	"context"
	"maps"
	"slices"

	"github.com/shopspring/decimal"
)

// Taxes reads one window page of taxes, archived ones too, with their cost share: two requests, three
// when a group of taxes has children outside the page.
func (c *Client) Taxes(ctx context.Context, w Window) ([]Record[Tax], error) {
	rows, err := c.page(ctx, ModelTax, w)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	all := make(map[int64]*row, len(rows))
	for _, r := range rows {
		all[r.integer("id")] = r
	}
	var outside []int64
	for _, r := range rows {
		for _, child := range r.ids("children_tax_ids") {
			if all[child] == nil {
				outside = append(outside, child)
			}
		}
	}
	if len(outside) > 0 {
		more, err := c.rows(ctx, query{model: ModelTax, domain: []any{term("id", "in", outside)}, context: includeArchived})
		if err != nil {
			return nil, err
		}
		for _, r := range more {
			all[r.integer("id")] = r
		}
	}
	shares, err := c.unaccounted(ctx, slices.Sorted(maps.Keys(all)))
	if err != nil {
		return nil, err
	}
	return records(rows, func(r *row) Tax {
		return Tax{
			ID: r.integer("id"), Name: r.text("name"), AmountType: r.text("amount_type"), Amount: r.number("amount"),
			Analytic: r.flag("analytic"), CostShare: costShare(r, all, shares),
		}
	})
}

// unaccounted sums, by tax, the factors of the invoice repartition lines that have no account: Odoo
// books them to the base line's own account.
func (c *Client) unaccounted(ctx context.Context, taxes []int64) (map[int64]decimal.Decimal, error) {
	s, err := c.schema(ctx, modelRepartition)
	if err != nil {
		return nil, err
	}
	domain := []any{term("repartition_type", "=", "tax")}
	if tax := s.names["tax_id"]; tax != "" {
		domain = append(domain, term(tax, "in", taxes))
	}
	if s.has("document_type") {
		domain = append(domain, term("document_type", "=", "invoice"))
	}
	rows, err := c.rows(ctx, query{model: modelRepartition, domain: domain})
	if err != nil {
		return nil, err
	}
	out := map[int64]decimal.Decimal{}
	for _, r := range rows {
		if r.id("account_id") == 0 {
			tax := r.id("tax_id")
			out[tax] = out[tax].Add(r.number("factor_percent").Shift(-2))
		}
		if r.err != nil {
			return nil, r.err
		}
	}
	return out, nil
}

// costShare of a group is that of its children, weighted by their rates.
func costShare(r *row, all map[int64]*row, shares map[int64]decimal.Decimal) decimal.Decimal {
	one := decimal.NewFromInt(1)
	if r.flag("analytic") {
		return one
	}
	children := r.ids("children_tax_ids")
	if r.text("amount_type") != "group" || len(children) == 0 {
		return shares[r.integer("id")]
	}
	weights, sum := decimal.Zero, decimal.Zero
	for _, id := range children {
		child := all[id]
		if child == nil || child.text("amount_type") == "group" {
			continue // Odoo allows no groups in groups
		}
		w := child.number("amount").Abs()
		weights = weights.Add(w)
		sum = sum.Add(w.Mul(costShare(child, all, shares)))
	}
	if weights.IsZero() {
		return decimal.Zero
	}
	return sum.Div(weights).Round(6)
}
