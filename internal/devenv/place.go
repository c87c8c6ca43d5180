package devenv

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
)

const module = "github.com/ml-connector/odoo-procore"

// tempDir makes a temporary directory that another user can enter: under the system's own, or under /tmp when that one
// is closed to others (root's home).
func tempDir() (string, error) {
	base := os.TempDir()
	if _, err := os.Stat(base); err != nil {
		return "", fmt.Errorf("looking for the directory of temporary files: %w: set TMPDIR to a directory that can be written, or unset it", err)
	}
	if !open(base) {
		base = "/tmp"
	}
	dir, err := os.MkdirTemp(base, "ml-devenv-")
	if err != nil {
		return "", fmt.Errorf("making a temporary directory: %w: set TMPDIR to a directory that can be written", err)
	}
	//nolint:gosec // G302: PostgreSQL's own user has to pass through; what is secret below it is 0700
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", errors.Join(fmt.Errorf("opening the temporary directory: %w", err), os.RemoveAll(dir))
	}
	return dir, nil
}

// open tells whether everyone may pass through dir and all directories above it.
func open(dir string) bool {
	for dir = filepath.Clean(dir); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}

// freePort finds a free loopback port below the ports that the kernel hands to outgoing connections, so that none of
// these takes it before the service does. Processes that start at once look at random ones.
func freePort(ctx context.Context) (int, error) {
	const low, high, tries = 20000, 30000, 100
	var last error
	for range tries {
		port := low + rand.IntN(high-low) //nolint:gosec // G404: a port is no secret
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			last = err
			continue
		}
		if err := l.Close(); err != nil {
			return 0, fmt.Errorf("looking for a free port: %w", err)
		}
		return port, nil
	}
	return 0, fmt.Errorf("looking for a free port between %d and %d: %w", low, high, last)
}

// repoRoot finds the source tree of this module: the directory, at or above the working directory, whose go.mod names it.
func repoRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the source tree: %w", err)
	}
	for {
		b, err := os.ReadFile(filepath.Join(dir, "go.mod")) //nolint:gosec // G304: a go.mod above the working directory
		if err == nil {
			first, _, _ := strings.Cut(string(b), "\n")
			if strings.TrimSpace(first) == "module "+module {
				return dir, nil
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("the tools are built from the source tree of " + module + ", and the working directory is not in it")
		}
		dir = up
	}
}
