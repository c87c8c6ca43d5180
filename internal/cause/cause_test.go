package cause_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/cause"
)

func TestEveryEntryHasASentenceAndAWayOut(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, e := range cause.All() {
		require.False(t, seen[e.Code], "code %s twice", e.Code)
		seen[e.Code] = true
		require.NotEmpty(t, e.Sentence, e.Code)
		require.NotEmpty(t, e.WayOut, e.Code)
	}
}

func TestSentenceNamesDetailsAndFallsBackToTheSubject(t *testing.T) {
	t.Parallel()
	key := cause.Key(cause.BillingPeriodNone, "77")
	require.Equal(t, "The Procore project 77 has no open billing period.", cause.Sentence(key, nil))
	require.Equal(t, "The Procore project North Yard has no open billing period.",
		cause.Sentence(key, map[string]string{"project": "North Yard"}))
	require.Contains(t, cause.Sentence("future.code:x/1", nil), "future.code:x/1")
}

func TestRecheckAt(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	require.Nil(t, cause.RecheckAt("mapping.project:account.analytic.account/1", now))
	require.Equal(t, now.Add(time.Hour), *cause.RecheckAt("billing_period.none:1", now))
}
