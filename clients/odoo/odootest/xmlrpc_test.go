package odootest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// rpc sends a raw methodCall and gives the raw answer.
func (b *bundle) rpc(path, body string) string {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), http.MethodPost, path, bytes.NewReader([]byte(body)))
	r.Header.Set("Content-Type", "text/xml")
	w := httptest.NewRecorder()
	b.s.ServeHTTP(w, r)
	resp := w.Result()
	defer func() { require.NoError(b.t, resp.Body.Close()) }()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(b.t, err)
	if resp.StatusCode != http.StatusOK {
		return fmt.Sprint(resp.StatusCode, " ", string(raw))
	}
	return string(raw)
}

// callBody is a methodCall with these parameters.
func callBody(name string, params ...any) string {
	var w xmlWriter
	w.out.WriteString("<?xml version='1.0'?>\n<methodCall>\n<methodName>" + name + "</methodName>\n<params>\n")
	for _, p := range params {
		w.out.WriteString("<param>\n")
		if failure := w.value(p); failure != nil {
			panic(failure)
		}
		w.out.WriteString("</param>\n")
	}
	w.out.WriteString("</params>\n</methodCall>\n")
	return w.out.String()
}

// execute is execute_kw of the bundle's first user, without spaces between the answer's elements.
func (b *bundle) execute(model, method string, positional []any, named map[string]any) string {
	b.t.Helper()
	if named == nil {
		named = map[string]any{}
	}
	return b.rpc("/xmlrpc/2/object", callBody("execute_kw", "acme", 2, key, model, method, positional, named))
}

var faultText = regexp.MustCompile(`(?s)<name>faultCode</name>\n<value><(?:int|string)>(.*?)</(?:int|string)></value>.*<name>faultString</name>\n<value><string>(.*?)</string>`)

// faultOf gives code and text of a fault, of a traceback the last line.
func faultOf(t *testing.T, answer string) string {
	t.Helper()
	m := faultText.FindStringSubmatch(answer)
	require.NotNil(t, m, answer)
	text := m[2]
	if strings.HasPrefix(text, "Traceback") {
		lines := strings.Split(strings.TrimSpace(text), "\n")
		text = lines[len(lines)-1]
	}
	return m[1] + " " + text
}

const account = "account.analytic.account"

func TestXMLRPCAnswers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tests := map[string]struct {
		answer, want string
	}{
		"version":         {b.rpc("/xmlrpc/2/common", callBody("version")), "<name>server_serie</name>\n<value><string>19.0</string></value>"},
		"uid":             {b.rpc("/xmlrpc/2/common", callBody("authenticate", "acme", "bot", key, map[string]any{})), "<value><int>2</int></value>"},
		"wrong key":       {b.rpc("/xmlrpc/2/common", callBody("authenticate", "acme", "bot", "no", map[string]any{})), "<value><boolean>0</boolean></value>"},
		"databases":       {b.rpc("/xmlrpc/2/db", callBody("list")), "<value><string>acme</string></value>"},
		"one dict":        {b.execute(account, "create", []any{map[string]any{"name": "A", "plan_id": 1}}, nil), "<param>\n<value><int>3</int></value>"},
		"a list":          {b.execute(account, "create", []any{[]any{map[string]any{"name": "B", "plan_id": 1}}}, nil), "<value><array><data>\n<value><int>4</int></value>"},
		"positional":      {b.execute(account, "search", []any{[]any{}, 1, 1, "id desc"}, nil), "<data>\n<value><int>3</int></value>\n</data>"},
		"named":           {b.execute(account, "search", []any{[]any{}}, map[string]any{"offset": 1, "limit": 1, "order": "id desc"}), "<data>\n<value><int>3</int></value>\n</data>"},
		"one id":          {b.execute("res.partner", "read", []any{2, []any{"name"}}, nil), "<value><string>Vendor</string></value>"},
		"null is false":   {b.execute("res.partner", "read", []any{[]any{2}, []any{"vat"}}, nil), "<name>vat</name>\n<value><boolean>0</boolean></value>"},
		"context":         {b.execute(account, "search_count", []any{[]any{}}, map[string]any{"context": map[string]any{"active_test": false}}), "<value><int>4</int></value>"},
		"execute":         {b.rpc("/xmlrpc/2/object", callBody("execute", "acme", 2, key, account, "search_count", []any{})), "<value><int>4</int></value>"},
		"a float":         {b.execute("uom.uom", "read", []any{[]any{1}, []any{"factor"}}, nil), "<value><double>1.0</double></value>"},
		"other verb":      {b.verb(http.MethodGet, "/xmlrpc/2/common"), "405"},
		"escaped":         {b.execute("res.partner", "search_read", []any{[]any{[]any{"name", "=", "<&>"}}, []any{"name"}}, nil), "<data>\n</data>"},
		"read as records": {b.execute("res.partner", "search_read", nil, map[string]any{"domain": []any{[]any{"id", "=", 2}}, "fields": []any{"name"}}), "<value><array><data>\n<value><struct>\n<member>\n<name>id</name>\n<value><int>2</int></value>\n</member>\n<member>\n<name>name</name>"},
	}
	for name, tt := range tests {
		require.Contains(t, tt.answer, tt.want, name)
	}
}

