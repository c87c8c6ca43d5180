package main

import (
	"bytes"
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
	next   http.RoundTripper // sends what is let through

	mu      sync.Mutex
	calls   map[string]int // by method of JSON-2
	refused []string       // paths that were not let through
}

// reads are the methods of JSON-2 that change nothing (Odoo 19: each of them is marked read-only in its sources, or is a
// question about rights and context).
var reads = []string{"search", "search_read", "search_count", "read", "fields_get", "has_access", "context_get"}

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
	method, reading := readingMethod(r)
	g.note(r, method, reading)
	if reading {
		return g.next.RoundTrip(r)
	}
	if r.Body != nil {
		_ = r.Body.Close()
	}
	const body = `{"name": "odoo.exceptions.AccessDenied", "message": "The demo writes nothing to this server"}`
	return &http.Response{
		StatusCode: http.StatusForbidden, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   io.NopCloser(bytes.NewReader([]byte(body))), ContentLength: int64(len(body)),
	}, nil
}

// readingMethod is the JSON-2 method of a request, or its path, and whether it is known to read.
func readingMethod(r *http.Request) (string, bool) {
	if r.Method == http.MethodGet && (r.URL.Path == "/web/version" || r.URL.Path == "/json/version") {
		return "version", true
	}
	parts := strings.Split(r.URL.Path, "/")
	if r.Method == http.MethodPost && len(parts) == 5 && parts[1] == "json" && parts[2] == "2" {
		return parts[4], slices.Contains(reads, parts[4])
	}
	return r.URL.Path, false
}

func (g *readOnly) note(r *http.Request, method string, reading bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !reading {
		g.refused = append(g.refused, r.Method+" "+r.URL.Path)
		return
	}
	if g.calls == nil {
		g.calls = map[string]int{}
	}
	g.calls[method]++
}

// seen gives the requests that were let through, by method, and those that were not.
func (g *readOnly) seen() (calls map[string]int, refused []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.calls), slices.Clone(g.refused)
}
