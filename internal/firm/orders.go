package firm

// keep adds an order to the plan under a key that bills and edits use.
func (f *Firm) keep(key string, o order) *order {
	if o.company == 0 {
		o.company = building
	}
	if o.state == "" {
		o.state = "purchase"
	}
	p := &o
	f.orders = append(f.orders, p)
	if key != "" {
		f.order[key] = p
	}
	return p
}

func text(kind, s string) line { return line{display: kind, text: s} }

// planOrders are the orders with a story; each says where it must end.
func (f *Firm) planOrders() {
	// Lump sums and units, a section and a note: three lines of one commitment.
	f.keep("plain", order{vendor: concrete, day: "2026-01-12", lands: true, lines: []line{
		text("line_section", "Foundations"),
		buy("03 30 00.M", "Footings, 4000 psi", units(180), centsPrice(15675), all(riverside, "03 30 00.M")),
		buy("03 30 00.M", "Slab on grade, 4000 psi", milli(96500), centsPrice(16240), all(riverside, "03 30 00.M")),
		buy("03 30 00.L", "Pump truck and crew", units(64), centsPrice(8950), all(riverside, "03 30 00.L")),
		text("line_note", "Call 24 h ahead; washout on site."),
	}})
	// Split three ways: the last cent must be found, not lost.
	f.keep("thirds", order{vendor: forms, day: "2026-01-14", lands: true, lines: []line{
		buy("03 11 00.M", "Form panels, three pours", units(145), centsPrice(5391), []share{
			{riverside, "03 11 00.M", 3333}, {riverside, "03 30 00.M", 3333}, {riverside, "03 30 00.L", 3334},
		}),
	}})
	f.keep("sixty", order{vendor: drywall, day: "2026-02-03", lands: true, lines: []line{
		buy("09 29 00.S", "Gypsum board and finish, level 4", units(1), dollars(84350), []share{
			{lincoln, "09 29 00.S", 6000}, {lincoln, "09 91 00.S", 4000},
		}),
	}})
	// One order, two projects: two commitments.
	f.keep("twoprojects", order{vendor: concrete, day: "2026-01-20", lands: true, lines: []line{
		buy("03 30 00.M", "Winter mix, both sites", units(210), centsPrice(17155), []share{
			{riverside, "03 30 00.M", 6000}, {lincoln, "03 30 00.M", 4000},
		}),
		buy("03 30 00.M", "Retarder, Lincoln only", units(30), centsPrice(2245), all(lincoln, "03 30 00.M")),
	}})
	f.keep("lineeach", order{vendor: rentals, day: "2026-02-09", lands: true, lines: []line{
		buy("01 54 00.E", "Tower crane, Riverside", units(20), centsPrice(187500), all(riverside, "01 54 00.E")),
		buy("01 54 00.E", "60 t crane, SR-52", units(9), centsPrice(142500), all(bridge, "01 54 00.E")),
	}})
	// Half for a job, half for the warehouse, which stays out.
	f.keep("halfstock", order{vendor: rebar, day: "2026-02-11", lands: true, lines: []line{
		buy("03 20 00.M", "#5 bar, Riverside", units(12), centsPrice(139250), all(riverside, "03 20 00.M")),
		{text: "#4 bar, yard stock", product: "stock", uom: "EA", qty: units(400), at: centsPrice(1185), account: glStock},
	}})
	// Tax that Odoo books to cost is cost; recoverable tax is not.
	f.keep("usetax", order{vendor: doors, day: "2026-02-17", lands: true, lines: []line{
		taxed(useTax, buy("08 11 00.M", "HM doors with frames", units(24), dollars(925), all(riverside, "08 11 00.M"))),
		taxed(useTax, buy("08 11 00.M", "Closers and locksets", units(24), dollars(310), []share{
			{riverside, "08 11 00.M", 6000}, {riverside, "06 10 00.M", 4000},
		})),
	}})
	f.keep("vat", order{vendor: pipe, company: civil, day: "2026-02-18", lands: true, lines: []line{
		taxed(vat, buy("33 41 00.M", "24 in RCP", units(40), centsPrice(41275), all(bridge, "33 41 00.M"))),
		taxed(vat, buy("33 41 00.M", "Flared end sections", units(4), centsPrice(118050), all(bridge, "33 41 00.M"))),
	}})
	f.keep("officeplan", order{vendor: electric, day: "2026-03-02", lands: true, lines: []line{
		coded(byOffice, buy("26 05 00.S", "Rough-in, levels 1 and 2", units(1), dollars(148200), all(riverside, "26 05 00.S"))),
		coded(byReversed, buy("26 05 00.S", "Temporary power", units(1), dollars(12650), all(riverside, "01 51 00.O"))),
	}})
	f.keep("bycategory", order{vendor: pipe, company: civil, day: "2026-03-04", lands: true, lines: []line{
		coded(byProduct, buy("33 41 00.M", "18 in RCP, coded by product", units(22), centsPrice(33890), all(bridge, "33 41 00.M"))),
	}})
	f.keep("discounts", order{vendor: lumber, day: "2026-03-09", lands: true, lines: []line{
		less(500, buy("03 11 00.M", "Snap ties and whalers", units(320), centsPrice(1837), all(lincoln, "03 11 00.M"))),
		less(1250, buy("03 11 00.M", "Plyform, 3/4 in", units(90), centsPrice(7440), all(lincoln, "03 11 00.M"))),
		buy("03 11 00.M", "Volume rebate", units(1), -dollars(350), all(lincoln, "03 11 00.M")),
	}})
	f.keep("short", order{vendor: paving, company: civil, day: "2026-03-11", lands: true, lines: []line{
		buy("32 12 00.M", "SX asphalt, finished short: 410 of 600 TON taken", units(410), centsPrice(9185), all(bridge, "32 12 00.M")),
	}})
	f.keep("again", order{vendor: roofing, day: "2026-03-16", lands: true, again: true, lines: []line{
		buy("07 52 00.S", "SBS roofing, cancelled in error and confirmed again", units(1), dollars(163900), all(lincoln, "07 52 00.S")),
	}})
	f.keep("cancelled", order{vendor: masonry, day: "2026-03-17", state: "cancel", lines: []line{
		buy("04 22 00.S", "CMU screen wall, not built", units(1), dollars(41800), all(riverside, "04 22 00.S")),
	}})
	f.keep("draft", order{vendor: hvac, day: "2026-10-19", state: "draft", lines: []line{
		buy("23 05 00.S", "Rooftop unit, quotation", units(1), dollars(96500), all(riverside, "23 05 00.S")),
	}})
	f.keep("draft2", order{vendor: excavation, company: civil, day: "2026-10-21", state: "draft", lines: []line{
		buy("31 23 00.S", "Rock excavation, quotation", units(1), dollars(58000), all(bridge, "31 23 00.S")),
	}})
	// The deposit is paid on a prepayment account: no cost, and no line of the schedule of values.
	f.keep("deposit", order{vendor: steel, day: "2026-02-24", lands: true, lines: []line{
		buy("05 12 00.S", "Joists and deck", units(1), dollars(214000), all(lincoln, "05 12 00.S")),
		{text: "Down payment", product: "deposit", uom: "LS", at: dollars(42800), deposit: true, account: glPrepaid},
	}})
	f.keep("partly", order{vendor: cleaning, day: "2026-03-19", lands: true, lines: []line{
		buy("01 74 00.O", "Final cleaning, half of it Riverside's", units(1), dollars(9460), half(riverside, "01 74 00.O")),
	}})
	f.keep("overheadshare", order{vendor: staffing, day: "2026-03-23", lands: true, lines: []line{
		buy("01 31 00.L", "Superintendent, shared with estimating", units(160), centsPrice(9125), []share{
			{riverside, "01 31 00.L", 7000}, {estimating, "", 3000},
		}),
	}})
	f.planBilledOrders()
	f.planHeldOrders()
	f.planEditedOrders()
	f.planQuietOrders()
}

func taxed(t taxing, l line) line {
	l.tax = t
	return l
}

func coded(c coding, l line) line {
	l.coding = c
	return l
}

func less(p points, l line) line {
	l.less = p
	return l
}
