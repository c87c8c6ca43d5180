package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/kolo/xmlrpc"
	"github.com/stretchr/testify/require"
)

// xmlCall is a request as the client writes it.
func xmlCall(t *testing.T, name string, args ...any) string {
	t.Helper()
	data, err := xmlrpc.EncodeMethodCall(name, args...)
	require.NoError(t, err)
	return string(data)
}

// Over XML-RPC only what reads passes, byte by byte as it was sent; what can be understood in two ways does not.
func TestGuardOverXMLRPC(t *testing.T) {
	t.Parallel()
	var got []string
	behind := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || int64(len(body)) != r.ContentLength {
			body = []byte("cut off")
		}
		got = append(got, r.URL.Path+" "+string(body))
	}))
	t.Cleanup(behind.Close)
	target, err := url.Parse(behind.URL)
	require.NoError(t, err)
	g := &readOnly{target: target, key: oddKey, next: http.DefaultTransport}
	front := httptest.NewServer(g.proxy())
	t.Cleanup(front.Close)
	ask := func(request, body string, header ...string) int {
		method, path, _ := strings.Cut(request, " ")
		r, err := http.NewRequestWithContext(t.Context(), method, front.URL+path, strings.NewReader(body))
		require.NoError(t, err)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		answer, err := http.DefaultTransport.RoundTrip(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		return answer.StatusCode
	}
	const object, common = "POST /xmlrpc/2/object", "POST /xmlrpc/2/common"
	call := func(method string) string {
		named := map[string]any{"fields": []any{"name"}, "limit": 5, "context": map[string]any{"active_test": false, "x": nil}}
		return xmlCall(t, "execute_kw", oddDatabase, 7, oddKey, "purchase.order", method, []any{[]any{[]any{"name", "=", "a<b&c"}}, 1.5}, named)
	}
	var passed []string
	for _, method := range reads {
		body := call(method)
		require.Equal(t, http.StatusOK, ask(object, body), method)
		passed = append(passed, "/xmlrpc/2/object "+body)
	}
	for _, body := range []string{xmlCall(t, "version"), xmlCall(t, "authenticate", oddDatabase, oddUser, oddKey, map[string]any{})} {
		require.Equal(t, http.StatusOK, ask(common, body))
		passed = append(passed, "/xmlrpc/2/common "+body)
	}
	require.Equal(t, passed, got)

	read := call("read")
	with := func(old, changed string) string {
		require.Contains(t, read, old)
		return strings.Replace(read, old, changed, 1)
	}
	const method = "<value><string>read</string></value>"
	refused := [][]string{
		{object, ""},
		{object, "<"},
		{object, read + "<methodCall/>"},
		{object, read + read},
		{object, read[:len(read)-3]},
		{object, "x" + read},
		{object, xmlCall(t, "execute", oddDatabase, 7, oddKey, "purchase.order", "read", []any{1})},
		{object, xmlCall(t, "execute_kw", oddDatabase, 7, oddKey, "purchase.order")},
		{object, xmlCall(t, "execute_kw", oddDatabase, 7, oddKey, "purchase.order", "read", []any{}, map[string]any{}, "write")},
		{object, xmlCall(t, "authenticate", oddDatabase, oddUser, oddKey, map[string]any{})},
		{common, read},
		{common, xmlCall(t, "execute_kw")},
		{common, xmlCall(t, "login", oddDatabase, oddUser, oddKey)},
		{"POST /xmlrpc/2/db", xmlCall(t, "version")},
		{"POST /xmlrpc/2/report", read},
		{"POST /xmlrpc/object", read},
		{"POST /xmlrpc/1/object", read},
		{"PUT /xmlrpc/2/object", read},
		{"POST /xmlrpc/2/object/", read},
		{"POST /xmlrpc/2/%6fbject?x=1", read},
		{"POST /xmlrpc/2%2Fobject", read},
		{object, read, "Content-Encoding", "gzip"},
		{object, with(method, "<value>read</value>")},
		{object, with(method, "<value><string>read </string></value>")},
		{object, with(method, "<value><string>write</string><string>read</string></value>")},
		{object, with(method, "<value><string>wri<!-- -->te</string></value>")},
		{object, with(method, "<value><string><![CDATA[read]]></string></value>")},
		{object, with(method, "<value><string>read<b/></string></value>")},
		{object, with(method, "<value><x:string>read</x:string></value>")},
		{object, with(method, `<value><string a="b">read</string></value>`)},
		{object, with(method, "<value><base64>cmVhZA==</base64></value>")},
		{object, with(method, "<value>write<string>read</string></value>")},
		{object, with(method, "<value><string>re\x01ad</string></value>")},
		{object, with(method, "<value><array><data>"+method+"</data></array></value>")},
		{object, with("<params>", "<params><x/>")},
		{object, with("<params>", "<methodName>execute</methodName><params>")},
		{object, with("</methodCall>", "<params></params></methodCall>")},
		{object, with("<methodCall>", `<!DOCTYPE a [<!ENTITY r "write">]><methodCall>`)},
		{object, with(`encoding="UTF-8"`, `encoding="UTF-16"`)},
		{object, with("<param>", "<param><?x?>")},
		{object, with("<params>", "<params>"+strings.Repeat("<param>", 20_000))},
		{object, with("<param>", strings.Repeat(" ", longestHeld)+"<param>")},
	}
	for _, write := range []string{"write", "create", "unlink", "button_confirm", "action_post", "copy", "READ", "__init__", "", "message_post", "export_data"} {
		refused = append(refused, []string{object, call(write)})
	}
	for i, r := range refused {
		require.Equal(t, http.StatusForbidden, ask(r[0], r[1], r[2:]...), "%d: %s %.300s", i, r[0], r[1])
	}
	require.Equal(t, passed, got, "the server has seen none of them")
	_, seen := g.seen()
	withKey := 0
	for _, r := range refused {
		if strings.Contains(r[1], oddKey) && !strings.Contains(r[1], strings.Repeat(" ", longestHeld)) {
			withKey++
		}
	}
	require.Len(t, seen, withKey, "those of the product")
}
