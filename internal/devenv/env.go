package devenv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Options says what Start starts. The zero value starts nothing.
type Options struct {
	// Log gets progress in plain words, one sentence a line; nil discards it.
	Log io.Writer
	// Dir holds the log files (postgres.log, temporal.log). It is made when missing and kept on Close.
	// Empty: a temporary directory that Close removes. The PostgreSQL cluster is always in a temporary one.
	Dir string
	// SearchAttributes are the names of the Keyword search attributes to register; nil means DefaultSearchAttributes.
	SearchAttributes []string
	// UI serves the Temporal Web UI as well.
	UI bool
	// Postgres starts PostgreSQL, or uses the server that DATABASE_URL names.
	Postgres bool
	// Temporal starts a Temporal dev server, or uses the server that TEMPORAL_ADDRESS names.
	Temporal bool
	// TemporalDBFile is the SQLite file that keeps Temporal's state; empty keeps it in memory, which is faster.
	TemporalDBFile string
	// TemporalOnDisk keeps Temporal's state in a file of the temporary directory. Under heavy load SQLite loses a state in
	// memory with the connection that a cancelled call interrupted; the server then knows no namespace any more.
	TemporalOnDisk bool
	// Durable makes PostgreSQL wait for the disk on commit. Off, a crash of the machine (not of a process) loses data.
	Durable bool
}

// Env is a running environment. Its fields are set by Start and do not change.
type Env struct {
	// DatabaseURL is the URL of a maintenance database of the server; ask NewDatabase for one to work in.
	DatabaseURL string
	// TemporalAddress is host:port of Temporal's frontend.
	TemporalAddress string
	// TemporalUI is the URL of the Web UI; empty without one.
	TemporalUI string
	// TemporalBin is the path of a temporal CLI; empty when TEMPORAL_ADDRESS is set and none is at hand.
	TemporalBin string

	opts    Options
	dir     string // temporary, removed by the sweeper
	logDir  string
	sweeper *supervised

	mu        sync.Mutex
	closed    bool
	services  []*supervised // in start order
	databases []string      // URLs made on a server that is not ours
	ownServer bool
	closeErr  error
}

// Start starts what opts asks for and returns when all of it answers. On an error, a cancelled ctx or a panic everything
// already started is stopped and removed first. After Start has returned, ctx no longer matters: call Close.
func Start(ctx context.Context, opts Options) (*Env, error) {
	if opts.Log == nil {
		opts.Log = io.Discard
	}
	opts.Log = &lockedWriter{w: opts.Log}
	if opts.SearchAttributes == nil {
		opts.SearchAttributes = DefaultSearchAttributes()
	}
	e := &Env{opts: opts}
	ready := false
	defer func() {
		if !ready {
			_ = e.Close() // the error that stopped the start is the one to report
		}
	}()

	if err := e.makeDirs(ctx); err != nil {
		return nil, err
	}
	if err := checkMachine(ctx, e.dir); err != nil {
		return nil, err
	}
	g, gctx := errgroup.WithContext(ctx)
	if opts.Postgres {
		g.Go(func() error { return e.startPostgres(gctx) })
	}
	if opts.Temporal {
		g.Go(func() error { return e.startTemporal(gctx) })
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	ready = true
	return e, nil
}

// Close stops every service, removes the temporary directory and drops the databases that NewDatabase made on a server
// that is not ours. Further calls return what the first one returned.
func (e *Env) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return e.closeErr
	}
	e.closed = true

	var errs []error
	for _, url := range e.databases {
		errs = append(errs, dropDatabase(context.Background(), e.DatabaseURL, url))
	}
	for _, s := range slices.Backward(e.services) {
		errs = append(errs, s.stop())
	}
	if e.sweeper != nil {
		errs = append(errs, e.sweeper.stop())
		if _, err := os.Stat(e.dir); !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, fmt.Errorf("removing %s: it is still there (%w)", e.dir, errNotRemoved))
		}
	}
	e.closeErr = errors.Join(errs...)
	return e.closeErr
}

var errNotRemoved = errors.New("a file in it could not be deleted")

// makeDirs makes the temporary directory with its sweeper, and the directory of the logs.
func (e *Env) makeDirs(ctx context.Context) error {
	dir, err := tempDir()
	if err != nil {
		return err
	}
	sweeper, err := startSweeper(ctx, dir)
	if err != nil {
		_ = os.RemoveAll(dir)
		return err
	}
	e.dir, e.logDir, e.sweeper = dir, dir, sweeper
	if e.opts.Dir != "" {
		if err := os.MkdirAll(e.opts.Dir, 0o750); err != nil {
			return fmt.Errorf("making the directory for logs: %w", err)
		}
		e.logDir = e.opts.Dir
	}
	return nil
}

// run starts c under a supervisor that Close stops and the sweeper waits for.
func (e *Env) run(ctx context.Context, c command) (*supervised, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, errors.New("the environment is closed")
	}
	s, err := supervise(ctx, c)
	if err != nil {
		return nil, err
	}
	e.services = append(e.services, s)
	return s, e.sweeper.tell(s.pid())
}

// say writes one sentence to a log.
func say(w io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(w, format+"\n", args...) // a log that cannot be written stops nothing
}

// lockedWriter lets services that start side by side share one log.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