func (b *bundle) verb(method, path string) string {
	b.t.Helper()
	status, _, body := b.send(method, path, nil, "")
	return fmt.Sprint(status, " ", body)
}

func TestXMLRPCFaults(t *testing.T) {
	t.Parallel()
	all := []string{"purchase", "billing", "analytic"}
	b := setup(t,
		User{Login: "bot", Key: key, Groups: all, KeyScopeOK: true},
		User{Login: "low", Key: "low", KeyScopeOK: true},
		User{Login: "scope", Key: "scope", Groups: all},
		User{Login: "old", Key: "old", Groups: all, KeyScopeOK: true, KeyExpired: true},
	)
	as := func(uid any, secret string) string {
		return b.rpc("/xmlrpc/2/object", callBody("execute_kw", "acme", uid, secret, "purchase.order", "search", []any{[]any{}}, map[string]any{}))
	}
	bill := b.bill(nil, map[string]any{"name": "a", "price_unit": 1})
	po := "purchase.order"
	tests := map[string]struct{ answer, want string }{
		"unknown key":      {as(2, "no"), "3 Access Denied"},
		"another's key":    {as(3, key), "3 Access Denied"},
		"scope":            {as(4, "scope"), "3 Access Denied"},
		"expired":          {as(5, "old"), "3 Access Denied"},
		"no uid":           {as(false, key), "3 Access Denied"},
		"unknown uid":      {as(9999, key), "2 Record does not exist or has been deleted.\n(Record: res.users(9999,), User: 9999)"},
		"no right":         {as(3, "low"), "4 You are not allowed to access 'Purchase Order' (purchase.order) records.\n\nThis operation"},
		"database":         {b.rpc("/xmlrpc/2/common", callBody("login", "other", "bot", key)), `1 psycopg2.OperationalError: connection to server at "127.0.0.1", port 5432 failed: FATAL:  database "other" does not exist`},
		"call, database":   {b.rpc("/xmlrpc/2/object", callBody("execute_kw", "other", 2, key, po, "search", []any{[]any{}}, map[string]any{})), `FATAL:  database "other" does not exist`},
		"missing argument": {b.rpc("/xmlrpc/2/common", callBody("login", "acme", "bot")), "1 TypeError: exp_login() missing 1 required positional argument: 'password'"},
		"no such method":   {b.rpc("/xmlrpc/2/common", callBody("nope")), "1 Exception: Method not found: nope"},
		"no such service":  {b.rpc("/xmlrpc/2/nope", callBody("nope")), "1 KeyError: 'nope'"},
		"none":             {b.execute("account.move", "button_cancel", []any{[]any{bill}}, nil), "1 TypeError: cannot marshal None unless allow_none is enabled"},
		"no ids":           {b.execute(po, "write", nil, nil), "1 IndexError: list index out of range"},
		"too many":         {b.execute(po, "search_count", []any{[]any{}, 1, 2}, nil), "1 TypeError: BaseModel.search_count() takes 3 positional arguments but 4 were given"},
		"no vals":          {b.execute(po, "write", []any{[]any{1}}, nil), "1 TypeError: BaseModel.write() missing 1 required positional argument: 'vals'"},
		"user error":       {b.execute("account.move", "action_post", []any{[]any{bill}}, nil), "2 The entry"},
		"old, rule":        {b.rpc("/xmlrpc/object", callBody("execute_kw", "acme", 2, key, "x", "search", []any{}, map[string]any{})), "warning -- UserError\n\nObject x doesn't exist "},
		"old, key":         {b.rpc("/xmlrpc/object", callBody("execute_kw", "acme", 2, "no", "x", "search", []any{}, map[string]any{})), "AccessDenied Access Denied"},
	}
	for name, tt := range tests {
		require.Contains(t, faultOf(t, tt.answer), tt.want, name)
	}
	require.Equal(t, "cancel", b.read("account.move", bill)["state"], "the call that could not be answered was committed")
	calls := b.s.Journal()
	require.NotZero(t, len(calls))
	for _, c := range calls {
		require.Equal(t, 200, c.Status)
		require.NotZero(t, c.Fault, c.Path)
	}
}

