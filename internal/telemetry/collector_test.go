package telemetry_test

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collector takes OTLP over HTTP and keeps all of it.
type collector struct {
	*httptest.Server

	mu    sync.Mutex
	bytes []string // the bodies as they came, of traces and of metrics
	spans map[string]span
}

// span is what the tests look at. Ids are hexadecimal.
type span struct {
	name, trace, id, parent string
	attributes              map[string]string
}

func collect(t *testing.T) *collector {
	t.Helper()
	c := &collector{spans: map[string]span{}}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.bytes = append(c.bytes, string(body))
		if r.URL.Path == "/v1/traces" {
			c.keep(t, body)
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *collector) keep(t *testing.T, body []byte) {
	t.Helper()
	var request collectorpb.ExportTraceServiceRequest
	assert.NoError(t, proto.Unmarshal(body, &request))
	for _, resource := range request.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				kept := span{
					name: s.GetName(), trace: hex.EncodeToString(s.GetTraceId()), id: hex.EncodeToString(s.GetSpanId()),
					parent: hex.EncodeToString(s.GetParentSpanId()), attributes: map[string]string{},
				}
				for _, a := range s.GetAttributes() {
					kept.attributes[a.GetKey()] = a.GetValue().GetStringValue()
				}
				c.spans[kept.id] = kept
			}
		}
	}
}

// whole wants the trace of s in one piece: every parent is there, up to the one root, which it returns with the spans.
func (c *collector) whole(t *testing.T, s span) (root span, all []span) {
	t.Helper()
	var roots []span
	for _, other := range c.spans {
		if other.trace != s.trace {
			continue
		}
		all = append(all, other)
		if other.parent == "" {
			roots = append(roots, other)
			continue
		}
		parent, ok := c.spans[other.parent]
		require.True(t, ok, "the parent of %q is missing", other.name)
		require.Equal(t, s.trace, parent.trace, "the parent of %q is in another trace", other.name)
	}
	require.Len(t, roots, 1)
	return roots[0], all
}

// find is the one span of the name with the attribute.
func (c *collector) find(t *testing.T, name, key, value string) span {
	t.Helper()
	var found []span
	for _, s := range c.spans {
		if s.name == name && s.attributes[key] == value {
			found = append(found, s)
		}
	}
	require.Len(t, found, 1, "%s with %s=%s", name, key, value)
	return found[0]
}

// way names the ancestors of a span, up to the root.
func (c *collector) way(t *testing.T, s span) []string {
	t.Helper()
	var names []string
	for s.parent != "" {
		parent, ok := c.spans[s.parent]
		require.True(t, ok, "the parent of %q is missing", s.name)
		names = append(names, parent.name)
		s = parent
	}
	return names
}

// under names the spans that have the ancestor.
func (c *collector) under(ancestor span, all []span) []string {
	var names []string
	for _, s := range all {
		for at := s; at.parent != ""; at = c.spans[at.parent] {
			if at.parent == ancestor.id {
				names = append(names, s.name)
				break
			}
		}
	}
	return names
}

// has reports whether text is anywhere in what came.
func (c *collector) has(text string) bool {
	for _, body := range c.bytes {
		if strings.Contains(body, text) {
			return true
		}
	}
	return false
}
