package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/store"
)

// An attempt that Temporal gave up, and that begins only now, must not write after its successors: neither after another
// attempt of the same activity nor after a later activity of the run, on whatever part of the record.
func TestAttemptIsOver(t *testing.T) {
	t.Parallel()
	at := func(run string, step int64, attempt int) store.SendIntent {
		in := planned(3)
		in.RunID, in.Step, in.Attempt = run, step, attempt
		return in
	}
	otherPart := at("run", 23, 1)
	otherPart.Part = "56"
	otherPlan := at("run", 23, 1)
	otherPlan.PlanID = 2
	for name, c := range map[string]struct {
		successor store.SendIntent
		over      bool
	}{
		"a later attempt":                    {at("run", 17, 2), true},
		"a later activity":                   {at("run", 23, 1), true},
		"a later activity, on another part":  {otherPart, true},
		"an earlier activity":                {at("run", 11, 4), false},
		"the same attempt":                   {at("run", 17, 1), false},
		"a later activity, of another run":   {at("reset", 23, 1), false},
		"a later activity, of an older plan": {otherPlan, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.read(doc(order, 1, `{"a": 1}`))
			b.finishSend(b.begin(c.successor).ID, store.ResultOK, nil)
			require.Equal(t, c.over, b.begin(at("run", 17, 1)).Stale)
		})
	}
}
