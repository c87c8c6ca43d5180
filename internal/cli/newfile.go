package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// mayMake refuses a path where no new file can be made, before the work that would go into it.
func mayMake(path string) error {
	if path == standardOutput {
		return nil
	}
	if isDirectory(path) {
		return fmt.Errorf("%s is a directory: name a file in it", path)
	}
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		return there(path)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("making the file %s: %w", path, errors.Unwrap(err))
	}
	if parent := filepath.Dir(path); !isDirectory(parent) {
		return fmt.Errorf("making the file %s: there is no directory %s: make it, or name another file", path, parent)
	}
	return nil
}

func isDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// there refuses a file that may hold somebody's work.
func there(path string) error {
	return fmt.Errorf("%s is there already and is not written over: name another file, or remove it", path)
}

// makeFile writes a new file.
func makeFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // G304: the operator names the path
	switch {
	case errors.Is(err, fs.ErrExist):
		return there(path)
	case err != nil:
		return fmt.Errorf("making the file %s: %w", path, errors.Unwrap(err))
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("writing the file %s: %w", path, err), os.Remove(path))
	}
	return nil
}
