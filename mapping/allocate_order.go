package mapping

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// AllocateOrder cuts a purchase order. Lines and Excluded sum to the order's total, unless causes hold
// lines back. Sections, notes and down-payment lines have no cost.
func AllocateOrder(po odoo.PurchaseOrder, r Rules) Allocated {
	a := newAllocator(r, odoo.ModelPurchaseOrder, po.ID, po.Name, po.Currency)
	lines := slices.SortedFunc(slices.Values(po.Lines), func(x, y odoo.OrderLine) int { return cmp.Compare(x.ID, y.ID) })
	for _, l := range lines {
		if l.DisplayType != "" || l.DownPayment {
			continue
		}
		tax := r.orderTax(l).Round(a.currency.Digits)
		reason := ExcludedRecoverableTax
		if r.Settings.Tax == "exclude" && !r.costTax(l).IsZero() {
			reason = ExcludedTaxSetting
		}
		a.exclude(l.ID, reason, 0, l.TaxAmount.Sub(tax))
		a.line(costLine{
			id: l.ID, sequence: l.Sequence, product: l.Product, distribution: l.Distribution,
			cost: l.Subtotal.Add(tax), text: oneLine(l.Name), quantity: quantity(l.Quantity, l.UnitName),
		})
	}
	return a.result()
}

// orderTax is the tax of an order line that counts as cost.
func (r Rules) orderTax(l odoo.OrderLine) decimal.Decimal {
	switch r.Settings.Tax {
	case "exclude":
		return decimal.Zero
	case "include":
		return l.TaxAmount
	default:
		return r.costTax(l)
	}
}

// costTax is the tax of an order line that Odoo will book to cost: the line has only the sum of its
// taxes, so each tax's part of it is reckoned from its rate.
func (r Rules) costTax(l odoo.OrderLine) decimal.Decimal {
	all, cost := decimal.Zero, decimal.Zero
	for _, id := range slices.Sorted(slices.Values(l.Taxes)) {
		tax := r.Taxes[id]
		amount := l.Subtotal.Mul(tax.Amount).Shift(-2)
		switch {
		case tax.AmountType == "fixed":
			amount = l.Quantity.Mul(tax.Amount)
		case tax.AmountType == "division" && !tax.Amount.Equal(hundred):
			amount = l.Subtotal.Mul(tax.Amount).Div(hundred.Sub(tax.Amount))
		case len(l.Taxes) == 1:
			amount = l.TaxAmount // a group has no rate of its own
		}
		all = all.Add(amount)
		cost = cost.Add(amount.Mul(tax.CostShare))
	}
	if all.IsZero() {
		return cost
	}
	return cost.Mul(l.TaxAmount).Div(all)
}

func quantity(q decimal.Decimal, unit string) string {
	if q.IsZero() {
		return ""
	}
	return oneLine(q.String() + " " + unit)
}
