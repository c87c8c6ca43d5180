package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a person filled in outlives the demo and the next one; what nobody touched is removed.
func TestSheetOutlivesTheDemo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "accounts.csv")
	write := func(content string) { require.NoError(t, os.WriteFile(path, []byte(content), 0o600)) }
	start := func(movedTo string) *sheetFile {
		moved, err := setAside(path)
		require.NoError(t, err)
		require.Equal(t, movedTo, moved)
		require.NoFileExists(t, path)
		s := &sheetFile{path: path}
		write("exported")
		require.NoError(t, s.remember())
		return s
	}
	end := func(s *sheetFile, stays bool) {
		kept, err := s.removeUntouched()
		require.NoError(t, err)
		require.Equal(t, stays, kept)
	}
	end(start(""), false)
	require.NoFileExists(t, path)

	s := start("")
	write("filled in")
	end(s, true)
	s = start("accounts.previous.csv")
	write("filled in again")
	end(s, true)
	s = start("accounts.previous-2.csv")
	require.NoError(t, os.Remove(path)) // by the person
	end(s, false)
	for name, content := range map[string]string{"accounts.previous.csv": "filled in", "accounts.previous-2.csv": "filled in again"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, content, string(data))
	}
	end(&sheetFile{}, false)
}
