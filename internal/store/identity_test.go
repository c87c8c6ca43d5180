package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/ml-connector/odoo-procore/internal/store"
)

// Whatever holds a tenant, no write begins, and one that began before is finished.
func TestHeldTenantBeginsNoWrite(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 1, `{}`))
	in := intent(order, "purchase.order/1", 1, 1)
	began := b.begin(in)
	require.True(t, began.Go)
	in.Part = "other"

	books := store.Books{OdooURL: "https://a", ProcoreCompany: 7, OdooUUID: "u", ProcoreApp: "app"}
	settings := `{"odoo": {"url": "https://a"}, "procore": {"company_id": 7}}`
	b.exec("UPDATE tenants SET settings = $1", settings)
	cycle, err := b.Admit(t.Context(), acme, 0, books)
	require.NoError(t, err)
	require.Equal(t, int64(1), cycle)
	_, err = b.Admit(t.Context(), acme, 1, store.Books{ProcoreCompany: 9})
	require.ErrorIs(t, err, store.ErrRebound, "who looked before a rebind may have looked at another system")
	for _, c := range []struct{ why, set, back string }{
		{store.HeldBooks, `settings = jsonb_set(settings, '{procore,company_id}', '8')`, `settings = jsonb_set(settings, '{procore,company_id}', '7')`},
		{store.HeldHome, `home = 'elsewhere'`, `home = database_home()`},
		{store.HeldRestart, `verified_at = '2000-01-01'`, `verified_at = now()`},
		{store.HeldLinking, `relink = true`, `relink = false`},
		{store.HeldDiffers, `held = true`, `held = false`},
	} {
		b.exec("UPDATE tenants SET " + c.set)
		why, err := b.WhyHeld(t.Context(), acme)
		require.NoError(t, err)
		require.Equal(t, c.why, why)
		require.Equal(t, store.SendGrant{Held: true}, b.begin(in), c.why)
		b.exec("UPDATE tenants SET " + c.back)
	}
	why, err := b.WhyHeld(t.Context(), acme)
	require.NoError(t, err)
	require.Empty(t, why)
	require.NoError(t, b.SetTenantState(t.Context(), acme, store.StatePaused, "by a person"))
	require.True(t, b.begin(in).Go, "a pause by a person lets what is under way come to its end")

	require.NoError(t, b.Hold(t.Context(), acme, "restored", "worker"))
	require.NoError(t, b.Hold(t.Context(), acme, "restored", "worker"))
	b.finishSend(began.ID, store.ResultOK, nil)
	row, err := b.Tenant(t.Context(), acme)
	require.NoError(t, err)
	require.Equal(t, books, row.Books)
	require.True(t, row.Held)
	require.Equal(t, "restored", row.PausedReason)
	events, err := b.Audits(t.Context(), acme, "", 0)
	require.NoError(t, err)
	held := 0
	for _, e := range events {
		if e.Action == "tenant held" {
			held++
		}
	}
	require.Equal(t, 1, held, "the same reason once")
	require.NoError(t, b.SetTenantState(t.Context(), acme, store.StateActive, ""))
	row, err = b.Tenant(t.Context(), acme)
	require.NoError(t, err)
	require.False(t, row.Held)
}

