package history_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// histories is how many are played: ML_HISTORIES, or what `make test` can afford.
func histories(t *testing.T) int {
	t.Helper()
	text := os.Getenv("ML_HISTORIES")
	if text == "" {
		return 200
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, "ML_HISTORIES")
	return n
}

// TestHistories: whatever happens in Odoo and to the reader, what is stored equals what Odoo has in the end.
func TestHistories(t *testing.T) {
	s, box := open(t)
	const parallel = 4
	var played, edits, died atomic.Int64
	each := (histories(t) + parallel - 1) / parallel
	began := time.Now()
	t.Run("all", func(t *testing.T) {
		for n := range parallel {
			version := []string{"14.0", "19.0"}[n%2]
			t.Run(fmt.Sprintf("%s/%d", version, n), func(t *testing.T) {
				t.Parallel()
				rest := each
				for rest > 0 {
					rapid.Check(t, func(rt *rapid.T) {
						if rest <= 0 && !t.Failed() {
							return
						}
						rest--
						w := newWorld(rt, s, box, version)
						defer w.forget()
						died.Add(int64(w.play(rt)))
						w.settle()
						w.equal()
						played.Add(1)
						edits.Add(int64(w.done))
					})
					if t.Failed() {
						return
					}
				}
			})
		}
	})
	t.Logf("%d histories with %d edits, in %d of which the reader died, in %s", played.Load(), edits.Load(), died.Load(), time.Since(began).Round(time.Second))
	if !t.Failed() {
		require.GreaterOrEqual(t, played.Load(), int64(histories(t)), "fewer histories than were asked for")
		require.Positive(t, died.Load())
	}
}

// note counts an edit that Odoo took; what it refuses is its own affair.
func (w *world) note(err error) {
	if err == nil {
		w.done++
	}
}

// play is one random history. It returns how often the reader died.
func (w *world) play(t *rapid.T) (died int) {
	for range rapid.IntRange(5, 30).Draw(t, "steps") {
		switch step := rapid.IntRange(0, 99).Draw(t, "step"); {
		case step < 50:
			w.edit(t)
		case step < 58:
			if len(w.open) < 3 {
				w.open = append(w.open, opened{w.odoo.Begin(), w.now()})
			}
		case step < 68:
			w.commit(t)
		case step < 71:
			w.merge(t)
		case step < 73:
			w.setClock(t)
		case step < 83:
			w.pass(waits(t))
		case step < 88:
			if w.reads.die(t) {
				died++
			}
		case step < 91:
			w.reads.twice(t)
		case step < 94:
			w.reads.sweep(t)
		default:
			w.reads.poll()
		}
		w.pass(time.Duration(rapid.IntRange(0, 400).Draw(t, "ms")) * time.Millisecond)
	}
	return died
}

// waits are short, as long as a poll's overlap, or longer than the long one.
func waits(t *rapid.T) time.Duration {
	return rapid.SampledFrom([]time.Duration{
		time.Second, 4 * time.Second, 30 * time.Second, 3 * time.Minute, 20 * time.Minute, 70 * time.Minute, 5 * time.Hour,
	}).Draw(t, "wait")
}

// edit does one thing in Odoo, alone or in a transaction that stays open.
func (w *world) edit(t *rapid.T) {
	kind := rapid.SampledFrom(kinds).Draw(t, "edit")
	e := kind.make(w, t)
	if n := rapid.IntRange(0, 2*len(w.open)).Draw(t, "transaction"); n > 0 && n <= len(w.open) {
		if tx := w.open[n-1]; e.method == "create" {
			vals, _ := e.args["vals_list"].([]any)[0].(values)
			tx.Create(e.model, vals)
		} else {
			tx.Do(e.model, e.method, e.ids, e.args)
		}
		return
	}
	_, err := w.odoo.Do(e.model, e.method, e.ids, e.args)
	w.note(err)
}

func (w *world) commit(t *rapid.T) {
	if len(w.open) == 0 {
		return
	}
	n := rapid.IntRange(0, len(w.open)-1).Draw(t, "commit")
	w.close(w.open[n])
	w.open = slices.Delete(w.open, n, n+1)
}

// setClock moves the clock of Odoo's machines, by less than what a database that was put back is known by.
func (w *world) setClock(t *rapid.T) {
	to := time.Duration(rapid.IntRange(-50, 50).Draw(t, "offset")) * time.Second
	w.pass(to - w.offset)
	w.offset = to
}

