package telemetry

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/ml-connector/odoo-procore/activities"
)

// spanKey is where the interceptor keeps the span of a workflow's run in its context.
type spanKey struct{}

// Temporal adds tracing and metrics to the options of the worker's client; its workers inherit both.
func (t *Telemetry) Temporal(options *client.Options) error {
	if t.metering != nil {
		options.MetricsHandler = opentelemetry.NewMetricsHandler(opentelemetry.MetricsHandlerOptions{
			Meter: t.metering.Meter("temporal-sdk-go"), UseMonotonicCounters: true, OnError: (&grumbler{log: t.log}).Handle,
		})
	}
	if t.tracing == nil {
		return nil
	}
	inner, err := opentelemetry.NewTracer(opentelemetry.TracerOptions{
		Tracer: t.tracing.Tracer("temporal-sdk-go"), SpanContextKey: spanKey{}, SpanStarter: startSpan, DisableBaggage: true,
		// Signals carry nothing, and the key of a run's span counts what is traced in it.
		DisableSignalTracing: true, DisableQueryTracing: true, DisableUpdateTracing: true,
		AllowInvalidParentSpans: true,
	})
	if err != nil {
		return fmt.Errorf("tracing workflows: %w", err)
	}
	own := &tracer{Tracer: inner}
	options.Interceptors = append(options.Interceptors, &joint{Interceptor: interceptor.NewTracingInterceptor(own), tracer: own})
	return nil
}

// tracer is the SDK's, with our names on its spans and the ids of ids.go.
type tracer struct{ interceptor.Tracer }

// nameEnd parts the name of a span from the key that its ids follow from, on the way to startSpan.
const nameEnd = "\x00"

// StartSpan adds tenant and record, which the workflow's id tells.
func (t *tracer) StartSpan(options *interceptor.TracerStartSpanOptions) (interceptor.TracerSpan, error) {
	own := *options
	own.Tags = maps.Clone(options.Tags)
	for key, value := range options.Tags {
		if key != "temporalWorkflowID" {
			continue
		}
		tenant, record := recordOf(value)
		if own.Tags[string(tenantKey)] = tenant; record != "" {
			own.Tags[string(recordKey)] = record
		}
	}
	if own.IdempotencyKey != "" {
		own.Name += nameEnd + own.IdempotencyKey
	}
	return t.Tracer.StartSpan(&own)
}

// GetLogger is the logger of workflow code; log.go gives that of activities the same names.
func (t *tracer) GetLogger(logger log.Logger, span interceptor.TracerSpanRef) log.Logger {
	if s, ok := span.(trace.Span); ok && s.SpanContext().IsValid() {
		return log.With(logger, traceName, s.SpanContext().TraceID().String(), spanName, s.SpanContext().SpanID().String())
	}
	return logger
}

func startSpan(ctx context.Context, t trace.Tracer, name string, options ...trace.SpanStartOption) trace.Span {
	name, key, ok := strings.Cut(name, nameEnd)
	if ok {
		ctx = context.WithValue(ctx, runKey{}, key)
	}
	_, span := t.Start(ctx, name, options...)
	return quiet{span}
}

// quiet is a span that is told of errors by their type: their texts are in Temporal's history and in sends.
type quiet struct{ trace.Span }

// RecordError keeps the type.
func (q quiet) RecordError(err error, _ ...trace.EventOption) {
	if err != nil {
		q.SetAttributes(errorKey.String(errorType(err)))
	}
}

// SetStatus drops the text.
func (q quiet) SetStatus(code codes.Code, _ string) { q.Span.SetStatus(code, "") }

func errorType(err error) string {
	if application, ok := errors.AsType[*temporal.ApplicationError](err); ok && application.Type() != "" {
		return application.Type()
	}
	return fmt.Sprintf("%T", err)
}

// joint is the SDK's interceptor, and starts a child whose record came with a trace under that one: the trace of the poll
// that read it, not of the poll that once started this Dispatch.
type joint struct {
	interceptor.Interceptor

	tracer *tracer
}

// InterceptWorkflow puts the joint before the tracing of what a workflow starts.
func (j *joint) InterceptWorkflow(ctx workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	in := &jointInbound{tracer: j.tracer}
	in.Next = next
	return j.Interceptor.InterceptWorkflow(ctx, in)
}

type jointInbound struct {
	interceptor.WorkflowInboundInterceptorBase

	tracer *tracer
}

// Init is called once for each run.
func (j *jointInbound) Init(outbound interceptor.WorkflowOutboundInterceptor) error {
	out := &jointOutbound{tracer: j.tracer}
	out.Next = outbound
	return j.Next.Init(out)
}

type jointOutbound struct {
	interceptor.WorkflowOutboundInterceptorBase

	tracer *tracer
}

// ExecuteChildWorkflow changes nothing but the header that the child is started with, which a replay does not compare.
func (j *jointOutbound) ExecuteChildWorkflow(ctx workflow.Context, childType string, args ...any) workflow.ChildWorkflowFuture {
	if parent, ok := ctx.Value(activities.TraceParent).(string); ok {
		carried := propagation.TraceContext{}.Extract(context.Background(), propagation.MapCarrier{"traceparent": parent})
		if span := j.tracer.SpanFromContext(carried); span != nil {
			ctx = workflow.WithValue(ctx, spanKey{}, span)
		}
	}
	return j.Next.ExecuteChildWorkflow(ctx, childType, args...)
}
