package odoo

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// lookup keeps one field of a model by id, for an hour.
type lookup struct {
	values map[int64]any
	read   time.Time
}

// look returns the field of the given records, read when one of them is not known yet. Records that are
// gone are absent.
func (c *Client) look(ctx context.Context, model, field string, ids []int64) (map[int64]any, error) {
	c.mu.Lock()
	known := c.lookups[model]
	c.mu.Unlock()
	if time.Since(known.read) >= definitionsTTL {
		known = lookup{read: time.Now()}
	}
	missing := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool {
		_, ok := known.values[id]
		return ok || id == 0
	})
	if len(missing) == 0 {
		return known.values, nil
	}
	slices.Sort(missing)
	s := schema{names: map[string]string{field: field}}
	rows, err := c.searchRead(ctx, query{
		model: model, context: includeArchived,
		domain: []any{term("id", "in", slices.Compact(missing))},
	}, s)
	if err != nil {
		return nil, err
	}
	values := make(map[int64]any, len(known.values)+len(rows)) // the old map may be in use
	maps.Copy(values, known.values)
	for _, r := range rows {
		values[r.integer("id")] = r.value(field)
		if r.err != nil {
			return nil, r.err
		}
	}
	c.mu.Lock()
	c.lookups[model] = lookup{values: values, read: known.read}
	c.mu.Unlock()
	return values, nil
}

// names looks up a text field, for units (name), countries and states (code).
func (c *Client) names(ctx context.Context, model, field string, ids []int64) (map[int64]string, error) {
	values, err := c.look(ctx, model, field, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]string, len(ids))
	for _, id := range ids {
		s, _ := values[id].(string)
		out[id] = s
	}
	return out, nil
}

// digits are the decimal places of the currencies.
func (c *Client) digits(ctx context.Context, currencies []int64) (map[int64]int32, error) {
	values, err := c.look(ctx, ModelCurrency, "decimal_places", currencies)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]int32, len(currencies))
	for _, id := range currencies {
		n, ok := toInt(values[id])
		if !ok || n < 0 || n > 12 {
			return nil, notVisible(ModelCurrency, id)
		}
		out[id] = int32(n)
	}
	return out, nil
}

// companyDigits are the decimal places of the companies' own currencies.
func (c *Client) companyDigits(ctx context.Context, companies []int64) (map[int64]int32, error) {
	values, err := c.look(ctx, ModelCompany, "currency_id", companies)
	if err != nil {
		return nil, err
	}
	currency := make(map[int64]int64, len(companies))
	var currencies []int64
	for _, id := range companies {
		r := row{model: ModelCompany, values: map[string]any{"currency_id": values[id]}}
		cur := r.id("currency_id")
		if cur == 0 {
			return nil, notVisible(ModelCompany, id)
		}
		currency[id] = cur
		currencies = append(currencies, cur)
	}
	digits, err := c.digits(ctx, currencies)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]int32, len(companies))
	for _, id := range companies {
		out[id] = digits[currency[id]]
	}
	return out, nil
}

func notVisible(model string, id int64) *Error {
	return &Error{
		Code: CodeNoAccess, Model: model, Method: "search_read", Status: http.StatusOK,
		Message: fmt.Sprintf("record %d is used by a document but not visible to the user", id), WayOut: accessWayOut(model),
	}
}
