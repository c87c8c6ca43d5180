package odoo

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"
)

// distributions gives the function that reads a line's analytic distribution. Before Odoo 16 a line has one account,
// which gets all of the amount, and tags; what a tag distributes is booked beside it. Account is the column of the
// account there.
func (c *Client) distributions(ctx context.Context, lines []*row, account string) (func(*row) []Share, error) {
	if len(lines) == 0 || lines[0].schema.has("analytic_distribution") {
		return func(r *row) []Share { return r.shares("analytic_distribution") }, nil
	}
	var tags []int64
	for _, r := range lines {
		tags = append(tags, r.ids("analytic_tag_ids")...)
	}
	split, err := c.tagShares(ctx, tags)
	if err != nil {
		return nil, err
	}
	return func(r *row) []Share {
		percents := map[int64]decimal.Decimal{}
		if id := r.id(account); id != 0 {
			percents[id] = decimal.NewFromInt(100)
		}
		for _, tag := range r.ids("analytic_tag_ids") {
			for _, s := range split[tag] {
				percents[s.Accounts[0]] = percents[s.Accounts[0]].Add(s.Percent)
			}
		}
		var out []Share
		for id, percent := range percents {
			out = append(out, Share{Accounts: []int64{id}, Percent: percent})
		}
		slices.SortFunc(out, compareShares)
		return out
	}, nil
}

// tagShares are what those of the tags distribute that are for distributing; the others only mark lines.
func (c *Client) tagShares(ctx context.Context, tags []int64) (map[int64][]Share, error) {
	if len(tags) == 0 {
		return nil, nil
	}
	active, err := c.look(ctx, modelAnalyticTag, "active_analytic_distribution", tags)
	if err != nil {
		return nil, err
	}
	tags = slices.DeleteFunc(tags, func(id int64) bool { return active[id] != true })
	if len(tags) == 0 {
		return nil, nil
	}
	slices.Sort(tags)
	s := schema{names: map[string]string{"tag_id": "tag_id", "account_id": "account_id", "percentage": "percentage"}}
	rows, err := c.searchRead(ctx, query{model: modelTagShare, domain: []any{term("tag_id", "in", slices.Compact(tags))}}, s)
	if err != nil {
		return nil, err
	}
	out := map[int64][]Share{}
	for _, r := range rows {
		tag, account := r.id("tag_id"), r.id("account_id")
		if account != 0 {
			out[tag] = append(out[tag], Share{Accounts: []int64{account}, Percent: r.number("percentage")})
		}
		if r.err != nil {
			return nil, r.err
		}
	}
	return out, nil
}
