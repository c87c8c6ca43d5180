package mapping

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// put is a share as the tests write it: line, project, code, amount.
func puts(a Allocated) []string {
	var out []string
	for _, l := range a.Lines {
		out = append(out, LineKey(l.LineID, l.BudgetCode)+"@"+ProjectPart(l.Project)+" "+l.Amount.StringFixed(2))
	}
	return out
}

func outs(a Allocated) []string {
	var out []string
	for _, e := range a.Excluded {
		out = append(out, e.Reason+" "+e.Amount.StringFixed(2))
	}
	return out
}

func TestOrderLineScope(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		shares []odoo.Share
		edit   func(*odoo.OrderLine, *Rules)
		lines  []string
		out    []string
		causes []string
	}{
		{name: "mapped project, code of the cost plan in the same key", shares: on(dist("100", tower, concrete)), lines: []string{"1:03 30 00.M@1001 100.00"}},
		{name: "separate keys combine", shares: on(dist("100", tower), dist("100", concrete)), lines: []string{"1:03 30 00.M@1001 100.00"}},
		{name: "project shares times cost shares", shares: on(dist("60", tower), dist("40", bridge), dist("50", concrete), dist("50", labor)), lines: []string{"1:01 00 00.L@1001 30.00", "1:03 30 00.M@1001 30.00", "1:01 00 00.L@1002 20.00", "1:01.03 30 00.M@1002 20.00"}},
		{name: "cost shares short of 100 leave the rest to the category", shares: on(dist("100", tower), dist("30", concrete)), edit: withSteel, lines: []string{"1:03 30 00.M@1001 30.00", "1:05 12 00.M@1001 70.00"}},
		{name: "cost shares above 100 add nothing", shares: on(dist("100", tower), dist("100", concrete), dist("100", labor)), lines: []string{"1:01 00 00.L@1001 50.00", "1:03 30 00.M@1001 50.00"}},
		{name: "percentages below 100", shares: on(dist("33.33", tower, concrete), dist("33.33", tower, labor)), lines: []string{"1:01 00 00.L@1001 33.33", "1:03 30 00.M@1001 33.33"}, out: []string{"undistributed 33.34"}},
		{name: "the distributed part is rounded as a whole", shares: on(dist("33.33", tower, concrete), dist("33.33", tower, labor)), edit: func(l *odoo.OrderLine, _ *Rules) { l.Subtotal = dec("100.01") }, lines: []string{"1:01 00 00.L@1001 33.33", "1:03 30 00.M@1001 33.34"}, out: []string{"undistributed 33.34"}},
		{name: "shares that cancel out", shares: on(dist("50", tower, concrete), dist("-50", tower, labor)), lines: []string{"1:01 00 00.L@1001 -50.00", "1:03 30 00.M@1001 50.00"}, out: []string{"undistributed 100.00"}},
		{name: "percentages above 100", shares: on(dist("150", tower, concrete)), lines: []string{"1:03 30 00.M@1001 150.00"}, out: []string{"undistributed -50.00"}},
		{name: "not in Procore", shares: on(dist("40", tower, concrete), dist("60", overhead)), lines: []string{"1:03 30 00.M@1001 40.00"}, out: []string{"not_in_procore 60.00"}},
		{name: "no account of the project plan", shares: on(dist("100", office)), out: []string{"out_of_scope 100.00"}},
		{name: "no distribution", out: []string{"out_of_scope 100.00"}},
		{name: "no_project: park", edit: func(_ *odoo.OrderLine, r *Rules) { r.Settings.NoProject = "park" }, causes: []string{"mapping.no_project:purchase.order/42"}},
		{name: "unmapped project", shares: on(dist("100", unmapped, concrete)), causes: []string{"mapping.project:account.analytic.account/39"}},
		{name: "all causes at once, sorted", shares: on(dist("50", unmapped, concrete), dist("50", tower)), causes: []string{"mapping.code:purchase.order/42@1001", "mapping.project:account.analytic.account/39"}},
		{name: "project not in the cache", shares: on(dist("100", future, concrete)), causes: []string{"project.unknown:1009"}},
		{name: "closed project", shares: on(dist("100", closed, concrete)), lines: []string{"1:03 30 00.M@1003 100.00"}, causes: []string{"project.closed:1003"}},
		{name: "dangling account", shares: on(dist("100", 12345)), causes: []string{"analytic.unknown:12345"}},
		{name: "bad key", shares: on(odoo.Share{Key: "abc", Percent: hundred}), causes: []string{"analytic.invalid:purchase.order/42"}},
		{name: "two projects in one key", shares: on(dist("100", tower, bridge)), causes: []string{"analytic.invalid:purchase.order/42"}},
		{name: "category's parent gives the code", shares: on(dist("100", tower)), edit: withSteel, lines: []string{"1:05 12 00.M@1001 100.00"}},
		{name: "category named when nothing maps", shares: on(dist("100", tower)), edit: func(l *odoo.OrderLine, r *Rules) {
			l.Product = steelProduct
			delete(r.Codes, CodeKey{odoo.ModelCategory, materialCategory, 0})
		}, causes: []string{"mapping.code:product.category/80@1001"}},
		{name: "cost type from the category", shares: on(dist("100", tower, untyped)), edit: withSteel, lines: []string{"1:05 12 00.M@1001 100.00"}},
		{name: "no cost type anywhere", shares: on(dist("100", tower, untyped)), causes: []string{"mapping.code:account.analytic.account/43@1001"}},
		{name: "rule of the project first, with sub job", shares: on(dist("100", bridge, concrete)), lines: []string{"1:01.03 30 00.M@1002 100.00"}},
		{name: "sub job that the project lacks", shares: on(dist("100", bridge, concrete)), edit: func(_ *odoo.OrderLine, r *Rules) { delete(r.Procore[1002].Codes, "01.03 30 00.M") }, causes: []string{"mapping.budget_code:1002/01.03 30 00.M"}},
		{name: "missing budget code parks by policy", shares: on(dist("100", tower, concrete)), edit: func(_ *odoo.OrderLine, r *Rules) {
			delete(r.Procore[1001].Codes, "03 30 00.M")
			r.Settings.MissingBudgetCode = "park"
		}, causes: []string{"mapping.budget_code:1001/03 30 00.M"}},
		{name: "a cost code is never invented", shares: on(dist("100", tower, concrete)), edit: func(_ *odoo.OrderLine, r *Rules) {
			delete(r.Procore[1001].Codes, "03 30 00.M")
			delete(r.Procore[1001].CostCodes, "03 30 00")
		}, causes: []string{"mapping.budget_code:1001/03 30 00.M"}},
		{name: "a line without money waits for nothing", shares: on(dist("100", unmapped)), edit: func(l *odoo.OrderLine, _ *Rules) { l.Subtotal = dec("0") }},
		{name: "section", shares: on(dist("100", tower, concrete)), edit: func(l *odoo.OrderLine, _ *Rules) { l.DisplayType = "line_section" }},
		{name: "down payment", shares: on(dist("100", tower, concrete)), edit: func(l *odoo.OrderLine, _ *Rules) { l.DownPayment = true }},
		{name: "recoverable tax is left out", shares: on(dist("100", tower, concrete)), edit: taxed("20", vat), lines: []string{"1:03 30 00.M@1001 100.00"}, out: []string{"recoverable_tax 20.00"}},
		{name: "tax booked to cost is cost", shares: on(dist("100", tower, concrete)), edit: taxed("5", useTax), lines: []string{"1:03 30 00.M@1001 105.00"}},
		{name: "both taxes, weighted", shares: on(dist("100", tower, concrete)), edit: taxed("25", vat, useTax), lines: []string{"1:03 30 00.M@1001 105.00"}, out: []string{"recoverable_tax 20.00"}},
		{name: "fixed tax in analytic cost", shares: on(dist("100", tower, concrete)), edit: taxed("26", vat, analyticTax), lines: []string{"1:03 30 00.M@1001 106.00"}, out: []string{"recoverable_tax 20.00"}},
		{name: "tax: exclude", shares: on(dist("100", tower, concrete)), edit: func(l *odoo.OrderLine, r *Rules) {
			taxed("5", useTax)(l, r)
			r.Settings.Tax = "exclude"
		}, lines: []string{"1:03 30 00.M@1001 100.00"}, out: []string{"tax_excluded 5.00"}},
		{name: "tax: include", shares: on(dist("100", tower, concrete)), edit: func(l *odoo.OrderLine, r *Rules) {
			taxed("20", vat)(l, r)
			r.Settings.Tax = "include"
		}, lines: []string{"1:03 30 00.M@1001 120.00"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, l := testRules(), orderLine(1, "100", c.shares...)
			if c.edit != nil {
				c.edit(&l, &r)
			}
			got := AllocateOrder(testOrder(l), r)
			if l.Subtotal.IsZero() {
				require.Empty(t, got.Causes)
				return
			}
			require.Equal(t, c.causes, keys(got.Causes))
			require.Equal(t, c.lines, puts(got))
			require.Equal(t, c.out, outs(got))
		})
	}
}

