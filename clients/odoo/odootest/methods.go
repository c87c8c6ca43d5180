package odootest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

type args map[string]any

// method is one callable: params name the arguments, "!" marks an obligatory one.
type method struct {
	onModel bool // called without ids
	params  string
	needs   string // the operation checked before the call, "" leaves it to the method
	run     func(t *tx, m *model, rs []*record, a args) any
}

// private methods without an underscore, which remote calls may not reach.
var private = strings.Fields("exists browse sudo with_context with_env with_user with_company filtered mapped sorted ensure_one " +
	"search_fetch fetch flush_recordset flush_model invalidate_recordset invalidate_model init modified")

// invocation is a call of a method: by names over JSON-2, by place and names over XML-RPC.
type invocation struct {
	model, method string
	named         map[string]any
	positional    []any
	remote        bool // over XML-RPC
}

// call finds the method and runs it.
func (t *tx) call(inv invocation) any {
	m := t.s.model(inv.model)
	if m == nil || m.internal {
		e := httpError(http.StatusNotFound, "NotFound", "the model '%s' does not exist", inv.model)
		e.remote = &apiError{name: "odoo.exceptions.UserError", message: "Object " + inv.model + " doesn't exist"}
		panic(e)
	}
	if !t.s.dialect.reachable(inv.method) {
		accessError("%s", t.s.dialect.private(inv.model, inv.method))
	}
	md, ok := t.s.methods[inv.model+"."+inv.method]
	if !ok {
		md, ok = genericMethods[inv.method]
		ok = ok && !slices.Contains(t.s.dialect.absent, inv.method)
	}
	if !ok {
		text := t.s.dialect.noMethod(inv.model, inv.method)
		e := httpError(http.StatusNotFound, "NotFound", "%s", text)
		e.remote = pythonError("builtins.AttributeError", "%s", text)
		panic(e)
	}
	if inv.remote {
		t.remote = true
		t.place(md, &inv)
	}
	idsGiven, hasIDs := inv.named["ids"]
	if md.onModel && hasIDs && !isFalse(idsGiven) && len(idList(idsGiven)) > 0 {
		panic(httpError(http.StatusUnprocessableEntity, "UnprocessableEntity", "cannot call %s.%s with ids", inv.model, inv.method))
	}
	a := t.bind(md, inv)
	t.useContext(inv.named["context"])
	if md.needs != "" {
		t.check(m, md.needs)
	}
	if md.onModel {
		return md.run(t, m, nil, a)
	}
	return md.run(t, m, t.targets(m, inv.method, idList(idsGiven)), a)
}

// place gives positional arguments their names; the first one of a record method is its ids.
func (t *tx) place(md method, inv *invocation) {
	named := maps.Clone(inv.named)
	rest := inv.positional
	if inv.method == "create" && len(rest) == 0 { // it looks there whether one record was asked for, or a list
		panic(pythonError("builtins.IndexError", "list index out of range"))
	}
	if !md.onModel {
		if len(rest) == 0 {
			panic(pythonError("builtins.IndexError", "list index out of range"))
		}
		named["ids"], rest = rest[0], rest[1:]
	}
	params := strings.Fields(md.params)
	if len(rest) > len(params) {
		panic(pythonError("builtins.TypeError", "%s() takes %d positional arguments but %d were given",
			t.s.dialect.function(inv.method), len(params)+1, len(rest)+1))
	}
	for i, v := range rest {
		named[t.s.dialect.argument(*inv, strings.TrimSuffix(params[i], "!"))] = v
	}
	inv.named = named
}

