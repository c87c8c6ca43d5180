package rig

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"

	"github.com/ml-connector/odoo-procore/internal/devenv"
)

// Worker is a running `ml-connector worker`.
type Worker struct {
	// Name is its ML_WORKER, which the rows of sends carry.
	Name string
	// PID is its process id.
	PID int

	running *devenv.Running
	log     string
}

// StartWorker runs a worker of the tenant. It need not serve yet when this returns.
func (t *Tenant) StartWorker(ctx context.Context) (*Worker, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, errors.New("starting a worker: the tenant is closed")
	}
	w := &Worker{Name: fmt.Sprintf("%s-%d", t.Name, len(t.workers)+1), log: t.log}
	var err error
	if w.running, err = t.bench.Env.Run(ctx, devenv.Program{
		Name: "worker " + w.Name, Args: []string{t.bench.Binary, "worker"}, Env: append(slices.Clone(t.env), "ML_WORKER="+w.Name), Log: t.log,
	}); err != nil {
		return nil, err
	}
	w.PID = w.running.PID()
	t.workers = append(t.workers, w)
	return w, nil
}

// Worker is the worker of that name, nil when there is none.
func (t *Tenant) Worker(name string) *Worker {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, w := range t.workers {
		if w.Name == name {
			return w
		}
	}
	return nil
}

// Keep starts a worker, and another one whenever it has ended, until ctx is done. It returns the first error of a start.
func (t *Tenant) Keep(ctx context.Context) error {
	for ctx.Err() == nil {
		w, err := t.StartWorker(ctx)
		if err != nil {
			return err
		}
		select {
		case <-w.Done():
		case <-ctx.Done():
		}
	}
	return nil
}

// Done is closed when the worker has ended.
func (w *Worker) Done() <-chan struct{} { return w.running.Done() }

// Kill ends it at once and returns when it is gone (SIGKILL). One that has ended already is as good.
func (w *Worker) Kill() error {
	p, err := os.FindProcess(w.PID)
	if err == nil && !w.ended() {
		if err = p.Kill(); errors.Is(err, os.ErrProcessDone) {
			err = nil
		}
	}
	return errors.Join(err, w.running.Stop())
}

// Stop asks it to end (SIGTERM) and returns when it is gone.
func (w *Worker) Stop() error { return w.running.Stop() }

func (w *Worker) ended() bool {
	select {
	case <-w.running.Done():
		return true
	default:
		return false
	}
}

// Log is the end of what the tenant's workers have said.
func (w *Worker) Log(lines int) string { return tail(w.log, lines) }

// rewritten is a database URL with another address.
func rewritten(database string, via func(string) (string, error)) (string, error) {
	u, err := url.Parse(database)
	if err != nil {
		return "", errors.New("the URL of the database cannot be read")
	}
	address := u.Host
	if u.Port() == "" {
		address = net.JoinHostPort(u.Hostname(), "5432")
	}
	if u.Host, err = through(address, via); err != nil {
		return "", err
	}
	query := u.Query()
	query.Set("pool_max_conns", "3") // of each of the store's two pools: every new session plans all statements anew
	u.RawQuery = query.Encode()
	return u.String(), nil
}
