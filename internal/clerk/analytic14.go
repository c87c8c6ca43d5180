package clerk

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// account is an analytic account: the group at the top of its tree, and what people call it.
type account struct {
	id, root int64
	label    string
}

// part is what an account gets of a line, in percent.
type part struct {
	account
	percent decimal.Decimal
}

// dimension are the parts of a line on the accounts of one root group.
type dimension []part

var whole = decimal.NewFromInt(100)

// all is the account that has all of the line.
func (d dimension) all() (int64, bool) {
	return d[0].id, len(d) == 1 && d[0].percent.Equal(whole)
}

// name is what people call a tag that distributes so.
func (d dimension) name() string {
	if _, all := d.all(); all {
		return d[0].label
	}
	words := make([]string, len(d))
	for i, p := range d {
		words[i] = fmt.Sprintf("%s %s %%", p.label, p.percent)
	}
	return strings.Join(words, ", ")
}

// book writes a distribution ({"35,36": 60, …}) as the line's one account, in the field named so, and tags.
func (c *Clerk) book(vals map[string]any, distribution any, field string) error {
	held, _ := distribution.(map[string]any)
	dimensions, err := c.dimensions(held)
	if err != nil {
		return err
	}
	vals[field] = false
	tags := []any{}
	for i, d := range dimensions {
		if id, all := d.all(); all && i == 0 {
			vals[field] = id
			continue
		}
		tag, err := c.tag(d)
		if err != nil {
			return err
		}
		tags = append(tags, tag)
	}
	vals["analytic_tag_ids"] = []any{[]any{6, 0, tags}}
	return nil
}

// dimensions takes a distribution apart, that of the oldest root group first. Those after it say how each part of the
// first is cut: they are of the shares that have an account there, and must be the same for all of these.
func (c *Clerk) dimensions(held map[string]any) ([]dimension, error) {
	sums := map[int64]map[int64]decimal.Decimal{} // by root and account
	shares, err := c.shares(held)
	if err != nil {
		return nil, err
	}
	for _, s := range shares {
		for root, a := range s.accounts {
			if sums[root] == nil {
				sums[root] = map[int64]decimal.Decimal{}
			}
			sums[root][a] = sums[root][a].Add(s.percent)
		}
	}
	roots := slices.Sorted(maps.Keys(sums))
	var out []dimension
	for i, root := range roots {
		total := decimal.Zero
		for _, sum := range sums[root] {
			total = total.Add(sum)
		}
		var d dimension
		for _, id := range slices.Sorted(maps.Keys(sums[root])) {
			percent := sums[root][id]
			if i > 0 && !total.IsZero() {
				percent = percent.Mul(whole).DivRound(total, 2)
			}
			sums[root][id] = percent
			d = append(d, part{c.accounts[id], percent})
		}
		out = append(out, d)
	}
	for _, s := range shares {
		product := whole
		for root, a := range s.accounts {
			product = product.Mul(sums[root][a]).Div(whole)
		}
		if !product.Equal(s.percent) {
			return nil, fmt.Errorf("the distribution %v is not the product of its plans, and tags can say no other", held)
		}
	}
	return out, nil
}

// share is an entry of a distribution: its account by root group.
type share struct {
	accounts map[int64]int64
	percent  decimal.Decimal
}

func (c *Clerk) shares(held map[string]any) ([]share, error) {
	var out []share
	for _, key := range slices.Sorted(maps.Keys(held)) {
		percent, err := number(held[key])
		if err != nil {
			return nil, err
		}
		s := share{accounts: map[int64]int64{}, percent: percent.Round(2)}
		for text := range strings.SplitSeq(key, ",") {
			id, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("%q names no account", key)
			}
			a, err := c.account(id)
			if err != nil {
				return nil, err
			}
			if s.accounts[a.root] != 0 {
				return nil, fmt.Errorf("%q names two accounts of one plan", key)
			}
			s.accounts[a.root] = id
		}
		out = append(out, s)
	}
	return out, nil
}

func (c *Clerk) account(id int64) (account, error) {
	if a, known := c.accounts[id]; known {
		return a, nil
	}
	rows, err := c.read("account.analytic.account", []any{[]any{"id", "=", id}}, "name", "code", "group_id")
	if err != nil {
		return account{}, err
	}
	if len(rows) == 0 {
		return account{}, fmt.Errorf("there is no analytic account %d", id)
	}
	name, _ := rows[0]["name"].(string)
	code, _ := rows[0]["code"].(string)
	a := account{id: id, label: cmp.Or(code, name)}
	if of, _ := reference(rows[0]["group_id"]); of != 0 {
		root, err := c.root(of)
		if err != nil {
			return account{}, err
		}
		a.root = root.id
	}
	c.accounts[id] = a
	return a, nil
}

// tag is the one that distributes so; it is made when a line needs it first.
func (c *Clerk) tag(d dimension) (int64, error) {
	key, lines := "", []any{}
	for _, p := range d {
		key += fmt.Sprintf("%d:%s ", p.id, p.percent)
		lines = append(lines, []any{0, 0, map[string]any{"account_id": p.id, "percentage": p.percent.InexactFloat64()}})
	}
	if id := c.tags[key]; id != 0 {
		return id, nil
	}
	id, err := c.server.Create("account.analytic.tag", map[string]any{
		"name": d.name(), "active_analytic_distribution": true, "analytic_distribution_ids": lines,
	})
	if err == nil {
		c.tags[key] = id
	}
	return id, err
}
