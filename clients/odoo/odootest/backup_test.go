package odootest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A restored server is what it was; ids are given again, and what is done then changes neither backup nor original.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before := b.s.State()
	backup := b.s.Backup()
	b.clock.Advance(time.Second)
	lost := b.add("lost", "res.partner", map[string]any{"name": "Lost"})
	_, err := b.s.Do("res.partner", "write", []int64{b.ids["vendor"]}, map[string]any{"vals": map[string]any{"city": "Elsewhere"}})
	require.NoError(t, err)
	require.NotEqual(t, before, b.s.State())

	copied := New(Config{Now: b.clock.Now})
	copied.Restore(backup)
	require.Equal(t, before["res.partner"], copied.State()["res.partner"])
	again, err := copied.Create("res.partner", map[string]any{"name": "Another"})
	require.NoError(t, err)
	require.Equal(t, lost, again)

	b.s.Restore(backup)
	require.Equal(t, before, b.s.State())
}
