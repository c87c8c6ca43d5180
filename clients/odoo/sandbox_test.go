package odoo_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
)

const (
	fullKey = "1111111111111111111111111111111111111111"
	lowKey  = "2222222222222222222222222222222222222222"
	// civilKey is that of a user who may see the second company only.
	civilKey = "4444444444444444444444444444444444444444"
)

type values = map[string]any

// wire is a version of Odoo and a protocol that it speaks.
type wire struct{ name, version, api string }

var wires = []wire{
	{"JSON-2 of 19", "19.0", odoo.APIJSON2},
	{"XML-RPC of 19", "19.0", odoo.APIXMLRPC},
	{"XML-RPC of 14", "14.0", odoo.APIXMLRPC},
}

func overEveryWire(t *testing.T, test func(t *testing.T, s *sandbox)) {
	t.Helper()
	for _, w := range wires {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			test(t, newSandboxOf(t, w))
		})
	}
}

// over19 is for what Odoo 14 does not have.
func over19(t *testing.T, test func(t *testing.T, s *sandbox)) {
	t.Helper()
	overEveryWire(t, func(t *testing.T, s *sandbox) {
		if !s.old() {
			test(t, s)
		}
	})
}

// sandbox is an Odoo server with a clock that stands still until it is moved.
type sandbox struct {
	*odootest.Server
	wire
	url string
	mu  sync.Mutex
	now time.Time
}

// old is Odoo 14.
func (s *sandbox) old() bool { return s.version == "14.0" }

func newSandbox(t *testing.T) *sandbox {
	t.Helper()
	return newSandboxOf(t, wires[0])
}

func newSandboxOf(t *testing.T, w wire) *sandbox {
	t.Helper()
	s := &sandbox{wire: w, now: time.Date(2026, 11, 20, 8, 0, 0, 250_000_000, time.UTC)}
	s.Server = odootest.New(odootest.Config{
		Version: w.version, Database: "acme",
		Users: []odootest.User{
			{Login: "bot", Key: fullKey, Groups: []string{"purchase", "billing", "analytic"}, KeyScopeOK: true},
			{Login: "low", Key: lowKey, Groups: []string{"internal"}, KeyScopeOK: true},
			{Login: "civil", Key: civilKey, Groups: []string{"readonly", "analytic"}, KeyScopeOK: true, CompanyIDs: []int64{2}},
		},
		Now: func() time.Time {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.now
		},
	})
	srv := httptest.NewServer(s.Server)
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

// second moves the clock to the start of the next second and returns it.
func (s *sandbox) second() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Truncate(time.Second).Add(time.Second)
	return s.now
}

func (s *sandbox) client(t *testing.T, change ...func(*odoo.Config)) *odoo.Client {
	t.Helper()
	cfg := odoo.Config{URL: s.url, Database: "acme", Key: fullKey, HTTPTimeout: 10 * time.Second, Transport: &http.Transport{}}
	cfg.API = s.api
	for _, f := range change {
		f(&cfg)
	}
	if s.api == odoo.APIXMLRPC && cfg.Login == "" {
		cfg.Login = map[bool]string{false: "bot", true: "low"}[cfg.Key == lowKey]
	}
	c, err := odoo.New(cfg)
	require.NoError(t, err)
	return c
}

func (s *sandbox) create(t *testing.T, model string, vals values) int64 {
	t.Helper()
	id, err := s.Create(model, vals)
	require.NoError(t, err)
	return id
}

func (s *sandbox) do(t *testing.T, model, method string, args values, ids ...int64) any {
	t.Helper()
	v, err := s.Do(model, method, ids, args)
	require.NoError(t, err)
	return v
}

func link(id int64) []any { return []any{4, id, 0} }

func add(vals values) []any { return []any{0, 0, vals} }

// order makes an order of one product line, 10 × 12.3456 less 10 %, and a note. Odoo 14 has no discount.
func (s *sandbox) order(t *testing.T, vendor int64, distribution any) int64 {
	t.Helper()
	product := s.create(t, odoo.ModelProduct, values{"name": "Concrete", "type": "service"})
	line := values{"name": "Concrete", "product_id": product, "product_qty": 10, "price_unit": 12.3456}
	if !s.old() {
		line["discount"], line["analytic_distribution"] = 10, distribution
	}
	return s.create(t, odoo.ModelPurchaseOrder, values{"partner_id": vendor, "order_line": []any{
		add(line), add(values{"name": "A note", "display_type": "line_note"}),
	}})
}

// account makes an analytic account, of the plan or group with a name.
func (s *sandbox) account(t *testing.T, name, plan string) int64 {
	t.Helper()
	if s.old() {
		group := s.create(t, "account.analytic.group", values{"name": plan})
		return s.create(t, odoo.ModelAnalyticAccount, values{"name": name, "group_id": group})
	}
	return s.create(t, odoo.ModelAnalyticAccount, values{"name": name, "plan_id": s.create(t, odoo.ModelAnalyticPlan, values{"name": plan})})
}