// pollOrDie polls with a worker that is killed at one of its requests, before it is sent or when it is answered.
func (w *world) pollOrDie(t *rapid.T) bool {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w.reader.dieAt(rapid.IntRange(1, 30).Draw(t, "request"), rapid.Bool().Draw(t, "after"), cancel)
	run := w.poll
	if rapid.IntRange(0, 3).Draw(t, "sweeping") == 0 {
		run = func(ctx context.Context) error { return w.sweep(ctx, activities.SweepInput{}) }
	}
	err := run(ctx)
	w.reader.dieAt(0, false, nil)
	if ctx.Err() != nil {
		return true
	}
	w.ok(err)
	return false
}

// twice polls or sweeps twice at once: by mistake, or because a person asks for it while the schedule's is under way.
func (w *world) twice(t *rapid.T) {
	var both sync.WaitGroup
	errs := make([]error, 2)
	kinds := []func(context.Context) error{
		w.poll,
		func(ctx context.Context) error { return w.sweep(ctx, activities.SweepInput{}) },
		func(ctx context.Context) error { return w.sweep(ctx, activities.SweepInput{Content: true}) },
	}
	for i := range errs {
		run := rapid.SampledFrom(kinds).Draw(t, "at once")
		both.Go(func() { errs[i] = run(context.Background()) })
	}
	both.Wait()
	w.ok(errors.Join(errs...))
}

// end ends every transaction, and lets a little time pass.
func (w *world) end() {
	for _, tx := range w.open {
		w.close(tx)
	}
	w.pass(2*time.Minute - w.offset)
}

// settle polls once more and sweeps as often as a deletion needs.
func (w *world) settle() {
	w.end()
	w.pass(time.Duration(w.file.Odoo.LongOverlap)) // what was read in the second of a transaction's start is read again then
	ctx := context.Background()
	w.ok(w.poll(ctx))
	for range 2 {
		// What such a transaction wrote after the long overlap, the weekly sweep of content finds. And these firms are so small
		// that two merges are many deletions.
		w.ok(w.sweep(ctx, activities.SweepInput{Content: w.long, Deletions: true}))
	}
}

func (w *world) close(tx opened) {
	w.note(tx.Commit())
	const margin = 2 * time.Minute // the clock is set meanwhile
	w.long = w.long || w.now().Sub(tx.since) > 2*time.Hour-margin
}

// equal compares every model: the same records, the same content, and nothing that Odoo has no more.
func (w *world) equal() {
	w.t.Helper()
	for _, c := range []struct {
		model string
		want  func(context.Context) (map[int64]string, error)
	}{
		{account, whole(w.client.AnalyticAccounts)},
		{odoo.ModelAnalyticPlan, whole(w.client.AnalyticPlans)},
		{odoo.ModelProduct, whole(w.client.Products)},
		{vendor, whole(w.client.Partners)},
		{order, whole(w.client.PurchaseOrders)},
		{bill, whole(w.client.VendorBills)},
	} {
		want, err := c.want(context.Background())
		w.ok(err)
		stored, err := w.store.AllContent(context.Background(), w.tenant, c.model)
		w.ok(err)
		got := make(map[int64]string, len(stored))
		for _, r := range stored {
			got[r.ID] = string(r.Content)
		}
		w.same(c.model, want, got)
	}
}

func (w *world) same(model string, want, got map[int64]string) {
	w.t.Helper()
	for id := range got {
		if _, ok := want[id]; !ok {
			w.t.Fatalf("%s/%d is stored, Odoo has it no more", model, id)
		}
	}
	for id, content := range want {
		stored, ok := got[id]
		if !ok {
			w.t.Fatalf("%s/%d of Odoo is not stored: lost", model, id)
		}
		require.JSONEq(w.t, content, stored, "%s/%d", model, id)
	}
}

// whole reads a model to its end, by its ids alone.
func whole[T odoo.Dated](list func(context.Context, odoo.Window) ([]T, error)) func(context.Context) (map[int64]string, error) {
	return func(ctx context.Context) (map[int64]string, error) {
		docs, err := list(ctx, odoo.Window{Limit: 10_000})
		if err != nil {
			return nil, err
		}
		out := make(map[int64]string, len(docs))
		for _, d := range docs {
			content, err := d.Canonical()
			if err != nil {
				return nil, err
			}
			out[d.OdooID()] = string(content)
		}
		return out, nil
	}
}

// forget takes what was read out of the database that all histories share.
func (w *world) forget() {
	for table := range strings.FieldsSeq("record_waits records record_lines cursors sweeps missing alerts") {
		_, err := w.store.Pool().Exec(context.Background(), "DELETE FROM "+table+" WHERE tenant = $1", w.tenant)
		w.ok(err)
	}
}
