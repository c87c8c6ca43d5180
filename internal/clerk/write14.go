package clerk

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"
)

// arguments puts what a call is given into version 14's words.
func (c *Clerk) arguments(model string, args map[string]any) (map[string]any, error) {
	out := maps.Clone(args)
	if vals, ok := args["vals"].(map[string]any); ok {
		var err error
		if out["vals"], err = c.vals(model, vals); err != nil {
			return nil, err
		}
	}
	if records := list(args["vals_list"]); records != nil {
		made := make([]any, len(records))
		for i, r := range records {
			vals, _ := r.(map[string]any)
			var err error
			if made[i], err = c.vals(model, vals); err != nil {
				return nil, err
			}
		}
		out["vals_list"] = made
	}
	if args["domain"] != nil {
		out["domain"] = domain(model, list(args["domain"]))
	}
	if args["fields"] != nil {
		out["fields"] = fields(model, list(args["fields"]))
	}
	return out, nil
}

// vals puts the values of one record, and of the lines in it.
func (c *Clerk) vals(model string, given map[string]any) (map[string]any, error) {
	out := make(map[string]any, len(given))
	for name, v := range given {
		if lines := lines14[name]; lines != "" {
			var err error
			if out[name], err = c.commands(lines, list(v)); err != nil {
				return nil, err
			}
			continue
		}
		w, other := words14[model][name]
		switch {
		case !other:
			out[name] = v
		case w.name != "":
			out[w.name] = v
		}
	}
	// These come last: they may change what another field has written.
	for name := range given {
		if w := words14[model][name]; w.write != nil {
			if err := w.write(c, out, given); err != nil {
				return nil, fmt.Errorf("field %s: %w", name, err)
			}
		}
	}
	return out, nil
}

// commands are those of a field with lines: [0, 0, values] makes one, [1, id, values] changes one.
func (c *Clerk) commands(model string, given []any) ([]any, error) {
	out := slices.Clone(given)
	for i, g := range given {
		command := list(g)
		if len(command) < 3 {
			continue
		}
		if vals, ok := command[2].(map[string]any); ok {
			theirs, err := c.vals(model, vals)
			if err != nil {
				return nil, err
			}
			out[i] = []any{command[0], command[1], theirs}
		}
	}
	return out, nil
}

// netPrice takes the discount off the price, to the last digit.
func (c *Clerk) netPrice(vals, given map[string]any) error {
	discount, err := number(given["discount"])
	if err != nil || discount.IsZero() {
		return err
	}
	price, err := number(given["price_unit"])
	if err != nil {
		return err
	}
	hundred := decimal.NewFromInt(100)
	vals["price_unit"] = price.Mul(hundred.Sub(discount)).Div(hundred).InexactFloat64()
	return c.finer()
}

// priceDigits hold a price in cents less a discount in hundredths of a percent.
const priceDigits = 6

// finer raises the accuracy of prices in the firm's settings, once.
func (c *Clerk) finer() error {
	if c.finePrices {
		return nil
	}
	found, err := c.server.Do("decimal.precision", "search", nil, map[string]any{"domain": []any{[]any{"name", "=", "Product Price"}}})
	if err != nil {
		return err
	}
	var ids []int64
	for _, id := range list(found) {
		if id, ok := id.(int64); ok {
			ids = append(ids, id)
		}
	}
	_, err = c.server.Do("decimal.precision", "write", ids, map[string]any{"vals": map[string]any{"digits": priceDigits}})
	c.finePrices = err == nil
	return err
}

// userType names the record that is an account's type.
func (c *Clerk) userType(vals, given map[string]any) error {
	kind, _ := given["account_type"].(string)
	name := types14[kind]
	if name == "" {
		return fmt.Errorf("version 14 has no type of account %q here: add it to types14", kind)
	}
	if c.types[name] == 0 {
		rows, err := c.read("account.account.type", []any{[]any{"name", "=", name}}, "name")
		if err != nil {
			return err
		}
		if len(rows) != 1 {
			return fmt.Errorf("there are %d types of account named %q", len(rows), name)
		}
		c.types[name], _ = rows[0]["id"].(int64)
	}
	vals["user_type_id"] = c.types[name]
	return nil
}

// onlyCompany is the one of company_ids.
func onlyCompany(v any) (any, error) {
	commands := list(v)
	if len(commands) == 1 {
		if command := list(commands[0]); len(command) == 3 {
			if ids := list(command[2]); len(ids) == 1 {
				return ids[0], nil
			}
		}
	}
	return nil, errors.New("a ledger account of version 14 belongs to one company: make one for each")
}

// list is a value that is a list, whatever Go calls it.
func list(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case []string:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = e
		}
		return out
	case []int64:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = e
		}
		return out
	default:
		return nil
	}
}

// number is a value that is a number; nothing is 0.
func number(v any) (decimal.Decimal, error) {
	if v == nil || v == false {
		return decimal.Zero, nil
	}
	n, err := decimal.NewFromString(fmt.Sprint(v))
	if err != nil {
		return n, fmt.Errorf("%v is no number", v)
	}
	return n, nil
}
