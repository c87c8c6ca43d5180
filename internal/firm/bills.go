package firm

import (
	"time"
)

// enter adds a bill to the plan under a key that credit notes and edits use.
func (f *Firm) enter(key string, b bill) *bill {
	if b.company == 0 {
		b.company = building
	}
	if b.kind == "" {
		b.kind = "in_invoice"
	}
	if b.state == "" {
		b.state = "posted"
	}
	if b.booked == "" {
		b.booked = b.day
	}
	p := &b
	f.bills = append(f.bills, p)
	if key != "" {
		f.bill[key] = p
	}
	return p
}

// tied bills a quantity of an order's line at the order's price. The money ends on the commitment where
// the order has one; orders confirmed before go-live have none.
func tied(o *order, of int, qty milli) line {
	l := o.lines[of]
	l.order, l.of, l.qty = o, of, qty
	switch {
	case l.deposit || len(l.to) == 0:
		l.ends, l.deposit = nowhere, false
	case o.lands:
		l.ends = invoiced
	case o.state == "purchase":
		l.ends = directCost
	}
	return l
}

// whole order, every line of it.
func tiedAll(o *order) []line {
	var out []line
	for i, l := range o.lines {
		if l.display == "" && !l.deposit {
			out = append(out, tied(o, i, l.qty))
		}
	}
	return out
}

// loose is a line without an order: what it costs a job is a direct cost.
func loose(account, words string, amount price, to []share) line {
	l := line{text: words, account: account, qty: units(1), at: amount, to: to}
	for _, s := range to {
		if jobOf(s.job).project != "" {
			l.ends = directCost
		}
	}
	return l
}

// of bills an order: the vendor, the company and the lines.
func (f *Firm) billOf(key, orderKey, day string, lines ...line) *bill {
	o := f.order[orderKey]
	return f.enter(key, bill{company: o.company, vendor: o.vendor, day: day, ref: f.ref(), lines: lines})
}

// planOrderBills are bills of orders; what is not held ends as subcontractor invoices.
func (f *Firm) planOrderBills() {
	o := func(key string) *order { return f.order[key] }
	f.billOf("", "plain", "2026-02-06", tied(o("plain"), 1, units(100)), tied(o("plain"), 3, units(32)))
	f.billOf("", "plain", "2026-03-06", tied(o("plain"), 1, units(80)), tied(o("plain"), 2, milli(96500)), tied(o("plain"), 3, units(32)))
	f.billOf("", "thirds", "2026-02-13", tied(o("thirds"), 0, units(71)))
	f.billOf("", "thirds", "2026-03-13", tied(o("thirds"), 0, units(74)))
	f.billOf("", "sixty", "2026-03-31", tied(o("sixty"), 0, milli(350)))
	// One bill, two projects: two subcontractor invoices.
	f.billOf("", "twoprojects", "2026-02-27", tied(o("twoprojects"), 0, units(100)), tied(o("twoprojects"), 1, units(12)))
	f.billOf("", "lineeach", "2026-03-20", tied(o("lineeach"), 0, units(11)), tied(o("lineeach"), 1, units(9)))
	f.billOf("", "halfstock", "2026-03-10", tiedAll(o("halfstock"))...)
	f.billOf("", "usetax", "2026-03-27", tied(o("usetax"), 0, units(12)), tied(o("usetax"), 1, units(12)))
	f.billOf("", "vat", "2026-03-26", tiedAll(o("vat"))...)
	f.billOf("", "officeplan", "2026-04-03", tied(o("officeplan"), 0, milli(500)), tied(o("officeplan"), 1, units(1)))
	f.billOf("", "bycategory", "2026-04-02", tiedAll(o("bycategory"))...)
	f.billOf("", "discounts", "2026-04-10", tiedAll(o("discounts"))...)
	f.billOf("", "short", "2026-04-17", tiedAll(o("short"))...)
	f.billOf("", "again", "2026-05-01", tied(o("again"), 0, milli(300)))
	// The deposit costs nothing when it is paid, and takes nothing from the cost when it is deducted.
	f.billOf("", "deposit", "2026-03-03", tied(o("deposit"), 1, units(1)))
	f.billOf("", "deposit", "2026-05-08", tied(o("deposit"), 0, units(1)), tied(o("deposit"), 1, -units(1)))
	f.billOf("", "partly", "2026-04-24", tiedAll(o("partly"))...)
	f.billOf("", "overheadshare", "2026-04-30", tied(o("overheadshare"), 0, units(80)))
	// One bill over two orders of the vendor.
	f.billOf("", "pairA", "2026-04-07", tied(o("pairA"), 0, milli(600)), tied(o("pairB"), 0, units(1)))
	// Freight added in accounts payable: a direct cost under the number of the same invoice.
	f.billOf("", "freight", "2026-04-14", tied(o("freight"), 0, units(16)),
		loose(glFreight, "Freight, Pueblo mill", centsPrice(84750), all(lincoln, "03 20 00.M")))
	f.billOf("overprice", "overprice", "2026-05-06", func() line {
		l := tied(o("overprice"), 0, units(120))
		l.at = centsPrice(17235)
		return l
	}())
	f.billOf("", "branch", "2026-05-05", tiedAll(o("branch"))...)
	f.billOf("", "twin", "2026-05-15", tied(o("twin"), 0, milli(250)))
	f.billOf("", "twincivil", "2026-05-15", tied(o("twincivil"), 0, milli(500)))
	f.planCredits()
	f.planHeldOrderBills()
	f.planEditedBills()
}

