package odootest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// known are the recordings that are answered otherwise than by the real server, each with its reason; at most ten.
var known = map[string]string{
	"json2/err_old_json1":      "the /json/1 pages of the web client are no part of the API",
	"json2/err_value_too_long": "res.partner.bank is no model of the sandbox",
}

func TestAnswersLikeTheRecordings(t *testing.T) {
	t.Parallel()
	require.LessOrEqual(t, len(known), 10)
	sets := map[string]struct {
		read func(*testing.T, string) []recording
		data func(*testing.T) *bundle // with the ids that are used there
	}{
		"json2":    {jsonRecordings, func(t *testing.T) *bundle { return recorded19(t, 39) }},
		"xmlrpc19": {xmlRecordings, func(t *testing.T) *bundle { return recorded19(t, 47) }},
		"xmlrpc14": {xmlRecordings, recorded14},
	}
	for set, s := range sets {
		t.Run(set, func(t *testing.T) {
			t.Parallel()
			recordings := s.read(t, sharedDir(t, set))
			require.NotEmpty(t, recordings)
			b := s.data(t)
			differ := map[string][]string{}
			for _, r := range recordings { // in order: they build on each other
				name := set + "/" + r.name
				if diff := b.differences(r); len(diff) > 0 {
					differ[name] = diff
				}
				if _, expected := known[name]; expected && differ[name] == nil {
					t.Errorf("%s is answered as recorded: take it off the list", name)
				}
			}
			for _, name := range slices.Sorted(maps.Keys(differ)) {
				text := name + " differs:\n  " + strings.Join(differ[name], "\n  ")
				if reason := known[name]; reason != "" {
					t.Log(text + "\n  because " + reason)
				} else {
					t.Error(text)
				}
			}
			t.Logf("%d of %d recordings are answered otherwise", len(differ), len(recordings))
		})
	}
}

// differences replays a recording and tells how status, headers, shape or error differ.
func (b *bundle) differences(r recording) []string {
	req := httptest.NewRequestWithContext(b.t.Context(), r.method, r.path, strings.NewReader(r.body))
	for k, v := range r.headers {
		req.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	b.s.ServeHTTP(w, req)
	var d diff
	if w.Code != r.status {
		d.note("", "status", r.status, w.Code)
	}
	for k, v := range r.shown {
		if have := w.Header().Get(k); have != v {
			d.note("", k, v, have)
		}
	}
	switch kind, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";"); kind {
	case "text/xml":
		d.compare("", r.answer, fromXML(b.t, w.Body.Bytes()))
	case "application/json":
		var v any
		dec := json.NewDecoder(w.Body)
		dec.UseNumber()
		require.NoError(b.t, dec.Decode(&v))
		d.compare("", r.answer, typed(v))
	default:
		if text, ok := r.answer.(string); !ok || firstLine(text) != firstLine(w.Body.String()) {
			d.note("", "page", r.answer, w.Body.String())
		}
	}
	return d
}

// diff collects what differs between a recorded and our answer.
type diff []string

func (d *diff) note(at, what string, want, have any) {
	*d = append(*d, fmt.Sprintf("%s %s: recorded %s, here %s", at, what, short(want), short(have)))
}

// compare looks at keys and types of values. NULL, which is false, may stand for a text, a reference or an object, never
// for a number or a list. Errors are compared by their text, descriptions of fields by value.
func (d *diff) compare(at string, want, have any) {
	if _, failed := have.(faulted); failed {
		if _, expected := want.(faulted); !expected {
			d.note(at, "answer", want, have)
			return
		}
	}
	switch want := want.(type) {
	case faulted:
		h, ok := have.(faulted)
		if !ok || h.code != want.code || identity(h.text) != identity(want.text) {
			d.note(at, "fault", want, have)
		}
	case map[string]any:
		d.objects(at, want, have)
	case []any:
		d.lists(at, want, have)
	case string:
		if _, ok := have.(string); !ok && have != false {
			d.note(at, "text", want, have)
		}
	case int64, float64:
		unset := have == false && strings.HasSuffix(at, "_id") // a reference without a name
		if !unset && fmt.Sprintf("%T", want) != fmt.Sprintf("%T", have) {
			d.note(at, fmt.Sprintf("%T", want), want, have)
		}
	case bool:
		_, flag := have.(bool)
		_, number := have.(float64)
		if at == "" && want != have || want && !flag || number { // false may be NULL of a text or a reference
			d.note(at, "flag", want, have)
		}
	case nil:
		if have != nil {
			d.note(at, "null", want, have)
		}
	}
}

