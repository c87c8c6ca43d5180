package odootest

import (
	"slices"
	"strings"
)

// test tells whether a record satisfies a condition.
type test func(r *record) bool

// domain is a compiled search domain with what the scan can use to look at fewer rows.
type domain struct {
	match      test
	ids        []int64 // candidates, when narrowed is true
	narrowed   bool
	after      int64 // only ids above
	from, to   int64 // write time in [from, to), 0 = open
	usesActive bool
}

// operators that version 14 knows; version 19 knows more.
var (
	operators    = strings.Fields("= != > >= < <= in like ilike =like =ilike child_of parent_of =? <> ==")
	newOperators = strings.Fields("any")
)

func (t *tx) validOperator(op string) bool {
	base, negated := strings.CutPrefix(op, "not ")
	if negated && !slices.Contains([]string{"in", "like", "ilike", "=like", "=ilike", "any"}, base) {
		return false
	}
	if t.s.dialect.old && (negated && strings.HasPrefix(base, "=") || slices.Contains(newOperators, base)) {
		return false
	}
	return slices.Contains(operators, base) || slices.Contains(newOperators, base)
}

// badLeaf refuses an item of a domain.
func (t *tx) badLeaf(item any) {
	if !t.s.dialect.old {
		valueError("Domain() invalid item in domain: %s", repr(item))
	}
	text := repr(item)
	if list, ok := item.([]any); ok { // a tuple by then
		text = repr(list)
		text = "(" + text[1:len(text)-1] + ")"
	}
	valueError("Invalid leaf %s", text)
}

// compile reads a domain in prefix notation.
func (t *tx) compile(m *model, v any) *domain {
	d := &domain{}
	items, ok := v.([]any)
	if v == nil || v == false {
		items, ok = nil, true
	}
	if !ok {
		typeError("Domain() invalid argument type for domain: %s", repr(v))
	}
	var all []test
	rest := items
	for len(rest) > 0 {
		var one test
		one, rest = t.expression(m, rest, d, true)
		all = append(all, one)
	}
	d.match = and(all)
	return d
}

func and(all []test) test {
	switch len(all) {
	case 0:
		return func(*record) bool { return true }
	case 1:
		return all[0]
	}
	return func(r *record) bool {
		for _, one := range all {
			if !one(r) {
				return false
			}
		}
		return true
	}
}

// expression takes one operand off the list. top is true while every enclosing operator is "&".
func (t *tx) expression(m *model, items []any, d *domain, top bool) (test, []any) {
	if len(items) == 0 {
		valueError("Domain() malformed: missing operand")
	}
	head, rest := items[0], items[1:]
	switch head {
	case "!":
		one, rest := t.expression(m, rest, d, false)
		return func(r *record) bool { return !one(r) }, rest
	case "&", "|":
		a, rest := t.expression(m, rest, d, top && head == "&")
		b, rest := t.expression(m, rest, d, top && head == "&")
		if head == "&" {
			return and([]test{a, b}), rest
		}
		return func(r *record) bool { return a(r) || b(r) }, rest
	}
	leaf, ok := head.([]any)
	if !ok || len(leaf) != 3 {
		t.badLeaf(head)
	}
	return t.leaf(m, leaf, d, top), rest
}

func (t *tx) leaf(m *model, leaf []any, d *domain, top bool) test {
	op, _ := leaf[1].(string)
	op = strings.ToLower(op)
	shown := "(" + repr(leaf[0]) + ", " + repr(leaf[1]) + ", " + repr(leaf[2]) + ")"
	path, ok := leaf[0].(string)
	if !ok { // (1, '=', 1) and (0, '=', 1)
		yes := op == "=" && repr(leaf[0]) == repr(leaf[2])
		return func(*record) bool { return yes }
	}
	if !t.validOperator(op) {
		if t.s.dialect.old {
			t.badLeaf(leaf)
		}
		valueError("Invalid operator in condition %s", shown)
	}
	switch op {
	case "<>":
		op = "!="
	case "==":
		op = "="
	}
	name, tail, dotted := strings.Cut(path, ".")
	f := m.byName[name]
	if f == nil {
		valueError("Invalid field %s.%s in %s %s", m.name, name, t.s.dialect.leaf, shown)
	}
	if f.unsearchable {
		valueError("Cannot convert %s.%s to SQL because it is not stored", m.name, f.name)
	}
	if f.name == "active" {
		d.usesActive = true
	}
	value := leaf[2]
	if dotted {
		if tail == "id" {
			dotted = false
		} else {
			op, value = "any", []any{[]any{tail, leaf[1], leaf[2]}}
		}
	}
	if dotted && !f.relational() {
		valueError("Invalid field %s.%s in %s %s", m.name, path, t.s.dialect.leaf, shown)
	}
	if top && !dotted {
		t.narrow(m, f, op, value, d)
	}
	return t.condition(m, f, op, value, shown)
}

// narrow notes what a condition that must hold says about ids and write times.
func (t *tx) narrow(m *model, f *field, op string, v any, d *domain) {
	switch {
	case f.name == "id" && (op == ">" || op == ">="):
		if id := toInt(v); op == ">" {
			d.after = max(d.after, id)
		} else {
			d.after = max(d.after, id-1)
		}
	case f.name == "id" && (op == "=" || op == "in"):
		d.candidates(idList(v))
	case f.name == "write_date" && slices.Contains([]string{">=", ">", "<", "<="}, op) && !isFalse(v):
		lo, hi := t.moment(m, f, op, v)
		switch op {
		case ">=":
			d.from = max(d.from, lo)
		case ">":
			d.from = max(d.from, hi)
		case "<":
			d.until(lo)
		case "<=":
			d.until(hi)
		}
	case f.idx && f.kind == kMany2one && (op == "=" || op == "in") && allIDs(v):
		var ids []int64
		for _, key := range idList(v) {
			ids = append(ids, m.index[f.slot][key]...)
		}
		d.candidates(ids)
	}
}

func (d *domain) until(at int64) {
	if d.to == 0 || at < d.to {
		d.to = at
	}
}

func (d *domain) candidates(ids []int64) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if d.narrowed {
		ids = slices.DeleteFunc(ids, func(id int64) bool { _, both := slices.BinarySearch(d.ids, id); return !both })
	}
	d.ids, d.narrowed = ids, true
}

func allIDs(v any) bool {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, e := range list {
		if _, isString := e.(string); isString || isFalse(e) || e == true {
			return false
		}
	}
	return true
}

func idList(v any) []int64 {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	ids := make([]int64, 0, len(list))
	for _, e := range list {
		if !isFalse(e) {
			ids = append(ids, toInt(e))
		}
	}
	return ids
}
