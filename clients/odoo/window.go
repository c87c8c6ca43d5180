package odoo

import (
	"context"
	"fmt"
	"time"
)

// defaultPage is the page size when none is given.
const defaultPage = 500

// includeArchived makes a search return archived records too.
var includeArchived = map[string]any{"active_test": false}

// Window is one page of what was written in [From, To), Odoo's clock, cut to whole seconds. Page
// by passing the last id as After until a page has fewer than Limit records; a record rewritten
// meanwhile leaves the window and comes back in the next one.
type Window struct {
	From, To time.Time // zero means open
	After    int64     // the last id already seen; 0 at the start
	Limit    int       // 0 means 500
}

// Each reads the records with ids from first to last page by page, in the order of their ids. Read is a method of a
// Client; it may be asked for records past last, which are used too.
func Each[T any](ctx context.Context, read func(context.Context, Window) ([]Record[T], error), first, last int64, use func(Record[T])) error {
	for after := first - 1; after < last; {
		records, err := read(ctx, Window{After: after, Limit: defaultPage})
		if err != nil {
			return err
		}
		for _, r := range records {
			use(r)
			after = r.ID
		}
		if len(records) < defaultPage {
			return nil
		}
	}
	return nil
}

// domain uses only >= and < on write_date: the other comparisons mean different things in different
// versions of Odoo.
func (w Window) domain() []any {
	d := []any{}
	if !w.From.IsZero() {
		d = append(d, term("write_date", ">=", stamp(w.From)))
	}
	if !w.To.IsZero() {
		d = append(d, term("write_date", "<", stamp(w.To)))
	}
	if w.After > 0 {
		d = append(d, term("id", ">", w.After))
	}
	return d
}

func (w Window) limit() int {
	if w.Limit <= 0 {
		return defaultPage
	}
	return w.Limit
}

func term(field, operator string, value any) []any { return []any{field, operator, value} }

func stamp(t time.Time) string { return t.UTC().Format(time.DateTime) }

// inCompanies adds the tenant's companies to a domain.
func (c *Client) inCompanies(domain []any) []any {
	if len(c.cfg.Companies) == 0 {
		return domain
	}
	return append(domain, term("company_id", "in", c.cfg.Companies))
}

// LineRef is a line that was written, and the document it belongs to.
type LineRef struct {
	ID, Parent int64
	WriteDate  time.Time
}

// ChangedOrderLines lists the order lines written in the window. A change of a line's name or analytic
// distribution does not touch its order's write_date.
func (c *Client) ChangedOrderLines(ctx context.Context, w Window) ([]LineRef, error) {
	return c.changedLines(ctx, modelOrderLine, "order_id", c.inCompanies(w.domain()), w.limit())
}

// ChangedMoveLines lists the lines of vendor bills written in the window.
func (c *Client) ChangedMoveLines(ctx context.Context, w Window) ([]LineRef, error) {
	domain := append(c.inCompanies(w.domain()), term("move_id.move_type", "in", billTypes))
	return c.changedLines(ctx, modelMoveLine, "move_id", domain, w.limit())
}

func (c *Client) changedLines(ctx context.Context, model, parent string, domain []any, limit int) ([]LineRef, error) {
	s := schema{names: map[string]string{parent: parent, "write_date": "write_date"}}
	rows, err := c.searchRead(ctx, query{model: model, domain: domain, limit: limit}, s)
	if err != nil {
		return nil, err
	}
	return decode(rows, func(r *row) LineRef {
		return LineRef{ID: r.integer("id"), Parent: r.id(parent), WriteDate: r.instant("write_date")}
	})
}

// PurchaseOrderIDsInPeriod pages by id through the orders with a date_order from the start of since to the
// end of until (days in UTC; empty means open).
func (c *Client) PurchaseOrderIDsInPeriod(ctx context.Context, since, until Date, after int64, limit int) ([]int64, error) {
	w := Window{After: after, Limit: limit}
	days, err := period("date_order", " 00:00:00", since, until)
	if err != nil {
		return nil, err
	}
	return c.search(ctx, ModelPurchaseOrder, append(c.inCompanies(w.domain()), days...), w.limit())
}

// VendorBillIDsInPeriod pages by id through the bills with an accounting date from since to until, both
// included (empty means open).
func (c *Client) VendorBillIDsInPeriod(ctx context.Context, since, until Date, after int64, limit int) ([]int64, error) {
	w := Window{After: after, Limit: limit}
	days, err := period("date", "", since, until)
	if err != nil {
		return nil, err
	}
	domain := append(c.inCompanies(w.domain()), term("move_type", "in", billTypes))
	return c.search(ctx, ModelMove, append(domain, days...), w.limit())
}

// period is a domain for field >= since and field < the day after until.
func period(field, suffix string, since, until Date) ([]any, error) {
	var domain []any
	for _, bound := range []struct {
		day      Date
		operator string
		add      int
	}{{since, ">=", 0}, {until, "<", 1}} {
		if bound.day == "" {
			continue
		}
		t, err := time.Parse(time.DateOnly, string(bound.day))
		if err != nil {
			return nil, fmt.Errorf("reading the day %q: it must look like 2026-11-20", bound.day)
		}
		domain = append(domain, term(field, bound.operator, t.AddDate(0, 0, bound.add).Format(time.DateOnly)+suffix))
	}
	return domain, nil
}

func (c *Client) search(ctx context.Context, model string, domain []any, limit int) ([]int64, error) {
	v, err := c.rpc.call(ctx, request{
		model: model, method: "search",
		args: map[string]any{"domain": domain, "order": "id asc", "limit": limit},
	})
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		return nil, unexpected(model, "search", "a list", v)
	}
	out := make([]int64, len(list))
	for i, item := range list {
		if out[i], ok = toInt(item); !ok {
			return nil, unexpected(model, "search", "a list of ids", item)
		}
	}
	return out, nil
}

// decode turns rows into documents and returns the first value of a wrong type as an error.
func decode[T any](rows []*row, f func(*row) T) ([]T, error) {
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = f(r)
		if r.err != nil {
			return nil, r.err
		}
	}
	return out, nil
}
