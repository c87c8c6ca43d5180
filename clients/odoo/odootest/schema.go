package odootest

import (
	"fmt"
	"slices"
	"strings"
)

// kind is a field type as fields_get names it.
type kind = string

const (
	kChar      kind = "char"
	kText      kind = "text"
	kHTML      kind = "html"
	kBool      kind = "boolean"
	kInt       kind = "integer"
	kFloat     kind = "float"
	kMonetary  kind = "monetary"
	kDate      kind = "date"
	kDatetime  kind = "datetime"
	kSelection kind = "selection"
	kMany2one  kind = "many2one"
	kOne2many  kind = "one2many"
	kMany2many kind = "many2many"
	kJSON      kind = "json"
)

// field is one column, or a value computed on reading when compute is set.
type field struct {
	// key is its name in this package, name the one that callers know: version 14 says taxes_id for tax_ids.
	key, name    string
	label        string
	kind         kind
	rel, inverse string
	options      [][2]string
	required     bool
	filled       bool // shown as required, but worked out when missing
	readonly     bool
	nostore      bool // as fields_get tells; the value may still have a slot
	unsortable   bool
	unsearchable bool
	domain       string
	idx          bool
	slot         int
	compute      func(t *tx, r *record) any

	// hidden fields are for this package only: the version does not have them.
	hidden bool
	// digits is the decimal precision that values are rounded to, 0 for none.
	digits int32
	// inner are values of a selection that callers never see.
	inner []string
	// view turns the stored value into the one that callers see and search, take turns a value they give into what
	// is stored; nil: the same.
	view func(t *tx, r *record, v any) any
	take func(vals map[string]any, v any)
}

func (f *field) relational() bool {
	return f.kind == kMany2one || f.kind == kOne2many || f.kind == kMany2many
}

func (f *field) numeric() bool { return f.kind == kInt || f.kind == kFloat || f.kind == kMonetary }

// model is a table with its fields and the hooks of its business rules; nil hooks do nothing.
type model struct {
	table

	name, label string
	order       string
	fields      []*field
	byKey       map[string]*field
	byName      map[string]*field // as callers know them
	slots       int
	internal    bool // unknown to callers: the version has no such model

	display  func(t *tx, r *record) string
	defaults func(t *tx, vals map[string]any) // before conversion, vals as given
	created  func(t *tx, r *record)
	guard    func(t *tx, rs []*record, vals map[string]any)
	wrote    func(t *tx, r *record, vals map[string]any)
	unlinked func(t *tx, rs []*record) // before the rows go
}

func (m *model) field(name string) *field {
	f := m.byKey[name]
	if f == nil {
		panic(fmt.Sprintf("odootest: no field %s on %s", name, m.name))
	}
	return f
}

func (m *model) add(f *field) {
	f.slot = -1
	if f.key == "" {
		f.key = f.name
	}
	if f.kind != kOne2many && f.compute == nil && !magic[f.key] {
		f.slot = m.slots
		m.slots++
		if f.idx {
			m.index[f.slot] = map[int64][]int64{}
		}
	}
	m.fields = append(m.fields, f)
	m.byKey[f.key], m.byName[f.name] = f, f
}

// patch makes the model that of another version: a line in place of the field with its key (name=key|…), "-key" for a
// field that the version lacks; other lines are fields of its own.
func (m *model) patch(text string) {
	for line := range strings.Lines(strings.TrimSpace(text)) {
		line = strings.TrimSpace(line)
		if key, gone := strings.CutPrefix(line, "-"); gone {
			m.hide(m.field(key))
			continue
		}
		f := parseField(line)
		old := m.byKey[f.key]
		if old == nil {
			m.add(f)
			continue
		}
		f.slot, f.idx, f.compute = old.slot, old.idx, old.compute
		m.fields[slices.Index(m.fields, old)] = f
		delete(m.byName, old.name)
		m.byKey[f.key], m.byName[f.name] = f, f
	}
}

// hide takes a field away from callers.
func (m *model) hide(f *field) {
	f.hidden, f.required, f.filled = true, false, false
	delete(m.byName, f.name)
}

// shown are the fields that callers know.
func (m *model) shown() []*field {
	return slices.DeleteFunc(slices.Clone(m.fields), func(f *field) bool { return f.hidden })
}

// magic fields live outside the row's slots.
var magic = map[string]bool{"id": true, "display_name": true, "create_date": true, "write_date": true, "create_uid": true, "write_uid": true}

const magicFields = `
id|integer|ID|ro
display_name|char|Display Name|ro nostore nosort
create_uid|many2one:res.users|Created by|ro
create_date|datetime|Created on|ro
write_uid|many2one:res.users|Last Updated by|ro
write_date|datetime|Last Updated on|ro`

// parseModel reads a table of fields, one a line: name[=key]|type[:model[:inverse]]|label|flags|options. Flags: req, filled, ro, nostore,
// nosort, nosearch, idx. Options of a selection: key=Label;key=Label.
func parseModel(name, label, order, text string) *model {
	m := &model{name: name, label: label, order: order, byKey: map[string]*field{}, byName: map[string]*field{}}
	m.index = map[int]map[int64][]int64{}
	for line := range strings.Lines(strings.TrimSpace(text) + magicFields) {
		m.add(parseField(strings.TrimSpace(line)))
	}
	return m
}

func parseField(line string) *field {
	cols := append(strings.Split(line, "|"), "", "", "")
	typ := strings.Split(cols[1], ":")
	name, key, renamed := strings.Cut(cols[0], "=")
	if !renamed {
		key = name
	}
	f := &field{key: key, name: name, kind: kind(typ[0]), label: cols[2]}
	if len(typ) > 1 {
		f.rel = typ[1]
	}
	if len(typ) > 2 {
		f.inverse = typ[2]
	}
	flags := strings.Fields(cols[3])
	has := func(s string) bool { return slices.Contains(flags, s) }
	f.filled = has("filled")
	f.required, f.readonly, f.nostore, f.idx = has("req") || f.filled, has("ro"), has("nostore"), has("idx")
	f.unsearchable = has("nosearch")
	f.unsortable = has("nosort") || f.kind == kOne2many || f.kind == kMany2many
	if cols[4] != "" {
		for opt := range strings.SplitSeq(cols[4], ";") {
			key, lab, _ := strings.Cut(opt, "=")
			f.options = append(f.options, [2]string{key, lab})
		}
	}
	return f
}

func (s *Server) model(name string) *model { return s.models[name] }

// computed installs functions for values that are worked out on reading.
func (m *model) computed(name string, f func(t *tx, r *record) any) {
	fd := m.field(name)
	fd.compute, fd.slot = f, -1
}
