package odoopages

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// row is a record as search_read gives it.
type row map[string]any

func (r row) id() int64 { id, _ := r["id"].(int64); return id }

func (r row) text(field string) string { s, _ := r[field].(string); return s }

func (r row) is(field string) bool { return r[field] == true }

// day is the date of a date or datetime field.
func (r row) day(field string) string {
	day, _, _ := strings.Cut(r.text(field), " ")
	return day
}

// ref is the id that a many2one holds and its display name; 0 where it is empty.
func (r row) ref(field string) (int64, string) {
	pair, _ := r[field].([]any)
	if len(pair) != 2 {
		return 0, ""
	}
	id, _ := pair[0].(int64)
	name, _ := pair[1].(string)
	return id, name
}

func (r row) name(field string) string { _, name := r.ref(field); return name }

func (r row) number(field string) decimal.Decimal {
	f, _ := r[field].(float64)
	return decimal.NewFromFloat(f)
}

func (r row) money(field string) page.Money {
	return page.Money{Amount: r.number(field), Currency: r.name("currency_id")}
}

// query is what search_read is asked for.
type query struct {
	domain        []any
	fields        []any
	order         string
	offset, limit int
}

// find reads records, the archived ones too.
func (p *pages) find(model string, q query) ([]row, error) {
	args := map[string]any{"domain": append([]any{}, q.domain...), "fields": q.fields, "context": archivedToo}
	if q.order != "" {
		args["order"] = q.order
	}
	if q.limit > 0 {
		args["offset"], args["limit"] = q.offset, q.limit
	}
	answer, err := p.clerk.Do(model, "search_read", nil, args)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", model, err)
	}
	list, _ := answer.([]any)
	out := make([]row, 0, len(list))
	for _, e := range list {
		if values, ok := e.(map[string]any); ok {
			out = append(out, values)
		}
	}
	return out, nil
}

func (p *pages) count(model string, domain []any) (int, error) {
	answer, err := p.clerk.Do(model, "search_count", nil, map[string]any{"domain": append([]any{}, domain...), "context": archivedToo})
	if err != nil {
		return 0, fmt.Errorf("counting %s: %w", model, err)
	}
	n, _ := answer.(int64)
	return int(n), nil
}

// one reads a record. The error is a [*page.Missing] where there is none; what names the kind of document.
func (p *pages) one(model string, id int64, what string, narrow []any, fields ...any) (row, error) {
	rows, err := p.find(model, query{domain: append([]any{term("id", "=", id)}, narrow...), fields: fields})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, &page.Missing{What: fmt.Sprintf("%s %d", what, id)}
	}
	return rows[0], nil
}

var archivedToo = map[string]any{"active_test": false}

func term(field, operator string, value any) []any { return []any{field, operator, value} }

func idsOf(rows []row) []any {
	ids := make([]any, len(rows))
	for i, r := range rows {
		ids[i] = r.id()
	}
	return ids
}
