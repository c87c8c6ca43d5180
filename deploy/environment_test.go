package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/cli"
)

// readByLibraries are what the product's libraries read beside its own variables: PostgreSQL's client, Go's TLS.
var readByLibraries = []string{"PGPASSWORD", "SSL_CERT_DIR"}

// variables are the product's own, with their defaults.
func variables() map[string]string {
	known := map[string]string{"ML_OPERATOR": ""} // read where a command asks who runs it
	for _, field := range reflect.VisibleFields(reflect.TypeFor[cli.Config]()) {
		known[field.Tag.Get("env")] = field.Tag.Get("envDefault")
	}
	return known
}

func isRead(name string) bool {
	_, known := variables()[name]
	return known || strings.HasPrefix(name, "OTEL_") || slices.Contains(readByLibraries, name)
}

// A variable that nothing reads is misspelled.
func TestEachVariableIsRead(t *testing.T) {
	t.Parallel()
	s := theStack(t)
	for _, name := range s.ours() {
		for variable := range s.Project.Services[name].Environment {
			require.True(t, isRead(variable), "docker-compose.yml: %s: nothing reads %s", name, variable)
		}
	}
	for variable := range theImage(t).env {
		require.True(t, isRead(variable), "Dockerfile: nothing reads %s", variable)
	}
	for _, pod := range pods(t) {
		for _, c := range pod.Spec.Containers {
			for _, e := range c.Env {
				require.True(t, isRead(e.Name), "kubernetes.yaml: nothing reads %s", e.Name)
			}
		}
	}
}

// Who is killed before the time to stop is over leaves writes whose result nobody knows.
func TestTimeToStop(t *testing.T) {
	t.Parallel()
	limit := func(given *string) time.Duration {
		value := variables()["ML_STOP_TIMEOUT"]
		if given != nil {
			value = *given
		}
		stop, err := time.ParseDuration(value)
		require.NoError(t, err)
		return stop
	}
	worker := theStack(t).Project.Services["worker"]
	grace, err := time.ParseDuration(worker.Grace)
	require.NoError(t, err)
	require.Greater(t, grace, limit(worker.Environment["ML_STOP_TIMEOUT"]))

	for _, pod := range pods(t) {
		require.Greater(t, time.Duration(pod.Spec.Grace)*time.Second, limit(nil))
	}
}

// pod is what of kubernetes.yaml is compared with the product. Whether Kubernetes takes it is checked by tools/deploycheck.
type pod struct {
	Spec struct {
		Grace      int `yaml:"terminationGracePeriodSeconds"`
		Containers []struct {
			Args []string
			Env  []struct{ Name string }
		}
	}
}

func pods(t *testing.T) []pod {
	t.Helper()
	file, err := os.Open("kubernetes.yaml")
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	var all []pod
	for decoder := yaml.NewDecoder(file); ; {
		var document struct {
			Spec struct{ Template *pod }
		}
		if err := decoder.Decode(&document); err != nil {
			require.ErrorContains(t, err, "EOF")
			require.Len(t, all, 2)
			return all
		}
		if document.Spec.Template != nil {
			all = append(all, *document.Spec.Template)
		}
	}
}

// The shell scripts of the stack, those in files and those in the compose file, are scripts of a plain shell.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.sh")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		out, err := exec.Command("sh", "-n", file).CombinedOutput()
		require.NoError(t, err, "%s: %s", file, out)
	}
	seen := 0
	s := theStack(t)
	for _, name := range s.ours() {
		of := s.Project.Services[name]
		if len(of.Entrypoint) == 0 || of.Entrypoint[0] != "/bin/sh" {
			continue
		}
		seen++
		require.Len(t, of.Command, 1, name)
		cmd := exec.Command("sh", "-n")
		cmd.Stdin = strings.NewReader(of.Command[0])
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s: %s", name, out)
	}
	require.Equal(t, 2, seen)
}
