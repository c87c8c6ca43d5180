package firm

// planBilledOrders are orders whose bills have a story.
func (f *Firm) planBilledOrders() {
	f.keep("pairA", order{vendor: curbs, company: civil, day: "2026-02-02", lands: true, lines: []line{
		buy("32 16 00.S", "Curb and gutter, north side", units(1), dollars(38750), all(bridge, "32 16 00.S")),
	}})
	f.keep("pairB", order{vendor: curbs, company: civil, day: "2026-02-26", lands: true, lines: []line{
		buy("32 16 00.S", "Curb ramps, change of standard", units(1), dollars(14280), all(bridge, "32 16 00.S")),
	}})
	f.keep("freight", order{vendor: rebar, day: "2026-03-05", lands: true, lines: []line{
		buy("03 20 00.M", "Fabricated mats", units(16), centsPrice(151875), all(lincoln, "03 20 00.M")),
	}})
	f.keep("recoded", order{vendor: plumbing, day: "2026-03-12", lands: true, lines: []line{
		buy("22 11 00.S", "Domestic water, rough-in", units(1), dollars(72400), all(lincoln, "22 11 00.S")),
	}})
	f.keep("retention", order{vendor: masonry, day: "2026-02-05", lands: true, lines: []line{
		buy("04 22 00.S", "CMU walls, 10 % retention", units(1), dollars(118600), all(lincoln, "04 22 00.S")),
	}})
	f.keep("credited", order{vendor: demo, day: "2026-01-15", lands: true, lines: []line{
		buy("02 41 00.S", "Interior demolition", units(1), dollars(64500), all(riverside, "02 41 00.S")),
	}})
	f.keep("overprice", order{vendor: concrete, company: civil, day: "2026-04-06", lands: true, lines: []line{
		buy("03 30 00.M", "Deck pour, price rose before billing", units(120), centsPrice(16890), all(bridge, "03 30 00.M")),
	}})
	f.keep("branch", order{vendor: rentalsYard, company: civil, day: "2026-04-08", lands: true, lines: []line{
		buy("31 23 00.E", "Excavator, Pueblo yard", units(14), centsPrice(96500), all(bridge, "31 23 00.E")),
	}})
	f.keep("unmatched", order{vendor: painting, day: "2026-04-13", lands: true, lines: []line{
		buy("09 91 00.S", "Interior painting", units(1), dollars(58900), all(riverside, "09 91 00.S")),
	}})
	f.keep("twin", order{vendor: electric, day: "2026-04-15", lands: true, lines: []line{
		buy("26 05 00.S", "Site lighting", units(1), dollars(47300), all(lincoln, "26 05 00.S")),
	}})
	// The same number as the order before, in the other company, by another vendor on another job.
	f.keep("twincivil", order{vendor: excavation, company: civil, day: "2026-04-15", lands: true, lines: []line{
		buy("31 23 00.S", "Abutment excavation", units(1), dollars(88200), all(bridge, "31 23 00.S")),
	}})
	// Confirmed before go-live: never a commitment, its later bills are direct costs.
	f.keep("carried", order{vendor: hvac, day: "2025-11-18", lines: []line{
		buy("23 05 00.S", "Ductwork, ordered before go-live", units(1), dollars(91250), all(riverside, "23 05 00.S")),
	}})
}

