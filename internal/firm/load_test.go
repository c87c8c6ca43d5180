package firm

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/tenant"
)

// loaded is the firm in sandboxes, Odoo in a version.
func loaded(t *testing.T, version string) *Firm {
	t.Helper()
	f := New(1)
	id, secret, company, name := f.ProcoreApp()
	procore := procoretest.New(procoretest.Config{ClientID: id, ClientSecret: secret, CompanyID: company, CompanyName: name})
	require.NoError(t, f.Load(t.Context(), odootest.New(odootest.Config{Version: version}), procore, nil))
	return f
}

// onEach runs a test with each version of Odoo.
func onEach(t *testing.T, test func(t *testing.T, version string)) {
	t.Helper()
	t.Parallel()
	for _, version := range odootest.Versions() {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			test(t, version)
		})
	}
}

// The ledger is counted a second time, from what the Odoo sandbox holds and the mapping sheet says, in
// exact fractions. Rounding of splits may move cents inside a row, never more than one a share.
func TestLedgerAgainstACountOfOdoo(t *testing.T) { onEach(t, countLedger) }

func countLedger(t *testing.T, version string) {
	f := loaded(t, version)
	before := newCount(t, f, f.MappingSheet())
	before.compare(t, f.LedgerAfterLoad(), f.ExceptionsAfterLoad())

	sheet := f.MappingSheet()
	for _, e := range f.Edits() {
		require.NoError(t, e.Apply(t.Context()), e.Name)
		if e.Sheet != nil {
			sheet = append(sheet, e.Sheet[bytes.IndexByte(e.Sheet, '\n')+1:]...)
		}
	}
	after := newCount(t, f, sheet)
	after.frozen = map[int64]*count{f.order["edit-billed"].id: before}
	after.compare(t, f.Ledger(), f.Exceptions())
}

// count adds up a state of the Odoo sandbox.
type count struct {
	tables  map[string]map[int64]map[string]any
	project map[string]string // analytic account id → Procore project number
	code    map[string]string // "model/id" → budget code
	shares  map[place]int64
	sums    map[column]map[place]*big.Rat
	frozen  map[int64]*count
}

// counted are the fields that are added up, by model.
var counted = map[string][]string{
	"purchase.order":      {"name", "state", "date_approve", "company_id"},
	"purchase.order.line": {"order_id", "product_id", "price_subtotal", "tax_ids", "analytic_distribution"},
	"account.move":        {"name", "state", "move_type", "date", "invoice_date", "company_id"},
	"account.move.line": {
		"move_id", "display_type", "product_id", "account_id", "purchase_line_id", "price_subtotal", "tax_ids", "analytic_distribution",
	},
	"account.account": {"account_type"}, "account.tax": {"amount"}, "product.product": {"categ_id"},
}

func newCount(t *testing.T, f *Firm, sheet []byte) *count {
	t.Helper()
	c := &count{
		tables: map[string]map[int64]map[string]any{}, project: map[string]string{}, code: map[string]string{},
		shares: map[place]int64{}, sums: map[column]map[place]*big.Rat{committed: {}, invoiced: {}, directCost: {}},
	}
	for model, fields := range counted {
		rows, err := f.odoo.Do(model, "search_read", nil, map[string]any{"domain": []any{}, "fields": fields})
		require.NoError(t, err)
		list, ok := rows.([]any)
		require.True(t, ok)
		c.tables[model] = map[int64]map[string]any{}
		for _, r := range list {
			row, ok := r.(map[string]any)
			require.True(t, ok)
			c.tables[model][id(row["id"])] = row
		}
	}
	numbers := map[string]string{}
	for number, project := range f.ids.project {
		numbers[fmt.Sprint(project)] = number
	}
	rows, err := csv.NewReader(bytes.NewReader(sheet)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, sheetColumns, rows[0])
	for _, r := range rows[1:] {
		switch r[0] {
		case "project":
			c.project[r[2]] = numbers[r[5]]
		case "code":
			c.code[r[1]+"/"+r[2]] = r[6] + "." + r[7]
		}
	}
	return c
}

