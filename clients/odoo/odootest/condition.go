package odootest

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// condition compiles (field, operator, value) for a model's records.
func (t *tx) condition(m *model, f *field, op string, v any, shown string) test {
	get := func(r *record) any { return t.seen(m, r, f) }
	if base, negated := strings.CutPrefix(op, "not "); negated {
		positive := t.condition(m, f, base, v, shown)
		return func(r *record) bool { return !positive(r) }
	}
	if op == "!=" {
		positive := t.condition(m, f, "=", v, shown)
		return func(r *record) bool { return !positive(r) }
	}
	if op == "=?" {
		if isFalse(v) {
			return func(*record) bool { return true }
		}
		op = "="
	}
	switch op {
	case "any":
		return t.anyOf(f, v, get, shown)
	case "child_of", "parent_of":
		return t.hierarchy(m, f, op, v, get)
	case "in":
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		tests := make([]test, len(list))
		if f.relational() && allIDs(v) {
			return related(get, idList(list))
		}
		for i, e := range list {
			tests[i] = t.condition(m, f, "=", e, shown)
		}
		return func(r *record) bool { return slices.ContainsFunc(tests, func(one test) bool { return one(r) }) }
	}
	if list, isList := v.([]any); isList && op == "=" {
		return t.condition(m, f, "in", list, shown)
	}
	switch {
	case f.kind == kDatetime:
		return t.datetimeCondition(m, f, op, v, get)
	case f.relational():
		return t.relationCondition(f, op, v, get)
	case f.kind == kJSON:
		return t.distributionCondition(op, v, get)
	case f.numeric():
		return numberCondition(op, v, get)
	case f.kind == kBool:
		want := truthy(v)
		return func(r *record) bool { return (get(r) == true) == want }
	case f.kind == kDate:
		return t.dateCondition(m, f, op, v, get)
	}
	return textCondition(op, v, get)
}