// planCredits: a credit note goes the way of the bill that it reverses, else of its order's line.
func (f *Firm) planCredits() {
	demolition := f.order["credited"]
	reversed := f.billOf("credited", "credited", "2026-02-10", tied(demolition, 0, milli(500)))
	f.enter("", bill{
		vendor: demo, kind: "in_refund", day: "2026-03-02", ref: f.ref(), reverses: reversed,
		lines: []line{tied(demolition, 0, milli(50))},
	})
	deck := f.order["overprice"]
	f.enter("", bill{
		company: civil, vendor: concrete, kind: "in_refund", day: "2026-05-27", ref: f.ref(),
		lines: []line{func() line {
			l := tied(deck, 0, units(120))
			l.at = centsPrice(345)
			return l
		}()},
	})
	// Refunded and billed again, without an order.
	wrong := f.enter("", bill{vendor: cleaning, day: "2026-06-03", ref: f.ref(), lines: []line{
		loose(glOther, "Dumpsters, May", centsPrice(318425), all(riverside, "01 74 00.O")),
	}})
	f.enter("", bill{vendor: cleaning, kind: "in_refund", day: "2026-06-10", ref: f.ref(), reverses: wrong, lines: []line{
		loose(glOther, "Dumpsters, May", centsPrice(318425), all(riverside, "01 74 00.O")),
	}})
	f.enter("", bill{vendor: cleaning, day: "2026-06-11", ref: f.ref(), lines: []line{
		loose(glOther, "Dumpsters, May", centsPrice(268425), all(lincoln, "01 74 00.O")),
	}})
	f.enter("", bill{vendor: lumber, kind: "in_refund", day: "2026-06-16", ref: f.ref(), lines: []line{
		loose(glMaterials, "Returned studs", centsPrice(41218), all(lincoln, "06 10 00.M")),
	}})
}

// planHeldOrderBills stay with a person, or go although something about them is odd.
func (f *Firm) planHeldOrderBills() {
	o := func(key string) *order { return f.order[key] }
	f.billOf("", "recoded", "2026-04-16", func() line {
		l := tied(o("recoded"), 0, milli(400))
		l.to = all(lincoln, "23 05 00.S")
		return l
	}()).causes = []string{"bill.recoded"}
	f.billOf("", "retention", "2026-03-18", tied(o("retention"), 0, milli(500)),
		keepBack(-dollars(5930))).causes = []string{"bill.retainage"}
	f.billOf("", "retention", "2026-04-21", tied(o("retention"), 0, milli(250)))
	f.billOf("", "retention", "2026-07-07", keepBack(dollars(5930))).causes = []string{"bill.retainage"}
	f.billOf("", "typed", "2026-02-20", tiedAll(o("typed"))...).causes = []string{"po.parked"}
	f.billOf("", "harbor", "2026-04-09", tied(o("harbor"), 0, milli(300))).causes = []string{"billing_period.none"}
	f.billOf("", "harbor", "2026-05-20", tied(o("harbor"), 0, milli(250))).causes = []string{"billing_period.none"}
	f.billOf("", "carried", "2025-12-15", nothing(tied(o("carried"), 0, milli(300))))
	f.billOf("", "carried", "2026-02-25", tied(o("carried"), 0, milli(700)))
	f.billOf("gym", "gym", "2026-06-08", tied(o("gym"), 0, milli(400))).first = []string{"mapping.project"}
}

func keepBack(amount price) line {
	return line{text: "Retention 10 %", account: glRetention, qty: units(1), at: amount, to: all(lincoln, "04 22 00.S")}
}

func nothing(l line) line {
	l.ends = nowhere
	return l
}

// planEditedBills are those around which the scripted day turns.
func (f *Firm) planEditedBills() {
	o := func(key string) *order { return f.order[key] }
	f.billOf("", "edit-reset", "2026-08-28", tied(o("edit-reset"), 0, milli(300)))
	f.billOf("edit-reset", "edit-reset", "2026-09-25", tied(o("edit-reset"), 0, milli(300)))
	f.billOf("", "edit-late", "2026-08-07", tied(o("edit-late"), 0, milli(200)))
	f.billOf("", "edit-late", "2026-09-04", tied(o("edit-late"), 0, milli(250)))
	f.billOf("", "edit-billed", "2026-09-11", tied(o("edit-billed"), 0, milli(500)))
}

// later moves a day.
func later(day string, days int64) string {
	d := date(day).AddDate(0, 0, int(days))
	if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		d = d.AddDate(0, 0, 2)
	}
	return d.Format(time.DateOnly)
}
