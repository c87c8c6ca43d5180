package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

const renamed = "Peak Supply & Sons"

// A lost answer to creating a vendor must not make it somebody else's: it is ours, and follows Odoo.
func TestVendorThatWeMadeFollowsOdooAfterALostAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	b.order(b.peak, share{amount: 100, project: b.tower, code: b.concrete})
	b.fetch(w)
	b.procore.SetHook(procoretest.Hook{After: on(syncVendors, 1, func() *procoretest.Fault { return &procoretest.Fault{Drop: true} })})
	b.work(w)
	require.Equal(t, []string{ordered}, b.holds())
	b.do(partner, "write", b.peak, values{"name": renamed})
	b.cycle(w)
	require.Equal(t, []string{"Boulder Concrete LLC", renamed}, b.vendors())
}

// The same, but the name changes before anybody comes to look: what is found is brought to it.
func TestVendorThatWeMadeIsFoundAndRenamed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	_, id := named("vendor").play(b, w)
	b.dies(named("vendor"), true, partner, id)
	b.later()
	b.do(partner, "write", b.peak, values{"name": renamed})
	b.cycle(b.worker("next"))
	require.Equal(t, []string{"Boulder Concrete LLC", renamed}, b.vendors())
}

// An overtaken write of a vendor is looked after by reading, and mended where it is needed.
func TestOvertakenVendorIsLookedAfter(t *testing.T) {
	t.Parallel()
	for name, damaged := range map[string]bool{"in order": false, "damaged": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			_, id := named("vendor").play(b, b.worker("one"))
			b.dies(named("vendor"), true, partner, id)
			b.later()
			next := b.worker("next")
			b.work(next)
			if damaged {
				for _, v := range b.procore.State().Vendors {
					if v.Name == "Peak Supply" {
						_, err := b.procore.Edit(procoretest.Edit{Resource: "vendors", ID: v.ID, Set: values{"name": "Peak Suply"}})
						require.NoError(t, err)
					}
				}
			}
			b.procore.ResetJournal()
			_, err := b.store.Pool().Exec(t.Context(), `UPDATE sends SET overtaken_at = overtaken_at - interval '2 hours' WHERE tenant = $1`, b.tenant)
			require.NoError(t, err)
			raised, err := b.store.OvertakenDue(t.Context(), b.tenant)
			require.NoError(t, err)
			require.Equal(t, 1, raised)
			b.work(next)
			if !damaged {
				require.NotEmpty(t, b.procore.Journal(), "somebody looked")
				require.Empty(t, b.writes())
			}
			require.Equal(t, []string{"Boulder Concrete LLC", "Peak Supply"}, b.vendors())
		})
	}
}
