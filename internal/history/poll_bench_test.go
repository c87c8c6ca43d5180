package history_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// large makes an Odoo with so many orders of one line, which the tenant's polls have passed already.
func large(b *testing.B, orders int) *world {
	b.Helper()
	s, box := open(b)
	w := newWorld(b, s, box, "19.0")
	const batch = 500
	for made := 0; made < orders; made += batch {
		list := make([]any, min(batch, orders-made))
		for i := range list {
			list[i] = w.newOrder(2, 1, 1)
		}
		_, err := w.odoo.Do(order, "create", nil, values{"vals_list": list})
		w.ok(err)
		w.pass(time.Second)
	}
	w.pass(10 * time.Minute)
	ctx := b.Context()
	cursor := store.Cursor{DoneTo: w.now().Truncate(time.Second)}
	w.ok(w.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, name := range cursorNames(w) {
			if err := tx.SaveCursor(ctx, w.tenant, name, cursor); err != nil {
				return err
			}
		}
		return nil
	}))
	w.pass(time.Minute)
	return w
}

// cursorNames are those of all that is polled.
func cursorNames(w *world) []string {
	plan, err := w.plan(context.Background(), activities.SweepInput{Tenant: w.tenant})
	w.ok(err)
	names := plan.Models
	for _, m := range plan.Models {
		names = append(names, m+"/long")
	}
	return names
}

// touch writes so many orders.
func (w *world) touch(n, round int) {
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = int64(1 + (round*n+i)%10_000)
	}
	_, err := w.odoo.Do(order, "write", ids, values{"vals": values{"partner_ref": fmt.Sprint(round)}})
	w.ok(err)
}

// BenchmarkPoll measures one poll. Its time is that of what changed, however much Odoo holds: the last lines say the
// ratios. (PostgreSQL is that of the machine, Odoo the sandbox in this process.)
func BenchmarkPoll(b *testing.B) {
	changed := []int{0, 100, 10_000}
	took := map[int]map[int]time.Duration{}
	for _, holds := range []int{10_000, 1_000_000} {
		took[holds] = map[int]time.Duration{}
		b.Run(fmt.Sprintf("orders=%d", holds), func(b *testing.B) {
			w := large(b, holds)
			for _, changes := range changed {
				b.Run(fmt.Sprintf("changes=%d", changes), func(b *testing.B) { took[holds][changes] = w.measure(b, changes) })
			}
		})
	}
	for _, changes := range changed {
		if few, many := took[10_000][changes], took[1_000_000][changes]; few > 0 && many > 0 {
			fmt.Printf("%d changes: a poll of 1,000,000 orders takes %.2f times what one of 10,000 takes\n", changes, float64(many)/float64(few))
		}
	}
}

// measure polls after so many changes each and returns the mean time of one poll.
func (w *world) measure(b *testing.B, changes int) time.Duration {
	b.Helper()
	w.t = b
	requests := w.reader.count()
	for round := 0; b.Loop(); round++ {
		b.StopTimer()
		if changes > 0 {
			w.touch(changes, round)
		}
		w.pass(20 * time.Second)
		b.StartTimer()
		w.ok(w.poll(b.Context()))
	}
	mean := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(w.reader.count()-requests)/float64(b.N), "requests/op")
	b.ReportMetric(float64(changes)/mean.Seconds(), "records/s")
	return mean
}
