package mapping

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// The reasons of [Excluded].
const (
	ExcludedOutOfScope     = "out_of_scope"    // no account of the project plan
	ExcludedNotInProcore   = "not_in_procore"  // mapped so
	ExcludedNoProject      = "no_project"      // a job cost account without a project, ignored by setting
	ExcludedRecoverableTax = "recoverable_tax" // on a tax account
	ExcludedTaxSetting     = "tax_excluded"    // booked to cost, left out by the setting tax: exclude
	ExcludedNoCost         = "no_cost"         // payable, prepayment, retention, rounding
	ExcludedUndistributed  = "undistributed"   // percentages below 100
)

// costLine is one line of a document with its cost.
type costLine struct {
	id, sequence, product, account int64
	purchaseLine, order            int64
	cost                           decimal.Decimal
	distribution                   []odoo.Share
	text, quantity                 string
}

// allocator cuts one document.
type allocator struct {
	r        Rules
	model    string
	id       int64
	ref      string
	currency odoo.Currency
	causes   causes
	missing  map[MissingCode]bool
	out      Allocated
}

func newAllocator(r Rules, model string, id int64, ref string, currency int64) *allocator {
	c, ok := r.Currencies[currency]
	if !ok {
		c.Digits = 2
	}
	return &allocator{
		r: r, model: model, id: id, ref: ref, currency: c,
		causes: causes{currency: c.Name}, missing: map[MissingCode]bool{},
	}
}

// line allocates one line. A line that costs nothing raises no causes: nothing waits for it.
func (a *allocator) line(l costLine) {
	shares, bad := a.r.shares(l.distribution)
	if bad.invalid != "" || len(bad.unknown) > 0 {
		if bad.invalid != "" {
			a.cause(l, "analytic.invalid:"+record(a.model, a.id), l.cost, "key", bad.invalid)
		}
		for _, id := range bad.unknown {
			a.cause(l, "analytic.unknown:"+strconv.FormatInt(id, 10), l.cost)
		}
		return
	}
	if len(shares) == 0 {
		a.noProject(l)
		return
	}
	rest := l.cost
	for i, amount := range distribute(l.cost, shares, a.currency.Digits) {
		rest = rest.Sub(amount)
		a.place(l, shares[i], amount)
	}
	a.exclude(l.id, ExcludedUndistributed, 0, rest)
}

// distribute cuts the cost of a line by percentages. What they distribute of it is rounded as a whole
// first, so that the rest never takes a cent of a project's.
func distribute(cost decimal.Decimal, shares []share, digits int32) []decimal.Decimal {
	weights, sum := make([]decimal.Decimal, 0, len(shares)+1), decimal.Zero
	for _, s := range shares {
		weights = append(weights, s.percent)
		sum = sum.Add(s.percent)
	}
	if sum.Sign() <= 0 { // shares that take back what others give
		return Split(cost, append(weights, hundred.Sub(sum)), digits)[:len(shares)]
	}
	return Split(cost.Mul(sum).Shift(-2).Round(digits), weights, digits)
}

// place puts one share on its project and budget code.
func (a *allocator) place(l costLine, s share, amount decimal.Decimal) {
	account := a.r.Accounts[s.project]
	target := a.r.Projects[s.project]
	if target.NotInProcore {
		a.exclude(l.id, ExcludedNotInProcore, s.project, amount)
		return
	}
	if target.Project == 0 {
		a.cause(l, "mapping.project:"+record(odoo.ModelAnalyticAccount, s.project), amount, "account", account.Name)
		return
	}
	id := strconv.FormatInt(target.Project, 10)
	project, ok := a.r.Procore[target.Project]
	if !ok {
		a.cause(l, "project.unknown:"+id, amount, "account", account.Name, "project", id)
		return
	}
	if !project.Active {
		a.cause(l, "project.closed:"+id, amount, "project", project.Name)
	}
	if project.Currency != "" && project.Currency != a.currency.Name {
		a.cause(l, "currency.foreign:"+record(a.model, a.id), amount,
			"project", project.Name, "currency", a.currency.Name, "project_currency", project.Currency)
	}
	code, ok := a.budgetCode(l, s, project, amount)
	if !ok {
		return
	}
	a.out.Lines = append(a.out.Lines, Allocation{
		LineID: l.id, PurchaseLine: l.purchaseLine, Order: l.order,
		Account: s.project, Project: project.ID, BudgetCode: code, WBSCode: project.Codes[code],
		Amount: amount, Description: description(l, s.percent), Sequence: l.sequence,
	})
}

