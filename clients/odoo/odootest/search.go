package odootest

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// search gives the records that a domain, the archive rule and the company rule let through, in order.
func (t *tx) search(m *model, dom any, order string, offset, limit int) []*record {
	d := t.compile(m, dom)
	if act := m.byName["active"]; act != nil && !d.usesActive && t.ctx["active_test"] != false {
		match := d.match
		d.match = func(r *record) bool { return r.at(act.slot) == true && match(r) }
	}
	less, byID := t.ordering(m, order)
	want := 0
	if byID && limit > 0 {
		want = offset + limit
	}
	found := t.scan(m, d, want)
	if !byID {
		slices.SortStableFunc(found, less)
	}
	found = found[min(offset, len(found)):]
	if limit > 0 && limit < len(found) {
		found = found[:limit]
	}
	return found
}

// scan walks candidates by rising id and stops after want hits (0 = all).
func (t *tx) scan(m *model, d *domain, want int) []*record {
	var found []*record
	visible := t.visible(m)
	take := func(r *record) bool {
		if r.id > d.after && visible(r) && d.match(r) {
			found = append(found, r)
		}
		return want == 0 || len(found) < want
	}
	if d.narrowed {
		for _, id := range d.ids {
			if r := m.get(id); r != nil && !take(r) {
				break
			}
		}
		return found
	}
	start, _ := slices.BinarySearch(m.ids, d.after+1)
	for i := start; i < len(m.ids); i++ {
		if w := m.written[i]; w < d.from || d.to != 0 && w >= d.to {
			continue
		}
		if !take(m.recs[i]) {
			break
		}
	}
	return found
}

// ordering compiles an order clause; byID is true when the scan's own order is the wanted one.
func (t *tx) ordering(m *model, order string) (compare func(a, b *record) int, byID bool) {
	fields := m.byName
	if order == "" {
		order, fields = m.order, m.byKey
	}
	type key struct {
		f    *field
		sign int
	}
	var keys []key
	for part := range strings.SplitSeq(order, ",") {
		words := strings.Fields(strings.ToLower(part))
		if len(words) == 0 {
			continue
		}
		name, _, _ := strings.Cut(words[0], ".")
		f := fields[name]
		if f == nil {
			valueError("Invalid field '%s' on model '%s'", words[0], m.name)
		}
		if f.unsortable && f.kind != kOne2many && f.kind != kMany2many {
			valueError("Cannot convert %s.%s to SQL because it is not stored", m.name, f.name)
		}
		k := key{f: f, sign: 1}
		if len(words) > 1 && words[1] == "desc" {
			k.sign = -1
		}
		keys = append(keys, k)
	}
	if len(keys) == 1 && keys[0].f.name == "id" && keys[0].sign == 1 {
		return nil, true
	}
	return func(a, b *record) int {
		for _, k := range keys {
			if c := compareValues(t.sortKey(m, a, k.f), t.sortKey(m, b, k.f)); c != 0 {
				return c * k.sign
			}
		}
		return cmp.Compare(a.id, b.id)
	}, false
}

func (t *tx) sortKey(m *model, r *record, f *field) any {
	v := t.seen(m, r, f)
	if id, ok := v.(int64); ok && f.kind == kMany2one && f.key != "order_id" && f.key != "move_id" {
		if rel := t.s.model(f.rel); rel != nil && rel.get(id) != nil {
			return t.displayName(rel, rel.get(id))
		}
	}
	return v
}

// compareValues orders NULL after everything, as PostgreSQL does.
func compareValues(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	switch x := a.(type) {
	case int64:
		y, _ := b.(int64)
		return cmp.Compare(x, y)
	case float64:
		y, _ := b.(float64)
		return cmp.Compare(x, y)
	case string:
		y, _ := b.(string)
		return cmp.Compare(x, y)
	case bool:
		y, _ := b.(bool)
		switch {
		case x == y:
			return 0
		case y:
			return -1
		}
		return 1
	}
	return 0
}

