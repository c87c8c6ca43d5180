package mapping

import (
	"cmp"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// AllocateBill cuts a vendor bill, refund (negative) or receipt. Lines and Excluded sum to the lines of the
// move without the payable ones, unless causes hold lines back. Tax booked to cost is inside the lines.
func AllocateBill(b odoo.VendorBill, r Rules) Allocated {
	a := newAllocator(r, odoo.ModelMove, b.ID, billRef(b), b.Currency)
	lines := slices.SortedFunc(slices.Values(b.Lines), func(x, y odoo.MoveLine) int { return cmp.Compare(x.ID, y.ID) })
	var base, taxes []odoo.MoveLine
	for _, l := range lines {
		switch l.DisplayType {
		case "", "product":
			base = append(base, l)
		case "tax":
			taxes = append(taxes, l)
		case "payment_term", "line_section", "line_subsection", "line_note":
		default: // rounding, early-payment discount, allocation pairs that net to zero
			a.exclude(l.ID, ExcludedNoCost, 0, l.Amount)
		}
	}
	cost := a.spreadTaxes(base, taxes)
	retained := decimal.Zero
	var retention bool
	for _, l := range base {
		amount := l.Amount.Add(cost[l.ID])
		if r.retention(l.Account) {
			retained = retained.Add(amount)
			shares, _ := r.shares(l.Distribution)
			retention = retention || len(shares) > 0
		}
		if r.noCost(l.Account) {
			a.exclude(l.ID, ExcludedNoCost, 0, amount)
			continue
		}
		a.line(billLine(l, amount))
	}
	if !retained.IsZero() && (retention || len(a.out.Lines) > 0 || len(a.causes.byKey) > 0) {
		waits := total(a.out.Lines)
		if waits.IsZero() {
			waits = retained
		}
		a.causes.add("bill.retainage:"+record(a.model, a.id), waits, "ref", a.ref, "retained", retained.String())
	}
	return a.result()
}

func billLine(l odoo.MoveLine, cost decimal.Decimal) costLine {
	return costLine{
		id: l.ID, sequence: l.Sequence, product: l.Product, account: l.Account,
		purchaseLine: l.PurchaseLine, order: l.PurchaseOrder,
		cost: cost, distribution: l.Distribution, text: oneLine(l.Name),
	}
}

// billRef is what people call the bill.
func billRef(b odoo.VendorBill) string { return cmp.Or(b.Name, b.Ref) }

// retention says whether an account holds retainage.
func (r Rules) retention(account int64) bool {
	return account != 0 && slices.Contains(r.Settings.RetentionAccounts, r.GL[account].Code)
}

// noCost says whether what is booked on an account is no cost.
func (r Rules) noCost(account int64) bool {
	switch r.GL[account].Type {
	case "liability_payable", "asset_prepayments":
		return true
	default:
		return r.retention(account)
	}
}

// spreadTaxes puts each tax line that is cost onto the lines it was reckoned on, and returns the tax per
// line. What is no cost is excluded; a cost tax without any line to go to is a line of its own.
func (a *allocator) spreadTaxes(base, taxes []odoo.MoveLine) map[int64]decimal.Decimal {
	cost := map[int64]decimal.Decimal{}
	for _, t := range taxes {
		booked := a.r.bookedToCost(t, base)
		switch {
		case a.r.noCost(t.Account):
			a.exclude(t.ID, ExcludedNoCost, 0, t.Amount)
			continue
		case booked && a.r.Settings.Tax == "exclude":
			a.exclude(t.ID, ExcludedTaxSetting, 0, t.Amount)
			continue
		case !booked && a.r.Settings.Tax != "include":
			a.exclude(t.ID, ExcludedRecoverableTax, 0, t.Amount)
			continue
		}
		onto := taxedLines(t, base)
		if len(onto) == 0 {
			a.line(billLine(t, t.Amount))
			continue
		}
		weights := make([]decimal.Decimal, len(onto))
		for i, l := range onto {
			weights[i] = l.Amount
		}
		for i, amount := range Split(t.Amount, weights, a.currency.Digits) {
			cost[onto[i].ID] = cost[onto[i].ID].Add(amount)
		}
	}
	return cost
}

// bookedToCost tells a tax line that is cost: Odoo gives it the distribution of its base, or, without an
// account of the tax, the account of its base.
func (r Rules) bookedToCost(t odoo.MoveLine, base []odoo.MoveLine) bool {
	shares, bad := r.shares(t.Distribution)
	if len(shares) > 0 || len(bad.unknown) > 0 || bad.invalid != "" {
		return true
	}
	return slices.ContainsFunc(base, func(l odoo.MoveLine) bool {
		return l.Account == t.Account && t.Account != 0 && slices.Contains(l.Taxes, t.TaxLine)
	})
}

// taxedLines are the lines a tax line was reckoned on: with its tax, distribution and account, else the
// nearest thing to it (the children of a group tax are not on the lines).
func taxedLines(t odoo.MoveLine, base []odoo.MoveLine) []odoo.MoveLine {
	distribution := percents(t.Distribution)
	var best []odoo.MoveLine
	highest := 0
	for _, l := range base {
		rank := 0
		if slices.Contains(l.Taxes, t.TaxLine) {
			rank += 4
		}
		if maps.EqualFunc(percents(l.Distribution), distribution, decimal.Decimal.Equal) {
			rank += 2
		} else if len(distribution) > 0 {
			continue
		}
		if l.Account == t.Account {
			rank++
		}
		switch {
		case rank < 2: // neither its tax nor its distribution
		case rank > highest:
			highest, best = rank, []odoo.MoveLine{l}
		case rank == highest:
			best = append(best, l)
		}
	}
	return best
}

// percents is a distribution in a form that can be compared.
func percents(distribution []odoo.Share) map[string]decimal.Decimal {
	sums := map[string]decimal.Decimal{}
	for _, d := range distribution {
		key := shareKey(d)
		sums[key] = sums[key].Add(d.Percent)
	}
	return sums
}