// on is a line's analytic part: all of it on one account.
func (s *sandbox) on(column string, account int64) values {
	if s.old() {
		return values{column: account}
	}
	return values{"analytic_distribution": values{fmt.Sprint(account): 100.0}}
}

func ids[T odoo.Dated](docs []T) []int64 {
	out := []int64{}
	for _, d := range docs {
		out = append(out, d.OdooID())
	}
	return out
}

func TestSandboxWindowIsComplete(t *testing.T) {
	t.Parallel()
	overEveryWire(t, func(t *testing.T, s *sandbox) {
		from := s.second()
		want := map[int64]bool{}
		for i := range 23 { // all in one second, each its own transaction
			id := s.create(t, odoo.ModelPartner, values{"name": "V", "active": i%5 != 0})
			want[id] = true
		}
		to := s.second()
		s.create(t, odoo.ModelPartner, values{"name": "of the next window"})
		c := s.client(t)
		w := odoo.Window{From: from, To: to, Limit: 7}
		pages := 0
		for {
			page, err := c.Partners(t.Context(), w)
			require.NoError(t, err)
			pages++
			for _, p := range page {
				require.True(t, want[p.ID], "twice or out of the window: %d", p.ID)
				delete(want, p.ID)
				require.Equal(t, from, p.WriteDate)
				w.After = p.ID
			}
			if len(page) < w.Limit {
				break
			}
		}
		require.Empty(t, want)
		require.Equal(t, 4, pages)
	})
}

func TestSandboxRewrittenRecordComesBack(t *testing.T) {
	t.Parallel()
	overEveryWire(t, func(t *testing.T, s *sandbox) {
		from := s.second()
		a := s.create(t, odoo.ModelPartner, values{"name": "A"})
		b := s.create(t, odoo.ModelPartner, values{"name": "B"})
		to := s.second()
		c := s.client(t)
		first, err := c.Partners(t.Context(), odoo.Window{From: from, To: to, Limit: 1})
		require.NoError(t, err)
		require.Equal(t, []int64{a}, ids(first))
		s.do(t, odoo.ModelPartner, "write", values{"vals": values{"name": "B2"}}, b)
		rest, err := c.Partners(t.Context(), odoo.Window{From: from, To: to, After: a, Limit: 1})
		require.NoError(t, err)
		require.Empty(t, rest)
		next, err := c.Partners(t.Context(), odoo.Window{From: to, To: s.second()})
		require.NoError(t, err)
		require.Equal(t, []int64{b}, ids(next))
		require.Equal(t, "B2", next[0].Name)
	})
}

func TestSandboxOrderAndLinePoll(t *testing.T) {
	t.Parallel()
	over19(t, func(t *testing.T, s *sandbox) {
		vendor := s.create(t, odoo.ModelPartner, values{"name": "Béton", "is_company": true})
		start := s.second()
		id := s.order(t, vendor, values{"36,35": 60.0, "35": 40, "abc": 5, "99999999": 1})
		noted := s.order(t, vendor, false)
		created := s.second()
		c := s.client(t)

		orders, err := c.PurchaseOrders(t.Context(), odoo.Window{From: start, To: created})
		require.NoError(t, err)
		require.Equal(t, []int64{id, noted}, ids(orders))
		o := orders[0]
		require.Equal(t, vendor, o.Partner)
		require.Equal(t, "draft", o.State)
		require.Equal(t, start, o.CreateDate)
		require.Empty(t, o.PartnerRef)
		require.True(t, o.Approved.IsZero())
		require.Len(t, o.Lines, 2)
		l := o.Lines[0]
		require.Equal(t, "12.3456", l.UnitPrice.String())
		require.Equal(t, "10", l.Discount.String())
		require.Equal(t, "111.11", l.Subtotal.String())
		require.False(t, o.Torn(), "%s %s", o.LinesSum(), o.Untaxed)
		require.Len(t, l.Distribution, 4)
		require.Equal(t, []int64{35}, l.Distribution[0].Accounts)
		require.Equal(t, []int64{35, 36}, l.Distribution[1].Accounts)
		require.Equal(t, "60", l.Distribution[1].Percent.String())
		require.Equal(t, []int64{99999999}, l.Distribution[2].Accounts)
		require.Equal(t, "abc", l.Distribution[3].Key)
		require.Nil(t, orders[1].Lines[0].Distribution)
		require.Equal(t, "line_note", o.Lines[1].DisplayType)

		// The split of a line changes: the order's write_date stays, the line's moves.
		s.do(t, "purchase.order.line", "write", values{"vals": values{"analytic_distribution": values{"35": 100.0}}}, l.ID)
		end := s.second()
		orders, err = c.PurchaseOrders(t.Context(), odoo.Window{From: created, To: end})
		require.NoError(t, err)
		require.Empty(t, orders)
		lines, err := c.Index(t.Context(), odoo.ModelOrderLine, odoo.Window{From: created, To: end})
		require.NoError(t, err)
		require.Equal(t, []odoo.Ref{{ID: l.ID, Parent: id, WriteDate: created}}, lines)
		before, err := o.Canonical()
		require.NoError(t, err)
		calls := c.Calls()
		orders, err = c.PurchaseOrdersByID(t.Context(), []int64{id, 99999999})
		require.NoError(t, err)
		require.Equal(t, []int64{id}, ids(orders))
		require.Equal(t, int64(2), c.Calls()-calls, "orders, then lines")
		after, err := orders[0].Canonical()
		require.NoError(t, err)
		require.NotEqual(t, string(before), string(after))

		found, err := c.PurchaseOrderIDsInPeriod(t.Context(), "2026-11-20", "2026-11-20", 0, 10)
		require.NoError(t, err)
		require.Equal(t, []int64{id, noted}, found)
		found, err = c.PurchaseOrderIDsInPeriod(t.Context(), "", "2026-11-19", 0, 10)
		require.NoError(t, err)
		require.Empty(t, found)
	})
}

