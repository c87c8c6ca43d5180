package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// flushTime is how long Close waits at most for a collector.
const flushTime = 3 * time.Second

// scope names what this package measures itself.
const scope = "github.com/ml-connector/odoo-procore"

// Options say what is told to whom.
type Options struct {
	// Environ is the environment. The exporters themselves read that of the process: it must hold the same OTEL_* values.
	Environ map[string]string
	// MetricsAddr is host:port of the Prometheus listener; empty: none.
	MetricsAddr string
	// Version and Worker describe the process (service.version, service.instance.id).
	Version, Worker string
	// Log hears of a collector that cannot be reached.
	Log *slog.Logger
}

// Telemetry is what is on. The zero value is all off.
type Telemetry struct {
	log      *slog.Logger
	tracing  *sdktrace.TracerProvider // nil: no traces
	metering *sdkmetric.MeterProvider // nil: no metrics
	sent     func(tenant, operation, result string)
	listener *listener
}

// Start opens what the environment asks for. Nothing is sent yet, so a collector that is away is no error; a wrong value
// is one, and so is an address that cannot be listened on.
func Start(ctx context.Context, o Options) (_ *Telemetry, err error) {
	want, err := read(o.Environ)
	if err != nil {
		return nil, err
	}
	t := &Telemetry{log: o.Log}
	if !want.traces && !want.metrics && o.MetricsAddr == "" {
		return t, nil
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.Close(ctx))
		}
	}()
	otel.SetErrorHandler(&grumbler{log: o.Log})
	otel.SetLogger(logr.FromSlogHandler(o.Log.Handler()))
	from, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "ml-connector"), attribute.String("service.version", o.Version),
			attribute.String("service.instance.id", o.Worker)),
		resource.WithTelemetrySDK(), resource.WithFromEnv()) // the last one wins
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	if want.traces {
		exporter, err := autoexport.NewSpanExporter(ctx)
		if err != nil {
			return nil, fmt.Errorf("opening the exporter of traces: %w", err)
		}
		t.tracing = sdktrace.NewTracerProvider(sdktrace.WithResource(from), sdktrace.WithIDGenerator(ids{}),
			sdktrace.WithBatcher(&export{SpanExporter: exporter, log: o.Log}))
	}
	if want.metrics || o.MetricsAddr != "" {
		err = t.meter(ctx, want.metrics, o.MetricsAddr, from)
	}
	return t, err
}

// Close sends what has not been sent yet, for at most flushTime, and stops everything. What the collector did not take
// is lost; that is no error.
func (t *Telemetry) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, flushTime)
	defer cancel()
	var err error
	if t.listener != nil {
		err = t.listener.close()
	}
	for _, stop := range []func(context.Context) error{t.stopTracing, t.stopMetering} {
		if lost := stop(ctx); lost != nil {
			t.log.WarnContext(ctx, "the last traces or metrics were not delivered", "error", lost)
		}
	}
	return err
}

func (t *Telemetry) stopTracing(ctx context.Context) error {
	if t.tracing == nil {
		return nil
	}
	return t.tracing.Shutdown(ctx)
}

func (t *Telemetry) stopMetering(ctx context.Context) error {
	if t.metering == nil {
		return nil
	}
	return t.metering.Shutdown(ctx)
}
