package handbook

import (
	"bytes"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/internal/firm"
	"github.com/ml-connector/odoo-procore/internal/sandbox"
)

// patience is for what a background command has to say.
const patience = 2 * time.Minute

// world is where a reader stands: a directory with bin, both systems, a database, a namespace of Temporal.
type world struct {
	t    *testing.T
	root string // of the source tree
	dir  string
	// prelude are the variables that were exported so far.
	prelude string
	env     []string
	place   string // of the block that is being run

	firm                      *firm.Firm
	pair                      *sandbox.Pair
	odooURL, procoreURL       string
	database, temporalAddress string
	secrets                   map[string]string // by system: what a person types
	// replace puts this world's names where the text has examples.
	replace *strings.Replacer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	w := &world{t: t, root: root, dir: t.TempDir(), place: "the beginning", firm: firm.New(1)}
	temporal := devtest.Temporal(t)
	w.database, w.temporalAddress = devtest.Database(t), temporal.TemporalAddress
	w.pair = sandbox.New(w.firm)
	require.NoError(t, w.firm.Load(t.Context(), w.pair.Odoo, w.pair.Procore, nil))
	w.odooURL, w.procoreURL = w.serve(w.pair.OdooPages(w.pair.Odoo)), w.serve(w.pair.ProcorePages(w.pair.Procore))
	_, _, key := w.firm.OdooUser()
	id, secret, _, _ := w.firm.ProcoreApp()
	w.secrets = map[string]string{"odoo": key + "\n", "procore": id + "\n" + secret + "\n"}

	namespace := "handbook-" + strings.ToLower(rand.Text()[:8])
	w.replace = strings.NewReplacer("--namespace default", "--namespace "+namespace)
	bin := filepath.Join(w.dir, "bin")
	w.env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-trimpath", // as make builds
		"GOTMPDIR="+w.t.TempDir(), // go run leaves its files when Ctrl-C ends it
		"PATH="+bin+":"+os.Getenv("PATH"), "ML_OPERATOR=reader", "TEMPORAL_ADDRESS="+w.temporalAddress,
		"TEMPORAL_NAMESPACE="+namespace, "TEMPORAL_CONFIG_FILE="+filepath.Join(w.dir, "none.toml"))
	w.shell(root, "go build -o "+bin+"/ ./cmd/ml-connector", "")
	require.NoError(t, os.Symlink(temporal.TemporalBin, filepath.Join(bin, "temporal")))
	w.shell(w.dir, "temporal operator namespace create --namespace "+namespace, "")
	w.searchAttributes()
	return w
}

// searchAttributes runs the block of docs/operations.md that a newcomer meets by a link, before anything needs it.
func (w *world) searchAttributes() {
	for _, b := range blocks(w.t, w.root, "docs/operations.md") {
		if !strings.HasPrefix(b.text, "for name in Tenant") {
			continue
		}
		// A server takes a moment to know its new namespace.
		require.Eventually(w.t, func() bool {
			_, err := w.run(w.dir, b.text, "")
			return err == nil
		}, patience, time.Second)
	}
}

// freePort is one that nobody listens on now.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}

// serve answers on a port until the test ends.
func (w *world) serve(h http.Handler) string {
	w.t.Helper()
	served, err := sandbox.Serve(w.t.Context(), "127.0.0.1:0", h)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { require.NoError(w.t, served.Close()) })
	return served.URL
}

// shell runs a command as it stands in a document; the test ends if it fails.
func (w *world) shell(dir, command, stdin string) string {
	w.t.Helper()
	out, err := w.run(dir, command, stdin)
	require.NoError(w.t, err, "%s: %s\n%s", w.place, command, out)
	return out
}

func (w *world) run(dir, command, stdin string) (string, error) {
	cmd := w.bash(dir, command)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (w *world) bash(dir, command string) *exec.Cmd {
	command = w.prelude + w.replace.Replace(command)
	cmd := exec.CommandContext(w.t.Context(), "bash", "-euo", "pipefail", "-c", command)
	cmd.Dir, cmd.Env = dir, w.env
	return cmd
}

// terminal is a command that goes on until the test ends.
type terminal struct {
	w       *world
	command string

	mu   sync.Mutex
	said bytes.Buffer
}

// Write takes what the command says.
func (c *terminal) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.said.Write(p)
}

// start runs a command in a terminal of its own, and Ctrl-C ends it.
func (w *world) start(dir, command string) *terminal {
	w.t.Helper()
	c := &terminal{w: w, command: command}
	cmd := w.bash(dir, command)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Stdout, cmd.Stderr = c, c
	require.NoError(w.t, cmd.Start(), "%s: %s", w.place, command)
	w.t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
		_ = cmd.Wait() // go run gives the signal as its own end
	})
	return c
}

// says waits until the command has said something.
func (c *terminal) says(what string) {
	c.w.t.Helper()
	require.Eventually(c.w.t, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return strings.Contains(c.said.String(), what)
	}, patience, 100*time.Millisecond, "%s: %s does not say %q", c.w.place, c.command, what)
}

func (w *world) file(name, text string) {
	w.t.Helper()
	require.NoError(w.t, os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600))
}

func (w *world) remove(name string) {
	w.t.Helper()
	if err := os.Remove(filepath.Join(w.dir, name)); !errors.Is(err, os.ErrNotExist) {
		require.NoError(w.t, err)
	}
}

func (w *world) read(name string) string {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join(w.dir, name))
	require.NoError(w.t, err)
	return string(data)
}

// lookBack is what came of it all: orders and bills of the firm are in Procore, once.
func (w *world) lookBack() {
	w.t.Helper()
	state := w.pair.Procore.State()
	numbers := map[string]int{}
	for _, c := range state.Commitments {
		if c.OriginID != "" {
			numbers[c.OriginID]++
			require.Equal(w.t, "Approved", c.Status, c.Number)
		}
	}
	require.NotEmpty(w.t, numbers)
	for id, n := range numbers {
		require.Equal(w.t, 1, n, id)
	}
	require.NotEmpty(w.t, state.DirectCosts)
}

// lines are the commands of a block: continued lines are one, comments are none.
func lines(text string) (commands []string) {
	text = strings.ReplaceAll(text, "\\\n", " ")
	if strings.HasPrefix(text, "for ") {
		return []string{text}
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			commands = append(commands, line)
		}
	}
	return commands
}
