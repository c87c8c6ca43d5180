package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/rig"
)

// office is a tenant of the shipped binary that exports, with its requests to both systems overheard.
type office struct {
	*rig.Tenant

	collector *collector
	worker    *rig.Worker

	mu   sync.Mutex
	sent []string
}

func open(ctx context.Context, t *testing.T, bench *rig.Bench, name string, env ...string) *office {
	t.Helper()
	o := &office{collector: collect(t)}
	var err error
	o.Tenant, err = bench.NewTenant(ctx, rig.TenantOptions{
		Name: name, Via: rig.Via{Odoo: func(target string) (string, error) { return o.overheard(t, target), nil }},
		Before: func(procore http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.hear(t, r); procore.ServeHTTP(w, r) })
		},
		Timing: rig.Timing{HTTP: 60 * time.Second, Activity: 2 * time.Minute, Settle: 70 * time.Second},
		Env:    append([]string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + o.collector.URL, "OTEL_BSP_SCHEDULE_DELAY=200", "ML_LOG_LEVEL=debug"}, env...),
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, o.Close()) })
	o.worker, err = o.StartWorker(ctx)
	require.NoError(t, err)
	return o
}

// overheard is a proxy before Odoo.
func (o *office) overheard(t *testing.T, target string) string {
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: target}) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.hear(t, r); proxy.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// hear keeps what must not be exported, and wants no header of ours to reach the other system.
func (o *office) hear(t *testing.T, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	assert.NoError(t, err)
	r.Body = io.NopCloser(bytes.NewReader(body))
	assert.Empty(t, r.Header.Get("Traceparent"))
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, value, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok {
		o.sent = append(o.sent, value)
	}
	if form, err := url.ParseQuery(string(body)); err == nil && form.Has("client_secret") {
		o.sent = append(o.sent, form.Get("client_secret"))
	}
}

func (o *office) order(t *testing.T, amount float64) string {
	t.Helper()
	desk := o.Desk()
	po := desk.Order(o.Firm.Boulder, rig.Line{Amount: amount, Project: o.Firm.Tower, Code: o.Firm.Concrete})
	require.NoError(t, desk.Err())
	return "purchase.order/" + strconv.FormatInt(po.ID, 10)
}

// poll runs a cycle and does not wait for what it wakes.
func (o *office) poll(ctx context.Context, t *testing.T) {
	t.Helper()
	o.Tick()
	require.NoError(t, o.Sync(ctx), o.worker.Log(20))
}

// stop ends the worker, and then the collector: what it has is looked at afterwards.
func (o *office) stop(t *testing.T) {
	t.Helper()
	require.NoError(t, o.worker.Stop())
	o.collector.Close()
}

// secrets are the keys, tokens and secrets that the two systems were sent.
func (o *office) secrets(t *testing.T) []string {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	require.NotEmpty(t, o.sent)
	return slices.Clone(o.sent)
}

// lines are those of the workers' log with a message.
func (o *office) lines(t *testing.T, message string) []map[string]any {
	t.Helper()
	var found []map[string]any
	for text := range strings.Lines(o.worker.Log(1_000_000)) {
		var line map[string]any
		if json.Unmarshal([]byte(text), &line) == nil && line["msg"] == message {
			found = append(found, line)
		}
	}
	return found
}

// hold stops the first request of an operation in Procore, and says when it has come.
func (o *office) hold(operation string) (reached <-chan struct{}, release func()) {
	came, answer := make(chan struct{}), make(chan struct{})
	var once sync.Once
	o.Procore.SetHook(procoretest.Hook{After: func(r procoretest.Request) *procoretest.Fault {
		if strings.HasSuffix(r.Operation, operation) {
			once.Do(func() {
				close(came)
				<-answer
			})
		}
		return nil
	}})
	return came, sync.OnceFunc(func() { close(answer) })
}

// The wiring is that of the shipped binary: each test runs it, with its own tenant, on one bench.
func TestWorker(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	bench, err := rig.Open(ctx, rig.Options{Log: t.Output()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, bench.Close()) })
	for name, test := range map[string]func(context.Context, *testing.T, *rig.Bench){
		"Trace": trace, "TraceOfAKilledWorker": traceOfAKilledWorker, "CollectorAway": collectorAway, "Metrics": metrics,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(ctx, t, bench)
		})
	}
}