func related(get func(*record) any, ids []int64) test {
	set := make(map[int64]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return func(r *record) bool {
		switch v := get(r).(type) {
		case int64:
			return set[v]
		case []int64:
			return slices.ContainsFunc(v, func(id int64) bool { return set[id] })
		}
		return false
	}
}

func (t *tx) relationCondition(f *field, op string, v any, get func(*record) any) test {
	if isFalse(v) || v == true {
		return func(r *record) bool {
			switch held := get(r).(type) {
			case int64:
				return (held == 0) != (v == true)
			case []int64:
				return (len(held) == 0) != (v == true)
			}
			return v != true
		}
	}
	s, isString := v.(string)
	if !isString {
		switch op {
		case ">", ">=", "<", "<=":
			return numberCondition(op, v, get)
		}
		return related(get, idList(v))
	}
	rel := t.s.model(f.rel)
	byName := textCondition(op, s, func(r *record) any { return t.displayName(rel, r) })
	return t.through(rel, get, byName)
}

func (t *tx) anyOf(f *field, v any, get func(*record) any, shown string) test {
	rel := t.s.model(f.rel)
	if rel == nil {
		valueError("Invalid field in condition %s", shown)
	}
	return t.through(rel, get, t.compile(rel, v).match)
}

// through holds when any related record satisfies inner.
func (t *tx) through(rel *model, get func(*record) any, inner test) test {
	ok := func(id int64) bool {
		o := rel.get(id)
		return o != nil && inner(o)
	}
	return func(r *record) bool {
		switch v := get(r).(type) {
		case int64:
			return ok(v)
		case []int64:
			return slices.ContainsFunc(v, ok)
		}
		return false
	}
}

func (t *tx) hierarchy(m *model, f *field, op string, v any, get func(*record) any) test {
	rel := m
	if f.name != "id" && f.relational() {
		rel = t.s.model(f.rel)
	}
	parent := rel.byKey["parent_id"]
	roots := idList(v)
	if s, ok := v.(string); ok {
		roots = nil
		for _, r := range rel.recs {
			if strings.Contains(strings.ToLower(t.displayName(rel, r)), strings.ToLower(s)) {
				roots = append(roots, r.id)
			}
		}
	}
	set := slices.Clone(roots)
	for i := 0; i < len(set) && parent != nil; i++ {
		if op == "child_of" {
			for _, kid := range rel.index[parent.slot][set[i]] {
				if !slices.Contains(set, kid) {
					set = append(set, kid)
				}
			}
		} else if r := rel.get(set[i]); r != nil {
			if up, ok := r.at(parent.slot).(int64); ok && !slices.Contains(set, up) {
				set = append(set, up)
			}
		}
	}
	return related(get, set)
}

// distributionCondition finds analytic distributions by account id (or name with like operators).
func (t *tx) distributionCondition(op string, v any, get func(*record) any) test {
	if isFalse(v) {
		return func(r *record) bool { return get(r) == nil }
	}
	accounts := t.s.model("account.analytic.account")
	want := map[string]bool{}
	if s, ok := v.(string); ok && !isDigits(s) {
		named := textCondition(op, s, func(r *record) any { return t.displayName(accounts, r) })
		for _, r := range accounts.recs {
			if named(r) {
				want[strconv.FormatInt(r.id, 10)] = true
			}
		}
	} else {
		for _, id := range idList(v) {
			want[strconv.FormatInt(id, 10)] = true
		}
	}
	return func(r *record) bool {
		d, _ := get(r).(map[string]float64)
		for key := range d {
			for id := range strings.SplitSeq(key, ",") {
				if want[strings.TrimSpace(id)] {
					return true
				}
			}
		}
		return false
	}
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func ordered(op string, c int) bool {
	switch op {
	case "=":
		return c == 0
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	}
	return false
}

func numberCondition(op string, v any, get func(*record) any) test {
	if strings.Contains(op, "like") {
		s := func(r *record) any {
			if i, ok := get(r).(int64); ok {
				return strconv.FormatInt(i, 10)
			}
			f, _ := get(r).(float64)
			return strconv.FormatFloat(f, 'f', -1, 64)
		}
		return textCondition(op, v, s)
	}
	want := toFloat(v)
	return func(r *record) bool {
		var held float64
		switch n := get(r).(type) {
		case int64:
			held = float64(n)
		case float64:
			held = n
		}
		return ordered(op, cmp.Compare(held, want))
	}
}

func (t *tx) dateCondition(m *model, f *field, op string, v any, get func(*record) any) test {
	if isFalse(v) {
		return func(r *record) bool { return get(r) == nil }
	}
	want, ok := v.(string)
	if ok && len(want) > 10 {
		want = want[:10]
	}
	if _, err := time.Parse(time.DateOnly, want); !strings.Contains(op, "like") && (err != nil || !ok) {
		t.badMoment(m, f, op, v)
	}
	if strings.Contains(op, "like") {
		return textCondition(op, want, get)
	}
	return func(r *record) bool {
		held, ok := get(r).(string)
		return ok && ordered(op, cmp.Compare(held, want))
	}
}

func textCondition(op string, v any, get func(*record) any) test {
	if isFalse(v) || v == "" {
		return func(r *record) bool { return strings.HasSuffix(op, "like") || op == "=" && str(get(r)) == "" }
	}
	want, ok := v.(string)
	if !ok {
		want = repr(v)
	}
	if strings.HasSuffix(op, "like") {
		pattern := likePattern(want, strings.HasPrefix(op, "="), strings.Contains(op, "ilike"))
		return func(r *record) bool { return pattern.MatchString(str(get(r))) }
	}
	return func(r *record) bool {
		held, ok := get(r).(string)
		return ok && ordered(op, cmp.Compare(held, want))
	}
}

// likePattern translates SQL's LIKE; without anchors the value may stand anywhere.
func likePattern(s string, anchored, fold bool) *regexp.Regexp {
	var b strings.Builder
	b.WriteString("(?s")
	if fold {
		b.WriteByte('i')
	}
	b.WriteString(")^")
	if !anchored {
		b.WriteString(".*")
	}
	escaped := false
	for _, c := range s {
		switch {
		case escaped:
			b.WriteString(regexp.QuoteMeta(string(c)))
			escaped = false
		case c == '\\':
			escaped = true
		case c == '%':
			b.WriteString(".*")
		case c == '_':
			b.WriteByte('.')
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	if !anchored {
		b.WriteString(".*")
	}
	b.WriteByte('$')
	return regexp.MustCompile(b.String())
}