func TestRebind(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.Rebind(t.Context(), acme, store.Rebind{})
	require.ErrorContains(t, err, "is not held")

	b.read(doc(order, 1, `{}`), doc(order, 2, `{}`), doc(order, 3, `{}`))
	open := b.begin(intent(order, "purchase.order/1", 1, 1))
	part := func(id int64) store.PartKey {
		return store.PartKey{RecordKey: store.RecordKey{Model: order, OdooID: id}, Kind: store.KindCommitment, Part: "55"}
	}
	bound := func(id, procore int64) store.BindingUpdate {
		return store.BindingUpdate{Binding: store.Binding{
			Tenant: acme, Model: order, OdooID: id, Kind: store.KindCommitment, Part: "55", Project: 55, ProcoreID: procore, OriginID: "o", Status: "approved", CreateDate: epoch,
		}}
	}
	for id := int64(1); id <= 2; id++ {
		require.NoError(t, b.SaveBinding(t.Context(), bound(id, 100+id)))
	}
	require.NoError(t, b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		again, err := tx.GivenAgain(ctx, acme, order, []store.Snapshot{{ID: 1, CreateDate: epoch}, {ID: 2}, {ID: 3, CreateDate: epoch.Add(time.Hour)}, {ID: 4, CreateDate: epoch}})
		require.Equal(t, []store.GivenAgain{{ID: 3, Ref: "purchase.order-3", Before: epoch, Now: epoch.Add(time.Hour)}}, again)
		if err != nil {
			return err
		}
		back := epoch.Add(-store.ClockSlack - time.Second)
		again, err = tx.GivenAgain(ctx, acme, order, []store.Snapshot{{ID: 1, WriteDate: epoch.Add(-store.ClockSlack)}, {ID: 2, WriteDate: back}, {ID: 3}})
		require.Equal(t, []store.GivenAgain{{ID: 2, Ref: "purchase.order-2", Before: epoch, Now: back, Written: true}}, again)
		return err
	}))
	_, err = b.ReplaceCodes(t.Context(), acme, store.CodeProject, 0, []store.Code{{ProcoreID: 55}})
	require.NoError(t, err)

	require.NoError(t, b.Hold(t.Context(), acme, "restored", "ann"))
	epochOf, err := b.Rebind(t.Context(), acme, store.Rebind{
		By: "ann", Reason: "restored", NewEpoch: true, Cycle: 9, Books: store.Books{OdooUUID: "u"},
		Bindings: []store.Relink{{BindingUpdate: bound(4, 104), Steps: []byte(`[{"part": "55"}]`)}}, Doubt: []store.PartKey{part(1)}, Drop: []store.PartKey{part(2)}, LetGo: []string{"o"},
		Raise: []store.RecordKey{{Model: order, OdooID: 2}, {Model: order, OdooID: 4}}, Gone: []store.RecordKey{{Model: order, OdooID: 3}},
	})
	require.NoError(t, err)
	require.Equal(t, int64(2), epochOf)

	row, err := b.Tenant(t.Context(), acme)
	require.NoError(t, err)
	require.Equal(t, store.StateLinking, row.State)
	require.Equal(t, []any{false, int64(9), int64(1), "u"}, []any{row.Held, row.Cycle, row.Rebinds, row.Books.OdooUUID})
	bindings, err := b.AllBindings(t.Context(), acme)
	require.NoError(t, err)
	require.Len(t, bindings, 3)
	require.Equal(t, []any{int64(101), int64(0), int64(104)}, []any{bindings[0].ProcoreID, bindings[1].ProcoreID, bindings[2].ProcoreID})
	require.Equal(t, store.StatusDeleted, bindings[1].Status)
	plan, err := b.Plan(t.Context(), bindings[2].ApprovedPlan)
	require.NoError(t, err)
	require.JSONEq(t, `[{"part": "55"}]`, string(plan.Steps))
	gone, err := b.LetGo(t.Context(), acme)
	require.NoError(t, err)
	require.Equal(t, []string{"o"}, gone)
	for _, c := range []struct {
		originID string
		id       int64
		nobodys  bool
	}{{"o", 2, true}, {"other", 2, false}, {"other", 77, true}} {
		nobodys, err := b.IsNobodys(t.Context(), acme, c.originID, store.RecordKey{Model: order, OdooID: c.id})
		require.NoError(t, err)
		require.Equal(t, c.nobodys, nobodys, c)
	}

	sends, err := b.Sends(t.Context(), acme, order, 1)
	require.NoError(t, err)
	require.Equal(t, open.ID, sends[0].ID)
	require.Equal(t, []string{store.ResultOvertaken, store.ResultUnknown}, []string{sends[0].Result, sends[1].Result})
	b.want(order, 2, 2, 0)
	b.want(order, 3, 1, 1)
	requested, err := b.Requested(t.Context(), acme, order, 10)
	require.NoError(t, err)
	require.Equal(t, []int64{4}, requested, "a record that was never read is read")
	codes, err := b.Codes(t.Context(), acme, store.CodeProject, 0)
	require.NoError(t, err)
	require.Empty(t, codes, "they are another Procore's")

	offered, err := b.Offer(t.Context(), acme, 10, time.Minute)
	require.NoError(t, err)
	require.Empty(t, offered)
	require.Equal(t, 3, b.read(older(doc(order, 1, `{"a": 1}`)), older(doc(order, 2, `{"a": 1}`)), older(doc(order, 4, `{"a": 1}`))), "an older write date counts now")
	require.NoError(t, b.Linked(t.Context(), acme, 1))
	offered, err = b.Offer(t.Context(), acme, 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, offered, 3)
}

// A pause or a hold between a rebind and the reading of all of Odoo ends in linking again: the snapshots are older than
// what was rebound.
func TestLinkingOutlivesAPause(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 1, `{}`))
	hold := func() { require.NoError(t, b.Hold(t.Context(), acme, "restored", "worker")) }
	hold()
	_, err := b.Rebind(t.Context(), acme, store.Rebind{})
	require.NoError(t, err)
	for _, stop := range []func(){
		func() { require.NoError(t, b.SetTenantState(t.Context(), acme, store.StatePaused, "by a person")) },
		hold,
	} {
		stop()
		require.False(t, b.begin(intent(order, "purchase.order/1", 1, 1)).Go)
		require.NoError(t, b.SetTenantState(t.Context(), acme, store.StateActive, ""))
		row, err := b.Tenant(t.Context(), acme)
		require.NoError(t, err)
		require.Equal(t, store.StateLinking, row.State)
		require.False(t, row.Held)
		require.Empty(t, b.offered())
		require.False(t, b.begin(intent(order, "purchase.order/1", 1, 1)).Go)
	}
	require.NoError(t, b.Linked(t.Context(), acme, 0))
	require.Empty(t, b.offered(), "a cycle that began before the rebind has not read all")
	require.NoError(t, b.Linked(t.Context(), acme, 1))
	require.Len(t, b.offered(), 1)
	require.False(t, b.begin(intent(order, "purchase.order/1", 1, 1)).Go, "a plan of the time before")
	require.True(t, b.begin(intent(order, "purchase.order/1", 1, 2)).Go)
}

// A page that was begun before a rebind does not put the old cursor back after it.
func TestRebindWaitsForReaders(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.Hold(t.Context(), acme, "restored", "ann"))
	var several errgroup.Group
	require.NoError(t, b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		require.NoError(t, tx.LockModel(ctx, acme, order))
		several.Go(func() error {
			_, err := b.Rebind(b.ctx, acme, store.Rebind{Models: []string{order, order, bill}})
			return err
		})
		b.blocked(1)
		return tx.SaveCursor(ctx, acme, order, store.Cursor{DoneTo: epoch})
	}))
	require.NoError(t, several.Wait())
	require.NoError(t, b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		cursor, err := tx.Cursor(ctx, acme, order)
		require.Equal(t, store.Cursor{}, cursor)
		for rebinds, same := range []bool{false, true} {
			still, err := tx.StillBound(ctx, acme, int64(rebinds))
			require.NoError(t, err)
			require.Equal(t, same, still)
		}
		return err
	}))
}

func older(s store.Snapshot) store.Snapshot {
	s.WriteDate = s.WriteDate.Add(-time.Hour)
	return s
}
