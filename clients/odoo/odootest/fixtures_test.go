package odootest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fixture is one recorded request with the real server's answer.
type fixture struct {
	Name    string `json:"name"`
	Request struct {
		Method  string            `json:"method"`
		Path    string            `json:"path"`
		Headers map[string]string `json:"headers"`
		Body    json.RawMessage   `json:"body"`
	} `json:"request"`
	Response struct {
		Status  int         `json:"status"`
		Headers [][2]string `json:"headers"`
		Body    any         `json:"body"`
	} `json:"response"`
}

// notReplayed are recordings of what the sandbox does not offer, with the reason.
var notReplayed = map[string]string{
	"err_old_json1":      "the /json/1 pages of the web client are no part of the API",
	"err_value_too_long": "res.partner.bank is no model of the sandbox",
}

// otherText are errors whose text names things of that database; status, name and keys are still compared.
var otherText = []string{"err_limit_string", "err_access_read", "err_access_move_line", "aa_create_low", "aa_write_readonly_user"}

func sharedDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("ML_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared")
	}
	dir = filepath.Join(dir, "odoo", "fixtures", "json2")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no recordings to compare with: %v", err)
	}
	return dir
}

// recorded makes a server with the ids that the recordings use.
func recorded(t *testing.T) *bundle {
	t.Helper()
	all := []string{"purchase", "billing", "analytic"}
	b := setup(t,
		User{Login: "bot", Key: key, Groups: all, KeyScopeOK: true},
		User{Login: "low", Key: "low", Groups: []string{"internal"}, KeyScopeOK: true},
		User{Login: "read", Key: "read", Groups: []string{"readonly"}, KeyScopeOK: true},
		User{Login: "scope", Key: "scope", Groups: all},
		User{Login: "old", Key: "old", Groups: all, KeyScopeOK: true, KeyExpired: true},
	)
	b.s.cfg.SeveralDatabases = true
	b.add("internal", "account.analytic.plan", map[string]any{"name": "Internal"})
	parent := b.add("more codes", "account.analytic.plan", map[string]any{"name": "Cost Codes"})
	b.add("phases", "account.analytic.plan", map[string]any{"name": "Phases", "parent_id": parent})
	for range 37 {
		b.add("account", "account.analytic.account", map[string]any{"name": "Account", "code": "A", "plan_id": 1})
	}
	tax := b.recoverable(15)
	b.add("tax 2", "account.tax", map[string]any{"name": "0%"})
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
	for range 2560 - 2 {
		b.add("partner", "res.partner", map[string]any{"name": "Partner", "supplier_rank": 1})
	}
	return b
}

func TestAnswersLikeTheRecordings(t *testing.T) {
	t.Parallel()
	dir := sharedDir(t)
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	b := recorded(t)
	slices.SortStableFunc(files, func(a, c string) int { // deletions were recorded last
		return strings.Count(a, "unlink") - strings.Count(c, "unlink")
	})
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		var f fixture
		require.NoError(t, json.Unmarshal(raw, &f))
		t.Run(f.Name, func(t *testing.T) { // in order: the recordings build on each other
			if reason, skip := notReplayed[f.Name]; skip {
				t.Skip(reason)
			}
			b.replay(t, f)
		})
	}
}

func (b *bundle) replay(t *testing.T, f fixture) {
	t.Helper()
	header := map[string]string{}
	for k, v := range f.Request.Headers {
		header[k] = strings.Replace(v, "<API_KEY>", keyFor(f.Name), 1)
	}
	body := string(f.Request.Body)
	var text string
	if json.Unmarshal(f.Request.Body, &text) == nil {
		body = text
	}
	if body == "null" {
		body = ""
	}
	status, got, answer := (&bundle{t: t, s: b.s}).send(f.Request.Method, f.Request.Path, header, body)
	require.Equal(t, f.Response.Status, status, "%s: %v", f.Name, answer)
	for _, h := range f.Response.Headers {
		if slices.Contains([]string{"Content-Type", "WWW-Authenticate", "Accept", "X-Content-Type-Options", "Connection"}, h[0]) {
			require.Equal(t, h[1], got.Get(h[0]), "%s: header %s", f.Name, h[0])
		}
	}
	want, isError := f.Response.Body.(map[string]any)
	if _, named := want["debug"]; isError && named {
		have, ok := answer.(map[string]any)
		require.True(t, ok, f.Name)
		require.Equal(t, want["name"], have["name"], f.Name)
		require.ElementsMatch(t, keysOf(want), keysOf(have), f.Name)
		if !slices.Contains(otherText, f.Name) {
			require.Equal(t, want["message"], have["message"], f.Name)
			require.Equal(t, want["arguments"], have["arguments"], f.Name)
		}
		return
	}
	sameShape(t, f.Name, f.Response.Body, answer)
}

func keyFor(name string) string {
	switch name {
	case "auth_wrong_scope_key":
		return "scope"
	case "auth_expired_key":
		return "old"
	case "aa_create_low", "check_access_po_low", "err_access_read", "err_access_move_line":
		return "low"
	case "aa_write_readonly_user":
		return "read"
	}
	return key
}

func keysOf(m map[string]any) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

// sameShape compares keys and kinds of values; false stands for NULL of any type, and records are compared by the first.
func sameShape(t *testing.T, at string, want, have any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		h, ok := have.(map[string]any)
		require.True(t, ok || have == false, "%s: want an object, have %v", at, have)
		if strings.Contains(at, "analytic_distribution") || !ok {
			return
		}
		require.ElementsMatch(t, keysOf(want), keysOf(h), at)
		for k := range want {
			sameShape(t, at+"."+k, want[k], h[k])
		}
	case []any:
		h, ok := have.([]any)
		require.True(t, ok || have == false, "%s: want a list, have %v", at, have)
		if len(want) > 0 && len(h) > 0 {
			if strings.HasSuffix(at, ".selection") {
				require.Equal(t, want, have, at)
			}
			sameShape(t, at+"[]", want[0], h[0])
		}
	case string:
		require.True(t, have == false || func() bool { _, ok := have.(string); return ok }(), "%s: want text, have %v", at, have)
		if strings.HasPrefix(at, "fields_get") {
			require.Equal(t, want, have, at)
		}
	case float64:
		_, ok := have.(float64)
		require.True(t, ok || have == false, "%s: want a number, have %v", at, have)
	case bool:
		if _, ok := have.(bool); strings.HasPrefix(at, "fields_get") || strings.HasPrefix(at, "check_access") {
			require.True(t, ok, at)
			require.Equal(t, want, have, at)
		}
	}
}
