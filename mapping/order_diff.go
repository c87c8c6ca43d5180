package mapping

import (
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// orderDiff compares the wanted commitments of an order with its bindings.
type orderDiff struct {
	po     odoo.PurchaseOrder
	r      Rules
	st     OrderState
	alloc  Allocated
	causes causes
	steps  []Step
}

func (d *orderDiff) compare(wanted []Commitment) {
	byPart := latest(d.st.Bindings, KindCommitment)
	for _, c := range wanted {
		d.want(c, byPart[c.Part])
		delete(byPart, c.Part)
	}
	for _, part := range slices.SortedFunc(maps.Keys(byPart), compareParts) {
		d.unwant(byPart[part])
	}
}

// want brings one commitment about.
func (d *orderDiff) want(c Commitment, b Binding) {
	step := Step{Part: c.Part, Project: c.Project, ProcoreID: b.ProcoreID, Commitment: &c}
	used := map[string]bool{}
	for _, l := range c.Lines {
		used[l.BudgetCode] = true
	}
	step.Codes = codesOf(d.alloc.MissingCodes, c.Project, used)
	written, err := DecodeContent[Commitment](b)
	sameMoney := err == nil && sameMoney(written, c)
	switch {
	case b.Status == StatusLinked: // its lines are never written
		return
	case !exists(b):
		step.Kind, step.ProcoreID = StepCreateCommitment, 0
	case sameMoney && (b.Status == StatusClosed || unfinished(b, c.Status)):
		step.Kind = StepRewriteCommitment
	case sameMoney && sameHeader(written, c) && (d.st.Billed[c.Part] || sameTexts(written, c)):
		return
	case sameMoney && (d.st.Billed[c.Part] || sameTexts(written, c)):
		step.Kind, step.Codes = StepUpdateHeader, nil
	default:
		step.Kind = StepRewriteCommitment
		step.RemoveLines = removed(b, written, c)
		if d.st.Billed[c.Part] && !d.mayRewrite(step.RemoveLines) {
			d.causes.add("amendment.after_billing:"+record(odoo.ModelPurchaseOrder, d.po.ID), value(c).Sub(value(written)),
				"ref", d.po.Name, "project", d.r.Procore[c.Project].Name)
		}
	}
	d.steps = append(d.steps, step)
}

// mayRewrite says whether a billed commitment may be rewritten: by setting, and never by taking away a line
// that was billed.
func (d *orderDiff) mayRewrite(remove []string) bool {
	return d.r.Settings.AmendAfterBilling == "rewrite" &&
		!slices.ContainsFunc(remove, func(key string) bool { return d.st.BilledLines[key] })
}

// unwant retires a commitment that is wanted no longer.
func (d *orderDiff) unwant(b Binding) {
	if !owned(b) {
		return
	}
	if d.st.Billed[b.Part] {
		code := "commitment.moved_after_billing:"
		if !confirmed(d.po) {
			code = "commitment.cancelled_after_billing:"
		}
		amount := decimal.Zero
		if written, err := DecodeContent[Commitment](b); err == nil {
			amount = value(written)
		}
		d.causes.add(code+record(odoo.ModelPurchaseOrder, d.po.ID), amount,
			"ref", d.po.Name, "project", d.r.Procore[b.Project].Name)
	}
	d.steps = append(d.steps, Step{Kind: StepRetireCommitment, Part: b.Part, Project: b.Project, ProcoreID: b.ProcoreID})
}

// value is the sum of a commitment's lines.
func value(c Commitment) decimal.Decimal {
	sum := decimal.Zero
	for _, l := range c.Lines {
		sum = sum.Add(l.Amount)
	}
	return sum
}

// sameMoney compares what is locked while a commitment is Approved: vendor, lines, amounts.
func sameMoney(a, b Commitment) bool {
	if a.Vendor != b.Vendor || len(a.Lines) != len(b.Lines) {
		return false
	}
	amounts := map[string]decimal.Decimal{}
	for _, l := range a.Lines {
		amounts[l.Key] = l.Amount
	}
	return !slices.ContainsFunc(b.Lines, func(l CommitmentLine) bool {
		amount, ok := amounts[l.Key]
		return !ok || !amount.Equal(l.Amount)
	})
}

// sameTexts compares the lines' descriptions; while nothing is billed they are kept up to date.
func sameTexts(a, b Commitment) bool {
	texts := map[string]string{}
	for _, l := range a.Lines {
		texts[l.Key] = l.Description
	}
	return !slices.ContainsFunc(b.Lines, func(l CommitmentLine) bool { return texts[l.Key] != l.Description })
}

// sameHeader compares what can be changed without reopening.
func sameHeader(a, b Commitment) bool {
	return a.Number == b.Number && a.Title == b.Title && a.Description == b.Description && a.ContractDate == b.ContractDate
}

// removed lists the keys of lines that a commitment has and should not have.
func removed(b Binding, written, wanted Commitment) []string {
	keys := map[string]bool{}
	for key := range b.Lines {
		keys[key] = true
	}
	for _, l := range written.Lines {
		keys[l.Key] = true
	}
	for _, l := range wanted.Lines {
		delete(keys, l.Key)
	}
	if len(keys) == 0 {
		return nil
	}
	return slices.SortedFunc(maps.Keys(keys), strings.Compare)
}
