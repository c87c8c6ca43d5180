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
	// IDs, when not empty, are all that is asked for, of any company and whenever they were written; the rest of the
	// window but Choose is ignored.
	IDs []int64
	// Choose, when set, is told what the page holds, by id, and returns the ids of those that are read on: their lines,
	// and what else is a request of its own. nil reads all.
	Choose func(ctx context.Context, page []Ref) ([]int64, error)
}

// Ref is a record and when it was written: Odoo's clock, cut to seconds, UTC.
type Ref struct {
	ID        int64
	Parent    int64 // of a line: its document
	WriteDate time.Time
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
	if len(w.IDs) > 0 {
		return append(d, term("id", "in", w.IDs))
	}
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

// limit is 0, for all, of a window of ids.
func (w Window) limit() int {
	if len(w.IDs) > 0 {
		return 0
	}
	if w.Limit <= 0 {
		return defaultPage
	}
	return w.Limit
}

func term(field, operator string, value any) []any { return []any{field, operator, value} }

func stamp(t time.Time) string { return t.UTC().Format(time.DateTime) }

// scope is which records of a model are read.
type scope struct {
	parent    string // of lines: the field of their document
	companies bool   // only those of the tenant's companies
	types     string // the field that must hold a type of vendor bill
	archived  bool   // archived records too
}

// scopes are those of documents and lines; of every other model everything is read, archived records too.
var scopes = map[string]scope{
	ModelPurchaseOrder: {companies: true},
	ModelOrderLine:     {parent: "order_id", companies: true},
	ModelMove:          {companies: true, types: "move_type"},
	ModelAnalyticLine:  {companies: true},
	ModelMoveLine:      {parent: "move_id", companies: true, types: "move_id.move_type"},
}

func scopeOf(model string) scope {
	s, ok := scopes[model]
	if !ok {
		s.archived = true
	}
	return s
}

// query is the search for one page of a model.
func (c *Client) query(model string, w Window) query {
	s := scopeOf(model)
	q := query{model: model, domain: w.domain(), limit: w.limit()}
	if s.companies && len(c.cfg.Companies) > 0 && len(w.IDs) == 0 {
		q.domain = append(q.domain, term("company_id", "in", c.cfg.Companies))
	}
	if s.types != "" {
		q.domain = append(q.domain, term(s.types, "in", billTypes))
	}
	if s.archived {
		q.context = includeArchived
	}
	return q
}

// page reads what a window holds of a model, without lines, and keeps what the caller chooses.
func (c *Client) page(ctx context.Context, model string, w Window) ([]*row, error) {
	rows, err := c.rows(ctx, c.query(model, w))
	if err != nil || w.Choose == nil {
		return rows, err
	}
	refs, err := toRefs(rows, "")
	if err != nil {
		return nil, err
	}
	ids, err := w.Choose(ctx, refs)
	if err != nil {
		return nil, err
	}
	wanted := make(map[int64]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	var kept []*row
	for i, r := range refs {
		if wanted[r.ID] {
			kept = append(kept, rows[i])
		}
	}
	return kept, nil
}

func toRefs(rows []*row, parent string) ([]Ref, error) {
	return decode(rows, func(r *row) Ref {
		ref := Ref{ID: r.integer("id"), WriteDate: r.instant("write_date")}
		if parent != "" {
			ref.Parent = r.id(parent)
		}
		return ref
	})
}

// Index lists what a window holds of a model, by id: the same records as the model's own reading, in one request and
// without their content. Lines have their document as Parent: a change of a line's name or analytic distribution does
// not touch its order's write_date.
func (c *Client) Index(ctx context.Context, model string, w Window) ([]Ref, error) {
	if model == ModelAnalyticPlan {
		grouped, err := c.grouped(ctx)
		if err != nil {
			return nil, err
		}
		if grouped {
			return c.groupIndex(ctx, w)
		}
	}
	rows, err := c.index(ctx, c.query(model, w))
	if err != nil {
		return nil, err
	}
	return toRefs(rows, scopeOf(model).parent)
}

// index reads ids, write dates and, of lines, parents.
func (c *Client) index(ctx context.Context, q query) ([]*row, error) {
	s := schema{names: map[string]string{"write_date": "write_date"}}
	if parent := scopeOf(q.model).parent; parent != "" {
		s.names[parent] = parent
	}
	return c.searchRead(ctx, q, s)
}

// PurchaseOrderIDsInPeriod pages by id through the orders with a date_order from the start of since to the
// end of until (days in UTC; empty means open).
func (c *Client) PurchaseOrderIDsInPeriod(ctx context.Context, since, until Date, after int64, limit int) ([]int64, error) {
	w := Window{After: after, Limit: limit}
	days, err := period("date_order", " 00:00:00", since, until)
	if err != nil {
		return nil, err
	}
	return c.search(ctx, c.query(ModelPurchaseOrder, w), days)
}

// VendorBillIDsInPeriod pages by id through the bills with an accounting date from since to until, both
// included (empty means open).
func (c *Client) VendorBillIDsInPeriod(ctx context.Context, since, until Date, after int64, limit int) ([]int64, error) {
	w := Window{After: after, Limit: limit}
	days, err := period("date", "", since, until)
	if err != nil {
		return nil, err
	}
	return c.search(ctx, c.query(ModelMove, w), days)
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

func (c *Client) search(ctx context.Context, q query, more []any) ([]int64, error) {
	v, err := c.rpc.call(ctx, request{
		model: q.model, method: "search",
		args: map[string]any{"domain": append(q.domain, more...), "order": "id asc", "limit": q.limit},
	})
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		return nil, unexpected(q.model, "search", "a list", v)
	}
	out := make([]int64, len(list))
	for i, item := range list {
		if out[i], ok = toInt(item); !ok {
			return nil, unexpected(q.model, "search", "a list of ids", item)
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