// bind checks the names of the arguments and gives them those of the method's table.
func (t *tx) bind(md method, inv invocation) args {
	a := args{}
	wrong := func(text, remote string, name string) {
		e := httpError(http.StatusUnprocessableEntity, "UnprocessableEntity", text, name)
		e.remote = pythonError("builtins.TypeError", "%s() "+remote, t.s.dialect.function(inv.method), name)
		panic(e)
	}
	own := map[string]string{}
	for p := range strings.FieldsSeq(md.params) {
		name := strings.TrimSuffix(p, "!")
		own[t.s.dialect.argument(inv, name)] = name
	}
	for _, k := range jsonbKeys(inv.named) {
		if k == "ids" || k == "context" {
			continue
		}
		if own[k] == "" {
			wrong("got an unexpected keyword argument '%s'", "got an unexpected keyword argument '%s'", k)
		}
		a[own[k]] = inv.named[k]
	}
	for p := range strings.FieldsSeq(md.params) {
		name, must := strings.CutSuffix(p, "!")
		if _, given := a[name]; must && !given {
			wrong("missing a required argument: '%s'", "missing 1 required positional argument: '%s'", t.s.dialect.argument(inv, name))
		}
	}
	return a
}

// targets finds the records of a call: reading leaves missing ones out, everything else refuses them.
func (t *tx) targets(m *model, methodName string, ids []int64) []*record {
	reading := slices.Contains([]string{"read", "web_read", "has_access", "exists"}, methodName)
	rs := t.found(m, ids)
	visible := t.visible(m)
	for _, r := range rs {
		if !visible(r) {
			t.hidden(m, r)
		}
	}
	if reading {
		return rs
	}
	for _, id := range ids {
		if m.get(id) == nil {
			t.missing(m, id)
		}
	}
	t.records += len(rs)
	return rs
}

var genericMethods map[string]method

func init() {
	genericMethods = map[string]method{
		"search": {onModel: true, params: "domain! offset limit order", needs: "read", run: func(t *tx, m *model, _ []*record, a args) any {
			offset, limit := limits(a)
			found := idsOf(t.search(m, a["domain"], str(a["order"]), offset, limit))
			t.records += len(found)
			return found
		}},
		"search_count": {onModel: true, params: "domain! limit", needs: "read", run: func(t *tx, m *model, _ []*record, a args) any {
			_, limit := limits(a)
			return int64(len(t.search(m, a["domain"], "id", 0, limit)))
		}},
		"search_read": {onModel: true, params: "domain fields offset limit order load", needs: "read", run: func(t *tx, m *model, _ []*record, a args) any {
			offset, limit := limits(a)
			t.fieldsNamed(m, a["fields"])
			return t.read(m, t.search(m, a["domain"], str(a["order"]), offset, limit), a["fields"], a["load"])
		}},
		"web_search_read": {onModel: true, params: "domain! specification! offset limit order count_limit", needs: "read", run: webSearchRead},
		"web_read": {params: "specification!", needs: "read", run: func(t *tx, m *model, rs []*record, a args) any {
			spec, _ := a["specification"].(map[string]any)
			return t.webRead(m, rs, spec)
		}},
		"read": {params: "fields load", needs: "read", run: func(t *tx, m *model, rs []*record, a args) any {
			return t.read(m, rs, a["fields"], a["load"])
		}},
		"name_search":          {onModel: true, params: "name domain operator limit", needs: "read", run: nameSearch},
		"formatted_read_group": {onModel: true, params: "domain! groupby aggregates having offset limit order", needs: "read", run: formattedReadGroup},
		"read_group":           {onModel: true, params: "domain! fields! groupby! offset limit orderby lazy", needs: "read", run: readGroup},
		"create":               {onModel: true, params: "vals_list!", needs: "create", run: createMany},
		"write": {params: "vals!", needs: "write", run: func(t *tx, m *model, rs []*record, a args) any {
			vals, ok := a["vals"].(map[string]any)
			if !ok {
				typeError("'%T' object is not a mapping", a["vals"])
			}
			t.update(m, rs, t.inward(m, vals))
			return true
		}},
		"exists": {run: func(_ *tx, _ *model, rs []*record, _ args) any { return idsOf(rs) }}, // version 14
		"unlink": {needs: "unlink", run: func(t *tx, m *model, rs []*record, _ args) any {
			t.unlink(m, rs)
			return true
		}},
		"fields_get": {onModel: true, params: "allfields attributes", run: func(t *tx, m *model, _ []*record, a args) any {
			return fieldsGet(t, m, a)
		}},
		"has_access": {params: "operation!", run: func(t *tx, m *model, _ []*record, a args) any {
			return t.may(m, str(a["operation"]))
		}},
		"check_access_rights": {onModel: true, params: "operation! raise_exception", run: func(t *tx, m *model, _ []*record, a args) any {
			if a["raise_exception"] != false {
				t.check(m, str(a["operation"]))
			}
			return t.may(m, str(a["operation"]))
		}},
	}
}

