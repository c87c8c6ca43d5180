package firm

// planDirectBills are bills and receipts without an order.
func (f *Firm) planDirectBills() {
	// Utilities over three jobs, coded by the G/L account.
	for i, amount := range []price{centsPrice(214638), centsPrice(198851), centsPrice(187341), centsPrice(176243)} {
		f.enter("", bill{vendor: power, day: later("2026-02-04", int64(30*i)), ref: f.ref(), lines: []line{
			coded(byAccount, loose(glUtilities, "Temporary power, three sites", amount, []share{
				{riverside, "01 51 00.O", 3333}, {lincoln, "01 51 00.O", 3333}, {bridge, "01 51 00.O", 3334},
			})),
		}})
	}
	f.enter("", bill{vendor: lumber, kind: "in_receipt", day: "2026-03-24", ref: f.ref(), lines: []line{
		loose(glMaterials, "Counter sale, blocking", centsPrice(28764), all(riverside, "06 10 00.M")),
	}})
	f.enter("", bill{vendor: rentals, kind: "in_receipt", company: civil, day: "2026-04-22", ref: f.ref(), lines: []line{
		loose(glEquipment, "Light tower, weekend", centsPrice(39500), all(bridge, "01 54 00.E")),
	}})
	// Without the vendor's number Odoo's own serves.
	f.enter("", bill{vendor: cleaning, day: "2026-04-29", lines: []line{
		loose(glOther, "Porta-johns, April", centsPrice(94500), all(lincoln, "01 74 00.O")),
	}})
	// Booked in the new year, billed in the old: the accounting date decides.
	f.enter("", bill{vendor: staffing, day: "2025-12-29", booked: "2026-01-09", ref: f.ref(), lines: []line{
		loose(glLabor, "Carpenters, holiday shift", centsPrice(512640), all(riverside, "01 31 00.L")),
	}})
	// Back-dated into a month that was closed.
	f.enter("", bill{vendor: forms, day: "2026-03-30", booked: "2026-03-30", ref: f.ref(), lines: []line{
		loose(glMaterials, "Form ties, found in May", centsPrice(87315), all(riverside, "03 11 00.M")),
	}})
	f.enter("", bill{vendor: doors, day: "2026-05-13", ref: f.ref(), lines: []line{
		taxed(useTax, loose(glMaterials, "Replacement frames", dollars(2600), []share{
			{riverside, "08 11 00.M", 6000}, {lincoln, "08 11 00.M", 4000},
		})),
	}})
	f.enter("", bill{vendor: pipe, company: civil, day: "2026-05-14", ref: f.ref(), lines: []line{
		taxed(vat, loose(glMaterials, "Couplings", centsPrice(91340), all(bridge, "33 41 00.M"))),
	}})
	f.enter("", bill{vendor: rentals, day: "2026-05-21", ref: f.ref(), lines: []line{
		text("line_section", "Week 20"),
		coded(byOffice, loose(glEquipment, "Scissor lifts", centsPrice(276000), all(riverside, "01 54 00.E"))),
		coded(byReversed, loose(glEquipment, "Forklift, shared with the yard", centsPrice(184000), []share{
			{lincoln, "01 54 00.E", 6000}, {yard, "", 4000},
		})),
		text("line_note", "Damage waiver declined."),
	}})
	// Nobody tied it to the painting order: sent, and listed as possibly unmatched.
	f.enter("", bill{vendor: painting, day: "2026-06-02", ref: f.ref(), unmatched: true, lines: []line{
		loose(glSubcontract, "Painting, first floor", dollars(14725), all(riverside, "09 91 00.S")),
	}})
	f.enter("", bill{vendor: excavation, company: civil, day: "2026-06-04", ref: f.ref(), lines: []line{
		loose(glEquipment, "Dewatering pump", centsPrice(218000), all(harbor, "31 23 00.E")),
	}})
	f.enter("", bill{vendor: concrete, day: "2026-06-09", ref: f.ref(), state: "cancel", lines: []line{
		nothing(loose(glMaterials, "Entered by mistake", dollars(4100), all(riverside, "03 30 00.M"))),
	}})
	f.enter("", bill{vendor: hvac, day: "2026-10-28", ref: f.ref(), state: "draft", lines: []line{
		nothing(loose(glSubcontract, "Start-up service, not yet approved", dollars(3900), all(lincoln, "23 05 00.S"))),
	}})
	f.enter("", bill{vendor: paving, company: civil, day: "2026-10-29", ref: f.ref(), state: "draft", lines: []line{
		nothing(loose(glMaterials, "Cold patch", dollars(720), all(bridge, "32 12 00.M"))),
	}})
	f.planHeldDirectBills()
}

// planHeldDirectBills stay with a person.
func (f *Firm) planHeldDirectBills() {
	hold := func(cause string, b bill) {
		b.causes = []string{cause}
		f.enter("", b)
	}
	hold("project.closed", bill{vendor: roofing, day: "2026-03-23", ref: f.ref(), lines: []line{
		loose(glSubcontract, "Warranty call, roof drain", centsPrice(186500), all(library, "07 52 00.S")),
	}})
	hold("project.forbidden", bill{vendor: electric, day: "2026-05-12", ref: f.ref(), lines: []line{
		loose(glSubcontract, "Temporary panel", centsPrice(742000), all(courthouse, "26 05 00.S")),
	}})
	hold("currency.foreign", bill{vendor: euro, day: "2026-05-19", ref: f.ref(), currency: "EUR", lines: []line{
		loose(glMaterials, "Schalungsanker", dollars(8640), all(riverside, "03 11 00.M")),
	}})
	hold("vendor.intercompany", bill{vendor: sister, day: "2026-05-26", ref: f.ref(), lines: []line{
		loose(glEquipment, "Loader from Civil, two weeks", dollars(6200), all(lincoln, "01 54 00.E")),
	}})
	hold("vendor.parked", bill{vendor: ambiguous, day: "2026-06-01", ref: f.ref(), lines: []line{
		loose(glSubcontract, "Hydrant flow test", centsPrice(115000), all(lincoln, "21 13 00.S")),
	}})
	hold("vendor.parked", bill{vendor: employee, kind: "in_receipt", day: "2026-06-05", ref: f.ref(), lines: []line{
		loose(glOther, "Mileage and hardware", centsPrice(21347), all(riverside, "01 74 00.O")),
	}})
	hold("mapping.code", bill{vendor: cleaning, day: "2026-06-12", ref: f.ref(), lines: []line{
		coded(byAccount, loose(glOther, "Snow removal", centsPrice(163000), all(riverside, "01 74 00.O"))),
	}})
	hold("direct_cost.exists", bill{vendor: lumber, day: "2026-06-18", ref: "WL-77120", lines: []line{
		loose(glMaterials, "Sheathing", centsPrice(372915), all(riverside, "06 10 00.M")),
	}})
	twice := f.ref()
	f.enter("", bill{vendor: staffing, day: "2026-06-19", ref: twice, lines: []line{
		loose(glLabor, "Laborers, week 24", centsPrice(386200), all(riverside, "03 30 00.L")),
	}})
	hold("bill.duplicate_ref", bill{vendor: staffing, day: "2026-06-26", ref: twice, lines: []line{
		loose(glLabor, "Laborers, week 24, entered twice", centsPrice(386200), all(riverside, "03 30 00.L")),
	}})
	f.enter("", bill{vendor: drywall, day: "2026-06-30", ref: f.ref(), first: []string{"mapping.project"}, lines: []line{
		loose(glSubcontract, "Gymnasium mock-up wall", centsPrice(268900), all(gym, "09 29 00.S")),
	}})
}
