package firm

import "fmt"

// Sizes of the plan.
const (
	totalBills  = 200
	withoutJobs = 88
)

var liveTop = date("2026-11-13")

// fillBills adds ordinary bills: overhead without a project, history, and the running year's.
func (f *Firm) fillBills() {
	for i := range withoutJobs {
		from, to := liveFrom, liveTop
		if i%4 == 0 {
			from, to = historyFrom, historyTo
		}
		f.enter("", f.overheadBill(f.workday(from, to)))
	}
	f.enter("", bill{vendor: "Old Town Signs", day: "2025-06-17", ref: f.ref(), lines: []line{
		loose(glOverhead, "Yard sign; the vendor closed since", centsPrice(138500), nil),
	}})
	for i := range 8 {
		b := f.overheadBill(f.workday(liveFrom, liveTop))
		b.lines[0].to = all([]string{office, yard, estimating}[i%3], "")
		f.enter("", b)
	}
	for range 8 {
		o := f.historic()
		f.enter("", bill{company: o.company, vendor: o.vendor, day: later(o.day, 9), ref: f.ref(), lines: dropAll(tiedAll(o))})
	}
	for _, o := range f.ordinary {
		if len(f.bills) >= totalBills-14 {
			break
		}
		day := later(o.day, f.dice.between(18, 40))
		if lines := f.progress(o); len(lines) > 0 && f.dice.between(1, 3) > 1 {
			f.enter("", bill{company: o.company, vendor: o.vendor, day: day, ref: f.ref(), lines: lines})
		}
	}
	for len(f.bills) < totalBills {
		f.enter("", f.directBill())
	}
}

// historic is an order of before go-live that has no bill yet.
func (f *Firm) historic() *order {
	for {
		o := pick(f.dice, f.orders)
		if o.day < "2025-12-01" && o != f.order["carried"] && !f.billed[o] {
			f.billed[o] = true
			return o
		}
	}
}

func dropAll(lines []line) []line {
	for i := range lines {
		lines[i].ends = nowhere
	}
	return lines
}

// progress bills a part of every line of an order that can be parted without a cent in doubt.
func (f *Firm) progress(o *order) []line {
	var out []line
	for i, l := range o.lines {
		for range 20 {
			qty := pick(f.dice, []milli{250, 300, 400, 500, 600})
			if l.qty > units(1) {
				qty = units(f.dice.between(1, int64(l.qty/units(1))))
			}
			if t := tied(o, i, qty); certain(t) {
				out = append(out, t)
				break
			}
		}
	}
	return out
}

func (f *Firm) overheadBill(day string) bill {
	account := pick(f.dice, []string{glOverhead, glOverhead, glInsurance, glStock})
	words := map[string]string{glOverhead: "Office and shop expense", glInsurance: "Premium", glStock: "Warehouse purchase"}[account]
	b := bill{vendor: pick(f.dice, overheadVendors), company: pick(f.dice, []int{building, building, civil}), day: day, ref: f.ref()}
	for i := range f.dice.between(1, 2) {
		l := loose(account, fmt.Sprintf("%s %d", words, i+1), centsPrice(f.dice.between(1850, 480000)), nil)
		if f.dice.between(1, 4) == 1 {
			l.tax = vat
		}
		b.lines = append(b.lines, l)
	}
	return b
}

func (f *Firm) directBill() bill {
	j := jobOf(pick(f.dice, []string{riverside, lincoln, bridge}))
	v := f.tradeFor(j)
	code := pick(f.dice, v.trades)
	b := bill{vendor: v.name, company: j.company, day: f.workday(liveFrom, liveTop), ref: f.ref()}
	for {
		l := loose(supplyOf(code).account, describe(code)+", without an order", centsPrice(f.dice.between(12500, 940000)), f.shares(j, code))
		if certain(l) {
			b.lines = []line{l}
			return b
		}
	}
}

// ref is the next invoice number, as one or another vendor writes it; none comes twice.
func (f *Firm) ref() string {
	f.refs++
	n := 10200 + f.refs*7
	switch f.refs % 6 {
	case 0:
		return fmt.Sprintf("INV-%d", n)
	case 1:
		return fmt.Sprintf("2026/%d", n)
	case 2:
		return fmt.Sprintf("#%d", n)
	case 3:
		return fmt.Sprintf("%d-A", n)
	case 4:
		return fmt.Sprintf("S.O. %d", n)
	default:
		return fmt.Sprintf("%d", n)
	}
}