func createMany(t *tx, m *model, _ []*record, a args) any {
	list, ok := a["vals_list"].([]any)
	if !ok {
		list = []any{a["vals_list"]}
	}
	ids := make([]int64, 0, len(list))
	for _, e := range list {
		vals, ok := e.(map[string]any)
		if !ok {
			typeError("'%T' object is not a mapping", e)
		}
		ids = append(ids, t.create(m, t.inward(m, vals)).id)
	}
	t.records += len(ids)
	if !ok && t.remote { // over JSON-2 one object gives a list of one
		return ids[0]
	}
	return ids
}

func webSearchRead(t *tx, m *model, _ []*record, a args) any {
	offset, limit := limits(a)
	spec, _ := a["specification"].(map[string]any)
	total := len(t.search(m, a["domain"], "id", 0, 0))
	found := t.search(m, a["domain"], str(a["order"]), offset, limit)
	return object{{"length", int64(total)}, {"records", t.webRead(m, found, spec)}}
}

func nameSearch(t *tx, m *model, _ []*record, a args) any {
	_, limit := limits(a)
	if _, given := a["limit"]; !given {
		limit = 100
	}
	op := str(a["operator"])
	if op == "" {
		op = "ilike"
	}
	matches := func(*record) bool { return true }
	if name := str(a["name"]); name != "" {
		matches = t.condition(m, m.field("display_name"), op, name, "")
	}
	out := []any{}
	for _, r := range t.search(m, a["domain"], "", 0, 0) {
		if matches(r) && (limit == 0 || len(out) < limit) {
			out = append(out, []any{r.id, t.displayName(m, r)})
		}
	}
	return out
}

func idsOf(rs []*record) []int64 {
	ids := make([]int64, len(rs))
	for i, r := range rs {
		ids[i] = r.id
	}
	return ids
}

func fieldsGet(t *tx, m *model, a args) any {
	if !t.may(m, "read") && m.name == "ir.model.fields" {
		t.check(m, "read")
	}
	wanted := func(list any, name string) bool {
		names, _ := list.([]any)
		return len(names) == 0 || slices.Contains(names, any(name))
	}
	out := object{}
	for _, f := range m.shown() {
		if !wanted(a["allfields"], f.name) || t.hides(m, f) {
			continue
		}
		attrs := object{}
		add := func(name string, v any) {
			if wanted(a["attributes"], name) {
				attrs = append(attrs, member{name, v})
			}
		}
		add("name", f.name)
		add("readonly", f.readonly)
		add("required", f.required)
		add("searchable", !f.unsearchable)
		add("sortable", !f.unsortable)
		add("store", !f.nostore)
		add("string", f.label)
		add("type", f.kind)
		if f.rel != "" {
			add("relation", f.rel)
		}
		if f.inverse != "" {
			add("relation_field", t.s.model(f.rel).field(f.inverse).name)
		}
		if f.domain != "" {
			attrs = append(attrs, member{"domain", f.domain})
		}
		if f.kind == kSelection {
			options := []any{}
			for _, o := range f.options {
				options = append(options, []any{o[0], o[1]})
			}
			add("selection", options)
		}
		out = append(out, member{f.name, attrs})
	}
	return out
}

// installUsers adds what a client asks about itself.
func (s *Server) installUsers() {
	s.methods["res.users.context_get"] = method{onModel: true, run: func(t *tx, _ *model, _ []*record, _ args) any {
		return object{{"lang", "en_US"}, {"tz", "UTC"}, {"uid", t.uid}}
	}}
}
