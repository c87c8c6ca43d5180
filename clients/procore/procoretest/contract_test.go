package procoretest_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

// specPath finds the OpenAPI document that the project shares, or skips.
func specPath(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("ML_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "shared")
	}
	path := filepath.Join(shared, "procore", "openapi.json")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no OpenAPI document at %s, set ML_SHARED to the shared folder", path)
	}
	return path
}

// problems collects what the contract reports.
type problems struct {
	mu  sync.Mutex
	all []string
}

func (p *problems) report(problem string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, problem)
}

func (p *problems) list() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all
}

// TestContract walks through every operation and holds both directions of the
// traffic against the document.
func TestContract(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	found := &problems{}
	checked, err := procoretest.Contract(specPath(t), b.server, found.report)
	require.NoError(t, err)
	front := httptest.NewServer(checked)
	t.Cleanup(front.Close)
	b.url = front.URL

	b.walk(t)

	require.Empty(t, found.list())
	require.ElementsMatch(t, procoretest.Operations(b.server), operationsOf(b.server.Journal()), "every operation is walked through")
}
