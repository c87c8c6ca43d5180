package telemetry

import (
	"context"
	"log/slog"
	"maps"

	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/activity"
)

// The names under which log lines tell where they belong.
const (
	traceName    = "trace_id"
	spanName     = "span_id"
	tenantName   = "tenant"
	recordName   = "record" // model/id
	workflowName = "WorkflowID"
)

// LogHandler adds to each line what is known of where it was written: trace_id and span_id where there is a trace,
// tenant and record (model/id) in an activity and in what Temporal's SDK says of a workflow. What a line says itself
// is not said twice.
func LogHandler(next slog.Handler) slog.Handler { return &handler{Handler: next} }

type handler struct {
	slog.Handler

	workflow string          // workflow id of a logger that the SDK made
	said     map[string]bool // attributes of the logger
	grouped  bool            // what is added now would stand in a group
}

// Handle adds to one line.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	if h.grouped {
		return h.Handler.Handle(ctx, r)
	}
	workflowID, said := h.workflow, h.said
	r.Attrs(func(a slog.Attr) bool {
		said = with(said, a.Key)
		if a.Key == workflowName {
			workflowID = a.Value.String()
		}
		return true
	})
	if workflowID == "" && activity.IsActivity(ctx) {
		workflowID = activity.GetInfo(ctx).WorkflowExecution.ID
	}
	r = r.Clone()
	add := func(key, value string) {
		if value != "" && !said[key] {
			r.AddAttrs(slog.String(key, value))
		}
	}
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		add(traceName, span.TraceID().String())
		add(spanName, span.SpanID().String())
	}
	tenant, record := recordOf(workflowID)
	add(tenantName, tenant)
	add(recordName, record)
	return h.Handler.Handle(ctx, r)
}

// WithAttrs remembers what the logger says in every line.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	out := *h
	out.Handler = h.Handler.WithAttrs(attrs)
	if h.grouped {
		return &out
	}
	for _, a := range attrs {
		out.said = with(out.said, a.Key)
		if a.Key == workflowName {
			out.workflow = a.Value.String()
		}
	}
	return &out
}

// WithGroup passes lines on as they are from here on.
func (h *handler) WithGroup(name string) slog.Handler {
	out := *h
	out.Handler, out.grouped = h.Handler.WithGroup(name), h.grouped || name != ""
	return &out
}

// with is said with one of our names more; it copies, loggers share it.
func with(said map[string]bool, key string) map[string]bool {
	switch key {
	case traceName, spanName, tenantName, recordName:
	default:
		return said
	}
	out := map[string]bool{key: true}
	maps.Copy(out, said)
	return out
}
