package activities

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ml-connector/odoo-procore/internal/store"
)

type traceParent struct{}

// TraceParent is the key of a workflow's context under which Dispatch puts the trace that a record came with, a W3C
// traceparent or "". Telemetry starts the child under it; nothing else looks at it.
var TraceParent any = traceParent{}

// traceHolds is for how long a record's run joins the trace of the poll that read it. One that waited longer, for a
// mapping perhaps, is a part of the trace that freed it.
const traceHolds = time.Hour

// noteTrace remembers under which trace records were read. Without a trace it does nothing.
func noteTrace(ctx context.Context, tx *store.Tx, tenant, model string, page []store.Snapshot) error {
	if !trace.SpanContextFromContext(ctx).IsValid() {
		return nil
	}
	carried := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carried)
	ids := make([]int64, 0, len(page))
	for _, s := range page {
		ids = append(ids, s.ID)
	}
	return tx.SaveTraces(ctx, tenant, model, ids, carried["traceparent"])
}

// traces are those that offered records were read under. Without a trace of its own the worker tells nobody.
func (d *Dispatches) traces(ctx context.Context, tenant string, offered []store.Offered) ([]string, error) {
	if !trace.SpanContextFromContext(ctx).IsValid() || len(offered) == 0 {
		return make([]string, len(offered)), nil
	}
	return d.store.Traces(ctx, tenant, offered, traceHolds)
}