func withSteel(l *odoo.OrderLine, _ *Rules) { l.Product = steelProduct }

func taxed(amount string, taxes ...int64) func(*odoo.OrderLine, *Rules) {
	return func(l *odoo.OrderLine, _ *Rules) {
		l.Taxes, l.TaxAmount, l.Quantity = taxes, dec(amount), dec("3")
	}
}

func TestMissingCodeIsMadeFromItsParts(t *testing.T) {
	t.Parallel()
	r := testRules()
	delete(r.Procore[1001].Codes, "03 30 00.M")
	got := AllocateOrder(testOrder(orderLine(1, "10", dist("100", tower, concrete)), orderLine(2, "5", dist("100", tower, concrete))), r)
	require.Equal(t, []MissingCode{{Project: 1001, Code: "03 30 00.M", CostCode: 11, CostType: 21}}, got.MissingCodes)
	require.Empty(t, got.Causes)
	plan := ResolveOrder(testOrder(orderLine(1, "10", dist("100", tower, concrete))), r, OrderState{Vendors: vendors})
	require.Equal(t, got.MissingCodes, plan.Steps[0].Codes)
}

func TestForeignCurrency(t *testing.T) {
	t.Parallel()
	po := testOrder(orderLine(1, "100", dist("50", tower, concrete), dist("50", bridge, concrete)))
	po.Currency = eur
	got := AllocateOrder(po, testRules())
	require.Equal(t, []string{"currency.foreign:purchase.order/42"}, keys(got.Causes))
	require.Equal(t, "100", got.Causes[0].Amount.String())
	require.Equal(t, "EUR", got.Causes[0].Currency)
}

