package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// theOnlyOne keeps a second demo that stays up out of the source tree: both would write .demo/env, and a second terminal
// would not know which of them it talks to. The returned file holds the place until it is closed.
func theOnlyOne(root string) (*os.File, error) {
	dir := filepath.Join(root, ".demo")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making .demo: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // G304: a file of our own
	if err != nil {
		return nil, fmt.Errorf("opening .demo/lock: %w", err)
	}
	free, err := lock(f)
	if err == nil && free {
		if err = f.Truncate(0); err == nil {
			_, err = fmt.Fprintf(f, "%d\n", os.Getpid())
		}
		if err == nil {
			return f, nil
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("locking .demo/lock: %w", err), f.Close())
	}
	pid, err := io.ReadAll(io.LimitReader(f, 20))
	return nil, errors.Join(fmt.Errorf("a demo of this source tree is up already (process %s): Ctrl-C ends it; "+
		"`. .demo/env` in a second terminal talks to it", strings.TrimSpace(string(pid))), err, f.Close())
}
