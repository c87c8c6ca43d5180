package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/log"
)

// logged is a logger, and what its last line says without time, level and message.
func logged(t *testing.T) (*slog.Logger, func() map[string]any) {
	t.Helper()
	var out bytes.Buffer
	return slog.New(LogHandler(slog.NewJSONHandler(&out, nil))), func() map[string]any {
		t.Helper()
		var line map[string]any
		require.NoError(t, json.Unmarshal(out.Bytes(), &line), out.String())
		out.Reset()
		delete(line, slog.TimeKey)
		delete(line, slog.LevelKey)
		delete(line, slog.MessageKey)
		return line
	}
}

func traced(ctx context.Context) context.Context {
	return trace.ContextWithSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}}))
}

// What an activity is about is looked at where there is one: TestWorker/Trace.
func TestLogHandler(t *testing.T) {
	t.Parallel()
	ids := map[string]any{"trace_id": "01000000000000000000000000000000", "span_id": "0200000000000000"}
	with := func(more map[string]any) map[string]any {
		out := map[string]any{}
		for _, m := range []map[string]any{ids, more} {
			maps.Copy(out, m)
		}
		return out
	}
	record := map[string]any{"tenant": "acme", "record": "purchase.order/42", "WorkflowID": "acme/purchase.order/42"}
	for _, c := range []struct {
		name string
		say  func(*slog.Logger)
		want map[string]any
	}{
		{"nothing is known", func(l *slog.Logger) { l.InfoContext(t.Context(), "m") }, map[string]any{}},
		{"a trace", func(l *slog.Logger) { l.InfoContext(traced(t.Context()), "m", "a", 1) }, with(map[string]any{"a": 1.0})},
		{"a line of the SDK", func(l *slog.Logger) { log.NewStructuredLogger(l).Warn("m", "WorkflowID", "acme/purchase.order/42") }, record},
		{"a logger of the SDK", func(l *slog.Logger) {
			log.With(log.NewStructuredLogger(l), "WorkflowID", "acme/purchase.order/42").Warn("m")
		}, record},
		{
			"a run without a record", func(l *slog.Logger) { l.InfoContext(t.Context(), "m", "WorkflowID", "acme/sync-2026-03-02T08:00:00Z") },
			map[string]any{"tenant": "acme", "WorkflowID": "acme/sync-2026-03-02T08:00:00Z"},
		},
		{
			"the line says it itself", func(l *slog.Logger) { l.InfoContext(traced(t.Context()), "m", "tenant", "other", "trace_id", "x") },
			map[string]any{"tenant": "other", "trace_id": "x", "span_id": ids["span_id"]},
		},
		{"the logger says it itself", func(l *slog.Logger) {
			l.With("tenant", "other").InfoContext(t.Context(), "m", "WorkflowID", "acme/purchase.order/42")
		}, map[string]any{"tenant": "other", "record": "purchase.order/42", "WorkflowID": "acme/purchase.order/42"}},
		{
			"a group is left alone", func(l *slog.Logger) { l.WithGroup("g").InfoContext(traced(t.Context()), "m", "a", 1) },
			map[string]any{"g": map[string]any{"a": 1.0}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			logger, line := logged(t)
			c.say(logger)
			require.Equal(t, c.want, line())
		})
	}
}

func TestRecordOf(t *testing.T) {
	t.Parallel()
	for id, want := range map[string][2]string{
		"acme/purchase.order/42": {"acme", "purchase.order/42"},
		"acme/dispatch":          {"acme", ""},
		"acme/sync/now":          {"acme", ""},
		"acme/backfill/account.move+purchase.order/2026-01-01..2026-03-31": {"acme", ""},
		"default-test-workflow-id": {"", ""},
		"":                         {"", ""},
	} {
		tenant, record := recordOf(id)
		require.Equal(t, want, [2]string{tenant, record}, id)
	}
}

func BenchmarkLog(b *testing.B) {
	for name, handler := range map[string]slog.Handler{
		"plain": slog.NewJSONHandler(&bytes.Buffer{}, nil), "ours": LogHandler(slog.NewJSONHandler(&bytes.Buffer{}, nil)),
	} {
		b.Run(name, func(b *testing.B) {
			logger := slog.New(handler)
			for b.Loop() {
				logger.InfoContext(b.Context(), "vendor linked", "tenant", "acme", "partner", 7)
			}
		})
	}
}
