package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/internal/secrets"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/internal/telemetry"
)

// Version is set at build time.
var Version = "dev"

// App is what the commands work with. It opens the database and Temporal when a command first needs them.
type App struct {
	cfg     Config
	environ map[string]string
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	output  string // table or json

	telemetry telemetry.Telemetry // of the worker; commands have none
	stopBy    time.Time           // when the worker must have ended, once it is told to
	store     *store.Store
	temporal  client.Client
}

// Main runs one command and returns the exit code.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	return run(ctx, env.ToMap(os.Environ()), args, stdin, stdout, stderr)
}

// run is Main with the environment that is given.
func run(ctx context.Context, environ map[string]string, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	app := &App{environ: environ, stdin: stdin, stdout: stdout, stderr: stderr}
	defer app.close()
	root := app.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		if !errors.Is(err, errQuiet) {
			_, _ = fmt.Fprintln(stderr, "Error: "+withWayOut(err).Error())
		}
		return 1
	}
	return 0
}

// errQuiet ends a command with exit code 1 after its output has said why.
var errQuiet = errors.New("a check failed, the output says which")

func (a *App) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "ml-connector",
		Short:         "Carries purchase orders and vendor bills from Odoo into Procore",
		Version:       Version,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if a.output != "table" && a.output != "json" {
				return fmt.Errorf("-o %s: use table or json", a.output)
			}
			if cmd.HasSubCommands() { // it only shows its help
				return nil
			}
			return a.readEnvironment()
		},
	}
	root.PersistentFlags().StringVarP(&a.output, "output", "o", "table", "table or json")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; `%s --help` shows what it takes", err, cmd.CommandPath())
	})
	return group(
		root,
		a.migrateCommand(), a.workerCommand(), a.tenantCommand(), a.credentialsCommand(), a.pingCommand(), a.mapCommand(),
		a.syncCommand(), a.statusCommand(), a.exceptionsCommand(), a.auditCommand(), a.backfillCommand(), a.sweepCommand(), a.reconcileCommand(),
	)
}

func (a *App) openBox() (*secrets.Box, error) { return secrets.Open(a.cfg.KeyFile) }

// connection opens both clients of a tenant.
func (a *App) connection(ctx context.Context, tenant string) (*activities.Connection, error) {
	s, err := a.openStore(ctx)
	if err != nil {
		return nil, err
	}
	box, err := a.openBox()
	if err != nil {
		return nil, err
	}
	c, err := activities.NewConnections(s, box, a.activityConfig()).Get(ctx, tenant)
	if errors.Is(err, store.ErrNoCredential) {
		system := "odoo"
		if _, err := s.Credential(ctx, tenant, system); err == nil {
			system = "procore"
		}
		return nil, fmt.Errorf("tenant %s: %w for %s: enter them with `ml-connector credentials set %s %s`", tenant, store.ErrNoCredential, system, tenant, system)
	}
	return c, err
}

func (a *App) activityConfig() activities.Config {
	return activities.Config{
		Worker: a.cfg.Worker, HTTPTimeout: a.cfg.HTTPTimeout, ActivityTimeout: a.cfg.ActivityTimeout,
		Settle: a.cfg.Settle, Attempts: a.cfg.Attempts, SlowAfter: a.cfg.SlowAfter, UserAgent: "ml-connector/" + Version,
		WrapTransport: a.telemetry.Transport(),
	}
}

func (a *App) logger(level slog.Level) *slog.Logger {
	return slog.New(telemetry.LogHandler(slog.NewJSONHandler(a.stderr, &slog.HandlerOptions{Level: level})))
}

func (a *App) close() {
	if a.temporal != nil {
		a.temporal.Close()
	}
	a.closeTelemetry() // its last look is into the store
	if a.store != nil {
		a.store.Close()
	}
}
