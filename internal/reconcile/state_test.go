package reconcile

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
)

func TestState(t *testing.T) {
	t.Parallel()
	key := subject{odoo.ModelMove, 7}
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	polled := at.Add(-10 * time.Minute)
	known := func(want, done int64) progress {
		return progress{
			records: map[subject]store.Record{key: {
				ID: 7, Want: want, Done: done, WriteDate: at.Add(-time.Hour), ReadAt: at.Add(-30 * time.Minute), FinishedAt: at.Add(-20 * time.Minute),
			}},
			polled: map[string]time.Time{odoo.ModelMove: polled},
		}
	}
	none := progress{polled: map[string]time.Time{odoo.ModelMove: polled}}
	waits := known(2, 1)
	waits.parked = map[subject][]store.Exception{key: {
		{Code: "mapping.project", Since: at.Add(-50 * time.Hour)}, {Code: "bill.no_number", Since: at.Add(-time.Hour)},
	}}
	cases := []struct {
		name          string
		written       time.Time
		before, after progress
		want          state
	}{
		{"done", at.Add(-time.Hour), known(1, 1), known(1, 1), state{}},
		{"parked", at.Add(-time.Hour), waits, waits, state{"parked (bill.no_number, mapping.project; 2 days)", true}},
		{"under way", at.Add(-time.Hour), known(2, 1), known(2, 1), state{"in flight (30 min)", true}},
		{"finished meanwhile", at.Add(-time.Hour), known(2, 1), known(2, 2), state{line: "in flight (moved while reading; 20 min)"}},
		{"came meanwhile", at.Add(-time.Hour), none, known(1, 1), state{line: "in flight (moved while reading; 20 min)"}},
		{"changed since the last poll", at.Add(-5 * time.Minute), known(1, 1), known(1, 1), state{"in flight (not read yet; 5 min)", true}},
		{"changed before the last poll, and missed", at.Add(-15 * time.Minute), known(1, 1), known(1, 1), state{}},
		{"new since the last poll", at.Add(-5 * time.Minute), none, none, state{"in flight (not read yet; 5 min)", true}},
		{"missed", at.Add(-3 * time.Hour), none, none, state{}},
		{"gone from both", time.Time{}, none, none, state{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, stateOf(key, c.written, c.before, c.after, at))
		})
	}
}

func TestAmountJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"0": `"0.00"`, "1.5": `"1.50"`, "-12.345": `"-12.345"`, "1000": `"1000.00"`, "0.0000": `"0.00"`} {
		out, err := Amount{dec(in)}.MarshalJSON()
		require.NoError(t, err)
		require.Equal(t, want, string(out))
	}
}
