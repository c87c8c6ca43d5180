package firm

import (
	"fmt"
	"slices"
	"time"
)

// totalOrders is the size of the plan.
const totalOrders = 120

// Bounds of the generated dates.
var (
	historyFrom = date("2025-03-03")
	historyTo   = date("2025-12-12")
	liveFrom    = date("2026-01-05")
	liveTo      = date("2026-10-16")
)

func date(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic("firm: " + err.Error())
	}
	return t
}

// workday is a day of the range that is no weekend.
func (f *Firm) workday(from, to time.Time) string {
	d := from.AddDate(0, 0, int(f.dice.between(0, int64(to.Sub(from).Hours()/24))))
	for d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		d = d.AddDate(0, 0, -1)
	}
	return d.Format(time.DateOnly)
}

// fillOrders adds ordinary orders: history, stock, and job orders of the running year.
func (f *Firm) fillOrders() {
	for range 24 {
		f.keep("", f.jobOrder(f.workday(historyFrom, historyTo), pick(f.dice, []string{riverside, lincoln, library, bridge}), false))
	}
	for range 10 {
		f.keep("", order{
			vendor: pick(f.dice, overheadVendors), company: pick(f.dice, []int{building, civil}), day: f.workday(liveFrom, liveTo),
			lines: []line{{
				text: "Small tools and supplies", product: "office", uom: "EA", account: glOverhead,
				qty: units(f.dice.between(2, 60)), at: centsPrice(f.dice.between(450, 18900)),
			}},
		})
	}
	for range 4 {
		f.keep("", f.jobOrder(f.workday(liveFrom, liveTo), harbor, true))
	}
	for len(f.orders) < totalOrders {
		o := f.keep("", f.jobOrder(f.workday(liveFrom, liveTo), pick(f.dice, []string{riverside, lincoln, bridge}), true))
		f.ordinary = append(f.ordinary, o)
	}
}

func (f *Firm) jobOrder(day, code string, lands bool) order {
	j := jobOf(code)
	v := f.tradeFor(j)
	o := order{vendor: v.name, company: j.company, day: day, lands: lands}
	for i := range f.dice.between(1, 3) {
		budget := pick(f.dice, v.trades)
		o.lines = append(o.lines, f.jobLine(j, budget, fmt.Sprintf("%s, area %d", describe(budget), i+1)))
	}
	return o
}

// tradeFor is a vendor that works on the job.
func (f *Firm) tradeFor(j job) vendor {
	for {
		v := pick(f.dice, vendors)
		if len(v.trades) == 0 || j.company == civil && !v.civil {
			continue
		}
		ok := true
		for _, code := range v.trades {
			ok = ok && slices.Contains(siteOf(j.project).codes, code)
		}
		if ok {
			return v
		}
	}
}

// jobLine is a line of the job with a plausible size and split, redrawn until no cent of it is in doubt.
func (f *Firm) jobLine(j job, code, words string) line {
	for {
		s := supplyOf(code)
		l := buy(code, words, units(f.dice.between(s.qtyLow, s.qtyHigh)), centsPrice(f.dice.between(s.priceLow, s.priceTop)), nil)
		if s.lump {
			l.at = l.at / dollars(1) * dollars(1)
		}
		if f.dice.between(1, 6) == 1 {
			l.less = pick(f.dice, []points{200, 500, 1000})
		}
		l.coding = pick(f.dice, []coding{byPlans, byPlans, byReversed, byOffice})
		l.to = f.shares(j, code)
		if certain(l) {
			return l
		}
	}
}

func (f *Firm) shares(j job, code string) []share {
	codes := siteOf(j.project).codes
	other := func(not ...string) string {
		for {
			if c := pick(f.dice, codes); !slices.Contains(not, c) {
				return c
			}
		}
	}
	switch f.dice.between(1, 8) {
	case 1:
		return []share{{j.code, code, 6000}, {j.code, other(code), 4000}}
	case 2:
		second := other(code)
		return []share{{j.code, code, 3333}, {j.code, second, 3333}, {j.code, other(code, second), 3334}}
	default:
		return all(j.code, code)
	}
}

// certain tells that neither the extension nor the split of a line leaves a cent in doubt.
func certain(l line) bool {
	_, tie := extend(l.qty, l.at, l.less)
	if tie {
		return false
	}
	_, tie = split(l.cost(), l.points())
	return !tie
}

func (l line) points() []points {
	out := make([]points, len(l.to))
	for i, s := range l.to {
		out[i] = s.of
	}
	return out
}

func describe(code string) string {
	for _, n := range costAccounts() {
		if n.code == code {
			return n.name
		}
	}
	return code
}

func siteOf(number string) site {
	for _, s := range sites {
		if s.number == number {
			return s
		}
	}
	panic("firm: no project " + number)
}
