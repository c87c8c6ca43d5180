package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ml-connector/odoo-procore/internal/crash"
	"github.com/ml-connector/odoo-procore/internal/rig"
)

// leastPoints is how many points a whole run must have: fewer, and the firm has lost something.
const leastPoints = 60

// Crash is one run. Close stops and removes all of it, however far Run came.
type Crash struct {
	cfg   Config
	out   io.Writer
	bench *rig.Bench
}

// Run finds the points, runs them and tells. It gives an error unless all ends are equal.
func (c *Crash) Run(ctx context.Context) error {
	began := time.Now()
	var err error
	if c.bench, err = rig.Open(ctx, rig.Options{Binary: c.cfg.Binary, Log: c.out, Dir: c.cfg.Logs}); err != nil {
		return err
	}
	run := &crash.Run{Bench: c.bench, Parallel: c.cfg.Parallel, Stages: crash.Whole(), Only: c.cfg.Only, Log: c.out, Odoo: []string{c.cfg.Odoo}}
	points, err := run.Points(ctx)
	if err != nil {
		return err
	}
	if c.cfg.Only == nil && len(points) < leastPoints {
		return fmt.Errorf("there are only %d points, at least %d must be", len(points), leastPoints)
	}
	if c.cfg.List {
		for _, p := range points {
			c.say("%3d  %-7s  %s", p.N, p.When, p.Effect)
		}
		return nil
	}
	report, err := run.Disturb(ctx, points)
	if ctx.Err() != nil {
		c.say("interrupted: stopping and removing everything")
		return context.Cause(ctx)
	}
	if err = errors.Join(err, report.Write(c.cfg.Report)); err != nil {
		return err
	}
	c.summary(report, began)
	if !report.Equal {
		return errors.New("not every end is that of the undisturbed run")
	}
	return nil
}

func (c *Crash) summary(report crash.Report, began time.Time) {
	odd := map[int]bool{}
	for _, d := range report.Differences {
		odd[d.N] = true
	}
	c.say("%d points in %s: %d equal, %d not", len(report.Points), time.Since(began).Round(time.Second), len(report.Points)-len(odd), len(odd))
	for _, p := range report.Points {
		if odd[p.N] {
			c.say("  not equal: %s/%s", p.Effect, p.When)
		}
	}
}

// Close stops everything and removes what is left. It may be called at any point.
func (c *Crash) Close() error {
	if c.bench == nil {
		return nil
	}
	return c.bench.Close()
}

func (c *Crash) say(format string, args ...any) {
	_, _ = fmt.Fprintf(c.out, format+"\n", args...)
}
