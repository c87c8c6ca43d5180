package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// readOnly stands before a real Odoo and lets only requests through that read. All of the demo's requests to that
// server go through it: its own as a transport, the product's as a reverse proxy.
type readOnly struct {
	target *url.URL
	key    string            // API key of the user
	next   http.RoundTripper // sends what is let through

	mu      sync.Mutex
	calls   map[string]int // by method
	refused []string       // paths that were not let through, of requests with the key
}

// reads are the methods of a model that change nothing (Odoo 19: each of them is marked read-only in its sources, or is a
// question about rights and context; check_access_rights is what has_access was called before Odoo 18).
var reads = []string{"search", "search_read", "search_count", "read", "fields_get", "has_access", "check_access_rights", "context_get"}

// proxy serves the guarded server.
func (g *readOnly) proxy() http.Handler {
	return &httputil.ReverseProxy{
		Transport: g,
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(g.target) },
		ErrorLog:  slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // the product reports what it does not get
	}
}

// RoundTrip sends a request that reads; any other is answered 403, as Odoo answers a user without the right.
func (g *readOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	body, passed, err := hold(r)
	if err != nil {
		return nil, err
	}
	method, reading := readingMethod(r, body)
	if reading {
		g.passes(method)
		return g.next.RoundTrip(passed)
	}
	if passed.Body != nil {
		_ = passed.Body.Close()
	}
	if g.hasKey(r, body) {
		g.refuses(r)
	}
	return refusal(r), nil
}

// longestHeld is how much of a body the guard looks at, in bytes: more than any request of the product has.
const longestHeld = 4 << 20

// hold reads the body of a request, of a very long one only the start, and gives a request with the same body.
func hold(r *http.Request) ([]byte, *http.Request, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, r, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, longestHeld+1))
	if err != nil {
		_ = r.Body.Close()
		return nil, nil, fmt.Errorf("reading a request to the real Odoo: %w", err)
	}
	passed := r.Clone(r.Context())
	passed.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), r.Body), r.Body}
	return body, passed, nil
}

// hasKey tells the product's requests from those of a browser or a scanner that came upon the port.
func (g *readOnly) hasKey(r *http.Request, body []byte) bool {
	return strings.Contains(r.Header.Get("Authorization"), g.key) || bytes.Contains(body, []byte(g.key))
}

func refusal(r *http.Request) *http.Response {
	const body = `{"name": "odoo.exceptions.AccessDenied", "message": "The demo writes nothing to this server"}`
	return &http.Response{
		StatusCode: http.StatusForbidden, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   io.NopCloser(bytes.NewReader([]byte(body))), ContentLength: int64(len(body)),
	}
}

// readingMethod is the method that a request calls, or its path, and whether it is known to read.
func readingMethod(r *http.Request, body []byte) (string, bool) {
	if service, is := strings.CutPrefix(r.URL.Path, "/xmlrpc/2/"); is {
		return readingXML(r, service, body)
	}
	if r.Method == http.MethodGet && (r.URL.Path == "/web/version" || r.URL.Path == "/json/version") {
		return "version", true
	}
	parts := strings.Split(r.URL.Path, "/")
	if r.Method == http.MethodPost && len(parts) == 5 && parts[1] == "json" && parts[2] == "2" {
		return parts[4], slices.Contains(reads, parts[4])
	}
	return r.URL.Path, false
}

func (g *readOnly) passes(method string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.calls == nil {
		g.calls = map[string]int{}
	}
	g.calls[method]++
}

func (g *readOnly) refuses(r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refused = append(g.refused, r.Method+" "+r.URL.Path)
}

// seen gives the requests that were let through, by method, and those of the product that were not.
func (g *readOnly) seen() (calls map[string]int, refused []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.calls), slices.Clone(g.refused)
}
