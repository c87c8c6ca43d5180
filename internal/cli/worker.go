package cli

import (
	"context"
	"fmt"
	"os"
	"strconv"

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
				return err
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
		Long: "Runs workflows and activities until SIGINT or SIGTERM. Everything is read from the environment: DATABASE_URL,\n" +
			"TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, ML_KEY_FILE, ML_TASK_QUEUE, ML_WORKER, ML_CONCURRENCY,\n" +
			"ML_HTTP_TIMEOUT, ML_ACTIVITY_TIMEOUT, ML_SETTLE, ML_ATTEMPTS, ML_LOG_LEVEL.",
		Example: "  ml-connector worker",
		Args:    exactArgs(),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.runWorker(cmd.Context()) },
	}
}

func (a *App) runWorker(ctx context.Context) error {
	if a.cfg.Settle <= a.cfg.HTTPTimeout {
		return fmt.Errorf("ML_SETTLE (%s) must be longer than ML_HTTP_TIMEOUT (%s): a request of a lost worker may still be under way", a.cfg.Settle, a.cfg.HTTPTimeout)
	}
	if a.cfg.ActivityTimeout <= a.cfg.HTTPTimeout {
		return fmt.Errorf("ML_ACTIVITY_TIMEOUT (%s) must be longer than ML_HTTP_TIMEOUT (%s): a step would be given up while its request is under way", a.cfg.ActivityTimeout, a.cfg.HTTPTimeout)
	}
	if a.cfg.Worker == "" {
		host, err := os.Hostname()
		if err != nil {
			host = "worker"
		}
		a.cfg.Worker = host + "/" + strconv.Itoa(os.Getpid())
	}
	s, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	box, err := a.openBox()
	if err != nil {
		return err
	}
	c, err := a.dialTemporal(ctx, a.cfg.LogLevel)
	if err != nil {
		return err
	}
	logger := a.logger(a.cfg.LogLevel)
	w := worker.New(c, a.cfg.TaskQueue, worker.Options{
		Identity:                           a.cfg.Worker,
		MaxConcurrentActivityExecutionSize: a.cfg.Concurrency,
	})
	workflows.Register(w, activities.New(s, box, c, a.cfg.TaskQueue, a.activityConfig(), logger))
	if err := w.Start(); err != nil {
		return fmt.Errorf("starting the worker: %w", err)
	}
	logger.InfoContext(ctx, "worker started", "worker", a.cfg.Worker, "task_queue", a.cfg.TaskQueue, "version", Version)
	<-ctx.Done()
	logger.InfoContext(context.WithoutCancel(ctx), "worker stopping")
	w.Stop()
	return nil
}