func id(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case []any:
		return v[0].(int64)
	default:
		return 0
	}
}

func (c *count) compare(t *testing.T, ledger []LedgerRow, exceptions []ExpectedException) {
	t.Helper()
	parked := map[string]bool{}
	for _, e := range exceptions {
		parked[e.Ref] = parked[e.Ref] || e.Cause != "amendment.after_billing"
	}
	for _, o := range c.tables["purchase.order"] {
		if day, _ := o["date_approve"].(string); o["state"] == "purchase" && day >= goLive && !parked[o["name"].(string)] {
			from := c
			if f := c.frozen[id(o["id"])]; f != nil {
				from = f
			}
			for _, l := range from.tables["purchase.order.line"] {
				if id(l["order_id"]) == id(o["id"]) {
					c.add(from, committed, l, 1)
				}
			}
		}
	}
	for _, m := range c.tables["account.move"] {
		if name, _ := m["name"].(string); m["state"] == "posted" && m["date"].(string) >= goLive && !parked[name] {
			c.addBill(m)
		}
	}
	c.hold(t, ledger)
}

func (c *count) addBill(m map[string]any) {
	sign := int64(1)
	if m["move_type"] == "in_refund" {
		sign = -1
	}
	for _, l := range c.tables["account.move.line"] {
		if id(l["move_id"]) != id(m["id"]) || l["display_type"] != "product" {
			continue
		}
		if c.tables["account.account"][id(l["account_id"])]["account_type"] == "asset_prepayments" {
			continue
		}
		in := directCost
		if ol := c.tables["purchase.order.line"][id(l["purchase_line_id"])]; ol != nil {
			o := c.tables["purchase.order"][id(ol["order_id"])]
			if day, _ := o["date_approve"].(string); day >= goLive {
				in = invoiced
			}
		}
		c.add(c, in, l, sign)
	}
}

// add puts a line's subtotal, and its 7 % tax that has no account, on the places that its keys name.
func (c *count) add(from *count, in column, l map[string]any, sign int64) {
	subtotal := new(big.Rat).SetFloat64(l["price_subtotal"].(float64))
	subtotal = cent(subtotal)
	taxes, _ := l["tax_ids"].([]any)
	for _, tax := range taxes {
		if from.tables["account.tax"][id(tax)]["amount"] == 7.0 {
			subtotal.Mul(subtotal, big.NewRat(107, 100))
		}
	}
	keys, _ := l["analytic_distribution"].(map[string]any)
	for key, percent := range keys {
		at, ok := c.where(from, l, key)
		if !ok {
			continue
		}
		part := new(big.Rat).Mul(subtotal, cent(new(big.Rat).SetFloat64(percent.(float64))))
		part.Mul(part, big.NewRat(sign, 100))
		if c.sums[in][at] == nil {
			c.sums[in][at] = new(big.Rat)
		}
		c.sums[in][at].Add(c.sums[in][at], part)
		c.shares[at]++
	}
}

func (c *count) where(from *count, l map[string]any, key string) (place, bool) {
	var at place
	for account := range strings.SplitSeq(key, ",") {
		if number := c.project[account]; number != "" {
			at.project = number
		}
		if code := c.code["account.analytic.account/"+account]; code != "" {
			at.code = code
		}
	}
	if at.code == "" {
		category := from.tables["product.product"][id(l["product_id"])]["categ_id"]
		at.code = c.code[fmt.Sprintf("product.category/%d", id(category))]
	}
	if at.code == "" {
		at.code = c.code[fmt.Sprintf("account.account/%d", id(l["account_id"]))]
	}
	return at, at.project != ""
}

// cent undoes the noise of binary floats.
func cent(r *big.Rat) *big.Rat {
	exact, _ := new(big.Rat).SetString(r.FloatString(2))
	return exact
}

