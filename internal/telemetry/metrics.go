package telemetry

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/otel/attribute"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
)

// seconds are the buckets of Temporal's timers: the library's own are for milliseconds.
var seconds = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800}

// meter begins to measure: pushed metrics as the environment says, and the listener.
func (t *Telemetry) meter(ctx context.Context, pushed bool, address string, from *resource.Resource) error {
	options := []sdkmetric.Option{sdkmetric.WithResource(from), sdkmetric.WithView(sdkmetric.NewView(
		sdkmetric.Instrument{Name: "temporal_*", Kind: sdkmetric.InstrumentKindHistogram},
		sdkmetric.Stream{Aggregation: sdkmetric.AggregationExplicitBucketHistogram{Boundaries: seconds}},
	))}
	if pushed {
		reader, err := autoexport.NewMetricReader(ctx)
		if err != nil {
			return fmt.Errorf("opening the exporter of metrics: %w", err)
		}
		options = append(options, sdkmetric.WithReader(reader))
	}
	if address != "" {
		registry := prometheus.NewRegistry()
		registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
		reader, err := otelprometheus.New(otelprometheus.WithRegisterer(registry), otelprometheus.WithoutScopeInfo())
		if err != nil {
			return fmt.Errorf("opening the metrics: %w", err)
		}
		options = append(options, sdkmetric.WithReader(reader))
		if t.listener, err = listen(ctx, address, promhttp.HandlerFor(registry, promhttp.HandlerOpts{})); err != nil {
			return err
		}
		t.log.InfoContext(ctx, "metrics are served", "address", t.listener.address)
	}
	t.metering = sdkmetric.NewMeterProvider(options...)
	writes, err := t.metering.Meter(scope).Int64Counter("ml.procore.writes", metric.WithUnit("{write}"),
		metric.WithDescription("Writes to Procore that this worker has finished, by what became of them."))
	if err != nil {
		return fmt.Errorf("making the metrics: %w", err)
	}
	t.sent = func(tenant, operation, result string) {
		writes.Add(context.Background(), 1, metric.WithAttributes(
			attribute.String("tenant", tenant), attribute.String("operation", operation), attribute.String("result", result)))
	}
	return nil
}

// listener serves /metrics.
type listener struct {
	address string
	server  *http.Server
	done    chan struct{}
}

func listen(ctx context.Context, address string, metrics http.Handler) (*listener, error) {
	on, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		reason := err
		if wrong, ok := errors.AsType[*net.OpError](err); ok {
			reason = wrong.Err
		}
		return nil, fmt.Errorf("ML_METRICS_ADDR: %s cannot be listened on: %w", address, reason)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	l := &listener{
		address: on.Addr().String(), done: make(chan struct{}),
		server: &http.Server{Handler: mux, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute},
	}
	go func() {
		defer close(l.done)
		_ = l.server.Serve(on) // ends with close
	}()
	return l, nil
}

func (l *listener) close() error {
	err := l.server.Close()
	<-l.done
	return err
}
