package devenv

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestToolsArePinned(t *testing.T) {
	t.Parallel()
	root, err := repoRoot()
	require.NoError(t, err)
	b, err := os.ReadFile(filepath.Join(root, "tools", "go.mod"))
	require.NoError(t, err)
	for name, tool := range tools {
		require.Contains(t, string(b), "\t"+tool.pkg+"\n", name)
	}
	_, err = Tool(t.Context(), io.Discard, "hammer")
	require.ErrorContains(t, err, "temporal")
}

func TestOneBuildAtATime(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := lockFile(t.Context(), path, func() {})
	require.NoError(t, err)

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = lockFile(ctx, path, func() {})
	require.ErrorIs(t, err, context.DeadlineExceeded)

	unlock()
	unlock, err = lockFile(t.Context(), path, func() {})
	require.NoError(t, err)
	unlock()
}

func TestFailedBuildShowsTheCompilersWords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module m\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "m.go"), []byte("package main\nfunc main() { nonsense }\n"), 0o600))
	bin := filepath.Join(t.TempDir(), "m")
	require.ErrorContains(t, build(t.Context(), dir, "m", bin), "undefined: nonsense")
	require.NoFileExists(t, bin)
}

func TestRecentTemporal(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]bool{
		"temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)": true,
		"temporal version 1.10.0 (Server 1.30.0)":           true,
		"temporal version 2.0.0":                            true,
		"temporal version 1.4.9 (Server 1.28.0)":            false,
		"temporal version 0.0.0-DEV (Server 1.29.1)":        false,
		"tempo 5": false,
	} {
		require.Equal(t, want, recent(answer), answer)
	}
}
