package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/mapping"
)

// analyticBooks are the analytic lines of vendor bills, by bill and project (0: outside of Procore) and journal item.
type analyticBooks map[int64]map[int64]map[int64]decimal.Decimal

func (a analyticBooks) add(bill, project, item int64, amount decimal.Decimal) {
	if a[bill] == nil {
		a[bill] = map[int64]map[int64]decimal.Decimal{}
	}
	if a[bill][project] == nil {
		a[bill][project] = map[int64]decimal.Decimal{}
	}
	a[bill][project][item] = a[bill][project][item].Add(amount)
}

// costToDate compares Odoo's analytic cost with Procore's cost to date, project by project. From Procore back to the
// exact split of the bills the bridge is that of the invoices and direct costs; from there to the analytic lines it is
// reckoned here, bill by bill.
func (c *comparison) costToDate() {
	for at, l := range c.ledger {
		if at.project == 0 || (at.test != TestInvoices && at.test != TestDirectCosts) {
			continue
		}
		row := c.ledger.at(cell{project: at.project, test: TestCostToDate})
		row.procore = row.procore.Add(l.procore)
		row.explained = append(row.explained, l.explained...)
		row.open = append(row.open, l.open...)
	}
	billOf := map[int64]int64{}
	for _, b := range c.bills {
		for _, l := range b.Lines {
			billOf[l.ID] = b.ID
		}
	}
	booked := analyticBooks{}
	for _, l := range c.analytic {
		if l.Category == odoo.AnalyticCustomerInvoice {
			continue // revenue
		}
		c.analyticLine(l, billOf, booked)
	}
	for id, b := range c.bills {
		if b.State != "posted" {
			continue
		}
		for _, project := range c.sortedProjects() {
			c.bridge(b, c.documents[subject{odoo.ModelMove, id}], project, booked[id][project])
		}
	}
}

// analyticLine books one analytic line; what does not come from a vendor bill is a bridge line by itself.
func (c *comparison) analyticLine(l odoo.AnalyticLine, billOf map[int64]int64, booked analyticBooks) {
	var account int64
	for _, id := range l.Accounts {
		if c.rules.Accounts[id].RootPlan == c.rules.ProjectPlan {
			account = id
		}
	}
	if account == 0 {
		return
	}
	project, amount := c.rules.Projects[account].Project, l.Amount.Neg()
	_, read := c.procore[project]
	if !read {
		c.elsewhere(l, account, project, billOf[l.MoveLine], amount)
		return
	}
	at := cell{project: project, test: TestCostToDate}
	row := c.ledger.at(at)
	row.odoo = row.odoo.Add(amount)
	switch {
	case billOf[l.MoveLine] != 0:
		booked.add(billOf[l.MoveLine], project, l.MoveLine, amount)
	case l.MoveLine != 0:
		c.ledger.explain(at, LineJournal, entry(l), amount)
	default:
		c.ledger.explain(at, LineOther, entry(l), amount)
	}
}

// elsewhere is analytic cost of an account that no project stands for, or one that was not read.
func (c *comparison) elsewhere(l odoo.AnalyticLine, account, project, bill int64, amount decimal.Decimal) {
	if !c.whole {
		return
	}
	at := cell{test: TestCostToDate}
	row := c.ledger.at(at)
	row.odoo = row.odoo.Add(amount)
	name := cmp.Or(c.rules.Accounts[account].Name, "analytic account "+strconv.FormatInt(account, 10))
	d := c.documents[subject{odoo.ModelMove, bill}]
	switch {
	case c.rules.Projects[account].NotInProcore:
		c.ledger.explain(at, LineNotInProcore, name, amount)
	case project != 0:
		c.ledger.explain(at, LineNotReadable, name, amount)
	case l.MoveLine == 0:
		c.ledger.explain(at, LineOther, entry(l), amount)
	case bill == 0 || d == nil:
		c.ledger.explain(at, LineJournal, entry(l), amount)
	case d.unwanted != "":
		c.ledger.explain(at, d.unwanted, d.ref, amount)
	case d.state.line != "":
		c.ledger.explain(at, d.state.line, d.ref, amount)
	default:
		for _, e := range d.alloc.Excluded {
			if e.LineID == l.MoveLine {
				c.ledger.explain(at, c.excluded(e.Reason), d.ref, amount)
				return
			}
		}
		c.ledger.leave(at, d.ref, amount)
	}
}

func entry(l odoo.AnalyticLine) string {
	return fmt.Sprintf("%s %s (%d)", l.Date, cmp.Or(l.Ref, l.Name), l.ID)
}

