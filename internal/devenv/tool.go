package devenv

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// tools are the programs that tools/go.mod pins, with the words about the wait for their first build.
var tools = map[string]struct{ pkg, title string }{
	"temporal":      {"github.com/temporalio/cli/cmd/temporal", "the Temporal CLI once, about 6 minutes on two cores"},
	"golangci-lint": {"github.com/golangci/golangci-lint/v2/cmd/golangci-lint", "golangci-lint once, some minutes"},
	"sqlc":          {"github.com/sqlc-dev/sqlc/cmd/sqlc", "sqlc once, about a minute"},
	"workflowcheck": {"go.temporal.io/sdk/contrib/tools/workflowcheck", "workflowcheck once, some seconds"},
}

// Tool gives the path of a program that tools/go.mod pins: temporal, golangci-lint, sqlc or workflowcheck. It builds it
// on first use into the user's cache, in a directory that is named after the pinned versions; processes that want it at
// the same time wait for one build. log gets a word about the wait.
func Tool(ctx context.Context, log io.Writer, name string) (string, error) {
	t, ok := tools[name]
	if !ok {
		return "", fmt.Errorf("no tool is called %q: give one of %v", name, ToolNames())
	}
	root, err := repoRoot()
	if err != nil {
		return "", err
	}
	dir, err := toolCache(root)
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, name)
	if executable(bin) {
		return bin, nil
	}
	if _, err := exec.LookPath("go"); err != nil {
		return "", fmt.Errorf("%s is built with Go, which is not on PATH: install Go, then try again", name)
	}
	unlock, err := lockFile(ctx, bin+".lock", func() { say(log, "waiting for another process that is building %s", t.title) })
	if err != nil {
		return "", err
	}
	defer unlock()
	if executable(bin) { // another process built it
		return bin, nil
	}
	say(log, "building %s (it is kept in the user's cache)", t.title)
	began := time.Now()
	defer Every(30*time.Second, func(context.Context) {
		say(log, "still building %s, %s so far", name, time.Since(began).Round(time.Second))
	})()
	if err := build(ctx, filepath.Join(root, "tools"), t.pkg, bin); err != nil {
		return "", fmt.Errorf("building %s: %w", name, err)
	}
	return bin, nil
}

// toolCache makes the directory for the tools of these pinned versions.
func toolCache(root string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the user's cache: %w", err)
	}
	h := sha256.New()
	for _, f := range []string{"go.mod", "go.sum"} {
		b, err := os.ReadFile(filepath.Join(root, "tools", f)) //nolint:gosec // G304: our own file
		if err != nil {
			return "", fmt.Errorf("reading the pinned tools: %w", err)
		}
		_, _ = h.Write(b) // a hash takes everything
	}
	dir := filepath.Join(cache, "ml-connector", "tools", hex.EncodeToString(h.Sum(nil))[:16])
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", fmt.Errorf("making the cache of tools: %w", err)
	}
	return dir, nil
}

// build compiles pkg of the module in dir to bin, which appears whole or not at all. It ends with this process.
func build(ctx context.Context, dir, pkg, bin string) error {
	tmp, err := os.MkdirTemp(filepath.Dir(bin), "build-")
	if err != nil {
		return fmt.Errorf("making a directory for the build: %w", err)
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	out := filepath.Join(tmp, filepath.Base(bin))
	s, err := supervise(ctx, command{
		name: "go build",
		args: []string{"go", "-C", dir, "build", "-trimpath", "-o", out, pkg},
		env:  []string{"GOWORK=off", "GOFLAGS=-buildvcs=false"},
		stop: "TERM",
		log:  filepath.Join(tmp, "log"),
	})
	if err != nil {
		return err
	}
	defer func() { _ = s.stop() }()
	if err := s.wait(ctx); err != nil {
		return err
	}
	if err := os.Rename(out, bin); err != nil {
		return fmt.Errorf("putting it into the cache: %w", err)
	}
	return nil
}

// lockFile takes the lock of path and returns the function that frees it. It calls waiting once when it must wait for
// another process.
func lockFile(ctx context.Context, path string, waiting func()) (func(), error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // G304: beside a tool in our cache
	if err != nil {
		return nil, fmt.Errorf("opening the lock of the build: %w", err)
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := tryLock(f)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("taking the lock of the build: %w", err), f.Close())
		}
		if ok {
			return func() { _ = f.Close() }, nil
		}
		waiting()
		waiting = func() {}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("waiting for another build: %w", context.Cause(ctx)), f.Close())
		case <-tick.C:
		}
	}
}

// executable tells whether path is a file that can be run.
func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}

// ToolNames lists what Tool knows, sorted.
func ToolNames() []string {
	names := make([]string, 0, len(tools))
	for name := range tools {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