func (d *diff) objects(at string, want map[string]any, have any) {
	h, ok := have.(map[string]any)
	switch {
	case !ok:
		if have != false {
			d.note(at, "object", want, have)
		}
		return
	case want["debug"] != nil:
		for _, k := range []string{"name", "message"} {
			if identity(str(want[k])) != identity(str(h[k])) {
				d.note(at, k, want[k], h[k])
			}
		}
	case strings.HasSuffix(at, "analytic_distribution"):
		return // its keys are ids
	case want["type"] != nil && want["readonly"] != nil:
		d.fields(at, want, h)
		return
	}
	if w, h := slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(h)); !slices.Equal(w, h) {
		d.note(at, "keys", w, h)
		return
	}
	for k := range want {
		d.compare(at+"."+k, want[k], h[k])
	}
}

// fields compares the description of a field; the real server says 1 for some flags.
func (d *diff) fields(at string, want, have map[string]any) {
	for k := range want {
		w, h := want[k], have[k]
		if w == int64(1) {
			w = true
		}
		if fmt.Sprint(w) != fmt.Sprint(h) {
			d.note(at, k, w, h)
		}
	}
	if len(want) != len(have) {
		d.note(at, "attributes", want, have)
	}
}

func (d *diff) lists(at string, want []any, have any) {
	h, ok := have.([]any)
	reference := false
	if len(want) == 2 {
		_, named := want[1].(string)
		_, isID := want[0].(int64)
		reference = named && isID
	}
	switch {
	case reference && have == false:
		return
	case !ok, reference && len(h) != 2:
		d.note(at, "list", want, have)
		return
	case at == "" && (len(want) == 0) != (len(h) == 0):
		d.note(at, "records", want, have)
		return
	case strings.HasSuffix(at, "__domain"):
		return
	}
	for i := range min(len(want), len(h)) {
		d.compare(fmt.Sprintf("%s[%d]", at, i), want[i], h[i])
	}
}

var (
	grouped  = regexp.MustCompile(`(?m)^\t- .*\n?`)
	database = regexp.MustCompile(`port \d+`)
)

// identity is what an error says but for the groups of that database, its port, the query and the frames of a traceback.
func identity(text string) string {
	text = database.ReplaceAllString(grouped.ReplaceAllString(text, ""), "port")
	if strings.HasPrefix(text, "Traceback") {
		_, rest, _ := strings.Cut(text, "\n")
		for strings.HasPrefix(rest, "  ") {
			_, rest, _ = strings.Cut(rest, "\n")
		}
		text = rest
	}
	query, _, cut := strings.Cut(text, "\nLINE 1:")
	if cut {
		return query
	}
	return text
}

