package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"go.temporal.io/sdk/client"

	"github.com/ml-connector/odoo-procore/internal/devenv"
	"github.com/ml-connector/odoo-procore/internal/firm"
)

// tenant is the name in the firm's tenant file.
const tenant = "acme"

// Demo is one run. Close stops and removes all of it, however far Run came.
type Demo struct {
	cfg Config
	out io.Writer

	root      string // of the source tree
	env       *devenv.Env
	database  string // URL of this run's own database
	logs      string
	firm      *firm.Firm
	source    source
	sandboxes *sandboxes
	baseline  baseline
	product   *product
	worker    *devenv.Running
	db        *pgxpool.Pool
	temporal  client.Client
	taskQueue string
	began     time.Time
	leftovers []string // files in .demo that end with the demo
	only      *os.File // .demo/lock, when it stays up
	report    *Report
}

// Run is the whole demo. It gives an error when the result is not right.
func (d *Demo) Run(ctx context.Context) error {
	d.report, d.began = newReport(d.cfg.Seed), time.Now().UTC()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	d.source = sandboxSource{d}
	if d.cfg.Odoo.given() {
		if there, err := d.meetOdoo(ctx); err != nil || !there {
			return d.endEarly(err)
		}
	}
	err := d.start(ctx, cancel)
	if err == nil {
		err = d.source.play(ctx)
	}
	d.report.took("total", d.began)
	interrupted := err != nil && ctx.Err() != nil && !d.workerEnded()
	if err != nil {
		d.report.fail("The demo could not go on: %s.", strings.TrimSuffix(err.Error(), "."))
	}
	if len(d.report.Failures) == 0 {
		d.report.Result = "pass"
	}
	switch {
	case interrupted:
		d.say("interrupted: stopping and removing everything")
	case len(d.report.Cycles) > 0:
		d.summary()
	case d.worker != nil:
		d.showErrors()
	}
	if writeErr := d.report.write(d.cfg.Report); writeErr != nil {
		return errors.Join(err, writeErr)
	}
	if err == nil && !d.cfg.Once {
		err = d.stay(ctx)
	}
	switch {
	case err != nil:
		return err
	case d.report.Result != "pass":
		return fmt.Errorf("the result is not right, see the %d findings above", len(d.report.Failures))
	}
	return nil
}

// start brings up everything until the worker runs and the tenant is ready.
func (d *Demo) start(ctx context.Context, cancel context.CancelCauseFunc) error {
	defer d.report.took("start", time.Now())
	var err error
	if d.root, err = sourceTree(); err != nil {
		return err
	}
	if !d.cfg.Once {
		if d.only, err = theOnlyOne(d.root); err != nil {
			return err
		}
	}
	if err := d.startServices(ctx); err != nil {
		return err
	}
	if err := d.loadFirm(ctx); err != nil {
		return err
	}
	if err := d.setUp(ctx); err != nil {
		return err
	}
	d.say("starting the worker")
	if d.worker, err = d.product.startWorker(ctx, d.env, d.workerLog()); err != nil {
		return err
	}
	go func() {
		select {
		case <-d.worker.Done():
			cancel(d.worker.Ended())
		case <-ctx.Done():
		}
	}()
	return d.noteVersions(ctx)
}

func (d *Demo) startServices(ctx context.Context) error {
	d.say("starting PostgreSQL and Temporal")
	options := devenv.Options{Postgres: true, Temporal: true, UI: true, Log: d.out}
	if d.cfg.Keep {
		options.Dir = filepath.Join(d.root, ".demo", "logs")
		if err := os.RemoveAll(options.Dir); err != nil {
			return fmt.Errorf("removing the last run's logs: %w", err)
		}
	}
	stop := d.patiently("starting PostgreSQL and Temporal")
	var err error
	d.env, err = devenv.Start(ctx, options)
	stop()
	if err != nil {
		return err
	}
	d.logs = d.env.LogDir()
	if d.database, err = d.env.NewDatabase(ctx, "demo"); err != nil {
		return err
	}
	if d.db, err = pgxpool.New(ctx, d.database); err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	if d.temporal, err = dialTemporal(ctx, d.env.TemporalAddress); err != nil {
		return err
	}
	if d.env.TemporalUI != "" {
		d.say("Temporal Web UI: %s", d.env.TemporalUI)
	}
	return nil
}

func (d *Demo) loadFirm(ctx context.Context) error {
	d.firm = firm.New(d.cfg.Seed)
	document := openAPIDocument(d.root)
	var err error
	if d.sandboxes, err = openSandboxes(ctx, d.firm, d.cfg.Version, document, d.source.handler()); err != nil {
		return err
	}
	if document == "" {
		d.say("no ../shared/procore/openapi.json: the traffic is not held against Procore's document")
	}
	if err := d.source.load(ctx); err != nil {
		return err
	}
	d.baseline = newBaseline(d.sandboxes.procore.State())
	return nil
}

// Close stops everything in the order of its users and removes what is left. It may be called at any point.
func (d *Demo) Close() error {
	var errs []error
	if d.worker != nil {
		errs = append(errs, d.worker.Stop())
	}
	if d.temporal != nil {
		errs = append(errs, d.leaveTemporal())
		d.temporal.Close()
	}
	if d.db != nil {
		d.db.Close()
	}
	if d.sandboxes != nil {
		errs = append(errs, d.sandboxes.Close())
	}
	if d.source != nil {
		errs = append(errs, d.source.leave())
	}
	for _, path := range d.leftovers {
		errs = append(errs, os.Remove(path))
	}
	if d.env != nil {
		errs = append(errs, d.env.Close())
	}
	if d.only != nil {
		errs = append(errs, os.Remove(d.only.Name()), d.only.Close())
	}
	return errors.Join(errs...)
}

// patiently says every few seconds that something still goes on, until the returned function is called.
func (d *Demo) patiently(what string) (stop func()) {
	return devenv.Every(5*time.Second, func(context.Context) { d.say("still %s", what) })
}

func (d *Demo) workerEnded() bool {
	if d.worker == nil {
		return false
	}
	select {
	case <-d.worker.Done():
		return true
	default:
		return false
	}
}

func (d *Demo) workerLog() string { return filepath.Join(d.logs, "worker.log") }

// say prints a line with the seconds since the start.
func (d *Demo) say(format string, args ...any) {
	_, _ = fmt.Fprintf(d.out, "%6.1fs  %s\n", time.Since(d.began).Seconds(), fmt.Sprintf(format, args...))
}
