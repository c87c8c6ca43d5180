package rig_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/rig"
)

// office is the firm at work: it does one thing after the other in Odoo and keeps its own books of what must come of it.
type office struct {
	tenant *rig.Tenant
	desk   *rig.Desk
	orders []placed
	// books is the amount of each record that Procore must hold, by model and id.
	books map[string]string
	bills int
}

func newOffice(tenant *rig.Tenant) *office {
	return &office{tenant: tenant, desk: tenant.Desk(), books: map[string]string{}}
}

func (o *office) book(model string, id int64, amount float64) {
	o.books[fmt.Sprintf("%s/%d", model, id)] = decimal.NewFromFloat(amount).StringFixed(2)
}

// placed is an order with whom and what for.
type placed struct {
	rig.Document
	vendor, project int64
}

// order is a new order of a vendor that takes turns, on a project that takes turns.
func (o *office) order(amount float64) {
	f, n := o.tenant.Firm, len(o.orders)
	order := placed{vendor: []int64{f.Boulder, f.Peak}[n%2], project: []int64{f.Tower, f.Mill}[n/2%2]}
	order.Document = o.desk.Order(order.vendor, rig.Line{Amount: amount, Project: order.project, Code: f.Concrete})
	o.orders = append(o.orders, order)
	o.book("purchase.order", order.ID, amount)
	o.tenant.Tick()
}

// reprice changes the n-th order.
func (o *office) reprice(n int, amount float64) {
	made := o.orders[n]
	o.desk.Do("purchase.order", "write", made.ID, rig.Price("order_line", "product_qty", made.Lines[0], amount))
	o.book("purchase.order", made.ID, amount)
	o.tenant.Tick()
}

// bill bills some of the n-th order; the days of bills follow each other.
func (o *office) bill(n int, amount float64) {
	order := o.orders[n]
	o.bills++
	made := o.desk.Bill("in_invoice", order.vendor, fmt.Sprintf("INV-%03d", o.bills), fmt.Sprintf("2026-03-%02d", o.bills), nil,
		rig.Line{Amount: amount, Project: order.project, Code: o.tenant.Firm.Concrete, Of: order.Lines[0]})
	o.book("account.move", made.ID, amount)
	o.tenant.Tick()
}

// receipt is a cost without an order.
func (o *office) receipt(amount float64) {
	f := o.tenant.Firm
	o.bills++
	made := o.desk.Bill("in_invoice", f.Peak, fmt.Sprintf("R-%03d", o.bills), fmt.Sprintf("2026-03-%02d", o.bills), nil,
		rig.Line{Amount: amount, Project: f.Tower, Code: f.Labor})
	o.book("account.move", made.ID, amount)
	o.tenant.Tick()
}

// morning is the load; noon, afternoon and evening are edits, some of the same documents.
func (o *office) morning() {
	for n := range 6 {
		o.order(1000 + float64(n)/4)
		o.bill(n, 100.10)
		o.receipt(7.35)
	}
	o.order(300) // these two are changed later: once billed, an order's amendment waits for a person
	o.order(350)
}

func (o *office) noon() {
	o.reprice(6, 1234.56)
	o.bill(1, 50.05)
	o.order(400)
}

func (o *office) afternoon() {
	o.bill(1, 60.06)
	o.reprice(6, 1300)
	o.reprice(7, 999.99)
	o.bill(8, 33.33)
}

func (o *office) evening() {
	o.bill(1, 70.07)
	o.bill(8, 44.44)
	o.receipt(0.01)
}

// held is what Procore holds, by record. A record that it holds twice or that is not approved is an error.
func (o *office) held() (map[string]string, error) {
	state, out := o.tenant.Procore.State(), map[string]string{}
	var wrong []error
	add := func(origin, amount string) {
		parts := strings.Split(origin, ":") // odoo:<prefix>:<epoch>:<model>:<id>:…
		key := strings.Join(parts[3:5], "/")
		if _, there := out[key]; there {
			wrong = append(wrong, fmt.Errorf("procore holds %s twice", key))
		}
		out[key] = amount
	}
	for _, c := range state.Commitments {
		if c.Status != "Approved" || c.Deleted {
			wrong = append(wrong, fmt.Errorf("commitment %s is %s, deleted %v", c.Number, c.Status, c.Deleted))
		}
		add(c.OriginID, c.GrandTotal)
	}
	for _, q := range state.Requisitions {
		add(q.OriginID, q.Total)
	}
	for _, d := range state.DirectCosts {
		add(d.OriginID, d.Total)
	}
	return out, errors.Join(wrong...)
}

