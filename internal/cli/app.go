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
	"go.temporal.io/sdk/log"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/internal/secrets"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// Version is set at build time.
var Version = "dev"

// Config is read from the environment.
type Config struct {
	// DatabaseURL is a PostgreSQL URL.
	DatabaseURL string `env:"DATABASE_URL"`
	// TemporalAddress is host:port of the Temporal frontend.
	TemporalAddress string `env:"TEMPORAL_ADDRESS" envDefault:"127.0.0.1:7233"`
	// TemporalNamespace must exist and know the search attributes (see docs/operations.md).
	TemporalNamespace string `env:"TEMPORAL_NAMESPACE" envDefault:"default"`
	// KeyFile is the Tink key set that encrypts credentials, mode 0600.
	KeyFile string `env:"ML_KEY_FILE"`
	// TaskQueue is the Temporal task queue of the workers.
	TaskQueue string `env:"ML_TASK_QUEUE" envDefault:"ml-connector"`
	// Worker names this process in the audit trail; default host and process id.
	Worker string `env:"ML_WORKER"`
	// HTTPTimeout bounds one request to Odoo or Procore.
	HTTPTimeout time.Duration `env:"ML_HTTP_TIMEOUT" envDefault:"30s"`
	// ActivityTimeout bounds one attempt of a Procore step; longer than HTTPTimeout.
	ActivityTimeout time.Duration `env:"ML_ACTIVITY_TIMEOUT" envDefault:"2m"`
	// Settle is how long the open intent of another worker is respected; longer than HTTPTimeout.
	Settle time.Duration `env:"ML_SETTLE" envDefault:"1m"`
	// Attempts of a Procore step before its record is parked (36 are about an hour).
	Attempts int32 `env:"ML_ATTEMPTS" envDefault:"36"`
	// Concurrency is the number of activities that this worker runs at once.
	Concurrency int `env:"ML_CONCURRENCY" envDefault:"40"`
	// LogLevel is debug, info, warn or error.
	LogLevel slog.Level `env:"ML_LOG_LEVEL" envDefault:"info"`
}

// App is what the commands work with. It opens the database and Temporal when a command first needs them.
type App struct {
	cfg    Config
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	output string // table or json

	store    *store.Store
	temporal client.Client
}

// Main runs one command and returns the exit code.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	app := &App{stdin: stdin, stdout: stdout, stderr: stderr}
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
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if a.output != "table" && a.output != "json" {
				return fmt.Errorf("-o %s: use table or json", a.output)
			}
			return env.Parse(&a.cfg)
		},
	}
	root.PersistentFlags().StringVarP(&a.output, "output", "o", "table", "table or json")
	root.AddCommand(
		a.migrateCommand(), a.workerCommand(), a.tenantCommand(), a.credentialsCommand(), a.pingCommand(), a.mapCommand(),
		a.syncCommand(), a.statusCommand(), a.exceptionsCommand(), a.auditCommand(), a.backfillCommand(), a.reconcileCommand(),
	)
	return root
}

// withWayOut adds what to do to an error that many commands can end with.
func withWayOut(err error) error {
	if errors.Is(err, store.ErrUnknownTenant) {
		return fmt.Errorf("%w: no tenant of that name; `ml-connector tenant list` shows them, `ml-connector tenant apply -f FILE` makes one", err)
	}
	return err
}

func (a *App) databaseURL() (string, error) {
	if a.cfg.DatabaseURL == "" {
		return "", errors.New("DATABASE_URL is not set: give the PostgreSQL URL of the connector's database")
	}
	return a.cfg.DatabaseURL, nil
}

func (a *App) openStore(ctx context.Context) (*store.Store, error) {
	if a.store != nil {
		return a.store, nil
	}
	url, err := a.databaseURL()
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	if err := s.CheckVersion(ctx); err != nil {
		s.Close()
		return nil, err
	}
	a.store = s
	return s, nil
}

// openTemporal connects for a command: what the SDK has to say below a warning would only stand between its output.
func (a *App) openTemporal(ctx context.Context) (client.Client, error) {
	return a.dialTemporal(ctx, max(a.cfg.LogLevel, slog.LevelWarn))
}

// dialTemporal connects with an SDK that logs at level: a worker's log is all there is to read of it, so it passes
// ML_LOG_LEVEL as it is.
func (a *App) dialTemporal(ctx context.Context, level slog.Level) (client.Client, error) {
	if a.temporal != nil {
		return a.temporal, nil
	}
	c, err := client.DialContext(ctx, client.Options{
		HostPort: a.cfg.TemporalAddress, Namespace: a.cfg.TemporalNamespace, Logger: log.NewStructuredLogger(a.logger(level)),
	})
	if err != nil {
		return nil, fmt.Errorf("connecting to Temporal at %s (TEMPORAL_ADDRESS): %w", a.cfg.TemporalAddress, err)
	}
	a.temporal = c
	return c, nil
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
		return nil, fmt.Errorf("%w: enter them with `ml-connector credentials set %s odoo|procore`", err, tenant)
	}
	return c, err
}

func (a *App) activityConfig() activities.Config {
	return activities.Config{
		Worker: a.cfg.Worker, HTTPTimeout: a.cfg.HTTPTimeout, ActivityTimeout: a.cfg.ActivityTimeout,
		Settle: a.cfg.Settle, Attempts: a.cfg.Attempts, UserAgent: "ml-connector/" + Version,
	}
}

func (a *App) logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(a.stderr, &slog.HandlerOptions{Level: level}))
}

func (a *App) close() {
	if a.temporal != nil {
		a.temporal.Close()
	}
	if a.store != nil {
		a.store.Close()
	}
}
