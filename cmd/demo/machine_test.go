package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
)

var update = flag.Bool("update", false, "write what the demo says to testdata/machine")

func TestMain(m *testing.M) { devtest.Main(m) }

// What a newcomer reads on a machine where something is missing or taken. Each case runs the real program; those that
// take a part of the machine away do so in namespaces of their own, which Linux gives to root.
func TestMachine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	binary := filepath.Join(dir, "demo")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as make builds it
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	goBin, err := exec.LookPath("go")
	require.NoError(t, err)
	bare := "PATH=" + filepath.Dir(goBin) + ":/usr/bin:/bin" // without programs that were put into /usr/local/bin
	const hidePostgres = "for d in /usr/lib/postgresql /usr/local/pgsql; do [ ! -d $d ] || mount -t tmpfs none $d; done; "
	for _, c := range []struct {
		name      string
		env       []string
		namespace string // of unshare: m mounts, n network
		before    string // shell commands in the namespace
	}{
		{name: "no-postgresql", env: []string{bare}, namespace: "m", before: hidePostgres},
		{name: "postgresql-unreachable", env: []string{"DATABASE_URL=postgres://me:hunter2@127.0.0.1:1/postgres"}},
		{name: "temporal-unreachable", env: []string{"TEMPORAL_ADDRESS=127.0.0.1:1"}},
		{name: "no-temporal-cli", env: []string{"TEMPORAL_BIN=/opt/temporal"}},
		{name: "no-module-proxy", env: []string{
			bare, "XDG_CACHE_HOME=" + filepath.Join(dir, "cache"), "GOMODCACHE=" + filepath.Join(dir, "modules"), "GOFLAGS=-modcacherw", "GOPROXY=http://127.0.0.1:1",
		}},
		{name: "no-network", namespace: "n", before: "true; "},
		{name: "disk-full", namespace: "m", before: "mount -t tmpfs -o size=8m,mode=1777 none /mnt; export TMPDIR=/mnt; "},
		{name: "no-temporary-directory", env: []string{"TMPDIR=/nowhere"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.namespace != "" && os.Geteuid() != 0 {
				t.Skip("taking a part of the machine away needs root")
			}
			command := c.before + `exec "$DEMO" -once`
			args := []string{"bash", "-c", command}
			if c.namespace != "" {
				args = append([]string{"unshare", "-" + c.namespace, "--"}, args...)
			}
			cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
			cmd.Env = append(without(os.Environ(), "DATABASE_URL", "ML_DEVENV_DATABASE_URL", "TEMPORAL_ADDRESS", "TEMPORAL_BIN"), c.env...)
			cmd.Env = append(cmd.Env, "DEMO="+binary)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			require.Error(t, cmd.Run(), "%s", out.String())
			golden(t, filepath.Join("testdata", "machine", c.name+".txt"), hide(out.String(), dir))
		})
	}
}

// golden compares with a file.
func golden(t *testing.T, path, said string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
		require.NoError(t, os.WriteFile(path, []byte(said), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run the test with -update")
	require.Equal(t, string(want), said)
}

var hidden = []struct {
	what *regexp.Regexp
	by   string
}{
	{regexp.MustCompile(`(?m)^ +\d+\.\d+s  `), "   T.Ts  "},
	{regexp.MustCompile(`(?m)^(starting PostgreSQL|starting the Temporal dev server|  go: downloading|.*still ).*\n`), ""}, // comes in any order, or not
	{regexp.MustCompile(`\S*/ml-test-\d+`), "TEMP"},
	{regexp.MustCompile(`ml-devenv-\d+`), "ml-devenv-N"},
	{regexp.MustCompile(`127\.0\.0\.1:[2-9]\d+`), "127.0.0.1:PORT"},
	{regexp.MustCompile(`only \d+ MB`), "only N MB"},
}

func hide(said, dir string) string {
	said = strings.ReplaceAll(said, dir, "DIR")
	for _, h := range hidden {
		said = h.what.ReplaceAllString(said, h.by)
	}
	return said
}

func without(environ []string, names ...string) []string {
	var kept []string
	for _, v := range environ {
		name, _, _ := strings.Cut(v, "=")
		if !slices.Contains(names, name) {
			kept = append(kept, v)
		}
	}
	return kept
}
