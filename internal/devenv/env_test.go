package devenv

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// TestMain turns the test binary into a process that starts an environment and waits, for TestKilledParentLeavesNothing.
// The addresses that make test hands out are taken away: here the environments are the thing tested.
func TestMain(m *testing.M) {
	for _, name := range []string{"DATABASE_URL", "ML_DEVENV_DATABASE_URL", "TEMPORAL_ADDRESS"} {
		if err := os.Unsetenv(name); err != nil {
			panic(err)
		}
	}
	if how := os.Getenv("DEVENV_TEST_PARENT"); how != "" {
		parent(how)
	}
	goleak.VerifyTestMain(m)
}

// parent starts an environment, prints its directory and its PostgreSQL URL, and ends as told without closing it.
func parent(how string) {
	env, err := Start(context.Background(), Options{Postgres: true, Temporal: true, Log: os.Stderr})
	if err != nil {
		panic(err)
	}
	fmt.Println(env.dir)
	switch how {
	case "panic":
		panic("as told")
	case "exit":
		os.Exit(3)
	default:
		_, _ = io.Copy(io.Discard, os.Stdin)
	}
}

func TestStartAndClose(t *testing.T) {
	t.Parallel()
	logs := t.TempDir()
	env, err := Start(t.Context(), Options{Postgres: true, Temporal: true, UI: true, Dir: logs, Log: t.Output()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = env.Close() })

	url, err := env.NewDatabase(t.Context(), t.Name()+"/with odd characters ü")
	require.NoError(t, err)
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	var zone string
	require.NoError(t, conn.QueryRow(t.Context(), "show timezone").Scan(&zone))
	require.Equal(t, "UTC", zone)
	require.NoError(t, conn.Close(t.Context()))
	require.NoError(t, env.DropDatabase(t.Context(), url))
	_, err = pgx.Connect(t.Context(), url)
	require.ErrorContains(t, err, "does not exist")

	out, err := exec.CommandContext(t.Context(), env.TemporalBin, "operator", "search-attribute", "list",
		"--address", env.TemporalAddress).CombinedOutput()
	require.NoError(t, err, string(out))
	for _, name := range DefaultSearchAttributes() {
		require.Contains(t, string(out), name)
	}
	require.True(t, listens(t, strings.TrimPrefix(env.TemporalUI, "http://")))

	require.NoError(t, env.Close())
	require.NoError(t, env.Close(), "a second Close")
	requireNothingLeft(t, env.dir)
	require.False(t, listens(t, env.TemporalAddress))
	require.FileExists(t, filepath.Join(logs, "postgres.log"), "logs in the caller's directory are kept")
	_, err = env.run(t.Context(), command{})
	require.ErrorContains(t, err, "closed")
}

func TestFailedStartLeavesNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var dir string
	env := &Env{opts: Options{Log: io.Discard}}
	require.NoError(t, env.makeDirs(ctx))
	dir = env.dir
	_, err := env.run(ctx, command{
		name: "a service", stop: "TERM", dir: dir, log: filepath.Join(dir, "log"),
		args: []string{"sh", "-c", `echo it listens; exec tail -f "$0"`, filepath.Join(dir, "log")},
	})
	require.NoError(t, err)
	bad, err := env.run(ctx, command{
		name: "a bad service", stop: "TERM", dir: dir, log: filepath.Join(dir, "bad.log"),
		args: []string{"sh", "-c", "echo no such luck >&2; exit 7"},
	})
	require.NoError(t, err)
	err = bad.until(ctx, func(context.Context) error { return io.ErrNoProgress })
	require.ErrorContains(t, err, "a bad service ended: exit status 7")
	require.ErrorContains(t, err, "no such luck")
	require.NoError(t, env.Close())
	requireNothingLeft(t, dir)

	cancel()
	_, err = Start(ctx, Options{Postgres: true})
	require.ErrorIs(t, err, context.Canceled)
}

func TestServiceThatIgnoresItsSignalIsKilled(t *testing.T) {
	t.Parallel()
	env := &Env{opts: Options{Log: io.Discard}}
	require.NoError(t, env.makeDirs(t.Context()))
	log := filepath.Join(env.dir, "log")
	s, err := env.run(t.Context(), command{
		name: "a stubborn service", stop: "TERM", dir: env.dir, log: log,
		args: []string{"sh", "-c", `trap '' TERM; echo ready; while :; do sleep 1; done`, env.dir},
	})
	require.NoError(t, err)
	require.NoError(t, s.until(t.Context(), func(context.Context) error {
		if b, err := os.ReadFile(log); err != nil || !strings.Contains(string(b), "ready") {
			return io.ErrNoProgress
		}
		return nil
	}))
	require.NoError(t, env.Close())
	requireNothingLeft(t, env.dir)
}

// A program's process id is its own, not its supervisor's: killing it ends it.
func TestProcessIDOfAProgram(t *testing.T) {
	t.Parallel()
	env := &Env{opts: Options{Log: io.Discard}}
	require.NoError(t, env.makeDirs(t.Context()))
	log := filepath.Join(env.dir, "log")
	running, err := env.Run(t.Context(), Program{Name: "a program", Args: []string{"sh", "-c", "echo $$; exec sleep 60"}, Dir: env.dir, Log: log})
	require.NoError(t, err)
	require.NoError(t, running.s.until(t.Context(), func(context.Context) error {
		if b, err := os.ReadFile(log); err != nil || string(b) != fmt.Sprintln(running.PID()) {
			return io.ErrNoProgress
		}
		return nil
	}))
	program, err := os.FindProcess(running.PID())
	require.NoError(t, err)
	require.NoError(t, program.Kill())
	<-running.Done()
	require.ErrorContains(t, running.Ended(), "exit status 137")
	require.NoError(t, env.Close())
	requireNothingLeft(t, env.dir)
}

func TestKilledParentLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"kill", "panic", "exit"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), "DEVENV_TEST_PARENT="+how)
			stdin, err := cmd.StdinPipe()
			require.NoError(t, err)
			t.Cleanup(func() { _ = stdin.Close() })
			stdout, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			line, err := bufio.NewReader(stdout).ReadString('\n')
			require.NoError(t, err)
			dir := strings.TrimSpace(line)
			require.DirExists(t, dir)
			if how == "kill" {
				require.NotEmpty(t, processes(t, dir), "the check for processes must see them")
				require.NoError(t, cmd.Process.Kill())
			}
			require.Error(t, cmd.Wait())
			require.Eventually(t, func() bool {
				_, err := os.Stat(dir)
				return os.IsNotExist(err) && len(processes(t, dir)) == 0
			}, 30*time.Second, 50*time.Millisecond)
		})
	}
}

func requireNothingLeft(t *testing.T, dir string) {
	t.Helper()
	require.NoDirExists(t, dir)
	// The supervisor's own nap between two looks, a tenth of a second, may end after it.
	require.Eventually(t, func() bool { return len(processes(t, dir)) == 0 }, 5*time.Second, 20*time.Millisecond)
}

// processes gives the command lines of all processes that name dir or work in it, where /proc exists.
func processes(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	var found []string
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		cwd, err := os.Readlink(filepath.Join(filepath.Dir(file), "cwd"))
		if err != nil {
			cwd = ""
		}
		if strings.Contains(string(line), dir) || strings.HasPrefix(cwd, dir) {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}

func listens(t *testing.T, address string) bool {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		return false
	}
	require.NoError(t, conn.Close())
	return true
}