func TestBillLines(t *testing.T) {
	t.Parallel()
	tax := func(amount string, account, tax int64, shares ...odoo.Share) odoo.MoveLine {
		return odoo.MoveLine{ID: 50, DisplayType: "tax", Account: account, TaxLine: tax, Amount: dec(amount), Distribution: shares}
	}
	with := func(l odoo.MoveLine, edit func(*odoo.MoveLine)) odoo.MoveLine { edit(&l); return l }
	project := dist("100", tower, concrete)
	base := func(id int64, amount string, share odoo.Share, taxes ...int64) odoo.MoveLine {
		return with(moveLine(id, amount, share), func(l *odoo.MoveLine) { l.Taxes = taxes })
	}
	cases := []struct {
		name       string
		bill       []odoo.MoveLine
		tax        string
		lines, out []string
		causes     []string
	}{
		{name: "payable and notes are no lines", bill: []odoo.MoveLine{moveLine(1, "10", project), {ID: 2, DisplayType: "payment_term", Amount: dec("-10"), Account: payable}, {ID: 3, DisplayType: "line_note"}}, lines: []string{"1:03 30 00.M@1001 10.00"}},
		{name: "cash rounding and early-payment discount", bill: []odoo.MoveLine{moveLine(1, "10", project), {ID: 2, DisplayType: "rounding", Amount: dec("0.02")}, {ID: 3, DisplayType: "epd", Amount: dec("-0.50")}}, lines: []string{"1:03 30 00.M@1001 10.00"}, out: []string{"no_cost 0.02", "no_cost -0.50"}},
		{name: "prepayment account", bill: []odoo.MoveLine{with(moveLine(1, "10", project), func(l *odoo.MoveLine) { l.Account = prepaid })}, out: []string{"no_cost 10.00"}},
		{name: "recoverable tax", bill: []odoo.MoveLine{base(1, "10", project, vat), tax("2", taxAccount, vat)}, lines: []string{"1:03 30 00.M@1001 10.00"}, out: []string{"recoverable_tax 2.00"}},
		{name: "recoverable tax, include", tax: "include", bill: []odoo.MoveLine{base(1, "10", project, vat), tax("2", taxAccount, vat)}, lines: []string{"1:03 30 00.M@1001 12.00"}},
		{name: "tax booked to cost, pro rata", bill: []odoo.MoveLine{base(1, "10", project, useTax), base(2, "20", project, useTax), base(3, "20", project), tax("1.50", expense, useTax, project)}, lines: []string{"1:03 30 00.M@1001 10.50", "2:03 30 00.M@1001 21.00", "3:03 30 00.M@1001 20.00"}},
		{name: "tax of a tax account in analytic cost", bill: []odoo.MoveLine{base(1, "10", project, useTax), tax("0.50", taxAccount, useTax, project)}, lines: []string{"1:03 30 00.M@1001 10.50"}},
		{name: "tax goes to the lines with its distribution", bill: []odoo.MoveLine{base(1, "10", project, useTax), base(2, "10", dist("100", bridge, labor), useTax), tax("0.50", expense, useTax, dist("100", bridge, labor))}, lines: []string{"1:03 30 00.M@1001 10.00", "2:01 00 00.L@1002 10.50"}},
		{name: "tax on the base's account without distribution", bill: []odoo.MoveLine{base(1, "10", project, useTax), tax("0.50", expense, useTax)}, lines: []string{"1:03 30 00.M@1001 10.50"}},
		{name: "child of a group tax", bill: []odoo.MoveLine{base(1, "10", project, 66), tax("0.50", expense, useTax, project)}, lines: []string{"1:03 30 00.M@1001 10.50"}},
		{name: "tax without any base stays a cost", bill: []odoo.MoveLine{base(1, "10", project), tax("0.50", expense, useTax, dist("100", tower, labor))}, lines: []string{"50:01 00 00.L@1001 0.50", "1:03 30 00.M@1001 10.00"}},
		{name: "tax booked to cost, exclude", tax: "exclude", bill: []odoo.MoveLine{base(1, "10", project, useTax), tax("0.50", expense, useTax, project)}, lines: []string{"1:03 30 00.M@1001 10.00"}, out: []string{"tax_excluded 0.50"}},
		{name: "job cost account without a project", bill: []odoo.MoveLine{with(moveLine(1, "10"), func(l *odoo.MoveLine) { l.Account = jobCost })}, causes: []string{"mapping.no_project:account.move/7"}},
		{name: "other account without a project", bill: []odoo.MoveLine{moveLine(1, "10")}, out: []string{"out_of_scope 10.00"}},
		{name: "retention held", bill: []odoo.MoveLine{moveLine(1, "100", project), with(moveLine(2, "-10"), func(l *odoo.MoveLine) { l.Account = retention })}, lines: []string{"1:03 30 00.M@1001 100.00"}, out: []string{"no_cost -10.00"}, causes: []string{"bill.retainage:account.move/7"}},
		{name: "retention of an overhead bill", bill: []odoo.MoveLine{moveLine(1, "100"), with(moveLine(2, "-10"), func(l *odoo.MoveLine) { l.Account = retention })}, out: []string{"out_of_scope 100.00", "no_cost -10.00"}},
		{name: "G/L account gives the code, made from parts", bill: []odoo.MoveLine{moveLine(1, "10", dist("100", tower))}, lines: []string{"1:01 50 00.M@1001 10.00"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := testRules()
			if c.tax != "" {
				r.Settings.Tax = c.tax
			}
			for i := range c.bill {
				if c.bill[i].DisplayType == "tax" {
					c.bill[i].Sequence = -1
				}
			}
			got := AllocateBill(testBill(c.bill...), r)
			require.Equal(t, c.causes, keys(got.Causes))
			require.Equal(t, c.lines, puts(got))
			require.Equal(t, c.out, outs(got))
		})
	}
}

func TestDescriptions(t *testing.T) {
	t.Parallel()
	l := orderLine(1, "100", dist("60", tower, concrete), dist("40", bridge, labor))
	l.Name, l.Quantity, l.UnitName = "Concrete\n30 MPa", dec("12"), "CY"
	got := AllocateOrder(testOrder(l), testRules())
	require.Equal(t, "Concrete 30 MPa (60 % of 12 CY)", got.Lines[0].Description)
	l.Distribution = on(dist("100", tower, concrete))
	require.Equal(t, "Concrete 30 MPa (12 CY)", AllocateOrder(testOrder(l), testRules()).Lines[0].Description)
}
