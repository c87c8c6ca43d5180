package rig

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/ml-connector/odoo-procore/internal/devenv"
	"github.com/ml-connector/odoo-procore/internal/secrets"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// Options say what a bench is made of.
type Options struct {
	// Binary is the product's program; empty: it is built from the source tree. A tenant whose workers have the race detector
	// and have reported a race cannot be closed without an error.
	Binary string
	// Log gets progress in plain words; nil discards it.
	Log io.Writer
	// Dir keeps the log files; empty: a temporary directory that Close removes.
	Dir string
}

// Bench is what the tenants of a run share. Its fields are set by Open and do not change.
type Bench struct {
	Env      *devenv.Env
	Store    *store.Store
	Temporal client.Client
	// Database is the URL of the run's own database, Binary the product's program.
	Database string
	Binary   string

	mark    string // with a number, ends the names of its tenants
	tenants atomic.Int64
	box     *secrets.Box
	keyFile string
}

// Open starts what is missing (see package devenv for what it takes over), makes a database with the product's schema
// and a key. On an error nothing is left behind.
func Open(ctx context.Context, o Options) (_ *Bench, err error) {
	b := &Bench{Binary: o.Binary, mark: strings.ToLower(rand.Text()[:6])}
	if b.Env, err = devenv.Start(ctx, devenv.Options{Postgres: true, Temporal: true, TemporalOnDisk: true, Log: o.Log, Dir: o.Dir}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.Close())
		}
	}()
	if b.Binary == "" {
		b.Binary = filepath.Join(b.Env.TempDir(), "ml-connector")
		if err := Build(ctx, b.Binary, false); err != nil {
			return nil, err
		}
	}
	if b.Database, err = b.Env.NewDatabase(ctx, "rig"); err != nil {
		return nil, err
	}
	if err := store.Migrate(ctx, b.Database); err != nil {
		return nil, err
	}
	if b.Store, err = store.Open(ctx, b.Database); err != nil {
		return nil, err
	}
	b.keyFile = filepath.Join(b.Env.TempDir(), "key.json")
	if err := secrets.Generate(b.keyFile); err != nil {
		return nil, err
	}
	if b.box, err = secrets.Open(b.keyFile); err != nil {
		return nil, err
	}
	b.Temporal, err = client.DialContext(ctx, client.Options{
		HostPort: b.Env.TemporalAddress, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return nil, fmt.Errorf("connecting to Temporal: %w", err)
	}
	return b, nil
}

// Build builds the product as `make build` does, with the race detector or without.
func Build(ctx context.Context, binary string, race bool) error {
	args := []string{"build", fmt.Sprintf("-race=%v", race), "-o", binary, "github.com/ml-connector/odoo-procore/cmd/ml-connector"}
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // G204: fixed but for the output
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building ml-connector: %w\n%s", err, bytes.TrimSpace(out))
	}
	return nil
}

// Close stops and removes everything; tenants are closed before. It may be called more than once.
func (b *Bench) Close() error {
	if b.Temporal != nil {
		b.Temporal.Close()
	}
	if b.Store != nil {
		b.Store.Close()
	}
	return b.Env.Close()
}

// tail is the end of a log file, for messages.
func tail(path string, lines int) string {
	data, err := os.ReadFile(path) //nolint:gosec // G304: a log of our own
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(data)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