// Two orders, two polls: each order's way is in the trace of the poll that read it, in one piece from the poll's run to
// the statements, though one Dispatch starts both. Without the joint the second order is in the first poll's
// trace. Nothing that was sent to either system is in it.
func trace(ctx context.Context, t *testing.T, bench *rig.Bench) {
	o := open(ctx, t, bench, "trace")
	reached, release := o.hold("/purchase_order_contracts/sync")
	t.Cleanup(release)
	first := o.order(t, 100.25)
	o.poll(ctx, t)
	<-reached
	second := o.order(t, 77.5)
	o.poll(ctx, t)
	require.NoError(t, rig.Until(ctx, "the second order to be written", func() (bool, error) {
		return len(o.Procore.State().Commitments) == 2, nil
	}), o.State(ctx))
	release()
	require.NoError(t, o.Rest(ctx), o.worker.Log(20))
	o.stop(t)

	c := o.collector
	roots := map[string]span{}
	for _, record := range []string{first, second} {
		header := c.find(t, "RunActivity:WriteHeader", "ml.record", record)
		run := c.find(t, "RunWorkflow:SyncPurchaseOrder", "temporalRunID", header.attributes["temporalRunID"])
		root, all := c.whole(t, run)
		require.Equal(t, "RunWorkflow:TenantSync", root.name)
		require.Equal(t, o.Name, root.attributes["ml.tenant"])
		roots[record] = root

		poll := c.find(t, "RunActivity:FetchChanges", "temporalRunID", root.attributes["temporalRunID"])
		require.Contains(t, c.under(poll, all), "POST /json/2/purchase.order/search_read")
		require.Contains(t, c.under(poll, all), "query UpsertSnapshots")
		require.Contains(t, c.under(poll, all), run.name, "the order's run is a part of the poll that read it")
		for _, name := range []string{"query BeginSend", "PATCH /rest/v1.0/purchase_order_contracts/sync", "query FinishSend"} {
			require.Contains(t, c.under(header, all), name)
		}
	}
	require.NotEqual(t, roots[first].trace, roots[second].trace)
	for _, s := range c.spans {
		c.whole(t, s)
	}
	o.silent(t)
	linked := o.lines(t, "vendor linked")
	require.Len(t, linked, 1)
	require.Equal(t, roots[first].trace, linked[0]["trace_id"])
	require.Contains(t, c.spans, linked[0]["span_id"])
	require.Equal(t, o.Name, linked[0]["tenant"])
	require.Equal(t, "res.partner/"+strconv.FormatInt(o.Firm.Boulder, 10), linked[0]["record"])
}

// silent wants nothing exported that the two systems were sent, or that the documents say.
func (o *office) silent(t *testing.T) {
	t.Helper()
	for _, text := range append(o.secrets(t), "secret", "Boulder", "Concrete", "100.25", "77.5", "INSERT", "search_read?", "Bearer") {
		require.False(t, o.collector.has(text), "%q was exported", text)
	}
	require.True(t, o.collector.has("/json/2/purchase.order/search_read"), "the look finds what is there")
}

// A worker that dies takes the spans of what is under way with it; its successor goes on with the same spans of runs.
// Without the key in ids.go what the first one has sent is left without a parent.
func traceOfAKilledWorker(ctx context.Context, t *testing.T, bench *rig.Bench) {
	o := open(ctx, t, bench, "trace-killed", "ML_HTTP_TIMEOUT=1s", "ML_ACTIVITY_TIMEOUT=2s", "ML_SETTLE=3s")
	reached, release := o.hold("/purchase_order_contracts/sync")
	t.Cleanup(release)
	record := o.order(t, 100.25)
	o.poll(ctx, t)
	<-reached
	require.NoError(t, rig.Until(ctx, "what was begun to be exported", func() (bool, error) {
		o.collector.mu.Lock()
		defer o.collector.mu.Unlock()
		for _, s := range o.collector.spans {
			if s.name == "RunActivity:Prepare" && s.attributes["ml.record"] == record {
				return true, nil
			}
		}
		return false, nil
	}))
	process, err := os.FindProcess(o.worker.PID)
	require.NoError(t, err)
	require.NoError(t, process.Signal(syscall.SIGKILL))
	<-o.worker.Done()
	release()
	o.worker, err = o.StartWorker(ctx)
	require.NoError(t, err)
	require.NoError(t, o.Rest(ctx), o.worker.Log(20))
	o.stop(t)
	approve := o.collector.find(t, "RunActivity:Approve", "ml.record", record)
	for _, of := range []string{"RunActivity:Prepare", "RunActivity:Approve"} { // of the first worker, and of the second
		way := o.collector.way(t, o.collector.find(t, of, "temporalRunID", approve.attributes["temporalRunID"]))
		require.Contains(t, way, "RunWorkflow:SyncPurchaseOrder")
		require.Equal(t, "RunWorkflow:TenantSync", way[len(way)-1])
	}
}
