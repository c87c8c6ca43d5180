package activities_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/workflows"
)

// What was ended by hand is mended by the next cycle of the schedule, and by nothing else: these tests wake nobody and
// move no row.

// A rewrite is terminated while the commitment is reopened, alone or with the Dispatch that would have given the record back.
func TestTerminatedRunIsMendedByTheNextCycle(t *testing.T) {
	t.Parallel()
	for name, with := range map[string]bool{"the run": false, "the run and Dispatch": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			po, _ := carried(b, b.worker("before"))
			reprice(b, po, 130)
			b.fetch(b.worker("before"))
			p := b.startSoon()
			held := b.hold(syncLines, 1, false)
			p.wake()
			held.wait(t)
			ended := []string{workflows.RecordID(b.tenant, order, po)}
			if with {
				ended = append([]string{workflows.DispatchID(b.tenant)}, ended...)
			}
			for _, id := range ended {
				p.closed(id, p.end(terminateIt, id), closedAs[terminateIt])
			}
			held.release()
			p.sync()
			p.settled(p.worker("next"), []string{"P00001 on Tower Approved: 03 30 00.M 130.00"})
		})
	}
}

// Dispatch is ended when it was offered a record and has not started its run. Terminated it leaves the record offered to
// nobody; without the end of an offer the record is never carried.
func TestDispatchEndedBetweenOfferAndStart(t *testing.T) {
	t.Parallel()
	for _, how := range []string{cancelIt, terminateIt, resetIt} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			model, id := newDirectBill(b, b.worker("before"))
			offered := b.barrier("Offer", "")
			p := b.startSoon(offered)
			p.wake()
			offered.wait(t)
			dispatch := workflows.DispatchID(b.tenant)
			run := p.end(how, dispatch)
			offered.release()
			p.closed(dispatch, run, closedAs[how])
			if how == terminateIt {
				require.Empty(t, p.lastRun(model, id), "nobody has started it")
			}
			p.sync()
			p.settled(p.worker("next"), []string{ordered, direct})
		})
	}
}

// TenantSync and Backfill are ended when everything is read and Dispatch is not woken yet: the next cycle wakes it.
func TestReadingEndedBeforeDispatchIsWoken(t *testing.T) {
	t.Parallel()
	for name, start := range readers {
		ways := []string{cancelIt, terminateIt, resetIt}
		if name == "backfill" {
			ways = []string{terminateIt} // the same code; the poll shows the other two
		}
		for _, how := range ways {
			t.Run(name+"/"+how, func(t *testing.T) {
				t.Parallel()
				b := setup(t)
				b.fetch(b.worker("before"))
				po, _ := b.order(b.boulder, share{amount: 100, project: b.tower, code: b.concrete})
				b.tick()
				fetched := b.barrier(map[string]string{"poll": "FetchChanges", "backfill": "FetchPeriod"}[name], "")
				p := b.startSoon(fetched)
				id := start(p)
				fetched.wait(t)
				run := p.end(how, id)
				fetched.release()
				p.closed(id, run, closedAs[how])
				require.Equal(t, int64(1), b.record(order, po).Want, "it is read")
				require.Zero(t, p.scheduled(id, run, "WakeDispatch"))
				if how == resetIt { // goes on by itself
					p.closed(id, p.lastRunOf(id), enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED)
				} else {
					require.Empty(t, p.lastRunOf(workflows.DispatchID(b.tenant)), "nobody is woken")
				}
				p.sync()
				require.Equal(t, int64(1), b.record(order, po).Want)
				require.Equal(t, []string{ordered}, b.holds())
			})
		}
	}
}

// The witness only remembers, in whichever way it was ended: the next cycle goes on, and a database that is older than the
// last cycle is still found out.
func TestWitnessEnded(t *testing.T) {
	t.Parallel()
	for _, how := range []string{cancelIt, terminateIt, resetIt} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			client := devtest.TemporalClient(t)
			id := activities.WitnessID(b.tenant)
			queue := b.tenant // of a worker that ends it at once, as the product's does: a run without any task cannot be reset
			p := &product{bundle: b, client: client, queue: queue}
			if how == resetIt {
				p = b.start()
			} else {
				t.Cleanup(func() { _ = client.TerminateWorkflow(context.WithoutCancel(t.Context()), id, "", "the test is over") })
			}
			w := worker{name: "one", store: b.store, Set: activities.New(b.store, b.box, client, queue, b.config("one"), slog.New(slog.DiscardHandler))}
			carried(b, w)
			end := func() {
				if how == resetIt { // only a run that has completed a task can be reset
					p.closed(id, p.lastRunOf(id), enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED)
				}
				p.end(how, id)
			}
			end()
			require.False(t, b.fetch(w).Paused)
			end()
			_, err := b.store.Pool().Exec(t.Context(), `UPDATE tenants SET cycle = cycle - 1 WHERE tenant = $1`, b.tenant)
			require.NoError(t, err)
			b.order(b.peak, share{amount: 5, project: b.tower, code: b.labor})
			b.procore.ResetJournal()
			require.Contains(t, b.held(w), "restored")
		})
	}
}
