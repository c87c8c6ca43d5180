package cli

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/worker"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/workflows"
)

func (a *App) migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "migrate",
		Short:   "Bring the database to this version's schema",
		Example: "  DATABASE_URL=postgres://… ml-connector migrate",
		Args:    exactArgs(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			url, err := a.databaseURL()
			if err != nil {
				return err
			}
			if err := store.Migrate(cmd.Context(), url); err != nil {
				return databaseError(err)
			}
			a.say("The database has this version's schema.")
			return nil
		},
	}
}

func (a *App) workerCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "worker",
		Short: "Run workflows and activities until stopped",
		Long: "Runs workflows and activities until SIGINT or SIGTERM; then what is under way is ended, which takes at most\n" +
			"ML_STOP_TIMEOUT. A second signal ends it at once. Everything is read from the environment: DATABASE_URL,\n" +
			"TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, ML_KEY_FILE, ML_TASK_QUEUE, ML_WORKER, ML_CONCURRENCY,\n" +
			"ML_HTTP_TIMEOUT, ML_ACTIVITY_TIMEOUT, ML_SETTLE, ML_ATTEMPTS, ML_SLOW_AFTER, ML_STOP_TIMEOUT, ML_LOG_LEVEL,\n" +
			"ML_METRICS_ADDR, and OTEL_* for traces and metrics.",
		Example: "  ml-connector worker",
		Args:    exactArgs(),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.runWorker(cmd.Context()) },
	}
}

func (a *App) runWorker(ctx context.Context) error {
	if a.cfg.Worker == "" {
		host, err := os.Hostname()
		if err != nil {
			host = "worker"
		}
		a.cfg.Worker = host + "/" + strconv.Itoa(os.Getpid())
	}
	logger := a.logger(a.cfg.LogLevel) // one for all: two would not wait for each other's lines
	if err := a.openTelemetry(ctx, logger); err != nil {
		return err
	}
	s, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	if err := a.telemetry.Gauges(s); err != nil {
		return err
	}
	box, err := a.openBox()
	if err != nil {
		return err
	}
	c, err := a.dialTemporal(ctx, logger)
	if err != nil {
		return err
	}
	working, cutOff := context.WithCancel(context.WithoutCancel(ctx))
	defer cutOff()
	turnedOff := make(chan error, 1)
	w := worker.New(c, a.cfg.TaskQueue, worker.Options{
		Identity:                           a.cfg.Worker,
		MaxConcurrentActivityExecutionSize: a.cfg.Concurrency,
		WorkerStopTimeout:                  a.cfg.StopTimeout,
		BackgroundActivityContext:          working,
		OnFatalError:                       func(err error) { turnedOff <- err },
	})
	workflows.Register(w, activities.New(s, box, c, a.cfg.TaskQueue, a.activityConfig(), logger))
	if err := w.Start(); err != nil {
		return fmt.Errorf("starting the worker: %w", err)
	}
	logger.InfoContext(ctx, "worker started", "worker", a.cfg.Worker, "task_queue", a.cfg.TaskQueue, "version", Version)
	select {
	case <-ctx.Done():
	case err := <-turnedOff: // it has stopped by itself
		return fmt.Errorf("running the worker: Temporal refuses it: %w", err)
	}
	a.stopBy = time.Now().Add(a.cfg.StopTimeout)
	logger.InfoContext(working, "worker stopping", "at_most", a.cfg.StopTimeout)
	// The last fifth is for what was cut off: its row in sends says that the answer is not known, and Temporal hears that
	// the attempt has failed. Otherwise the part would be held for the settle time, and the attempt for its timeout.
	defer time.AfterFunc(a.cfg.StopTimeout*4/5, cutOff).Stop()
	w.Stop()
	return nil
}