// bridge explains what Odoo's analytic lines of a bill have more on a project than its exact split.
func (c *comparison) bridge(b odoo.VendorBill, d *document, project int64, items map[int64]decimal.Decimal) {
	exact, analytic := decimal.Zero, decimal.Zero
	for at, amount := range d.odoo {
		if at.project == project {
			exact = exact.Add(amount)
		}
	}
	for _, amount := range items {
		analytic = analytic.Add(amount)
	}
	if exact.IsZero() && analytic.IsZero() {
		return
	}
	at := cell{project: project, test: TestCostToDate}
	left := analytic.Sub(exact)
	explain := func(line string, amount decimal.Decimal) {
		c.ledger.explain(at, line, d.ref, amount)
		left = left.Sub(amount)
	}
	lines := make(map[int64]odoo.MoveLine, len(b.Lines))
	for _, l := range b.Lines {
		lines[l.ID] = l
	}
	for _, e := range d.alloc.Excluded {
		switch line := c.excluded(e.Reason); {
		case line == LineNoCost && c.retention(lines[e.LineID]):
			explain(LineRetainage, items[e.LineID])
		case line == LineNoCost, line == LineTax:
			explain(line, items[e.LineID])
		}
	}
	explain(LineTax, c.unbookedTax(b, d, project).Neg())
	currency := c.rules.Currencies[c.rules.Companies[b.Company].Currency]
	if b.Currency != currency.ID && currency.ID != 0 {
		explain(LineExchange, inCompanyCurrency(d.alloc, lines, project, max(currency.Digits, 0)).Sub(exact))
	}
	held := len(d.alloc.Causes) > 0
	switch {
	case left.IsZero():
	case left.Abs().LessThanOrEqual(c.roundingBound(d.alloc, lines, items, project)):
		explain(LineRounding, left)
	case held && d.unwanted != "":
		explain(d.unwanted, left)
	case held && d.state.line != "":
		explain(d.state.line, left)
	}
	c.ledger.leave(at, d.ref, left)
}

// retention says whether a line holds retainage.
func (c *comparison) retention(l odoo.MoveLine) bool {
	return slices.Contains(c.rules.Settings.RetentionAccounts, c.rules.GL[l.Account].Code)
}

// unbookedTax is the tax that is cost by the rules and has no analytic line in Odoo.
func (c *comparison) unbookedTax(b odoo.VendorBill, d *document, project int64) decimal.Decimal {
	bare := b
	bare.Lines = nil
	for _, l := range b.Lines {
		if l.DisplayType != "tax" || len(l.Distribution) > 0 {
			bare.Lines = append(bare.Lines, l)
		}
	}
	if len(bare.Lines) == len(b.Lines) {
		return decimal.Zero
	}
	return onProject(d.alloc, project).Sub(onProject(mapping.AllocateBill(bare, c.rules), project))
}

func onProject(a mapping.Allocated, project int64) decimal.Decimal {
	sum := decimal.Zero
	for _, l := range a.Lines {
		if l.Project == project {
			sum = sum.Add(l.Amount)
		}
	}
	return sum
}

// inCompanyCurrency is the exact split at the rate that Odoo booked each line with.
func inCompanyCurrency(a mapping.Allocated, lines map[int64]odoo.MoveLine, project int64, digits int32) decimal.Decimal {
	sum := decimal.Zero
	for _, l := range a.Lines {
		if line := lines[l.LineID]; l.Project == project && !line.Amount.IsZero() {
			sum = sum.Add(l.Amount.Mul(line.Balance).Div(line.Amount))
		}
	}
	return sum.Round(digits)
}

// roundingBound is the most that rounding can come to: a cent for each share of a line that is cut. A larger
// difference is none of rounding.
func (c *comparison) roundingBound(a mapping.Allocated, lines map[int64]odoo.MoveLine, items map[int64]decimal.Decimal, project int64) decimal.Decimal {
	shares := int64(0)
	cut := func(l odoo.MoveLine) bool {
		return len(l.Distribution) != 1 || !l.Distribution[0].Percent.Equal(decimal.NewFromInt(100)) || !l.Amount.Equal(l.Balance)
	}
	for id := range items {
		if cut(lines[id]) {
			shares += int64(max(len(lines[id].Distribution), 1))
		}
	}
	for _, l := range a.Lines {
		if l.Project == project && cut(lines[l.LineID]) {
			shares++
		}
	}
	return decimal.New(shares, -2)
}