func TestSandboxBillOfAnOrder(t *testing.T) {
	t.Parallel()
	overEveryWire(t, func(t *testing.T, s *sandbox) {
		vendor := s.create(t, odoo.ModelPartner, values{"name": "Vendor", "is_company": true})
		tax := s.create(t, odoo.ModelTax, values{"name": "15%", "type_tax_use": "purchase", "amount_type": "percent", "amount": 15})
		id := s.order(t, vendor, false)
		s.do(t, odoo.ModelPurchaseOrder, "button_confirm", nil, id)
		c := s.client(t)
		orders, err := c.PurchaseOrdersByID(t.Context(), []int64{id})
		require.NoError(t, err)
		require.Equal(t, "purchase", orders[0].State)
		start := s.second()
		line := func(v values) []any { return add(v) }
		bill := s.create(t, odoo.ModelMove, values{
			"move_type": "in_invoice", "partner_id": vendor, "invoice_date": "2026-11-18", "ref": "INV-1", "invoice_line_ids": []any{
				line(values{"name": "Concrete", "quantity": 2, "price_unit": 50.005, "tax_ids": []any{link(tax)}, "purchase_line_id": orders[0].Lines[0].ID}),
				line(values{"name": "Extra", "quantity": 1, "price_unit": 7}),
			},
		})
		refund := s.create(t, odoo.ModelMove, values{
			"move_type": "in_refund", "partner_id": vendor, "invoice_date": "2026-11-19", "invoice_line_ids": []any{
				line(values{"name": "Back", "quantity": 1, "price_unit": 3}),
			},
		})
		end := s.second()

		bills, err := c.VendorBills(t.Context(), odoo.Window{From: start, To: end})
		require.NoError(t, err)
		require.Equal(t, []int64{bill, refund}, ids(bills))
		b := bills[0]
		require.Equal(t, "INV-1", b.Ref)
		require.Equal(t, "draft", b.State)
		require.Empty(t, b.Name)
		require.Equal(t, odoo.Date("2026-11-18"), b.InvoiceDate)
		require.False(t, b.Torn(), "%s %s", b.LinesSum(), b.Untaxed)
		byType := map[string][]odoo.MoveLine{}
		for _, l := range b.Lines {
			byType[l.DisplayType] = append(byType[l.DisplayType], l)
		}
		require.Len(t, byType["product"], 2)
		require.Equal(t, id, byType["product"][0].PurchaseOrder)
		require.Equal(t, orders[0].Lines[0].ID, byType["product"][0].PurchaseLine)
		require.Equal(t, []int64{tax}, byType["product"][0].Taxes)
		require.Zero(t, byType["product"][1].PurchaseOrder)
		require.Equal(t, tax, byType["tax"][0].TaxLine)
		sum := decimal.Zero
		for _, l := range b.Lines {
			sum = sum.Add(l.Balance)
		}
		require.True(t, sum.IsZero(), "debit equals credit: %s", sum)
		require.False(t, bills[1].Torn())
		require.True(t, bills[1].LinesSum().Equal(decimal.NewFromInt(3)), "a refund is positive")

		refs, err := c.Index(t.Context(), odoo.ModelMoveLine, odoo.Window{From: start, To: end})
		require.NoError(t, err)
		require.Len(t, refs, len(b.Lines)+len(bills[1].Lines))
		found, err := c.VendorBillIDsInPeriod(t.Context(), "", "", bill, 10)
		require.NoError(t, err)
		require.Equal(t, []int64{refund}, found)
	})
}

