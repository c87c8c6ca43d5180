package crash

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Others read the report: its names stay, and a list without elements is one.
func TestReport(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "report.json")
	report := Report{Points: []Point{{N: 1, Effect: "create vendor: Peak", When: Zombie, PID: 42}}, Equal: true, Differences: []Difference{}}
	require.NoError(t, report.Write(file))
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.JSONEq(t, `{"points":[{"n":1,"effect":"create vendor: Peak","when":"zombie","pid":42}],"equal":true,"differences":[]}`, string(data))
	require.NoError(t, report.Write(""), "no file is asked for")
	require.ErrorContains(t, report.Write(filepath.Join(file, "below")), "writing the report")
}
