package odootest

import (
	"encoding/json"
	"maps"
	"slices"
)

// inward reads values as a caller names them: keys and values of this package come out, in nested commands too.
func (t *tx) inward(m *model, given map[string]any) map[string]any {
	out := make(map[string]any, len(given))
	for _, k := range jsonbKeys(given) {
		f := m.byName[k]
		if f == nil {
			valueError(t.s.dialect.badValue, k, m.name)
		}
		v := given[k]
		if list, ok := v.([]any); ok && (f.kind == kOne2many || f.kind == kMany2many) {
			v = t.inwardCommands(t.s.model(f.rel), list)
		}
		if f.take != nil {
			f.take(out, v)
		} else {
			out[f.key] = v
		}
	}
	return out
}

func (t *tx) inwardCommands(rel *model, list []any) []any {
	out := make([]any, len(list))
	for i, e := range list {
		out[i] = e
		switch e := e.(type) {
		case map[string]any:
			out[i] = t.inward(rel, e)
		case []any:
			if len(e) > 2 {
				if vals, ok := e[2].(map[string]any); ok {
					out[i] = []any{e[0], e[1], t.inward(rel, vals)}
				}
			}
		}
	}
	return out
}

// create makes one record; one2many values make its lines in the same transaction.
func (t *tx) create(m *model, given map[string]any) *record {
	vals := maps.Clone(given)
	if vals == nil {
		vals = map[string]any{}
	}
	for _, k := range jsonbKeys(vals) {
		m.field(k)
	}
	for k, v := range t.ctx {
		if name, ok := cutDefault(k); ok && m.byName[name] != nil {
			setDefault(vals, m.byName[name].key, v)
		}
	}
	if m.byName["active"] != nil {
		setDefault(vals, "active", true)
	}
	if m.defaults != nil {
		m.defaults(t, vals)
	}
	r := &record{
		id: t.nextID(m), v: make([]any, m.slots), created: t.start, written: t.start, createdBy: t.uid, writeBy: t.uid,
		commit: t.s.commits + 1,
	}
	converted := t.columns(m, vals)
	for _, f := range m.fields {
		v, set := converted[f.key]
		if f.slot < 0 {
			continue
		}
		if set && v != nil {
			r.v[f.slot] = v
		} else if zero := zeroOf(f); zero != nil {
			r.v[f.slot] = zero
		} else if f.required && !f.filled {
			t.missingRequired(m, f)
		}
	}
	t.checkCompany(m, r)
	t.insert(m, r)
	t.lines(m, r, vals)
	if m.created != nil {
		m.created(t, r)
	}
	return r
}

func cutDefault(k string) (string, bool) {
	const p = "default_"
	if len(k) > len(p) && k[:len(p)] == p {
		return k[len(p):], true
	}
	return "", false
}

func setDefault(vals map[string]any, name string, v any) {
	if _, set := vals[name]; !set && v != nil {
		vals[name] = v
	}
}

func zeroOf(f *field) any {
	switch f.kind {
	case kBool:
		return false
	case kInt:
		return int64(0)
	case kFloat, kMonetary:
		return 0.0
	}
	return nil
}

// columns converts everything that is a column; one2many is left to lines. Magic fields are ignored without an error.
func (t *tx) columns(m *model, vals map[string]any) map[string]any {
	out := map[string]any{}
	for _, name := range jsonbKeys(vals) {
		f := m.field(name)
		switch {
		case f.slot < 0:
		case f.kind == kMany2many:
			out[name] = t.many2many(f, vals[name], nil)
		default:
			out[name] = t.convert(m, f, vals[name])
		}
	}
	return out
}

// update writes values into existing records.
func (t *tx) update(m *model, rs []*record, vals map[string]any) {
	for _, k := range jsonbKeys(vals) {
		m.field(k)
	}
	if m.guard != nil {
		m.guard(t, rs, vals)
	}
	for _, r := range rs {
		for _, f := range m.fields {
			v, given := vals[f.key]
			if !given || f.slot < 0 {
				continue
			}
			var stored any
			if f.kind == kMany2many {
				held, _ := r.at(f.slot).([]int64)
				stored = t.many2many(f, v, held)
			} else {
				stored = t.convert(m, f, v)
			}
			if stored == nil && f.required {
				t.missingRequired(m, f)
			}
			t.set(m, r, f, stored)
		}
		t.touch(m, r)
		t.checkCompany(m, r)
		t.lines(m, r, vals)
		if m.wrote != nil {
			m.wrote(t, r, vals)
		}
	}
}

// checkCompany is the record rule on what is written.
func (t *tx) checkCompany(m *model, r *record) {
	if t.user != nil && !t.visible(m)(r) {
		t.hidden(m, r)
	}
}

func (t *tx) hidden(m *model, r *record) {
	accessError("Uh-oh! Looks like you have stumbled upon some top-secret records.\n\nSorry, %s (id=%d) doesn't have 'read' access to:\n"+
		"- %s (%s: %d)\n\nIf you really, really need access, perhaps you can win over your friendly administrator with a batch of freshly baked cookies.",
		t.user.Login, t.uid, m.label, m.name, r.id)
}