func (c *count) hold(t *testing.T, ledger []LedgerRow) {
	t.Helper()
	totals := map[column]*big.Rat{committed: new(big.Rat), invoiced: new(big.Rat), directCost: new(big.Rat)}
	seen := map[place]bool{}
	for _, r := range ledger {
		at := place{r.Project, r.BudgetCode}
		seen[at] = true
		for in, amount := range map[column]string{
			committed: r.Commitment.String(), invoiced: r.Invoiced.String(), directCost: r.DirectCost.String(),
		} {
			want, ok := new(big.Rat).SetString(amount)
			require.True(t, ok)
			totals[in].Add(totals[in], want)
			got := new(big.Rat)
			if c.sums[in][at] != nil {
				got.Set(c.sums[in][at])
			}
			off := got.Sub(got, want)
			off.Abs(off)
			require.LessOrEqual(t, off.Cmp(big.NewRat(c.shares[at], 100)), 0, "%v, column %d: ledger says %s, off by %s", at, in, amount, off.FloatString(4))
		}
	}
	for in, places := range c.sums {
		total := new(big.Rat)
		for at, sum := range places {
			total.Add(total, sum)
			require.True(t, seen[at] || sum.Sign() == 0, "%v is missing in the ledger", at)
		}
		require.Equal(t, total.FloatString(2), totals[in].FloatString(2), "total of column %d", in)
	}
}

// What people typed into Procore is there, and the vendors that Procore had.
func TestProcoreBeforehand(t *testing.T) {
	t.Parallel()
	f := loaded(t, "19.0")
	require.Len(t, f.ids.project, len(sites))
	require.NotZero(t, f.ids.vendor[rebar])
	var numbers []string
	for _, c := range f.procore.State().Commitments {
		require.Empty(t, c.OriginID)
		numbers = append(numbers, c.Number)
	}
	require.Contains(t, numbers, f.order["typed"].name)
	require.True(t, slices.ContainsFunc(numbers, func(n string) bool { return strings.HasPrefix(n, "PO ") }))
}

func TestLoadIsTheSameEachTime(t *testing.T) {
	onEach(t, func(t *testing.T, version string) {
		one, two := loaded(t, version), loaded(t, version)
		require.Equal(t, string(one.MappingSheet()), string(two.MappingSheet()))
		require.Equal(t, one.ids, two.ids)
	})
}

// Every document stands in Odoo under its number and in its state.
func TestDocumentsKeepNumberAndState(t *testing.T) { onEach(t, keepNumberAndState) }

func keepNumberAndState(t *testing.T, version string) {
	f := loaded(t, version)
	c := newCount(t, f, f.MappingSheet())
	for _, o := range f.orders {
		row := c.tables["purchase.order"][o.id]
		require.Equal(t, o.name, row["name"])
		require.Equal(t, o.state, row["state"], o.name)
		require.Equal(t, f.ids.company[o.company], id(row["company_id"]), o.name)
	}
	for _, b := range f.bills {
		if b.late {
			continue
		}
		row := c.tables["account.move"][b.id]
		require.Equal(t, b.state, row["state"], b.name)
		require.Equal(t, b.booked, row["date"], b.name)
		require.Equal(t, b.day, row["invoice_date"], b.name)
		if b.name != "" {
			require.Equal(t, b.name, row["name"])
		}
	}
	require.Equal(t, int64(1), f.ids.company[building])
	require.Equal(t, int64(2), f.ids.company[civil])
}

func TestTenantFile(t *testing.T) {
	t.Parallel()
	f := loaded(t, "19.0")
	file, err := tenant.Parse(f.TenantYAML("http://127.0.0.1:8069", "http://127.0.0.1:8070"))
	require.NoError(t, err)
	require.Equal(t, "acme", file.Tenant)
	require.Equal(t, "auto", file.Odoo.API)
	require.Equal(t, []int64{1, 2}, file.Odoo.Companies)
	require.Equal(t, goLive, file.Settings.GoLive)
	require.Equal(t, []string{glRetention}, file.Settings.RetentionAccounts)
}
