package deploy_test

import (
	"bytes"
	"context"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/devenv"
)

// host stands for Docker: it starts our services with the command and the environment of the compose file, where only hosts
// and ports are those of this machine, and folders those of a temporary directory.
type host struct {
	stack   *stack
	image   *image
	env     *devenv.Env
	replace *strings.Replacer
	tools   string // a folder with the temporal CLI
	up      map[string]bool
}

func newHost(ctx context.Context, t *testing.T) *host {
	t.Helper()
	h := &host{stack: theStack(t), image: theImage(t), up: map[string]bool{}}
	var err error
	h.env, err = devenv.Start(ctx, devenv.Options{
		Postgres: true, Temporal: true, TemporalOnDisk: true, Log: os.Stderr,
		SearchAttributes: []string{}, // temporal-namespace makes them
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, h.env.Close()) })

	database, err := url.Parse(h.env.DatabaseURL)
	require.NoError(t, err)
	moved := []string{"postgres:5432", database.Host, "temporal:7233", h.env.TemporalAddress}
	for _, service := range []struct{ name, port string }{{"odoo", "8069"}, {"procore", "8070"}, {"procore", "8443"}, {"worker", "9464"}} {
		free := freeAddress(ctx, t)
		moved = append(moved, service.name+":"+service.port, free, "0.0.0.0:"+service.port, free, "127.0.0.1:"+service.port, free)
		if service.name == "worker" {
			moved = append(moved, ":"+service.port, free)
		}
	}
	folders := map[string]string{}
	for _, name := range h.stack.ours() {
		for _, v := range h.stack.Project.Services[name].Volumes {
			if folders[v.Source] == "" {
				folders[v.Source] = filepath.Join(h.env.TempDir(), "volume-"+v.Source)
				require.NoError(t, os.Mkdir(folders[v.Source], 0o755))
			}
			moved = append(moved, v.Target, folders[v.Source])
		}
	}
	h.replace = strings.NewReplacer(moved...)

	h.tools = filepath.Join(h.env.TempDir(), "tools")
	require.NoError(t, os.Mkdir(h.tools, 0o755))
	require.NoError(t, os.Symlink(h.env.TemporalBin, filepath.Join(h.tools, "temporal")))
	return h
}

func freeAddress(ctx context.Context, t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	return l.Addr().String()
}

// environ is that of a service's container and of nothing else: the image's and the compose file's.
func (h *host) environ(name string) []string {
	of := h.stack.Project.Services[name]
	all := map[string]string{"PATH": h.image.path("/usr/local/bin") + ":" + h.tools + ":/usr/bin:/bin", "HOME": "/"}
	if of.Build != nil {
		maps.Copy(all, h.image.env)
	}
	for variable, value := range of.Environment {
		if value != nil {
			all[variable] = *value
		}
	}
	var list []string
	for variable, value := range all {
		if variable != "PATH" {
			value = h.replace.Replace(value)
		}
		list = append(list, variable+"="+value)
	}
	return list
}

// command is a service's: the image's entry point unless the service has one; what is mounted from this tree is taken there.
func (h *host) command(name string, args ...string) []string {
	of := h.stack.Project.Services[name]
	command := of.Entrypoint
	if len(command) == 0 {
		command = h.image.entry
	}
	command = slices.Concat(command, of.Command, args)
	for i, word := range command {
		for _, v := range of.Volumes {
			if v.Type == "bind" && word == v.Target {
				word = v.Source
			}
		}
		command[i] = h.replace.Replace(word)
	}
	if program := h.image.path("/usr/local/bin/" + command[0]); !strings.Contains(command[0], "/") {
		command[0] = program
	}
	return command
}

// run runs a service to its end and gives its output.
func (h *host) run(ctx context.Context, t *testing.T, name string, args ...string) string {
	t.Helper()
	command := h.command(name, args...)
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env, cmd.Dir = h.environ(name), "/"
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	require.NoError(t, cmd.Run(), "%s %q: %s", name, args, said.String())
	return said.String()
}

// start brings a service up as Docker does: what it depends on first.
func (h *host) start(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	if h.up[name] {
		return
	}
	h.up[name] = true
	of := h.stack.Project.Services[name]
	for _, on := range slices.Sorted(maps.Keys(of.DependsOn)) {
		h.start(ctx, t, on)
	}
	switch {
	case name == "postgres":
		h.initPostgres(ctx, t)
	case name == "temporal-schema", name == "temporal": // the environment's own has another database
	case strings.HasPrefix(of.Restart, "on-failure"):
		h.run(ctx, t, name)
	default:
		log := filepath.Join(h.env.LogDir(), name+".log")
		running, err := h.env.Run(ctx, devenv.Program{
			Name: name, Args: slices.Concat([]string{"env", "-i"}, h.environ(name), h.command(name)), Dir: "/", Log: log,
		})
		require.NoError(t, err)
		h.untilHealthy(ctx, t, name, running)
	}
}

var address = regexp.MustCompile(`https?://\S+`)

// untilHealthy asks what the service's healthcheck asks, or the image's where it has none.
func (h *host) untilHealthy(ctx context.Context, t *testing.T, name string, running *devenv.Running) {
	t.Helper()
	test := h.stack.Project.Services[name].Healthcheck.Test
	if len(test) == 0 {
		test = h.image.health
	}
	at := h.replace.Replace(address.FindString(strings.Join(test, " ")))
	require.NotEmpty(t, at, "%s: its healthcheck asks no address", name)
	ok := func() bool {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, at, http.NoBody)
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(request)
		return err == nil && answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
	}
	for deadline := time.Now().Add(time.Minute); !ok(); {
		select {
		case <-running.Done():
			require.NoError(t, running.Ended(), name)
			require.FailNow(t, name+" has ended")
		case <-time.After(50 * time.Millisecond):
			require.True(t, time.Now().Before(deadline), "%s does not answer at %s", name, at)
		}
	}
}