// visible is the company rule of the user: documents of his active companies and those of none.
func (t *tx) visible(m *model) test {
	co := m.byKey["company_id"]
	cos := m.byKey["company_ids"]
	allowed := t.companies
	if t.user == nil && t.ctx["allowed_company_ids"] == nil {
		return func(*record) bool { return true }
	}
	switch {
	case m.name == "res.users":
		return func(*record) bool { return true }
	case m.name == keyModel:
		owner := m.field("user_id").slot
		all := t.user == nil || slices.Contains(t.user.Groups, "system")
		return func(r *record) bool { return all || r.at(owner) == t.uid }
	case m.name == "res.company":
		return func(r *record) bool { return slices.Contains(allowed, r.id) }
	case co != nil && co.slot >= 0:
		return func(r *record) bool {
			id, ok := r.at(co.slot).(int64)
			return !ok || slices.Contains(allowed, id)
		}
	case cos != nil:
		return func(r *record) bool {
			ids, _ := r.at(cos.slot).([]int64)
			return len(ids) == 0 || slices.ContainsFunc(ids, func(id int64) bool { return slices.Contains(allowed, id) })
		}
	}
	return func(*record) bool { return true }
}

// fieldsNamed resolves the fields argument of read; none means all readable fields.
func (t *tx) fieldsNamed(m *model, v any) []*field {
	names, _ := v.([]any)
	if len(names) == 0 {
		return slices.DeleteFunc(m.shown(), func(f *field) bool { return f.name == "id" || t.hides(m, f) })
	}
	var fs []*field
	for _, n := range names {
		name, _ := n.(string)
		f := m.byName[name]
		if f == nil {
			valueError(t.s.dialect.badRead, name, m.name)
		}
		if t.hides(m, f) {
			accessError("You do not have enough rights to access the field \"%s\" on %s (%s). Please contact your system administrator.\n\n"+
				"Operation: read\nUser: %d", f.name, m.label, m.name, t.uid)
		}
		if f.name != "id" && !slices.Contains(fs, f) {
			fs = append(fs, f)
		}
	}
	return fs
}

func (t *tx) read(m *model, rs []*record, fields any, load any) []object {
	fs := t.fieldsNamed(m, fields)
	classic := load == nil || load == "_classic_read"
	out := make([]object, 0, len(rs))
	for _, r := range rs {
		o := object{{"id", r.id}}
		for _, f := range fs {
			o = append(o, member{f.name, t.show(f, t.seen(m, r, f), classic)})
		}
		out = append(out, o)
	}
	t.records += len(out)
	return out
}

// webRead reads with a nested specification, as the web client does.
func (t *tx) webRead(m *model, rs []*record, spec map[string]any) []object {
	out := make([]object, 0, len(rs))
	for _, r := range rs {
		o := object{{"id", r.id}}
		for _, name := range jsonbKeys(spec) {
			f := m.byName[name]
			if f == nil {
				valueError("Invalid field '%s' on '%s'", name, m.name)
			}
			if name == "id" {
				continue
			}
			inner, _ := spec[name].(map[string]any)
			nested, _ := inner["fields"].(map[string]any)
			o = append(o, member{name, t.webValue(m, r, f, nested)})
		}
		out = append(out, o)
	}
	t.records += len(out)
	return out
}

func (t *tx) webValue(m *model, r *record, f *field, nested map[string]any) any {
	v := t.seen(m, r, f)
	if nested == nil || !f.relational() {
		return t.show(f, v, false)
	}
	rel := t.s.model(f.rel)
	if rel == nil {
		return t.show(f, v, false)
	}
	if f.kind == kMany2one {
		id, _ := v.(int64)
		if target := rel.get(id); target != nil {
			return t.webRead(rel, []*record{target}, nested)[0]
		}
		return false
	}
	ids, _ := v.([]int64)
	return t.webRead(rel, t.found(rel, ids), nested)
}

// found gives the records that exist, in the order asked, without repeats.
func (t *tx) found(m *model, ids []int64) []*record {
	var rs []*record
	seen := map[int64]bool{}
	for _, id := range ids {
		if r := m.get(id); r != nil && !seen[id] {
			seen[id] = true
			rs = append(rs, r)
		}
	}
	return rs
}

// limits reads offset and limit, which PostgreSQL checks.
func limits(a args) (offset, limit int) {
	number := func(name string) int {
		v := a[name]
		if isFalse(v) {
			return 0
		}
		n, ok := v.(json.Number)
		if !ok {
			raise(500, "psycopg2.errors.InvalidTextRepresentation",
				"invalid input syntax for type bigint: \"%v\"\nLINE 1: ... %s '%v'\n", v, strings.ToUpper(name), v)
		}
		i := toInt(n)
		if i < 0 {
			title := strings.ToUpper(name)
			kind := map[string]string{"limit": "InvalidRowCountInLimitClause", "offset": "InvalidRowCountInResultOffsetClause"}
			raise(500, "psycopg2.errors."+kind[name], "%s must not be negative\n", title)
		}
		return int(i)
	}
	return number("offset"), number("limit")
}