// balanced wants the books and Procore equal, and the subcontractor invoices of each commitment in the order of their days.
func (o *office) balanced(t *testing.T) {
	t.Helper()
	require.NoError(t, o.desk.Err())
	held, err := o.held()
	require.NoError(t, err)
	require.Equal(t, o.books, held, o.tenant.State(t.Context()))
	requisitions := o.tenant.Procore.State().Requisitions
	slices.SortFunc(requisitions, func(a, b requisition) int { return a.Number - b.Number })
	last := map[int64]string{}
	for _, q := range requisitions {
		require.Less(t, last[q.CommitmentID], q.BillingDate, "invoice %s", q.InvoiceNumber)
		last[q.CommitmentID] = q.BillingDate
	}
}

// arrived waits until Procore holds all that is in the books.
func (o *office) arrived(ctx context.Context, t *testing.T) {
	t.Helper()
	err := rig.Until(ctx, "everything to arrive", func() (bool, error) {
		held, err := o.held()
		return err == nil && len(held) == len(o.books), nil
	})
	if err != nil {
		require.NoError(t, err, o.tenant.State(context.WithoutCancel(ctx)))
	}
}

// schedule runs a cycle every second, or when the last one is over, as the schedule does, until the returned function is
// called.
func schedule(ctx context.Context, t *testing.T, tenant *rig.Tenant) (stop func()) {
	t.Helper()
	over := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		every := time.NewTicker(time.Second)
		defer every.Stop()
		for {
			select {
			case <-over:
				return
			case <-every.C:
			}
			tenant.Tick()
			if err := tenant.Sync(ctx); err != nil && ctx.Err() == nil {
				t.Errorf("a cycle of %s: %v", tenant.Name, err)
				return
			}
		}
	})
	return func() {
		close(over)
		wg.Wait()
	}
}

// event is one write to Procore, as the product has written it down.
type event struct {
	Record, Operation, Result, Worker string
	Want                              int64
	StartedAt, FinishedAt             time.Time
}

func events(ctx context.Context, t *testing.T, bench *rig.Bench, tenant string) []event {
	t.Helper()
	rows, err := bench.Store.Pool().Query(ctx, `SELECT model || '/' || odoo_id AS record, operation, coalesce(result, 'open') AS result, worker, want,
		started_at, coalesce(finished_at, overtaken_at, started_at) AS finished_at FROM sends WHERE tenant = $1 ORDER BY id`, tenant)
	require.NoError(t, err)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[event])
	require.NoError(t, err)
	return list
}

// during are the writes that began while a system was away, but for those that were at its door when it went.
func during(list []event, from, to time.Time) []event {
	return slices.DeleteFunc(slices.Clone(list), func(e event) bool {
		return e.StartedAt.Before(from.Add(time.Second)) || e.StartedAt.After(to) || e.Result != "ok"
	})
}

// record prints when each record arrived, and wants the versions of each in their order.
func record(t *testing.T, list []event, from, to time.Time) {
	t.Helper()
	want := map[string]int64{}
	for _, e := range list {
		when := "before"
		switch {
		case e.StartedAt.After(to):
			when = "after"
		case e.StartedAt.After(from):
			when = "during"
		}
		t.Logf("%8.3fs %-6s %-20s %-28s %s", e.FinishedAt.Sub(from).Seconds(), when, e.Record, e.Operation, e.Result)
		if e.Result != "ok" {
			continue
		}
		require.GreaterOrEqual(t, e.Want, want[e.Record], "%s of %s went back to an older version", e.Operation, e.Record)
		want[e.Record] = e.Want
	}
}
