package cli

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write testdata/golden")

// patience is how long a command may take before it is wrong that it goes on: a worker that should have refused.
const patience = 30 * time.Second

// badInput is one wrong thing that an operator may do or meet. Its golden file holds the command with what it was
// given, what it said, and the rows of every table before and after.
type badInput struct {
	name string // of the golden file: theme-what
	args string
	// given changes the world before the command.
	given func(*world)
	stdin string
	// warns says that the command does its work and warns: what it writes is in the golden file.
	warns bool
}

func allBadInput() []badInput {
	return slices.Concat(badArguments(), badSettings(), badTenantFiles(), badSheets(), badExports(), badCredentials(), badOdoo(), pings(), badProcore(), badDatabases(), badTemporal(), badLive(), sweeps(), badRebinds())
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	cases := allBadInput()
	pool := newDatabases(t, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			golden(t, newWorld(t, pool), c)
		})
	}
}

// saysFault finds what is wrong in the output of commands that report and then exit with 1.
var saysFault = regexp.MustCompile(`FAILED|"ok": false|is not compared`)

func golden(t *testing.T, w *world, c badInput) {
	t.Helper()
	if c.given != nil {
		c.given(w)
	}
	before, booksBefore := w.rows(), w.books()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var stdout, stderr bytes.Buffer
	code := run(ctx, w.env, w.args(c.args), strings.NewReader(c.stdin), &stdout, &stderr)
	after := w.rows()
	w.dirty = w.dirty || !before.sameCounts(after)

	require.NoError(t, ctx.Err(), "the command did not end by itself: %s%s", &stdout, &stderr)
	said := stdout.String() + stderr.String()
	require.Equal(t, c.warns, code == 0, "exit code %d: %s", code, said)
	require.Equal(t, booksBefore, w.books(), "the command wrote to Odoo or Procore")
	require.Empty(t, w.writes(), "the command sent writes")
	for _, hint := range []string{"goroutine ", "panic", "runtime error", "Usage:", "Flags:", ".go:"} {
		require.NotContains(t, said, hint)
	}
	for _, secret := range secretsOfTheWorld {
		require.NotContains(t, said, secret)
	}
	if code != 0 {
		require.True(t, strings.HasPrefix(stderr.String(), "Error: ") || saysFault.MatchString(stdout.String()), "nothing says what went wrong: %q", said)
		require.LessOrEqual(t, strings.Count(stderr.String(), "Error: "), 1)
		require.Equal(t, before.withoutCounters(), after.withoutCounters(), "a refused command changed the database")
	}
	text := w.hide(page(w, c, code, stdout.String(), stderr.String(), before, after))
	compare(t, filepath.Join("testdata", "golden", c.name+".txt"), text)
}

// page is the golden file before its volatile parts are replaced.
func page(w *world, c badInput, code int, stdout, stderr string, before, after tables) string {
	var b strings.Builder
	for _, note := range w.notes {
		fmt.Fprintf(&b, "%s\n", note)
	}
	fmt.Fprintf(&b, "$ ml-connector %s\nexit code %d\n", strings.Join(w.args(c.args), " "), code)
	for _, out := range []struct{ name, text string }{{"stdin", quoted(c.stdin)}, {"stdout", stdout}, {"stderr", stderr}} {
		if out.text != "" {
			fmt.Fprintf(&b, "\n--- %s\n%s", out.name, out.text)
			if !strings.HasSuffix(out.text, "\n") {
				b.WriteString("\n")
			}
		}
	}
	for _, f := range w.files {
		fmt.Fprintf(&b, "\n--- file %s\n%s", f.name, f.shown)
	}
	fmt.Fprintf(&b, "\n--- rows before and after\n%s", before.against(after))
	return b.String()
}

// quoted shows what came on standard input so that blanks and line ends can be seen.
func quoted(text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf("%+q", text)
}

func compare(t *testing.T, path, text string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run `go test ./internal/cli -run TestBadInput -update`, then read the new file")
	require.Equal(t, string(want), text, path)
}

// Every golden file belongs to a case, and every case has a name of its own.
func TestGoldenFilesHaveCases(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, c := range allBadInput() {
		require.False(t, names[c.name+".txt"], "two cases are called %s", c.name)
		names[c.name+".txt"] = true
	}
	files, err := os.ReadDir(filepath.Join("testdata", "golden"))
	require.NoError(t, err)
	for _, f := range files {
		require.True(t, names[f.Name()], "no case writes %s: delete it", f.Name())
	}
}

// Every command that takes a tenant is tried with an unknown one.
func TestUnknownTenantIsTriedWithEveryCommand(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, c := range allBadInput() {
		if strings.HasPrefix(c.name, "unknown-tenant-") {
			command, _, _ := strings.Cut(c.args, " nosuch")
			tried[command] = true
		}
	}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, child := range cmd.Commands() {
			walk(child)
		}
		if strings.Contains(cmd.Use, " TENANT") {
			require.True(t, tried[strings.TrimPrefix(cmd.CommandPath(), "ml-connector ")], "no case tries %q with an unknown tenant", cmd.CommandPath())
		}
	}
	walk((&App{}).root())
}
