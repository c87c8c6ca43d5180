package firm

import (
	"fmt"
	"sort"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/clerk"
)

// goLive is the cut-over: what was confirmed or booked before is history.
const goLive = "2026-01-01"

// Firm is the plan and, after [Firm.Load], the ids under which the sandboxes hold it.
type Firm struct {
	dice     *dice
	refs     int
	orders   []*order
	bills    []*bill
	order    map[string]*order
	bill     map[string]*bill
	ordinary []*order
	billed   map[*order]bool

	odoo    *clerk.Clerk
	procore *procoretest.Server
	ids     ids
	// currency is that of Procore's projects, ISO 4217.
	currency string
}

// New plans the firm. The same seed gives the same firm; the expected files are those of seed 1.
func New(seed int64) *Firm {
	f := &Firm{
		dice: newDice(seed), order: map[string]*order{}, bill: map[string]*bill{}, billed: map[*order]bool{},
		currency: "USD",
	}
	f.planOrders()
	f.fillOrders()
	f.planOrderBills()
	f.planDirectBills()
	f.planEdits()
	f.fillBills()
	f.numberOrders()
	f.numberBills()
	return f
}

// LinkedVendors are the Odoo vendors that Procore held before, under the same tax number or name: they must
// be linked, not made a second time.
func (f *Firm) LinkedVendors() []string {
	var names []string
	for _, v := range vendors {
		if len(v.inProcore) == 1 {
			names = append(names, v.name)
		}
	}
	return names
}

// numberOrders names orders in the sequence of their company, by day. One number comes in both companies.
func (f *Firm) numberOrders() {
	sort.SliceStable(f.orders, func(i, j int) bool { return f.orders[i].day < f.orders[j].day })
	next := map[int]int{}
	prefix := map[int]string{building: "PO", civil: "CP"}
	for _, o := range f.orders {
		next[o.company]++
		o.name = fmt.Sprintf("%s%05d", prefix[o.company], next[o.company])
	}
	f.order["twincivil"].name = f.order["twin"].name
}

// numberBills names bills in the sequence of company, journal and month of the accounting date.
func (f *Firm) numberBills() {
	sort.SliceStable(f.bills, func(i, j int) bool { return f.bills[i].booked < f.bills[j].booked })
	next := map[string]int{}
	for _, late := range []bool{false, true} {
		for _, b := range f.bills {
			if b.late == late && b.state != "draft" {
				b.name = numberBill(b, next)
			}
		}
	}
}

func numberBill(b *bill, next map[string]int) string {
	journal := map[int]string{building: "BILL", civil: "CBILL"}[b.company]
	if b.kind == "in_refund" {
		journal = "R" + journal
	}
	series := journal + "/" + b.booked[:4] + "/" + b.booked[5:7]
	next[series]++
	return fmt.Sprintf("%s/%04d", series, next[series])
}

// OdooUser is the integration's account in the Odoo sandbox.
func (f *Firm) OdooUser() (database, login, key string) {
	return "acme", "integration@acme.com", "5f2c8a1e9b7d4063c1a5e8f7029b4d6c3e1f8a70"
}

// ProcoreApp is the integration's app in the Procore sandbox.
func (f *Firm) ProcoreApp() (clientID, secret string, companyID int64, name string) {
	return "acme-connector", "acme-connector-sandbox-secret", 4567, "Cordillera Building Co."
}
