package telemetry

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/exaring/otelpgx"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/internal/store"
)

const (
	// gaugesAge is for how long what was read of the database answers: several readers may ask at once.
	gaugesAge = 10 * time.Second
	// gaugesTimeout bounds reading it. Without it a scrape waits for a database that is away.
	gaugesTimeout = 5 * time.Second
)

// Gauges tell what the database holds of each tenant, read when they are asked for: the same from every worker, so a
// query takes their max and not their sum. They are missing while the database cannot be read.
func (t *Telemetry) Gauges(s *store.Store) error {
	if t.metering == nil {
		return nil
	}
	if err := otelpgx.RecordStats(s.Pool(), otelpgx.WithStatsMeterProvider(t.metering)); err != nil {
		return fmt.Errorf("making the metrics of the database pool: %w", err)
	}
	g := &gauges{store: s}
	meter := t.metering.Meter(scope)
	var all []metric.Observable
	for _, made := range []struct {
		gauge             *metric.Float64ObservableGauge
		name, unit, about string
	}{
		{&g.pending, "ml.records.pending", "{record}", "Records with work left that wait for nobody."},
		{&g.exceptions, "ml.exceptions", "{record}", "Records that wait for a person, by the code of the cause."},
		{&g.age, "ml.cycle.age", "s", "Time since Odoo was read to its end; since the tenant was made before the first time."},
		{&g.paused, "ml.tenant.paused", "", "1 while the tenant is paused, by a person or because its books are not the same."},
	} {
		gauge, err := meter.Float64ObservableGauge(made.name, metric.WithUnit(made.unit), metric.WithDescription(made.about))
		if err != nil {
			return fmt.Errorf("making the metrics: %w", err)
		}
		*made.gauge = gauge
		all = append(all, gauge)
	}
	if _, err := meter.RegisterCallback(g.observe, all...); err != nil {
		return fmt.Errorf("making the metrics: %w", err)
	}
	return nil
}

type gauges struct {
	store                            *store.Store
	pending, exceptions, age, paused metric.Float64ObservableGauge

	mu   sync.Mutex
	read time.Time
	kept []seen
}

// seen is one tenant.
type seen struct {
	tenant     string
	paused     bool
	pending    int
	exceptions map[string]int
	lastRead   time.Time
}

func (g *gauges) observe(ctx context.Context, o metric.Observer) error {
	all, err := g.tenants(ctx)
	if err != nil {
		return err
	}
	for _, t := range all {
		tenant := attribute.String("tenant", t.tenant)
		set := metric.WithAttributes(tenant)
		o.ObserveFloat64(g.pending, float64(t.pending), set)
		if t.paused {
			o.ObserveFloat64(g.paused, 1, set)
		} else {
			o.ObserveFloat64(g.paused, 0, set)
			o.ObserveFloat64(g.age, time.Since(t.lastRead).Seconds(), set)
		}
		for code, count := range t.exceptions {
			o.ObserveFloat64(g.exceptions, float64(count), metric.WithAttributes(tenant, attribute.String("cause", code)))
		}
	}
	return nil
}

func (g *gauges) tenants(ctx context.Context) ([]seen, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if time.Since(g.read) < gaugesAge {
		return g.kept, nil
	}
	ctx, cancel := context.WithTimeout(ctx, gaugesTimeout)
	defer cancel()
	rows, err := g.store.Tenants(ctx)
	if err != nil {
		return nil, err
	}
	last, err := g.store.LastReads(ctx, activities.LastSource())
	if err != nil {
		return nil, err
	}
	all := make([]seen, 0, len(rows))
	for _, row := range rows {
		t := seen{tenant: row.Name, paused: row.State == store.StatePaused, exceptions: map[string]int{}, lastRead: row.Created}
		if at, ok := last[row.Name]; ok {
			t.lastRead = at
		}
		if t.pending, _, _, err = g.store.Pending(ctx, row.Name); err != nil {
			return nil, err
		}
		waiting, err := g.store.Exceptions(ctx, row.Name)
		if err != nil {
			return nil, err
		}
		for _, e := range waiting {
			t.exceptions[e.Code]++
		}
		all = append(all, t)
	}
	g.kept, g.read = all, time.Now()
	return all, nil
}
