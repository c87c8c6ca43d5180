package odootest

import (
	"encoding/json"
	"encoding/xml"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// recording is one request of a real server with its answer.
type recording struct {
	name         string
	method, path string
	headers      map[string]string
	body         string

	status int
	shown  map[string]string // headers of the answer that count
	answer any               // nil, bool, int64, float64, string, []any, map[string]any; of a fault a faulted
}

// faulted is an XML-RPC fault: the code as shown and what the text says.
type faulted struct{ code, text string }

// sharedDir is the folder of the recordings; the test is skipped where they are not.
func sharedDir(t *testing.T, set string) string {
	t.Helper()
	dir := os.Getenv("ML_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared")
	}
	dir = filepath.Join(dir, "odoo", "fixtures", set)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no recordings to compare with: %v", err)
	}
	return dir
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	require.NoError(t, dec.Decode(into))
}

var countedHeaders = []string{"Content-Type", "WWW-Authenticate", "Accept", "X-Content-Type-Options", "Location"}

func counted(headers [][]string) map[string]string {
	out := map[string]string{}
	for _, h := range headers {
		if slices.Contains(countedHeaders, h[0]) {
			out[h[0]] = h[1]
		}
	}
	return out
}

// jsonRecordings are those of JSON-2, deletions last.
func jsonRecordings(t *testing.T, dir string) []recording {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	require.NoError(t, err)
	slices.SortStableFunc(files, func(a, c string) int { return strings.Count(a, "unlink") - strings.Count(c, "unlink") })
	out := make([]recording, 0, len(files))
	for _, file := range files {
		var f struct {
			Name    string
			Request struct {
				Method, Path string
				Headers      map[string]string
				Body         json.RawMessage
			}
			Response struct {
				Status  int
				Headers [][]string
				Body    any
			}
		}
		readJSON(t, file, &f)
		r := recording{
			name: f.Name, method: f.Request.Method, path: f.Request.Path, headers: maps.Clone(f.Request.Headers), body: string(f.Request.Body),
			status: f.Response.Status, shown: counted(f.Response.Headers), answer: typed(f.Response.Body),
		}
		var text string
		if json.Unmarshal(f.Request.Body, &text) == nil {
			r.body = text
		}
		if r.body == "null" {
			r.body = ""
		}
		for k, v := range r.headers {
			r.headers[k] = strings.Replace(v, "<API_KEY>", keyFor(r.name), 1)
		}
		out = append(out, r)
	}
	return out
}

// typed turns decoded JSON into int64 and float64 by how the number is written.
func typed(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case []any:
		for i := range v {
			v[i] = typed(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = typed(v[k])
		}
	}
	return v
}

// keyFor is the key of the user that a recording of JSON-2 was made with.
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

// xmlRecordings are those of XML-RPC, in the order in which they were made.
func xmlRecordings(t *testing.T, dir string) []recording {
	t.Helper()
	var index struct {
		Exchanges map[string]struct {
			Method, Path    string
			Status          int
			RequestHeaders  map[string]string `json:"request_headers"`
			ResponseHeaders [][]string        `json:"response_headers"`
		}
	}
	readJSON(t, filepath.Join(dir, "index.json"), &index)
	var out []recording
	for _, name := range slices.Sorted(maps.Keys(index.Exchanges)) {
		e := index.Exchanges[name]
		request, err := os.ReadFile(filepath.Join(dir, name+".request.xml"))
		require.NoError(t, err)
		answer, err := os.ReadFile(filepath.Join(dir, name+".response.xml"))
		require.NoError(t, err)
		secret := key
		if strings.HasPrefix(name, "err_access_") {
			secret = "low"
		}
		body := strings.NewReplacer("&lt;API_KEY&gt;", secret, "&lt;PASSWORD&gt;", secret).Replace(string(request))
		out = append(out, recording{
			name: name, method: e.Method, path: e.Path, headers: e.RequestHeaders, body: body,
			status: e.Status, shown: counted(e.ResponseHeaders), answer: fromXML(t, answer),
		})
	}
	slices.SortStableFunc(out, func(a, c recording) int { return strings.Count(a.name, "unlink") - strings.Count(c.name, "unlink") })
	return out
}

// xmlValue is a value of XML-RPC as encoding/xml reads it.
type xmlValue struct {
	Int     *string `xml:"int"`
	Boolean *string `xml:"boolean"`
	Double  *string `xml:"double"`
	String  *string `xml:"string"`
	Array   *struct {
		Values []xmlValue `xml:"data>value"`
	} `xml:"array"`
	Struct *struct {
		Members []struct {
			Name  string   `xml:"name"`
			Value xmlValue `xml:"value"`
		} `xml:"member"`
	} `xml:"struct"`
}

func fromXML(t *testing.T, raw []byte) any {
	t.Helper()
	var answer struct {
		Params []xmlValue `xml:"params>param>value"`
		Fault  *xmlValue  `xml:"fault>value"`
	}
	require.NoError(t, xml.Unmarshal(raw, &answer), string(raw))
	if answer.Fault == nil {
		require.Len(t, answer.Params, 1, string(raw))
		return answer.Params[0].plain(t)
	}
	f, ok := answer.Fault.plain(t).(map[string]any)
	require.True(t, ok)
	code, isNumber := f["faultCode"].(int64)
	if isNumber {
		return faulted{strconv.FormatInt(code, 10), str(f["faultString"])}
	}
	return faulted{str(f["faultCode"]), str(f["faultString"])}
}

func (v xmlValue) plain(t *testing.T) any {
	t.Helper()
	switch {
	case v.Int != nil:
		n, err := strconv.ParseInt(*v.Int, 10, 64)
		require.NoError(t, err)
		return n
	case v.Double != nil:
		f, err := strconv.ParseFloat(*v.Double, 64)
		require.NoError(t, err)
		return f
	case v.Boolean != nil:
		return *v.Boolean == "1"
	case v.String != nil:
		return *v.String
	case v.Array != nil:
		out := []any{}
		for _, e := range v.Array.Values {
			out = append(out, e.plain(t))
		}
		return out
	case v.Struct != nil:
		out := map[string]any{}
		for _, m := range v.Struct.Members {
			out[m.Name] = m.Value.plain(t)
		}
		return out
	}
	require.Fail(t, "a value of no known type")
	return nil
}
