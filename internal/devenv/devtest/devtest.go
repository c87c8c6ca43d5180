package devtest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/ml-connector/odoo-procore/internal/devenv"
)

// startPatience covers the first build of the Temporal CLI on a slow machine.
const startPatience = 20 * time.Minute

// shared is a service that is started once in a process; a failed start fails every test that asks.
type shared struct {
	opts devenv.Options
	once sync.Once
	env  *devenv.Env
	err  error
}

var (
	postgres = &shared{opts: devenv.Options{Postgres: true, Log: os.Stderr}}
	temporal = &shared{opts: devenv.Options{Temporal: true, Log: os.Stderr}}
)

// Main runs the tests, stops what they started, and exits. Tests that pass and leave a goroutine, a connection, a process
// or a temporary file behind have failed. closing is called when the tests are over, in its order.
func Main(m *testing.M, closing ...func() error) {
	os.Exit(run(m, closing))
}

func run(m *testing.M, closing []func() error) int {
	left, err := watch()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	for _, end := range closing {
		err = errors.Join(err, end())
	}
	if url := serverOf(postgres.env); code == 0 && url != "" {
		err = errors.Join(err, left.connections(url))
	}
	if closing := errors.Join(temporal.close(), postgres.close()); closing != nil {
		err = errors.Join(err, fmt.Errorf("stopping the test environment: %w", closing))
	}
	if code == 0 {
		err = errors.Join(err, left.rest())
	} else {
		err = errors.Join(err, os.RemoveAll(left.dir))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	return code
}

// serverOf is the PostgreSQL that tests have used and that goes on: the shared one, or the one that is given to all.
func serverOf(env *devenv.Env) string {
	if env != nil {
		return env.DatabaseURL
	}
	return os.Getenv("DATABASE_URL")
}

// Postgres gives the shared environment with its PostgreSQL server.
func Postgres(t testing.TB) *devenv.Env {
	t.Helper()
	return postgres.get(t)
}

// Temporal gives the shared environment with its Temporal server.
func Temporal(t testing.TB) *devenv.Env {
	t.Helper()
	return temporal.get(t)
}

// Database gives the URL of an empty database of t's own, which is dropped when t ends.
func Database(t testing.TB) string {
	t.Helper()
	return database(t, Postgres(t).NewDatabase)
}

// original is what [Migrated] copies; it ends with the server, or with the environment of this process.
var original struct {
	sync.Once

	url string
	err error
}

// Migrated gives the URL of a database of t's own with a schema: migrate runs once in a process, on an original that is
// copied for each test. All callers in a process give the same migrate.
func Migrated(t testing.TB, migrate func(ctx context.Context, url string) error) string {
	t.Helper()
	env := Postgres(t)
	original.Do(func() {
		ctx := context.WithoutCancel(t.Context())
		if original.url, original.err = env.NewDatabase(ctx, "original"); original.err == nil {
			original.err = migrate(ctx, original.url)
		}
	})
	if original.err != nil {
		t.Fatal("making the database that tests copy: ", original.err)
	}
	return database(t, func(ctx context.Context, name string) (string, error) {
		return env.CopyDatabase(ctx, name, original.url)
	})
}

func database(t testing.TB, make func(ctx context.Context, name string) (string, error)) string {
	t.Helper()
	env := Postgres(t)
	ctx := context.WithoutCancel(t.Context())
	url, err := make(ctx, t.Name())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := env.DropDatabase(ctx, url); err != nil {
			t.Error(err)
		}
	})
	return url
}

// TemporalClient gives a client of the shared Temporal server, which is closed when t ends. It logs nothing.
func TemporalClient(t testing.TB) client.Client {
	t.Helper()
	c, err := client.DialContext(t.Context(), client.Options{
		HostPort: Temporal(t).TemporalAddress, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		t.Fatal("connecting to Temporal:", err)
	}
	t.Cleanup(c.Close)
	return c
}

func (s *shared) get(t testing.TB) *devenv.Env {
	t.Helper()
	s.once.Do(func() {
		// The services outlive the test that happens to be the first.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), startPatience)
		defer cancel()
		s.env, s.err = devenv.Start(ctx, s.opts)
	})
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.env
}

func (s *shared) close() error {
	if s.env == nil {
		return nil
	}
	return s.env.Close()
}
