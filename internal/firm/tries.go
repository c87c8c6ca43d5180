package firm

import "github.com/shopspring/decimal"

// Tries are documents to play with once the scripted day is over. [Firm.Load] comes first.
type Tries struct {
	// Order is a purchase order that nothing was billed on, and LineID one of its lines; with Price on that line, the
	// commitment comes to Total.
	Order        string
	LineID       int64
	Price, Total decimal.Decimal
	// Sheet maps what Unmapped waits for.
	Unmapped []string
	Sheet    []byte
	// Parked waits for its vendor, which waits for a person.
	Parked string
}

// Tries picks them.
func (f *Firm) Tries() (t Tries) {
	o := f.order["edit-amend"]
	lines := append([]line(nil), o.after...)
	lines[1].at = centsPrice(11250)
	t.Order, t.LineID, t.Price = o.name, o.lineIDs[1], decimal.New(int64(lines[1].at), -4)
	for _, l := range lines {
		t.Total = t.Total.Add(l.cost().decimal())
	}
	for _, e := range f.Exceptions() {
		switch e.Cause {
		case "mapping.code":
			t.Unmapped = append(t.Unmapped, e.Ref)
		case "vendor.parked":
			t.Parked = e.Ref
		}
	}
	const cleaning = "01 74 00.O"
	rows := f.ledgerRows(glAccount{code: glOther, name: "Other Job Cost", budget: cleaning})
	t.Sheet = csvSheet(append(rows,
		f.sheetRow("code", "account.analytic.account", f.ids.account[unmappedAccount], unmappedAccount, "To be coded", "", cleaning, "")))
	return t
}