func TestXMLRPCReadsBodies(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.s.Create("res.partner", map[string]any{"name": "bell\u0007 & <tab>\t"})
	require.NoError(t, err)
	require.Contains(t, b.execute("res.partner", "read", []any{[]any{3}, []any{"name"}}, nil), "<string>bell &amp; &lt;tab&gt;\t</string>", "19 strips control characters")
	value := func(v string) string {
		return "<methodCall><methodName>authenticate</methodName><params>" + strings.Repeat("<param><value>acme</value></param>", 3) +
			"<param><value>" + v + "</value></param></params></methodCall>"
	}
	send := func(body string) string { return b.rpc("/xmlrpc/2/common", body) }
	require.Contains(t, send(value("<nil/>")), "<boolean>0</boolean>", "nil is accepted, and text without a type")
	tests := map[string]struct{ body, want string }{
		"cut off":         {`<?xml version="1.0"?><methodCall><methodName>x</methodName><params>`, "1 xml.parsers.expat.ExpatError: no element found: line 1, column 67"},
		"empty":           {"", "1 xml.parsers.expat.ExpatError: no element found: line 1, column 0"},
		"control":         {value("<string>a\x01</string>"), "1 xml.parsers.expat.ExpatError: not well-formed (invalid token): line 1"},
		"document type":   {`<!DOCTYPE x [<!ENTITY a "b">]>` + value("<string>&a;</string>"), "1 xml.parsers.expat.ExpatError"},
		"no call":         {"<methodResponse></methodResponse>", "1 xmlrpc.client.ResponseError"},
		"number":          {value("<int>1x</int>"), "1 ValueError: invalid literal for int() with base 10: '1x'"},
		"number too long": {value("<int>99999999999999999999</int>"), "1 psycopg2.errors.NumericValueOutOfRange"},
		"not finite":      {value("<double>NaN</double>"), "1 ValueError: could not convert string to float: 'NaN'"},
		"boolean":         {value("<boolean>2</boolean>"), "1 TypeError: bad boolean value"},
		"unknown type":    {value("<date>2</date>"), "1 xmlrpc.client.ResponseError"},
		"too deep":        {value(strings.Repeat("<array><data><value>", 200) + strings.Repeat("</value></data></array>", 200)), "1 RecursionError"},
	}
	for name, tt := range tests {
		require.Contains(t, faultOf(t, send(tt.body)), tt.want, name)
	}
}

// FuzzXMLRPCBody must find no request that breaks the server; one that is read is read alike when written again.
func FuzzXMLRPCBody(f *testing.F) {
	f.Add(callBody("execute_kw", "acme", 2, "x", "res.partner", "search", []any{[]any{true, "a<b", 1.5}}, map[string]any{"a": map[string]any{}}))
	f.Add("<methodCall><methodName>x</methodName><params><param><value><nil/></value></param></params></methodCall>")
	f.Fuzz(func(t *testing.T, body string) {
		name, params, failure := readCall([]byte(body))
		if failure != nil || strings.Contains(fmt.Sprint(name, params), "\r") { // which XML reads as a line's end
			return
		}
		w := xmlWriter{}
		w.out.WriteString("<methodCall><methodName>" + xmlEscapes.Replace(name) + "</methodName><params>")
		for _, p := range params {
			w.out.WriteString("<param>")
			if w.value(numbers(p)) != nil {
				return // None, or a number beyond 32 bits
			}
			w.out.WriteString("</param>")
		}
		w.out.WriteString("</params></methodCall>")
		again, same, failure := readCall([]byte(w.out.String()))
		require.Nil(t, failure, w.out.String())
		require.Equal(t, name, again)
		require.Equal(t, fmt.Sprint(params), fmt.Sprint(same))
	})
}

// numbers turns the numbers of a request into those of an answer.
func numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if strings.ContainsAny(v.String(), ".e") {
			return toFloat(v)
		}
		return toInt(v)
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = numbers(v[k])
		}
	}
	return v
}

func TestFaultsOverXMLRPC(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer, want string
		effect       bool
	}{
		"limit":        {want: "429 <html>"},
		"bad-gateway":  {want: "502 <html>"},
		"maintenance":  {want: "503 <html>"},
		"error-before": {want: "MemoryError\n"},
		"error-after":  {want: "MemoryError\n", effect: true},
		"key-expired":  {want: "Access Denied"},
		"slow-before":  {want: "<int>3</int>", effect: true},
		"slow-after":   {want: "<int>3</int>", effect: true},
		"drop-before":  {},
		"drop-after":   {effect: true},
	}
	for kind, tt := range tests {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			require.NoError(t, b.s.SetFaults(FaultRule{Kind: kind, Path: account + "/create", WaitMS: 1}))
			create := func() string {
				return b.execute(account, "create", []any{map[string]any{"name": "A", "plan_id": 1}}, nil)
			}
			if tt.want == "" {
				require.PanicsWithValue(t, http.ErrAbortHandler, func() { create() })
			} else {
				require.Contains(t, create(), tt.want)
			}
			require.Equal(t, tt.effect, len(b.rows(account, []any{term("name", "=", "A")})) == 1)
			require.Equal(t, 1, b.s.Faults()[0].Hits)
		})
	}
	require.Len(t, tests, len(Kinds())-1, "changes-in-pages has a test of its own")

	b := setup(t)
	b.order(map[string]any{"name": "x"})
	edit := &Edit{Model: "purchase.order", Method: "write", IDs: []int64{1}, Args: vals("partner_ref", "late"), Start: b.clock.Now().Add(-time.Hour)}
	require.NoError(t, b.s.SetFaults(FaultRule{Kind: "changes-in-pages", Path: "purchase.order/search_read", Edit: edit}))
	require.Contains(t, b.execute("purchase.order", "search_read", nil, nil), "<name>partner_ref</name>\n<value><boolean>0</boolean>")
	require.Equal(t, "late", b.read("purchase.order", 1)["partner_ref"])
}
