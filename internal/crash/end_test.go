package crash

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

const (
	madeFirst = "odoo:rig:1:account.move:4:direct_cost:7"
	madeAgain = madeFirst + ":2"
)

// What differs is told from both sides, each document counted.
func TestDifferences(t *testing.T) {
	t.Parallel()
	undisturbed := end{"a", "b", "b", "c"}
	require.Empty(t, undisturbed.differences(undisturbed))
	require.Empty(t, end{"b", "c", "a", "b"}.differences(undisturbed))
	require.Equal(t, []Difference{{Undisturbed: "b"}}, end{"a", "b", "c"}.differences(undisturbed))
	require.Equal(t, []Difference{{Here: "c"}}, end{"a", "b", "b", "c", "c"}.differences(undisturbed), "a duplicate")
	require.Equal(t, []Difference{{Here: "d"}, {Undisturbed: "c"}}, end{"a", "b", "b", "d"}.differences(undisturbed))
}

// A document that was made anew on the way is the same; two that are alive are not, nor is another amount.
func TestHeld(t *testing.T) {
	t.Parallel()
	w := words{projects: map[int64]string{7: "Tower"}, vendors: map[int64]string{}, commitments: map[int64]string{}}
	cost := func(id string, deleted bool, amount string) procoretest.DirectCostState {
		return procoretest.DirectCostState{ProjectID: 7, OriginID: id, Deleted: deleted, Lines: []procoretest.LineState{
			{BudgetCode: "03 30 00.M", Amount: amount, OriginID: id + ":9:03 30 00.M"},
		}}
	}
	of := func(costs ...procoretest.DirectCostState) end { return held(procoretest.State{DirectCosts: costs}, w) }
	undisturbed := of(cost(madeFirst, false, "7.50"))
	require.Len(t, undisturbed, 1)
	require.Empty(t, of(cost(madeFirst, true, "7.50"), cost(madeAgain, false, "7.50")).differences(undisturbed))
	require.NotEmpty(t, of(cost(madeFirst, false, "7.50"), cost(madeAgain, false, "7.50")).differences(undisturbed))
	require.NotEmpty(t, of(cost(madeFirst, false, "7.51")).differences(undisturbed))
	require.NotEmpty(t, of(cost(madeFirst, true, "7.50")).differences(undisturbed))
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	require.Equal(t, madeFirst, origin(madeFirst))
	require.Equal(t, madeFirst, origin(madeAgain))
	require.Equal(t, "odoo:rig:1:account.move:4:requisition:3@7", origin("odoo:rig:1:account.move:4:requisition:3@7:3"))
	require.Equal(t, "9:03 30 00.M", lineOrigin(madeAgain+":9:03 30 00.M", madeAgain))
}

// Effects are named by what they write: a retry is the same effect, another plan is not.
func TestEffectNames(t *testing.T) {
	t.Parallel()
	w := words{projects: map[int64]string{7: "Tower"}, vendors: map[int64]string{11: "Peak"}}
	var e effects
	approve := intent{Subject: "purchase.order/3", Model: "purchase.order", Part: "7", Operation: "approve commitment", PlanID: 5, Ref: "P00003"}
	require.Equal(t, "approve commitment: P00003 on Tower", e.name(approve, w))
	require.Equal(t, "approve commitment: P00003 on Tower", e.name(approve, w))
	approve.PlanID = 9
	require.Equal(t, "approve commitment: P00003 on Tower, plan 2", e.name(approve, w))
	require.Equal(t, "add vendor to project: Tower, Peak", e.name(intent{Subject: "project/7", Part: "vendor/11", Operation: "add vendor to project", Ref: "P00003"}, w))
	require.Equal(t, "create subcontractor invoice: BILL/1 for order 3 on Tower",
		e.name(intent{Subject: "account.move/8", Part: "3@7", Operation: "create subcontractor invoice", Ref: "BILL/1"}, w))
	e.took("a")
	e.took("a")
	require.Equal(t, []string{"a"}, e.all())
}
