package activities_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

// An order that is changed between the reading of its header and of its lines is read again in the same poll: what is
// carried is whole, and nothing torn is written on the way. Without rereadTorn the header's sum is the old one and the
// lines are the new.
func TestOrderChangesWhileItIsRead(t *testing.T) {
	t.Parallel()
	l := newLoad(t, 0)
	lines := l.ids(order, l.order, "order_line")
	require.NoError(t, l.odoo.SetFaults(odootest.FaultRule{Kind: "changes-in-pages", Path: readOrders, Edit: &odootest.Edit{
		Model: order, Method: "write", IDs: []int64{l.order},
		Args: values{"vals": values{"order_line": []any{[]any{1, lines[0], values{"price_unit": 130}}}}},
	}}))
	l.sync()
	require.Equal(t, 1, l.odoo.Faults()[0].Hits)
	l.checkTraffic()
	want := []string{loadHeld[0], "P00001 on Tower Approved: 03 30 00.M 130.00", loadHeld[2]}
	require.Equal(t, want, l.holds(), "after the first poll")
	var read odoo.PurchaseOrder
	require.NoError(t, json.Unmarshal(l.record(order, l.order).Content, &read))
	require.False(t, read.Torn(), "%s and lines of %s", read.Untaxed, read.LinesSum())
	require.Equal(t, int64(1), l.record(order, l.order).Want, "stored once")
	require.Equal(t, 1, countOf(l.writes(), syncLines), "written once")
	l.sync()
	require.Equal(t, 1, countOf(l.writes(), syncLines), "there was nothing left to mend")
	l.settled(l.worker("next"), want)
}

// fullPage is how many rows the product reads at once.
const fullPage = 100

// Somebody deactivates a vendor of the first page while the directory is read: the one that slips from the second page
// to the first must not be made again.
func TestDirectoryChangesWhileItIsRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		inactive  bool
		operation string
	}{
		"active":   {false, "GET /rest/v1.0/vendors"},
		"inactive": {true, "GET /rest/v1.0/companies/{id}/vendors/inactive"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLoad(t, 0)
			var first int64
			have := 1 // Boulder
			if c.inactive {
				have = 0
			}
			for range fullPage - have {
				id := l.procore.AddVendor(procoretest.Vendor{Name: "Filler " + itoa(first), Inactive: c.inactive})
				first = cmp.Or(first, id)
			}
			l.procore.AddVendor(procoretest.Vendor{Name: "Peak Supply", Inactive: c.inactive})
			edit := procoretest.Edit{Resource: "vendors", ID: first, Delete: true}
			if c.inactive {
				edit = procoretest.Edit{Resource: "vendors", ID: first, Set: values{"is_active": true}}
			}
			l.fault(procoretest.FaultRule{Kind: "changes-in-pages", Operation: c.operation, Edit: &edit})
			l.sync()
			require.Equal(t, 1, l.procore.Faults()[0].Hits)
			peaks := slices.DeleteFunc(l.vendors(), func(name string) bool { return name != "Peak Supply" })
			require.Equal(t, []string{"Peak Supply"}, peaks)
			if c.inactive {
				require.Equal(t, []string{"vendor.inactive:res.partner/" + itoa(l.peak)}, l.waits(partner, l.peak))
			} else {
				require.Equal(t, loadHeld, l.holds())
			}
		})
	}
}

// The same with the commitments of a project: one that was typed by hand must be noticed.
func TestCommitmentsChangeWhileTheyAreRead(t *testing.T) {
	t.Parallel()
	l := newLoad(t, 0)
	var first int64
	for n := range fullPage + 1 {
		number := "HAND-" + itoa(int64(n))
		if n == fullPage {
			number = "P00001"
		}
		id, err := l.procore.Edit(procoretest.Edit{Resource: "commitments", Project: l.towerP, Create: values{"number": number, "title": number, "status": "Draft"}})
		require.NoError(t, err)
		first = cmp.Or(first, id)
	}
	l.fault(procoretest.FaultRule{
		Kind: "changes-in-pages", Operation: "GET /rest/v1.0/purchase_order_contracts", Edit: &procoretest.Edit{Resource: "commitments", ID: first, Delete: true},
	})
	l.sync()
	require.Equal(t, 1, l.procore.Faults()[0].Hits)
	require.Equal(t, []string{"commitment.exists:purchase.order/" + itoa(l.order)}, l.waits(order, l.order))
	require.NotContains(t, l.writes(), syncCommitments)
}
