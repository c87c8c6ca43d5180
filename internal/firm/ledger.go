package firm

import (
	"slices"
	"sort"

	"github.com/shopspring/decimal"
)

// LedgerRow is what Procore must hold of the connector's documents on one budget code of one project, in
// US dollars. Project is Procore's project number.
type LedgerRow struct {
	Project, BudgetCode              string
	Commitment, Invoiced, DirectCost decimal.Decimal
}

// ExpectedException is a cause for which a record waits for a person. Ref is the document's number in
// Odoo, for vendors the name; Cause is the code, the part of a cause's key before the colon.
type ExpectedException struct{ Ref, Cause string }

// place is a row of the ledger.
type place struct{ project, code string }

// posting is one amount of the ledger and where it comes from.
type posting struct {
	place
	column column
	amount cents
	ref    string
}

// Ledger is the state after the scripted day, by project and budget code.
func (f *Firm) Ledger() []LedgerRow { return rows(f.postings(afterEdits)) }

// LedgerAfterLoad is the state after the first cycle, before any edit.
func (f *Firm) LedgerAfterLoad() []LedgerRow { return rows(f.postings(afterLoad)) }

func (f *Firm) postings(at stage) []posting {
	var out []posting
	for _, o := range f.orders {
		out = append(out, o.postings(at)...)
	}
	for _, b := range f.bills {
		out = append(out, b.postings(at)...)
	}
	return out
}

// postings of an order: its cost, cut by its shares.
func (o *order) postings(at stage) []posting {
	if !o.lands || len(held(at, o.causes, o.first)) > 0 || at == afterEdits && o.cancelled {
		return nil
	}
	var out []posting
	for _, l := range o.linesAt(at) {
		if l.display == "" && !l.deposit {
			out = append(out, l.postings(committed, 1, o.name)...)
		}
	}
	return out
}

// linesAt are the lines that Procore holds: those of before, where a change was held back.
func (o *order) linesAt(at stage) []line {
	if at == afterEdits && o.after != nil && len(o.last) == 0 {
		return o.after
	}
	return o.lines
}

func (b *bill) postings(at stage) []posting {
	if b.state != "posted" || len(held(at, b.causes, b.first)) > 0 || at == afterLoad && b.late {
		return nil
	}
	lines := b.lines
	if at == afterEdits && b.after != nil && len(b.last) == 0 {
		lines = b.after
	}
	var out []posting
	for _, l := range lines {
		if l.ends != nowhere && b.booked >= goLive {
			out = append(out, l.postings(l.ends, b.sign(), b.name)...)
		}
	}
	return out
}

func (l line) postings(in column, sign cents, ref string) []posting {
	if len(l.to) == 0 {
		return nil
	}
	parts, _ := split(l.cost(), l.points())
	var out []posting
	for i, s := range l.to {
		if project := jobOf(s.job).project; project != "" && parts[i] != 0 {
			out = append(out, posting{place{project, s.code}, in, sign * parts[i], ref})
		}
	}
	return out
}

func rows(postings []posting) []LedgerRow {
	sums := map[place]*[3]cents{}
	for _, p := range postings {
		if sums[p.place] == nil {
			sums[p.place] = &[3]cents{}
		}
		sums[p.place][p.column-committed] += p.amount
	}
	out := make([]LedgerRow, 0, len(sums))
	for at, s := range sums {
		if *s == [3]cents{} {
			continue
		}
		out = append(out, LedgerRow{
			Project: at.project, BudgetCode: at.code,
			Commitment: s[0].decimal(), Invoiced: s[1].decimal(), DirectCost: s[2].decimal(),
		})
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Project != out[j].Project {
			return out[i].Project < out[j].Project
		}
		return out[i].BudgetCode < out[j].BudgetCode
	})
	return out
}

// Exceptions are the causes that are open after the scripted day, one for each record and code.
func (f *Firm) Exceptions() []ExpectedException { return f.exceptions(afterEdits) }

// ExceptionsAfterLoad are the causes that are open after the first cycle.
func (f *Firm) ExceptionsAfterLoad() []ExpectedException { return f.exceptions(afterLoad) }

func (f *Firm) exceptions(at stage) []ExpectedException {
	var out []ExpectedException
	add := func(ref string, causes, first, last []string) {
		open := held(at, causes, first)
		if at == afterEdits {
			open = slices.Concat(open, last)
		}
		for _, c := range open {
			out = append(out, ExpectedException{ref, c})
		}
	}
	for _, v := range vendors {
		add(v.name, v.causes, nil, nil)
	}
	for _, o := range f.orders {
		add(o.name, o.causes, o.first, o.last)
	}
	for _, b := range f.bills {
		add(b.name, b.causes, b.first, b.last)
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Ref != out[j].Ref {
			return out[i].Ref < out[j].Ref
		}
		return out[i].Cause < out[j].Cause
	})
	return out
}