func short(v any) string {
	text := fmt.Sprint(v)
	return text[:min(len(text), 300)]
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func recordedUsers(version string) []User {
	all := []string{"purchase", "billing", "analytic", "contact"}
	users := []User{
		{Login: "admin", Key: key, Groups: all, KeyScopeOK: true},
		{Login: "read", Key: "read", Groups: []string{"readonly"}, KeyScopeOK: true},
		{Login: "scope", Key: "scope", Groups: all},
		{Login: "old", Key: "old", Groups: all, KeyScopeOK: true, KeyExpired: true},
	}
	low := map[string]int{"14.0": 8, "19.0": 7}[version] // his uid there
	for len(users) < low-2 {
		users = append(users, User{Login: fmt.Sprint("user ", len(users))})
	}
	return append(users, User{Login: "low", Key: "low", KeyScopeOK: true})
}

// many makes records up to an id.
func (b *bundle) many(model string, last int64, vals map[string]any) {
	b.t.Helper()
	list := []any{}
	for range last - b.s.model(model).seq {
		list = append(list, vals)
	}
	b.do(model, "create", nil, map[string]any{"vals_list": list})
	require.Equal(b.t, last, b.s.model(model).seq)
}

// recorded19 makes a server with the ids that the recordings of version 19 use; accounts is the last analytic account.
func recorded19(t *testing.T, accounts int64) *bundle {
	t.Helper()
	b := setupVersion(t, "19.0", recordedUsers("19.0")...)
	b.s.cfg.SeveralDatabases = true
	b.add("internal", "account.analytic.plan", map[string]any{"name": "Internal"})
	parent := b.add("more codes", "account.analytic.plan", map[string]any{"name": "Cost Codes"})
	b.add("phases", "account.analytic.plan", map[string]any{"name": "Phases", "parent_id": parent})
	b.many(account, accounts, map[string]any{"name": "Account", "code": "A", "plan_id": 1})
	tax := b.recoverable(15)
	b.add("tax 2", "account.tax", map[string]any{"name": "0%"})
	b.masterData()
	for range 23 {
		b.order(seedLines(tax)...)
	}
	b.do("purchase.order", "button_confirm", []int64{19, 21, 22, 23}, nil)
	b.do("purchase.order", "action_create_invoice", []int64{21}, nil)
	for id := int64(1); id < 71; id++ {
		if id > 1 {
			b.bill(map[string]any{"ref": "INV-" + itoa(id)}, map[string]any{"name": "x", "price_unit": 10, "tax_ids": []int64{tax}, "analytic_distribution": map[string]any{"8": 100}})
		}
		b.do("account.move", "write", []int64{id}, map[string]any{"vals": map[string]any{"invoice_date": "2026-11-20"}})
		b.do("account.move", "action_post", []int64{id}, nil)
	}
	b.partners(2555)
	return b
}

// recorded14 makes a server with the ids that the recordings of version 14 use.
func recorded14(t *testing.T) *bundle {
	t.Helper()
	b := setupVersion(t, "14.0", recordedUsers("14.0")...)
	b.s.cfg.Database = "acme14"
	b.many(account, 37, map[string]any{"name": "Account", "code": "A"})
	b.many("account.analytic.group", 3, map[string]any{"name": "Projects"})
	b.many("account.analytic.tag", 4, map[string]any{"name": "Phase"})
	split := []any{[]any{0, 0, map[string]any{"account_id": 30, "percentage": 60}}, []any{0, 0, map[string]any{"account_id": 31, "percentage": 40}}}
	b.add("split", "account.analytic.tag", map[string]any{"name": "60/40 split", "active_analytic_distribution": true, "analytic_distribution_ids": split})
	tax := b.recoverable(15)
	b.masterData()
	for range 26 {
		lines := seedLines14(tax)
		lines[1]["account_analytic_id"], lines[1]["analytic_tag_ids"] = 30, []int64{4}
		lines[3]["analytic_tag_ids"] = []int64{5}
		b.order(lines...)
	}
	line := map[string]any{"name": "Returned goods", "quantity": 2, "price_unit": 12.345, "tax_ids": []int64{tax}, "analytic_account_id": 30}
	for range 22 {
		b.bill(map[string]any{"invoice_date": false}, maps.Clone(line))
	}
	b.do("purchase.order", "button_confirm", []int64{18, 20}, nil)
	b.do("purchase.order", "action_create_invoice", []int64{20}, nil)
	b.bill(nil, maps.Clone(line))
	b.bill(map[string]any{"move_type": "in_refund", "ref": "CN-9"}, maps.Clone(line))
	for range 8 {
		b.bill(nil, maps.Clone(line))
	}
	b.do("account.move", "action_post", []int64{1, 2, 23, 25}, nil)
	b.partners(2554)
	return b
}

// masterData are second and further records of small tables.
func (b *bundle) masterData() {
	b.t.Helper()
	b.many("product.product", 2, map[string]any{"name": "Hotel Accommodation", "default_code": "EXP_HA"})
	b.many("uom.uom", 4, map[string]any{"name": "Pack"})
	for _, days := range []int{0, 15} {
		b.add("term", "account.payment.term", map[string]any{
			"name": "Days", "note": "Payment terms", "sequence": 10, "line_ids": []any{[]any{0, 0, map[string]any{"value": "percent", "value_amount": 100, "nb_days": days}}},
		})
	}
}

// partners makes vendors up to the recorded one, and an archived one behind him.
func (b *bundle) partners(vendor int64) {
	b.t.Helper()
	b.many("res.partner", vendor-1, map[string]any{"name": "Partner", "supplier_rank": 1})
	b.add("recorded vendor", "res.partner", map[string]any{"name": `Béton & Cie "Sud" <SARL>`, "is_company": true, "city": "Liège", "supplier_rank": 6})
	b.add("archived vendor", "res.partner", map[string]any{"name": "Archived Vendor", "supplier_rank": 1, "active": false})
	b.add("last vendor", "res.partner", map[string]any{"name": "WD Vendor", "supplier_rank": 1})
}