// budgetCode translates a share to the budget code of the project.
func (a *allocator) budgetCode(l costLine, s share, project ProcoreProject, amount decimal.Decimal) (string, bool) {
	objects := a.r.codeObjects(s.code, l.product, l.account)
	target, ok := a.r.code(project.ID, objects)
	if !ok {
		named := object{a.model, a.id}
		if len(objects) > 0 {
			named = objects[0]
		}
		a.cause(l, "mapping.code:"+record(named.model, named.id)+"@"+strconv.FormatInt(project.ID, 10), amount,
			"object", cmp.Or(strings.TrimSpace(a.r.objectName(named)), l.text, record(named.model, named.id)), "project", project.Name, "cost_code", target.CostCode)
		return "", false
	}
	code := target.String()
	if _, ok := project.Codes[code]; ok || !project.Active {
		return code, true
	}
	missing, ok := a.r.missing(project, target)
	if !ok {
		a.cause(l, "mapping.budget_code:"+strconv.FormatInt(project.ID, 10)+"/"+code, amount,
			"project", project.Name, "code", code)
		return "", false
	}
	a.missing[missing] = true
	return code, true
}

// noProject decides on a line without an account of the project plan.
func (a *allocator) noProject(l costLine) {
	account := a.r.GL[l.account]
	jobCost := l.account != 0 && slices.Contains(a.r.Settings.JobCostAccounts, account.Code)
	switch policy := a.r.Settings.NoProject; {
	case policy == "park", jobCost && policy != "ignore":
		a.cause(l, "mapping.no_project:"+record(a.model, a.id), l.cost, "account", account.Code)
	case jobCost:
		a.exclude(l.id, ExcludedNoProject, 0, l.cost)
	default:
		a.exclude(l.id, ExcludedOutOfScope, 0, l.cost)
	}
}

func (a *allocator) cause(l costLine, key string, amount decimal.Decimal, detail ...string) {
	if l.cost.IsZero() {
		return
	}
	a.causes.add(key, amount, append([]string{"ref", a.ref, "line", l.text}, detail...)...)
}

func (a *allocator) exclude(line int64, reason string, account int64, amount decimal.Decimal) {
	if !amount.IsZero() {
		a.out.Excluded = append(a.out.Excluded, Excluded{LineID: line, Reason: reason, Account: account, Amount: amount})
	}
}

// result sorts what was collected.
func (a *allocator) result() Allocated {
	slices.SortStableFunc(a.out.Lines, func(x, y Allocation) int {
		return cmp.Or(cmp.Compare(x.Sequence, y.Sequence), cmp.Compare(x.LineID, y.LineID),
			cmp.Compare(x.Project, y.Project), cmp.Compare(x.BudgetCode, y.BudgetCode))
	})
	for m := range a.missing {
		a.out.MissingCodes = append(a.out.MissingCodes, m)
	}
	slices.SortFunc(a.out.MissingCodes, func(x, y MissingCode) int {
		return cmp.Or(cmp.Compare(x.Project, y.Project), cmp.Compare(x.Code, y.Code))
	})
	a.out.Causes = a.causes.sorted()
	return a.out
}

// total is the sum of allocations.
func total(lines []Allocation) decimal.Decimal {
	sum := decimal.Zero
	for _, l := range lines {
		sum = sum.Add(l.Amount)
	}
	return sum
}

// description is the line's text on one line, with quantity and unit (Odoo's unit prices do not multiply
// back to the cent, so lines go by amount) and the share of it that this is.
func description(l costLine, percent decimal.Decimal) string {
	whole := percent.Equal(hundred)
	var note string
	switch {
	case l.quantity != "" && whole:
		note = " (" + l.quantity + ")"
	case l.quantity != "":
		note = " (" + percent.Round(2).String() + " % of " + l.quantity + ")"
	case !whole:
		note = " (" + percent.Round(2).String() + " %)"
	}
	return cut(l.text, 500-len([]rune(note))) + note
}

// oneLine collapses white space.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// cut shortens a text to a number of characters.
func cut(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit-1]) + "…"
}
