package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/ml-connector/odoo-procore/internal/devenv"
)

// product is the shipped binary, configured by its environment only.
type product struct {
	binary string
	env    []string
	log    string // gets every command with its output
}

// buildProduct builds bin/ml-connector, as `make build` does.
func buildProduct(ctx context.Context, root string) (string, error) {
	binary := filepath.Join(root, "bin", "ml-connector")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, "./cmd/ml-connector") //nolint:gosec // G204: fixed but for the tree's path
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building ml-connector: %w\n%s", err, bytes.TrimSpace(out))
	}
	return binary, nil
}

// run runs one command and gives its standard output, also when it fails. The error tells what it said.
func (p *product) run(ctx context.Context, stdin []byte, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, p.binary, args...) //nolint:gosec // G204: the binary that was built from this tree
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	isolate(cmd)
	cmd.Env = append(inherited(), p.env...)
	cmd.Stdin = bytes.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	p.note(args, stdout.Bytes(), stderr.Bytes(), err)
	if ctx.Err() != nil {
		return stdout.Bytes(), context.Cause(ctx)
	}
	if err != nil {
		said := strings.TrimSpace(stderr.String())
		if said == "" {
			said = lastLines(stdout.String(), 12)
		}
		return stdout.Bytes(), fmt.Errorf("`ml-connector %s`: %w: %s", strings.Join(args, " "), err, said)
	}
	return stdout.Bytes(), nil
}

// note appends the command to the log; a log that cannot be written stops nothing.
func (p *product) note(args []string, stdout, stderr []byte, failure error) {
	f, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }()
	_, _ = fmt.Fprintf(f, "$ ml-connector %s\n%s%s", strings.Join(args, " "), stdout, stderr)
	if failure != nil {
		_, _ = io.WriteString(f, failure.Error()+"\n")
	}
}

// startWorker runs `ml-connector worker` as a child process that ends with env.
func (p *product) startWorker(ctx context.Context, env *devenv.Env, log string) (*devenv.Running, error) {
	return env.Run(ctx, devenv.Program{Name: "the worker", Args: []string{p.binary, "worker"}, Env: p.env, Log: log})
}

// inherited is what a program needs of the user's environment; nothing that configures the product is in it.
func inherited() []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "USER", "TMPDIR", "TZ", "LANG"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// errorLines are the last n lines of a worker's log that are errors or warnings.
func errorLines(path string, n int) ([]string, error) {
	data, err := os.ReadFile(path) //nolint:gosec // G304: the demo's own log
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the worker's log: %w", err)
	}
	var out []string
	for line := range strings.Lines(string(data)) {
		if strings.Contains(line, `"level":"ERROR"`) || strings.Contains(line, `"level":"WARN"`) || !strings.HasPrefix(line, "{") {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return out[max(0, len(out)-n):], nil
}