func (t *tx) unlink(m *model, rs []*record) {
	if m.unlinked != nil {
		m.unlinked(t, rs)
	}
	for _, r := range rs {
		if m.get(r.id) != nil {
			t.remove(m, r)
		}
	}
}

// lines runs one2many commands: (0,0,vals) (1,id,vals) (2,id) (3,id) (4,id) (5) (6,0,ids).
func (t *tx) lines(m *model, r *record, vals map[string]any) {
	for _, f := range m.fields {
		v, given := vals[f.key]
		if !given || f.kind != kOne2many {
			continue
		}
		rel := t.s.model(f.rel)
		t.nested++
		for _, cmd := range commands(v) {
			t.lineCommand(f, rel, r, cmd)
		}
		t.nested--
	}
}

func (t *tx) lineCommand(f *field, rel *model, r *record, cmd command) {
	inverse := map[string]any{f.inverse: json.Number(itoa(r.id))}
	target := func() []*record {
		rs := t.found(rel, []int64{cmd.id})
		if len(rs) == 0 {
			t.missing(rel, cmd.id)
		}
		return rs
	}
	switch cmd.op {
	case 0:
		vals := maps.Clone(cmd.vals)
		maps.Copy(vals, inverse)
		if doc, split := repartitionOf(f.key); split {
			setDefault(vals, "document_type", doc)
		}
		t.create(rel, vals)
	case 1:
		t.update(rel, target(), cmd.vals)
	case 2:
		t.unlink(rel, target())
	case 3:
		if rel.field(f.inverse).required {
			t.unlink(rel, target())
		} else {
			t.update(rel, target(), map[string]any{f.inverse: false})
		}
	case 4:
		t.update(rel, target(), inverse)
	case 5, 6:
		var gone []int64
		for _, id := range t.children(f, r.id) {
			if !slices.Contains(cmd.ids, id) {
				gone = append(gone, id)
			}
		}
		t.unlink(rel, t.found(rel, gone))
		for _, o := range t.found(rel, cmd.ids) {
			t.update(rel, []*record{o}, inverse)
		}
	}
}

// repartitionOf tells which documents a tax's one2many of distribution lines is for.
func repartitionOf(name string) (doc string, ok bool) {
	switch name {
	case "invoice_repartition_line_ids":
		return "invoice", true
	case "refund_repartition_line_ids":
		return "refund", true
	}
	return "", false
}

// many2many applies commands to the ids held.
func (t *tx) many2many(f *field, v any, held []int64) any {
	rel := t.s.model(f.rel)
	ids := slices.Clone(held)
	drop := func(id int64) { ids = slices.DeleteFunc(ids, func(x int64) bool { return x == id }) }
	for _, cmd := range commands(v) {
		switch cmd.op {
		case 0:
			ids = append(ids, t.create(rel, cmd.vals).id)
		case 1:
			t.update(rel, t.found(rel, []int64{cmd.id}), cmd.vals)
		case 2:
			drop(cmd.id)
			t.unlink(rel, t.found(rel, []int64{cmd.id}))
		case 3:
			drop(cmd.id)
		case 4:
			ids = append(ids, cmd.id)
		case 5, 6:
			ids = slices.Clone(cmd.ids)
		}
	}
	for _, id := range ids {
		if rel.get(id) == nil {
			validationError("The operation cannot be completed: Another model is using the record you are trying to delete.\n\n"+
				"The troublemaker is: '%s' (%s)", f.label, f.rel)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return nil
	}
	return ids
}

type command struct {
	op, id int64
	ids    []int64
	vals   map[string]any
}

// commands reads x2many commands; a bare list of ids (or a single dict) is accepted as Odoo does.
func commands(v any) []command {
	if isFalse(v) {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		valueError("Wrong value for x2many field: %s", repr(v))
	}
	var out []command
	var bare []int64
	for _, e := range list {
		switch e := e.(type) {
		case json.Number:
			bare = append(bare, toInt(e))
		case map[string]any:
			out = append(out, command{op: 0, vals: e})
		case []any:
			out = append(out, parseCommand(e))
		default:
			valueError("Wrong value for x2many field: %s", repr(v))
		}
	}
	if bare != nil {
		out = append(out, command{op: 6, ids: bare})
	}
	return out
}

func parseCommand(e []any) command {
	if len(e) == 0 {
		valueError("Wrong x2many command: []")
	}
	c := command{op: toInt(e[0])}
	if len(e) > 1 && !isFalse(e[1]) {
		if n, ok := e[1].(json.Number); ok {
			c.id = toInt(n)
		}
	}
	if len(e) > 2 {
		switch v := e[2].(type) {
		case map[string]any:
			c.vals = v
		case []any:
			c.ids = idList(v)
		}
	}
	if c.op < 0 || c.op > 6 || (c.op <= 1 && c.vals == nil) {
		valueError("Wrong x2many command: %s", repr(e))
	}
	return c
}