func TestSandboxTaxes(t *testing.T) {
	t.Parallel()
	overEveryWire(t, func(t *testing.T, s *sandbox) {
		cost := s.create(t, odoo.ModelTax, values{"name": "Sales tax", "type_tax_use": "purchase", "amount_type": "percent", "amount": 8.25})
		analytic := s.create(t, odoo.ModelTax, values{"name": "VAT", "type_tax_use": "purchase", "amount_type": "percent", "amount": 20, "analytic": true})
		taxes, err := s.client(t).Taxes(t.Context(), odoo.Window{})
		require.NoError(t, err)
		got := map[int64]odoo.Tax{}
		for _, tax := range taxes {
			got[tax.ID] = tax.Doc
		}
		require.Equal(t, "8.25", got[cost].Amount.String())
		require.Equal(t, "1", got[cost].CostShare.String(), "without an account it is cost")
		require.Equal(t, "1", got[analytic].CostShare.String())
	})
}

func TestSandboxPingAndRights(t *testing.T) {
	t.Parallel()
	overEveryWire(t, func(t *testing.T, s *sandbox) {
		s.create(t, odoo.ModelCompany, values{"name": "Acme"})
		full := s.client(t, func(c *odoo.Config) { c.Login = "bot" })
		p, err := full.Ping(t.Context())
		require.NoError(t, err)
		require.Equal(t, "bot", p.Login)
		require.Equal(t, int64(2), p.UserID)
		for _, m := range p.Models {
			require.True(t, m.OK(), "%+v", m)
		}
		require.NotEmpty(t, p.Companies)

		low := s.client(t, func(c *odoo.Config) { c.Key = lowKey })
		p, err = low.Ping(t.Context())
		require.NoError(t, err)
		require.False(t, checkOf(t, p, odoo.ModelPurchaseOrder).Readable)
		require.True(t, checkOf(t, p, odoo.ModelPartner).Readable)
		_, err = low.PurchaseOrders(t.Context(), odoo.Window{})
		require.ErrorIs(t, err, &odoo.Error{Code: odoo.CodeNoAccess})
		group := "the group Accounting / Read-only"
		if s.old() {
			group = "the group Technical / Show Accounting Features - Readonly"
		}
		require.ErrorContains(t, err, group)
		require.ErrorContains(t, errors.New(p.Lacks()), "purchase.order")

		_, err = s.client(t, func(c *odoo.Config) { c.Key = "nope" }).Ping(t.Context())
		require.ErrorIs(t, err, &odoo.Error{Code: odoo.CodeBadKey})
		_, err = s.client(t, func(c *odoo.Config) { c.Database = "other" }).Partners(t.Context(), odoo.Window{})
		require.ErrorIs(t, err, &odoo.Error{Code: odoo.CodeWrongDatabase})

		now, err := full.Clock(t.Context())
		require.NoError(t, err)
		require.Equal(t, time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC), now)
	})
}

func TestSandboxCompanies(t *testing.T) {
	t.Parallel()
	overEveryWire(t, func(t *testing.T, s *sandbox) {
		vendor := s.create(t, odoo.ModelPartner, values{"name": "Vendor"})
		mine := s.order(t, vendor, false)
		other := s.create(t, odoo.ModelCompany, values{"name": "Other"})
		product := s.create(t, odoo.ModelProduct, values{"name": "Steel", "type": "service"})
		foreign := s.create(t, odoo.ModelPurchaseOrder, values{"partner_id": vendor, "company_id": other, "order_line": []any{
			add(values{"name": "Steel", "product_id": product, "product_qty": 1, "price_unit": 5}),
		}})
		orders, err := s.client(t).PurchaseOrders(t.Context(), odoo.Window{})
		require.NoError(t, err)
		require.Equal(t, []int64{mine, foreign}, ids(orders))
		company := orders[0].Company
		require.NotEqual(t, other, company)

		c := s.client(t, func(cfg *odoo.Config) { cfg.Companies = []int64{company} })
		orders, err = c.PurchaseOrders(t.Context(), odoo.Window{})
		require.NoError(t, err)
		require.Equal(t, []int64{mine}, ids(orders))
		lines, err := c.Index(t.Context(), odoo.ModelOrderLine, odoo.Window{})
		require.NoError(t, err)
		for _, l := range lines {
			require.Equal(t, mine, l.Parent)
		}
		found, err := c.PurchaseOrderIDsInPeriod(t.Context(), "", "", 0, 10)
		require.NoError(t, err)
		require.Equal(t, []int64{mine}, found)
	})
}
