package firm

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the expected files")

func TestExpectedFiles(t *testing.T) {
	t.Parallel()
	f := New(1)
	ledger, err := LedgerCSV(f.Ledger())
	require.NoError(t, err)
	exceptions, err := ExceptionsCSV(f.Exceptions())
	require.NoError(t, err)
	for name, content := range map[string][]byte{"ledger.csv": ledger, "exceptions.csv": exceptions} {
		path := filepath.Join("expected", name)
		if *update {
			require.NoError(t, os.WriteFile(path, content, 0o600))
			continue
		}
		stored, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(stored), string(content),
			"expected/%s is stale: the plan of seed 1 changed; run go generate ./internal/firm and look at the difference", name)
	}
}
