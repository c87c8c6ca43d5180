package clerk

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// distribution reads a line's account and tags as a distribution: what one root group has is cut by what the next has.
func (c *Clerk) distribution(row map[string]any, field string) (any, error) {
	parts := map[int64]map[int64]decimal.Decimal{} // by root and account
	add := func(id int64, percent decimal.Decimal) error {
		a, err := c.account(id)
		if err != nil {
			return err
		}
		if parts[a.root] == nil {
			parts[a.root] = map[int64]decimal.Decimal{}
		}
		parts[a.root][id] = parts[a.root][id].Add(percent)
		return nil
	}
	if id, _ := reference(row[field]); id != 0 {
		if err := add(id, whole); err != nil {
			return nil, err
		}
	}
	if tags := list(row["analytic_tag_ids"]); len(tags) > 0 {
		rows, err := c.read("account.analytic.distribution", []any{
			[]any{"tag_id", "in", tags}, []any{"tag_id.active_analytic_distribution", "=", true},
		}, "account_id", "percentage")
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			id, _ := reference(r["account_id"])
			percent, err := number(r["percentage"])
			if err == nil {
				err = add(id, percent)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	if len(parts) == 0 {
		return false, nil
	}
	return crossed(parts), nil
}

func crossed(parts map[int64]map[int64]decimal.Decimal) map[string]any {
	shares := map[string]decimal.Decimal{"": whole}
	for _, root := range slices.Sorted(maps.Keys(parts)) {
		next := map[string]decimal.Decimal{}
		for key, percent := range shares {
			for id, of := range parts[root] {
				next[strings.TrimPrefix(key+","+strconv.FormatInt(id, 10), ",")] = percent.Mul(of).Div(whole)
			}
		}
		shares = next
	}
	out := map[string]any{}
	for key, percent := range shares {
		out[key] = percent.Round(2).InexactFloat64()
	}
	return out
}