// planHeldOrders stay with a person.
func (f *Firm) planHeldOrders() {
	// Somebody typed the order into Procore as well: once by its number, once as people say it.
	f.keep("typed", order{vendor: rebar, day: "2026-01-22", lands: true, causes: []string{"commitment.exists"}, lines: []line{
		buy("03 20 00.M", "Footing bar", units(9), centsPrice(138400), all(riverside, "03 20 00.M")),
	}})
	f.keep("typedloose", order{vendor: lumber, day: "2026-02-12", lands: true, causes: []string{"commitment.exists"}, lines: []line{
		buy("03 11 00.M", "Wall forms", units(64), centsPrice(6210), all(lincoln, "03 11 00.M")),
	}})
	f.keep("nocode", order{vendor: cleaning, day: "2026-04-20", lands: true, causes: []string{"mapping.code"}, lines: []line{
		coded(byUnmapped, buy("26 05 00.S", "Street sweeping", units(1), dollars(3150), all(riverside, "01 74 00.O"))),
	}})
	// Painting is no cost code of the bridge, and a cost code is never invented.
	f.keep("nobudgetcode", order{vendor: painting, company: civil, day: "2026-04-22", lands: true, causes: []string{"mapping.budget_code"}, lines: []line{
		buy("09 91 00.S", "Girder touch-up", units(1), dollars(17600), all(bridge, "09 91 00.S")),
	}})
	f.keep("forbidden", order{vendor: electric, day: "2026-04-27", lands: true, causes: []string{"project.forbidden"}, lines: []line{
		buy("26 05 00.S", "Security conduit", units(1), dollars(134000), all(courthouse, "26 05 00.S")),
	}})
	f.keep("ambiguous", order{vendor: ambiguous, day: "2026-05-04", lands: true, causes: []string{"vendor.parked"}, lines: []line{
		buy("21 13 00.S", "Wet system, phase 1", units(1), dollars(76400), all(riverside, "21 13 00.S")),
	}})
	f.keep("harbor", order{vendor: excavation, company: civil, day: "2026-02-19", lands: true, lines: []line{
		buy("31 23 00.S", "Wet well excavation", units(1), dollars(142700), all(harbor, "31 23 00.S")),
	}})
	// Its account gets a mapping in the edits; then all of it goes.
	f.keep("gym", order{vendor: steel, day: "2026-05-11", lands: true, first: []string{"mapping.project"}, lines: []line{
		buy("05 12 00.S", "Gymnasium frame", units(1), dollars(187300), all(gym, "05 12 00.S")),
	}})
	f.keep("gymfloor", order{vendor: concrete, day: "2026-05-18", lands: true, first: []string{"mapping.project"}, lines: []line{
		buy("03 30 00.M", "Gymnasium slab", units(74), centsPrice(16995), all(gym, "03 30 00.M")),
	}})
}

// planEditedOrders are those that the scripted day changes.
func (f *Firm) planEditedOrders() {
	f.keep("edit-amend", order{vendor: paving, company: civil, day: "2026-09-08", lands: true, lines: []line{
		buy("32 12 00.M", "Approach paving", units(260), centsPrice(9240), all(bridge, "32 12 00.M")),
		buy("32 12 00.M", "Patching", units(35), centsPrice(10475), all(bridge, "32 12 00.M")),
	}})
	f.keep("edit-cancel", order{vendor: roofing, day: "2026-09-10", lands: true, lines: []line{
		buy("07 52 00.S", "Canopy roof", units(1), dollars(28400), all(riverside, "07 52 00.S")),
	}})
	f.keep("edit-move", order{vendor: drywall, day: "2026-09-14", lands: true, lines: []line{
		buy("09 29 00.S", "Shaft wall", units(1), dollars(33750), all(riverside, "09 29 00.S")),
	}})
	f.keep("edit-reset", order{vendor: hvac, day: "2026-08-03", lands: true, lines: []line{
		buy("23 05 00.S", "Air handlers", units(1), dollars(129000), all(lincoln, "23 05 00.S")),
	}})
	f.keep("edit-late", order{vendor: steel, company: civil, day: "2026-07-20", lands: true, lines: []line{
		buy("05 12 00.S", "Girder erection", units(1), dollars(246000), all(bridge, "05 12 00.S")),
	}})
	f.keep("edit-split", order{vendor: concrete, day: "2026-09-16", lands: true, lines: []line{
		buy("03 30 00.M", "Topping slab and curbs", units(88), centsPrice(15930), []share{
			{riverside, "03 30 00.M", 6000}, {riverside, "03 11 00.M", 4000},
		}),
	}})
	f.keep("edit-billed", order{
		vendor: electric, day: "2026-08-12", lands: true, last: []string{"amendment.after_billing"},
		lines: []line{
			buy("26 05 00.S", "Fire alarm", units(1), dollars(54600), all(riverside, "26 05 00.S")),
		},
	})
}

// planQuietOrders have nothing to do with Procore.
func (f *Firm) planQuietOrders() {
	f.keep("", order{vendor: "Rocky Mountain Office Supply", day: "2026-02-16", lines: []line{
		{text: "Plotter paper", product: "office", uom: "EA", qty: units(40), at: centsPrice(2385), account: glOverhead},
	}})
	f.keep("", order{vendor: "Fastener Depot", company: civil, day: "2026-03-25", lines: []line{
		{text: "Anchor bolts for stock", product: "stock", uom: "EA", qty: units(1200), at: centsPrice(318), account: glStock},
	}})
	f.keep("", order{vendor: "Platte Valley Safety Gear", day: "2026-04-28", lines: []line{
		{text: "Harnesses", product: "office", uom: "EA", qty: units(18), at: centsPrice(14495), account: glOverhead, to: all(yard, "")},
	}})
}
