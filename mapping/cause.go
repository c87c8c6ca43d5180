package mapping

import (
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Code is the part of the key before the colon, by which causes are explained and counted.
func (c Cause) Code() string {
	code, _, _ := strings.Cut(c.Key, ":")
	return code
}

// causes collects causes by key; amounts that wait for the same thing are summed.
type causes struct {
	byKey    map[string]*Cause
	currency string
}

// add notes a cause. Detail is a list of name, value pairs; the first detail of a key is kept.
func (c *causes) add(key string, amount decimal.Decimal, detail ...string) {
	if known, ok := c.byKey[key]; ok {
		known.Amount = known.Amount.Add(amount)
		return
	}
	if c.byKey == nil {
		c.byKey = map[string]*Cause{}
	}
	cause := &Cause{Key: key, Amount: amount, Currency: c.currency}
	for i := 0; i+1 < len(detail); i += 2 {
		if detail[i+1] == "" {
			continue
		}
		if cause.Detail == nil {
			cause.Detail = map[string]string{}
		}
		cause.Detail[detail[i]] = detail[i+1]
	}
	c.byKey[key] = cause
}

// take adds causes that another stage found.
func (c *causes) take(found []Cause) {
	if c.byKey == nil {
		c.byKey = map[string]*Cause{}
	}
	for _, f := range found {
		c.byKey[f.Key] = &f
	}
}

func (c *causes) drop(key string) { delete(c.byKey, key) }

// sorted returns the causes by key.
func (c *causes) sorted() []Cause {
	if len(c.byKey) == 0 {
		return nil
	}
	list := make([]Cause, 0, len(c.byKey))
	for _, key := range slices.Sorted(maps.Keys(c.byKey)) {
		list = append(list, *c.byKey[key])
	}
	return list
}
