package cause_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/cause"
)

// TestEveryCodeOfTheRulesHasAnEntry ties the codes that the rules spell to the catalogue.
func TestEveryCodeOfTheRulesHasAnEntry(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../mapping/*.go")
	require.NoError(t, err)
	known := map[string]bool{}
	for _, e := range cause.All() {
		known[e.Code] = true
	}
	key := regexp.MustCompile(`"([a-z_]+\.[a-z_]+):`)
	found := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range key.FindAllStringSubmatch(string(source), -1) {
			found++
			require.True(t, known[match[1]], "%s: the code %s has no entry in the catalogue", file, match[1])
		}
	}
	require.Greater(t, found, 10)
}
