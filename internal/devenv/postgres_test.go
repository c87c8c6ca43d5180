package devenv

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFindPostgres(t *testing.T) {
	t.Parallel()
	missing := func(string) (string, error) { return "", exec.ErrNotFound }
	root := t.TempDir()
	pattern := filepath.Join(root, "postgresql", "*", "bin")

	_, err := findPostgres(missing, []string{pattern})
	require.ErrorIs(t, err, errNoPostgres)
	require.ErrorContains(t, err, "apt-get install postgresql")
	require.ErrorContains(t, err, "set DATABASE_URL")

	for _, v := range []string{"9.6", "15", "17"} {
		install(t, filepath.Join(root, "postgresql", v, "bin"), "postgres", "initdb")
	}
	install(t, filepath.Join(root, "postgresql", "18", "bin"), "postgres") // without initdb
	dir, err := findPostgres(missing, []string{pattern})
	require.NoError(t, err)
	require.Equal(t, filepath.Join(root, "postgresql", "17", "bin"), dir, "the newest whole one")

	onPath := filepath.Join(root, "postgresql", "15", "bin", "postgres")
	dir, err = findPostgres(func(string) (string, error) { return onPath, nil }, []string{pattern})
	require.NoError(t, err)
	require.Equal(t, filepath.Dir(onPath), dir, "PATH goes first")
}

func install(t *testing.T, dir string, programs ...string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o750))
	for _, p := range programs {
		require.NoError(t, os.WriteFile(filepath.Join(dir, p), nil, 0o700))
	}
}

func TestUnreachableServerOfDatabaseURL(t *testing.T) {
	t.Setenv("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
	_, err := Start(t.Context(), Options{Postgres: true})
	require.ErrorContains(t, err, "unset it to get a private one")
}

func TestDatabasesOnAServerThatIsNotOurs(t *testing.T) {
	owner, err := Start(t.Context(), Options{Postgres: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, owner.Close()) })
	t.Setenv("DATABASE_URL", owner.DatabaseURL)

	guest, err := Start(t.Context(), Options{Postgres: true})
	require.NoError(t, err)
	require.Equal(t, owner.DatabaseURL, guest.DatabaseURL)
	first, err := guest.NewDatabase(t.Context(), "same")
	require.NoError(t, err)
	second, err := guest.NewDatabase(t.Context(), "same")
	require.NoError(t, err)
	require.NotEqual(t, first, second)
	require.NoError(t, reachable(t.Context(), first))
	require.NoError(t, guest.Close())
	require.NoError(t, reachable(t.Context(), owner.DatabaseURL), "a server that is not ours goes on")
	require.ErrorContains(t, reachable(t.Context(), first), "does not exist")
	require.ErrorContains(t, reachable(t.Context(), second), "does not exist")
}

func TestDatabaseName(t *testing.T) {
	t.Parallel()
	name := databaseName("TestÄ/Some very, very long name of a test with (many) odd characters in it")
	require.Regexp(t, `^ml_test_some_very_[a-z0-9_]+$`, name)
	require.LessOrEqual(t, len(name), 63)
}
