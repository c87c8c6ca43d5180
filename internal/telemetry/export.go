package telemetry

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// told are the attributes of spans that may leave the process, whoever sets them. url.full is not among them for its
// query, db.query.text for what a statement might hold, exception.message for what it quotes.
var told = map[attribute.Key]bool{
	"temporalWorkflowID": true, "temporalRunID": true, "temporalActivityID": true,
	tenantKey: true, recordKey: true,
	"http.request.method": true, "http.response.status_code": true, templateKey: true,
	"server.address": true, "server.port": true, "network.protocol.version": true,
	"db.system.name": true, "db.namespace": true, "pgx.operation.type": true, "pgx.rows_affected": true, "pgx.sql_state": true,
	errorKey: true,
}

const (
	tenantKey   attribute.Key = "ml.tenant"
	recordKey   attribute.Key = "ml.record" // model/id
	templateKey attribute.Key = "url.template"
	errorKey    attribute.Key = "error.type"
)

// cleaned is a span as it leaves: allowed attributes, a status without its text, no events.
type cleaned struct{ sdktrace.ReadOnlySpan }

// Attributes are those that are told.
func (c cleaned) Attributes() []attribute.KeyValue {
	return slices.DeleteFunc(slices.Clone(c.ReadOnlySpan.Attributes()), func(a attribute.KeyValue) bool { return !told[a.Key] })
}

// Status is without its text.
func (c cleaned) Status() sdktrace.Status { return sdktrace.Status{Code: c.ReadOnlySpan.Status().Code} }

// Events are none: those of errors quote what went wrong.
func (c cleaned) Events() []sdktrace.Event { return nil }

// export cleans what the exporter sends, and tells once when it cannot.
type export struct {
	sdktrace.SpanExporter

	log  *slog.Logger
	lost atomic.Bool
}

// ExportSpans never fails: what could not be delivered is dropped, and the log has said so.
func (e *export) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	out := make([]sdktrace.ReadOnlySpan, len(spans))
	for i, s := range spans {
		out[i] = cleaned{s}
	}
	switch err := e.SpanExporter.ExportSpans(ctx, out); {
	case err != nil && e.lost.CompareAndSwap(false, true):
		e.log.WarnContext(ctx, "traces cannot be delivered and are dropped until they can; the work goes on", "error", err)
	case err == nil && e.lost.CompareAndSwap(true, false):
		e.log.InfoContext(ctx, "traces are delivered again")
	}
	return nil
}

// grumbler hears the other complaints of the OpenTelemetry library: the first one is a warning, those after it are the
// same one mostly.
type grumbler struct {
	log  *slog.Logger
	once sync.Once
}

// Handle logs.
func (g *grumbler) Handle(err error) {
	level := slog.LevelDebug
	g.once.Do(func() { level = slog.LevelWarn })
	g.log.Log(context.Background(), level, "OpenTelemetry complains; the work goes on", "error", err)
}
