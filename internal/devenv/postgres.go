package devenv

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// startTries bounds how often a service is started anew on other ports, should another process take one first.
const startTries = 3

// postgresDirs are where packages put PostgreSQL's server programs, which most keep off PATH.
var postgresDirs = []string{
	"/usr/lib/postgresql/*/bin",                                 // Debian, Ubuntu
	"/usr/pgsql-*/bin",                                          // PostgreSQL's own RPMs
	"/opt/homebrew/opt/postgresql*/bin",                         // Homebrew
	"/usr/local/opt/postgresql*/bin",                            // Homebrew on Intel
	"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",            // Homebrew on Linux
	"/Applications/Postgres.app/Contents/Versions/*/bin",        // Postgres.app
	"/usr/local/pgsql/bin",                                      // built from source
	"/usr/libexec/postgresql*",                                  // Alpine
	"/run/current-system/sw/bin", "/nix/var/nix/profiles/*/bin", // NixOS
}

// errNoPostgres tells what to do about missing server programs.
var errNoPostgres = errors.New(`PostgreSQL's server programs (postgres, initdb) are neither on PATH nor where packages put them. Ways out:
  - Debian, Ubuntu: apt-get install postgresql (make test and make demo do it when you are root)
  - Fedora, RHEL: dnf install postgresql-server
  - macOS: brew install postgresql
  - or set DATABASE_URL to a server that you have, with a role that may create databases`)

// startPostgres uses the server of DATABASE_URL, or starts a private cluster.
func (e *Env) startPostgres(ctx context.Context) error {
	if given := cmp.Or(os.Getenv("ML_DEVENV_DATABASE_URL"), os.Getenv("DATABASE_URL")); given != "" {
		if err := reachable(ctx, given); err != nil {
			return fmt.Errorf("reaching the PostgreSQL server of DATABASE_URL (unset it to get a private one): %w", err)
		}
		e.DatabaseURL = given
		return nil
	}
	bin, err := findPostgres(exec.LookPath, postgresDirs)
	if err != nil {
		return err
	}
	as, err := unprivileged()
	if err != nil {
		return err
	}
	say(e.opts.Log, "starting PostgreSQL from %s", bin)
	for try := 1; ; try++ {
		err = e.startCluster(ctx, bin, as, filepath.Join(e.dir, "postgres-"+strconv.Itoa(try)))
		if err == nil || try == startTries || ctx.Err() != nil {
			return err
		}
	}
}

// startCluster makes a cluster below dir and runs it. Its administrator has a password: other users of this machine reach
// the port too. md5 is enough for one of 26 random characters, and cheap for tests that log in a thousand times.
func (e *Env) startCluster(ctx context.Context, bin string, as *account, dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("making the directory of the PostgreSQL cluster: %w", err)
	}
	if as != nil {
		if err := os.Chown(dir, as.uid, as.gid); err != nil {
			return fmt.Errorf("giving the PostgreSQL cluster to user %s: %w", as.name, err)
		}
	}
	password := rand.Text()
	passwordFile := filepath.Join(dir, "password")
	if err := writeFor(as, passwordFile, password); err != nil {
		return err
	}
	data, log := filepath.Join(dir, "data"), filepath.Join(e.logDir, "postgres.log")
	initdb, err := e.run(ctx, command{
		name: "initdb", dir: dir, stop: "TERM", log: log, as: as,
		args: []string{
			filepath.Join(bin, "initdb"), "-D", data, "--no-sync", "--auth=md5", "--username=postgres", "--pwfile=" + passwordFile,
			"--encoding=UTF8", "--locale=C",
		},
	})
	if err != nil {
		return err
	}
	if err := initdb.wait(ctx); err != nil {
		return err
	}

	port, err := freePort(ctx)
	if err != nil {
		return err
	}
	server, err := e.run(ctx, command{
		name: "PostgreSQL", dir: dir, stop: "QUIT", log: log, as: as,
		args: append([]string{filepath.Join(bin, "postgres"), "-D", data}, e.serverSettings(port, dir)...),
	})
	if err != nil {
		return err
	}
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword("postgres", password), Host: fmt.Sprintf("127.0.0.1:%d", port), Path: "/postgres",
		RawQuery: "sslmode=disable",
	}
	err = server.until(ctx, func(ctx context.Context) error { return serves(ctx, u.String(), data) })
	if err != nil {
		return err
	}
	e.DatabaseURL, e.ownServer = u.String(), true
	return nil
}

// writeFor writes a file that the account alone may read.
func writeFor(as *account, path, text string) error {
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return fmt.Errorf("writing PostgreSQL's password: %w", err)
	}
	if as != nil {
		if err := os.Chown(path, as.uid, as.gid); err != nil {
			return fmt.Errorf("giving PostgreSQL's password to user %s: %w", as.name, err)
		}
	}
	return nil
}

// serverSettings suit a small machine with many tests at once. Stopping is by SIGQUIT: the data is thrown away.
func (e *Env) serverSettings(port int, socketDir string) []string {
	settings := []string{
		"listen_addresses=127.0.0.1", "port=" + strconv.Itoa(port), "unix_socket_directories=" + socketDir,
		"max_connections=300", "shared_buffers=64MB", "timezone=UTC", "log_timezone=UTC",
		"autovacuum_naptime=10min", "max_wal_size=4GB", "logging_collector=off",
	}
	if !e.opts.Durable {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
	}
	args := make([]string, 0, 2*len(settings))
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	return args
}

// findPostgres gives the directory with postgres and initdb: that of PATH, else the newest that matches a pattern.
func findPostgres(lookPath func(string) (string, error), patterns []string) (string, error) {
	if p, err := lookPath("postgres"); err == nil {
		if dir := filepath.Dir(p); hasServer(dir) {
			return dir, nil
		}
	}
	for _, pattern := range patterns {
		dirs, err := filepath.Glob(pattern)
		if err != nil {
			return "", fmt.Errorf("looking for PostgreSQL in %s: %w", pattern, err)
		}
		slices.SortFunc(dirs, func(a, b string) int { return cmp.Compare(version(b), version(a)) })
		for _, dir := range dirs {
			if hasServer(dir) {
				return dir, nil
			}
		}
	}
	return "", errNoPostgres
}

func hasServer(dir string) bool {
	return executable(filepath.Join(dir, "postgres")) && executable(filepath.Join(dir, "initdb"))
}

var number = regexp.MustCompile(`\d+(\.\d+)?`)

// version reads the last number in a path: 9.6 in /usr/lib/postgresql/9.6/bin. It gives 0 when there is none.
func version(path string) float64 {
	all := number.FindAllString(path, -1)
	if len(all) == 0 {
		return 0
	}
	v, err := strconv.ParseFloat(all[len(all)-1], 64)
	if err != nil {
		return 0
	}
	return v
}

// reachable logs in once.
func reachable(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// serves tells whether the server at url answers and is the one that serves the directory data.
func serves(ctx context.Context, url, data string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	var got string
	if err := conn.QueryRow(ctx, "show data_directory").Scan(&got); err != nil {
		return err
	}
	if got != data {
		return fmt.Errorf("another server answers, that of %s", got)
	}
	return nil
}
