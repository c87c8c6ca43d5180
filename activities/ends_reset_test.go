package activities_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/ml-connector/odoo-procore/workflows"
)

// A run that closed long ago is reset, to each of its workflow tasks, when newer work is done: it replays an old plan from
// there. Nothing is written: the old content does not come back, and what was taken away is not made again. Without the
// compare with want in begin_send it would be.
func TestResetOfAClosedRun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		play  func(b *bundle, w worker) (string, int64)
		newer func(b *bundle, id int64)
		want  []string
	}{
		"an order that was changed": {only, func(b *bundle, id int64) { reprice(b, id, 130) }, []string{"P00001 on Tower Approved: 03 30 00.M 130.00"}},
		"an order that was cancelled": {
			only, func(b *bundle, id int64) { b.do(order, "button_cancel", id, nil) },
			[]string{"P00001 on Tower Closed: 03 30 00.M 100.00"},
		},
		"a direct cost that was changed": {
			newDirectBill, func(b *bundle, id int64) { repost(b, id, 8) },
			[]string{ordered, "invoice D-1 on Tower approved: 03 30 00.L 8.00"},
		},
		"an invoice that was removed": {newBill, cancelBill, []string{ordered}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			model, id := c.play(b, b.worker("before"))
			p := b.startSoon()
			p.sync()
			workflow := workflows.RecordID(b.tenant, model, id)
			old := p.lastRunOf(workflow)
			c.newer(b, id)
			p.sync()
			require.Equal(t, c.want, b.holds())
			require.NotEqual(t, old, p.lastRunOf(workflow))
			b.procore.ResetJournal()
			tasks := p.tasks(workflow, old)
			require.Greater(t, len(tasks), 2, "one before each of its steps")
			for _, task := range tasks {
				p.closed(workflow, p.reset(workflow, old, task), enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED)
				require.Empty(t, b.writes(), "after a reset to event %d", task)
			}
			p.settled(p.worker("next"), c.want)
		})
	}
}

// A run that is at its Approve is reset to its beginning, and to the task behind its Resolve: the new run repeats steps
// that are done, beside the one that is still under way.
func TestResetToAnEarlierTask(t *testing.T) {
	t.Parallel()
	i := slices.IndexFunc(points, func(p point) bool { return p.name == "approve" })
	for task := range 2 {
		t.Run(fmt.Sprintf("task %d", task), func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			model, id := points[i].play(b, b.worker("before"))
			p := b.startSoon()
			held := b.hold(points[i].operation, points[i].nth, true)
			p.wake()
			held.wait(t)
			workflow := workflows.RecordID(b.tenant, model, id)
			run := p.lastRunOf(workflow)
			p.reset(workflow, run, p.tasks(workflow, run)[task])
			held.release()
			p.closed(workflow, run, closedAs[resetIt])
			p.recover(points[i].want)
		})
	}
}
