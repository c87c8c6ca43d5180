package telemetry

import (
	"context"
	"strings"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5"
	noopmetric "go.opentelemetry.io/otel/metric/noop"
	nooptrace "go.opentelemetry.io/otel/trace/noop"

	"github.com/ml-connector/odoo-procore/internal/store"
)

// Watch is what the store tells its statements and writes to; nothing when all is off.
func (t *Telemetry) Watch() store.Watch {
	return store.Watch{Tracer: t.sqlTracer(), Sent: t.sent}
}

// sqlTracer names statements as the .sql files do; their text and arguments are not recorded.
func (t *Telemetry) sqlTracer() pgx.QueryTracer {
	if t.tracing == nil && t.metering == nil {
		return nil
	}
	options := []otelpgx.Option{
		otelpgx.WithSpanNameFunc(queryName), otelpgx.WithQuerySpanNamePrefix(), otelpgx.WithDisableSQLStatementInAttributes(),
		otelpgx.WithMetricOperationName(func(_ context.Context, statement string) string { return queryName(statement) }),
		otelpgx.WithDisableAcquireTracer(),
		otelpgx.WithTracerProvider(nooptrace.NewTracerProvider()), otelpgx.WithMeterProvider(noopmetric.NewMeterProvider()),
	}
	if t.tracing != nil {
		options = append(options, otelpgx.WithTracerProvider(t.tracing))
	}
	if t.metering != nil {
		options = append(options, otelpgx.WithMeterProvider(t.metering))
	}
	return otelpgx.NewTracer(options...)
}

// queryName is the name that sqlc writes before a statement ("-- name: Offer :one"), else the statement's first word.
func queryName(statement string) string {
	words := strings.Fields(statement[:min(len(statement), 200)])
	switch {
	case len(words) > 2 && words[0] == "--" && words[1] == "name:":
		return words[2]
	case len(words) > 0:
		return strings.ToLower(strings.Trim(words[0], ";"))
	}
	return "statement"
}
