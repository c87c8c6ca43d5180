package devtest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"
)

// mark is the environment variable that names this process to PostgreSQL, and that its children inherit: so their
// connections and processes are told from those of others.
const mark = "PGAPPNAME"

// endPatience is how long what is closed may take to be gone.
const endPatience = 10 * time.Second

// notOurs are goroutines that others leave behind: Temporal's test environment those of an activity that was being tried
// again when its workflow ended.
var notOurs = []goleak.Option{
	goleak.IgnoreAnyFunction("go.temporal.io/sdk/internal.(*testWorkflowEnvironmentImpl).executeActivityWithRetryForTest"),
	goleak.IgnoreAnyFunction("go.temporal.io/sdk/internal.(*testWorkflowEnvironmentImpl).ExecuteActivity.func2"),
}

// left looks, once the tests are over, for what they left behind: goroutines, connections to the shared PostgreSQL,
// processes, files in the temporary directory. All temporary files of the process are in a directory of its own.
type left struct {
	name string
	dir  string
}

func watch() (*left, error) {
	dir, err := os.MkdirTemp("", "ml-test-")
	if err != nil {
		return nil, fmt.Errorf("making the directory for temporary files: %w", err)
	}
	l := &left{name: "test " + strconv.Itoa(os.Getpid()), dir: dir}
	// PostgreSQL's user must reach its cluster in it.
	return l, errors.Join(os.Chmod(dir, 0o755), os.Setenv("TMPDIR", dir), os.Setenv(mark, l.name)) //nolint:gosec // see above
}

// connections must be looked for before the server is stopped.
func (l *left) connections(url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("looking for connections left behind: %w", err)
	}
	var queries []string
	err = gone(func() (bool, error) {
		err := conn.QueryRow(ctx, `SELECT coalesce(array_agg(datname || ': ' || query), '{}') FROM pg_stat_activity
			WHERE application_name = $1 AND pid <> pg_backend_pid()`, l.name).Scan(&queries)
		return len(queries) == 0, err
	})
	if err == nil && len(queries) > 0 {
		err = fmt.Errorf("%d connections to PostgreSQL were left open: %q", len(queries), queries)
	}
	return errors.Join(err, conn.Close(ctx))
}

// everything else, after all services are stopped.
func (l *left) rest() error {
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	return errors.Join(goleak.Find(notOurs...), l.processes(), l.files())
}

func (l *left) processes() error {
	var running []string
	if err := gone(func() (_ bool, err error) {
		running, err = l.running()
		return len(running) == 0, err
	}); err != nil {
		return err
	}
	if len(running) > 0 {
		return fmt.Errorf("processes were left running: %q", running)
	}
	return nil
}

// running lists the processes that this one, or a child of it, has started. Empty where there is no /proc.
func (l *left) running() ([]string, error) {
	all, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		return nil, err
	}
	var list []string
	for _, file := range all {
		dir := filepath.Dir(file)
		environ, err := os.ReadFile(file) //nolint:gosec // of a process
		if err != nil || filepath.Base(dir) == strconv.Itoa(os.Getpid()) {
			continue // it has ended, or belongs to somebody else
		}
		if strings.Contains("\x00"+string(environ), "\x00"+mark+"="+l.name+"\x00") {
			command, _ := os.ReadFile(filepath.Join(dir, "cmdline")) //nolint:gosec // of a process; empty when it has ended
			list = append(list, strings.TrimSpace(strings.ReplaceAll(string(command), "\x00", " ")))
		}
	}
	return list, nil
}

func (l *left) files() error {
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return fmt.Errorf("looking for temporary files left behind: %w", err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if len(names) > 0 {
		err = fmt.Errorf("temporary files were left: %q", names)
	}
	return errors.Join(err, os.RemoveAll(l.dir))
}

// gone asks until is answers yes, or patience is over; the caller says what is left then.
func gone(is func() (bool, error)) error {
	for deadline := time.Now().Add(endPatience); ; time.Sleep(20 * time.Millisecond) {
		if yes, err := is(); yes || err != nil || time.Now().After(deadline) {
			return err
		}
	}
}
