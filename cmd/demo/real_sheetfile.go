package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// sheetFile is a sheet that the demo writes and a person may fill in. Without a path there is none.
type sheetFile struct {
	path    string
	written []byte
}

// remember notes what the demo wrote.
func (s *sheetFile) remember() error {
	if s.path == "" {
		return nil
	}
	data, err := os.ReadFile(s.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading the mapping sheet: %w", err)
	}
	s.written = data
	return nil
}

// removeUntouched removes the file if it is as it was written, and says whether it stays.
func (s *sheetFile) removeUntouched() (kept bool, err error) {
	if s.path == "" {
		return false, nil
	}
	data, err := os.ReadFile(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return true, fmt.Errorf("reading the mapping sheet: %w", err)
	case !bytes.Equal(data, s.written):
		return true, nil
	}
	if err := os.Remove(s.path); err != nil {
		return true, fmt.Errorf("removing the mapping sheet: %w", err)
	}
	return false, nil
}

// setAside renames a file accounts.csv that is there to accounts.previous.csv, or to accounts.previous-2.csv and so on, and
// gives its new name; empty: there was none.
func setAside(path string) (name string, err error) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	dir, base := filepath.Split(path)
	stem := strings.TrimSuffix(base, filepath.Ext(base)) + ".previous"
	name = stem + filepath.Ext(base)
	for i := 2; ; i++ {
		if _, err := os.Lstat(filepath.Join(dir, name)); errors.Is(err, fs.ErrNotExist) {
			break
		} else if err != nil {
			return "", fmt.Errorf("setting the last run's sheet aside: %w", err)
		}
		name = fmt.Sprintf("%s-%d%s", stem, i, filepath.Ext(base))
	}
	if err := os.Rename(path, filepath.Join(dir, name)); err != nil {
		return "", fmt.Errorf("setting the last run's sheet aside: %w", err)
	}
	return name, nil
}
