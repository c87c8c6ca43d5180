package telemetry

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.temporal.io/sdk/client"
)

func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		environ string // NAME=value, by blanks
		want    wanted
		says    string
	}{
		{environ: "", want: wanted{}},
		{environ: "OTEL_SERVICE_NAME=x", want: wanted{}},
		{environ: "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318", want: wanted{traces: true, metrics: true}},
		{environ: "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 OTEL_METRICS_EXPORTER=none", want: wanted{traces: true}},
		{environ: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4318", want: wanted{traces: true}},
		{environ: "OTEL_TRACES_EXPORTER=otlp", want: wanted{traces: true}},
		{environ: "OTEL_METRICS_EXPORTER=prometheus", want: wanted{metrics: true}},
		{environ: "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 OTEL_SDK_DISABLED=true", want: wanted{}},
		{environ: "OTEL_TRACES_EXPORTER=jaeger", says: `OTEL_TRACES_EXPORTER: "jaeger" is not known; use otlp, console, none`},
		{environ: "OTEL_EXPORTER_OTLP_PROTOCOL=http/json", says: `use http/protobuf, grpc`},
		{environ: "OTEL_EXPORTER_OTLP_ENDPOINT=localhost:4318", says: "OTEL_EXPORTER_OTLP_ENDPOINT is no address of a collector; write http://host:4318"},
	} {
		environ := map[string]string{}
		for one := range strings.FieldsSeq(c.environ) {
			name, value, _ := strings.Cut(one, "=")
			environ[name] = value
		}
		got, err := read(environ)
		require.Equal(t, c.want, got, c.environ)
		if c.says == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, c.says)
		}
	}
}

// What is off puts nothing anywhere.
func TestOff(t *testing.T) {
	t.Parallel()
	off, err := Start(t.Context(), Options{Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	for _, x := range []*Telemetry{off, {}} {
		var options client.Options
		require.NoError(t, x.Temporal(&options))
		require.Empty(t, options)
		require.Nil(t, x.Transport())
		require.Nil(t, x.Watch().Tracer)
		require.Nil(t, x.Watch().Sent)
		require.NoError(t, x.Gauges(nil))
		require.NoError(t, x.Close(t.Context()))
	}
}

func TestListener(t *testing.T) {
	t.Parallel()
	x, err := Start(t.Context(), Options{MetricsAddr: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	x.sent("acme", "update vendor", "ok")
	get := func(path string) (int, string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+x.listener.address+path, http.NoBody)
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return answer.StatusCode, string(body)
	}
	status, body := get("/metrics")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, `ml_procore_writes_total{operation="update vendor",result="ok",tenant="acme"} 1`)
	status, _ = get("/")
	require.Equal(t, http.StatusNotFound, status)

	_, err = Start(t.Context(), Options{MetricsAddr: x.listener.address, Log: slog.New(slog.DiscardHandler)})
	require.ErrorContains(t, err, "ML_METRICS_ADDR: "+x.listener.address+" cannot be listened on: ")
	require.NoError(t, x.Close(t.Context()))
	_, err = new(net.Dialer).DialContext(t.Context(), "tcp", x.listener.address)
	require.Error(t, err, "it is closed")
}

// broken is a collector that comes and goes.
type broken struct {
	*tracetest.InMemoryExporter

	err error
}

func (b *broken) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	return errors.Join(b.err, b.InMemoryExporter.ExportSpans(ctx, spans))
}

func TestExport(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	to := &broken{InMemoryExporter: tracetest.NewInMemoryExporter()}
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(&export{SpanExporter: to, log: slog.New(slog.NewTextHandler(&out, nil))}))
	send := func() {
		_, span := provider.Tracer("t").Start(t.Context(), "POST /x")
		span.SetAttributes(attribute.String("url.full", "https://x/?key=hidden"), attribute.String("db.query.text", "hidden"), attribute.Int("http.response.status_code", 200))
		span.RecordError(errors.New("hidden"))
		span.SetStatus(codes.Error, "hidden")
		span.End()
	}
	send()
	require.Len(t, to.GetSpans(), 1)
	sent := to.GetSpans()[0]
	require.Equal(t, []attribute.KeyValue{attribute.Int("http.response.status_code", 200)}, sent.Attributes)
	require.Empty(t, sent.Events)
	require.Equal(t, sdktrace.Status{Code: codes.Error}, sent.Status)
	require.Empty(t, out.String())

	to.err = errors.New("no collector there")
	send()
	send()
	to.err = nil
	send()
	require.Equal(t, 1, strings.Count(out.String(), "cannot be delivered"), out.String())
	require.Equal(t, 1, strings.Count(out.String(), "delivered again"), out.String())
	require.NoError(t, provider.Shutdown(t.Context()))
}

func TestNames(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/json/2/purchase.order/search_read":                "/json/2/purchase.order/search_read",
		"/rest/v1.0/purchase_order_contracts/12/line_items": "/rest/v1.0/purchase_order_contracts/{id}/line_items",
		"/web/version": "/web/version",
	} {
		require.Equal(t, want, template(path))
	}
	for statement, want := range map[string]string{
		"-- name: Offer :one\nSELECT offer($1)": "Offer", "begin isolation level read committed": "begin", "commit;": "commit", "": "statement",
	} {
		require.Equal(t, want, queryName(statement))
	}
}
