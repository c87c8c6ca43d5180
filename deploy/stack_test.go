package deploy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
)

// TestMain takes away the servers that make test hands out: the stack's own roles, databases and namespace are what is
// tried.
func TestMain(m *testing.M) {
	for _, name := range []string{"DATABASE_URL", "ML_DEVENV_DATABASE_URL", "TEMPORAL_ADDRESS"} {
		if err := os.Unsetenv(name); err != nil {
			panic(err)
		}
	}
	devtest.Main(m, removeImage)
}

// stack is what Docker would see.
type stack struct {
	Project struct {
		Services map[string]service `json:"services"`
	} `json:"project"`
	Stages  []stage  `json:"stages"`
	Context []string `json:"context"`
}

type service struct {
	Entrypoint  []string           `json:"entrypoint"`
	Command     []string           `json:"command"`
	Environment map[string]*string `json:"environment"` // nil: passed on where it is set
	User        string             `json:"user"`
	Restart     string             `json:"restart"`
	Profiles    []string           `json:"profiles"`
	Grace       string             `json:"stop_grace_period"`
	Build       *struct{}          `json:"build"`
	Volumes     []struct {
		Type, Source, Target string
	} `json:"volumes"`
	DependsOn   map[string]struct{ Condition string } `json:"depends_on"`
	Healthcheck struct {
		Test     []string
		Interval string
	} `json:"healthcheck"`
}

// root is the tree.
var root = sync.OnceValues(func() (string, error) { return filepath.Abs("..") })

var read = sync.OnceValues(func() (*stack, error) {
	dir, err := root()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("go", "-C", filepath.Join(dir, "tools", "deploycheck"), "run", "./stack", "show", dir)
	var failed bytes.Buffer
	cmd.Stderr = &failed
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("reading the stack: %w\n%s", err, failed.Bytes())
	}
	s := &stack{}
	return s, json.Unmarshal(out, s)
})

func theStack(t *testing.T) *stack {
	t.Helper()
	s, err := read()
	require.NoError(t, err)
	return s
}

// ours are the services that run our image.
func (s *stack) ours() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(s.Project.Services)), func(name string) bool {
		return s.Project.Services[name].Build == nil
	})
}
