package telemetry

import (
	"net/http"
	"strings"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	noopmetric "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	nooptrace "go.opentelemetry.io/otel/trace/noop"
)

// Transport wraps the transport of a client of Odoo or Procore; nil when all is off. Requests carry no header of ours:
// whoever runs the other system need not know our traces.
func (t *Telemetry) Transport() func(http.RoundTripper) http.RoundTripper {
	if t.tracing == nil && t.metering == nil {
		return nil
	}
	return func(base http.RoundTripper) http.RoundTripper {
		options := []otelhttp.Option{
			otelhttp.WithPropagators(propagation.NewCompositeTextMapPropagator()),
			otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return r.Method + " " + template(r.URL.Path) }),
			otelhttp.WithMeterProvider(noopmetric.NewMeterProvider()),
			otelhttp.WithTracerProvider(nooptrace.NewTracerProvider()),
		}
		if t.metering != nil {
			options = append(options, otelhttp.WithMeterProvider(t.metering))
		}
		carrier := &carrier{base: base, alone: otelhttp.NewTransport(base, options...)}
		if carrier.traced = carrier.alone; t.tracing != nil {
			carrier.traced = otelhttp.NewTransport(base, append(options, otelhttp.WithTracerProvider(t.tracing))...)
		}
		return carrier
	}
}

// carrier makes no trace of a request that belongs to none: a token is fetched for all who wait for it.
type carrier struct{ base, traced, alone http.RoundTripper }

// RoundTrip sends the request.
func (c *carrier) RoundTrip(r *http.Request) (*http.Response, error) {
	labels := &otelhttp.Labeler{}
	labels.Add(templateKey.String(template(r.URL.Path)))
	r = r.WithContext(otelhttp.ContextWithClientLabeler(r.Context(), labels))
	if trace.SpanContextFromContext(r.Context()).IsValid() {
		return c.traced.RoundTrip(r)
	}
	return c.alone.RoundTrip(r)
}

// CloseIdleConnections gives back the idle connections of the transport that is wrapped.
func (c *carrier) CloseIdleConnections() {
	if closer, ok := c.base.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// template is a path with its numbers taken out: few enough to count by.
func template(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if part != "" && part != "2" && strings.Trim(part, "0123456789") == "" {
			parts[i] = "{id}"
		}
	}
	return strings.Join(parts, "/")
}
