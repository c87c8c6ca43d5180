// Command withdevenv starts PostgreSQL and a Temporal dev server, runs a command with their addresses in its environment
// (DATABASE_URL, TEMPORAL_ADDRESS, TEMPORAL_BIN) and stops them when it ends. It exits as the command does.
//
//	go run ./internal/devenv/cmd/withdevenv -- go test ./...
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/ml-connector/odoo-procore/internal/devenv"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code, err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "withdevenv:", err)
	}
	os.Exit(code)
}

// run gives the exit code of the command, and 1 with an error when it could not be run.
func run(ctx context.Context) (code int, err error) {
	var opts devenv.Options
	flag.StringVar(&opts.Dir, "dir", "", "directory that keeps the log files (default: a temporary one, removed at the end)")
	flag.BoolVar(&opts.UI, "ui", false, "serve the Temporal Web UI as well")
	flag.BoolVar(&opts.Postgres, "postgres", true, "start PostgreSQL")
	flag.BoolVar(&opts.Temporal, "temporal", true, "start Temporal")
	flag.Parse()
	if flag.NArg() == 0 {
		return 1, errors.New("no command: withdevenv [flags] -- COMMAND [ARGUMENT...]")
	}
	opts.Log = os.Stderr

	env, err := devenv.Start(ctx, opts)
	if err != nil {
		return 1, err
	}
	defer func() {
		if closeErr := env.Close(); closeErr != nil {
			code, err = max(code, 1), errors.Join(err, closeErr)
		}
	}()
	if env.TemporalUI != "" {
		fmt.Fprintln(os.Stderr, "Temporal Web UI:", env.TemporalUI)
	}

	cmd := exec.CommandContext(ctx, flag.Arg(0), flag.Args()[1:]...) //nolint:gosec // G204: running what it is told is its job
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = os.Environ()
	for name, value := range map[string]string{
		"DATABASE_URL": env.DatabaseURL, "TEMPORAL_ADDRESS": env.TemporalAddress, "TEMPORAL_BIN": env.TemporalBin,
	} {
		if value != "" {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	err = cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return max(exit.ExitCode(), 1), nil // the command has said why itself; -1 is a signal
	}
	if err != nil {
		return 1, fmt.Errorf("running %s: %w", flag.Arg(0), err)
	}
	return 0, nil
}
