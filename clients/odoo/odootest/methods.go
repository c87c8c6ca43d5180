package odootest

import (
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

// call is the dispatch of /json/2/<model>/<method>.
func (t *tx) call(name, methodName string, named map[string]any) any {
	m := t.s.model(name)
	if m == nil {
		panic(httpError(http.StatusNotFound, "NotFound", "the model '%s' does not exist", name))
	}
	if strings.HasPrefix(methodName, "_") || slices.Contains(private, methodName) {
		accessError("Private methods (such as '%s.%s') cannot be called remotely.", name, methodName)
	}
	md, ok := t.s.methods[name+"."+methodName]
	if !ok {
		md, ok = genericMethods[methodName]
	}
	if !ok {
		panic(httpError(http.StatusNotFound, "NotFound", "The method '%s.%s' does not exist", name, methodName))
	}
	idsGiven, hasIDs := named["ids"]
	if md.onModel && hasIDs && !isFalse(idsGiven) && len(idList(idsGiven)) > 0 {
		panic(httpError(http.StatusUnprocessableEntity, "UnprocessableEntity", "cannot call %s.%s with ids", name, methodName))
	}
	a := bind(md, named)
	t.useContext(named["context"])
	if md.needs != "" {
		t.check(m, md.needs)
	}
	if md.onModel {
		return md.run(t, m, nil, a)
	}
	return md.run(t, m, t.targets(m, methodName, idList(idsGiven)), a)
}

func bind(md method, named map[string]any) args {
	a := args{}
	params := strings.Fields(md.params)
	for _, k := range jsonbKeys(named) {
		if k == "ids" || k == "context" {
			continue
		}
		if !slices.Contains(params, k) && !slices.Contains(params, k+"!") {
			panic(httpError(http.StatusUnprocessableEntity, "UnprocessableEntity", "got an unexpected keyword argument '%s'", k))
		}
		a[k] = named[k]
	}
	for _, p := range params {
		if k, must := strings.CutSuffix(p, "!"); must {
			if _, ok := a[k]; !ok {
				panic(httpError(http.StatusUnprocessableEntity, "UnprocessableEntity", "missing a required argument: '%s'", k))
			}
		}
	}
	return a
}

// targets finds the records of a call: reading leaves missing ones out, everything else refuses them.
func (t *tx) targets(m *model, methodName string, ids []int64) []*record {
	reading := methodName == "read" || methodName == "web_read" || methodName == "has_access"
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
			t.update(m, rs, vals)
			return true
		}},
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
		ids = append(ids, t.create(m, vals).id)
	}
	t.records += len(ids)
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
	dom, _ := a["domain"].([]any)
	if name := str(a["name"]); name != "" {
		dom = append(slices.Clone(dom), []any{"display_name", op, name})
	}
	out := []any{}
	for _, r := range t.search(m, dom, "", 0, limit) {
		out = append(out, []any{r.id, t.displayName(m, r)})
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
	for _, f := range m.fields {
		if !wanted(a["allfields"], f.name) {
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
			add("relation_field", f.inverse)
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
