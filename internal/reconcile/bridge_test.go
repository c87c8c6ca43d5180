package reconcile

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

func TestCostToDateBridge(t *testing.T) {
	t.Parallel()
	thirds := on("33.33", tower, concrete)
	cases := []struct {
		name        string
		bill        odoo.VendorBill
		book        func(*firm) // analytic lines, when they are not the plain ones
		edit        func(*firm)
		state       string
		rows        []string
		unexplained string
	}{
		{
			name: "rounding",
			bill: bill(20, "B20", billLine(201, "100", thirds, on("33.33", bridge, steel), on("33.34", tower, steel))),
			book: func(f *firm) {
				f.book(201, "-33.34", tower, concrete) // Odoo takes cents back from the first shares
				f.book(201, "-33.33", tower, steel)
				f.book(201, "-33.33", bridge, steel)
			},
			rows: []string{"T-1||cost_to_date||66.67|66.67", "B-2||cost_to_date||33.33|33.33"},
		},
		{
			name: "a cent that Odoo rounds elsewhere",
			bill: bill(20, "B20", billLine(201, "0.05", on("50", tower, concrete), on("50", bridge, steel))),
			book: func(f *firm) {
				f.book(201, "-0.02", tower, concrete)
				f.book(201, "-0.03", bridge, steel)
			},
			rows: []string{
				"T-1||cost_to_date||0.02|0.03; rounding: B20 -0.01",
				"B-2||cost_to_date||0.03|0.02; rounding: B20 0.01",
			},
		},
		{
			name: "too much for rounding",
			bill: bill(20, "B20", billLine(201, "0.05", on("50", tower, concrete), on("50", bridge, steel))),
			book: func(f *firm) {
				f.book(201, "-0.12", tower, concrete)
				f.book(201, "-0.02", bridge, steel)
			},
			rows:        []string{"T-1||cost_to_date||0.12|0.03; UNEXPLAINED: B20 0.09"},
			unexplained: "0.09",
		},
		{
			name: "a whole line does not round",
			bill: bill(20, "B20", billLine(201, "10", on("100", tower, concrete))),
			book: func(f *firm) { f.book(201, "-10.01", tower, concrete) },
			rows: []string{"T-1||cost_to_date||10.01|10.00; UNEXPLAINED: B20 0.01"}, unexplained: "0.01",
		},
		{
			name: "tax that is cost without an analytic line, and one with",
			bill: func() odoo.VendorBill {
				taxed := billLine(201, "100", on("100", tower, concrete))
				taxed.Taxes = []int64{useTax}
				bare := billLine(202, "5")
				bare.DisplayType, bare.TaxLine = "tax", useTax
				with := billLine(203, "2.50", on("100", tower, concrete))
				with.DisplayType, with.TaxLine = "tax", useTax
				return bill(20, "B20", taxed, bare, with)
			}(),
			rows: []string{
				"T-1|03.M|direct_costs|invoice|107.50|107.50",
				"T-1||cost_to_date||102.50|107.50; tax treatment: B20 -5.00",
			},
		},
		{
			name: "tax left out by setting",
			edit: func(f *firm) { f.rules.Settings.Tax = "exclude" },
			bill: func() odoo.VendorBill {
				with := billLine(203, "2.50", on("100", tower, concrete))
				with.DisplayType, with.TaxLine = "tax", useTax
				return bill(20, "B20", billLine(201, "100", on("100", tower, concrete)), with)
			}(),
			rows: []string{
				"||direct_costs|invoice|2.50|0.00; tax treatment: B20 2.50",
				"T-1||cost_to_date||102.50|100.00; tax treatment: B20 2.50",
			},
		},
		{
			name: "prepayment with a project",
			bill: func() odoo.VendorBill {
				l := billLine(202, "50", on("100", tower))
				l.Account = prepaid
				return bill(20, "B20", billLine(201, "100", on("100", tower, concrete)), l)
			}(),
			rows: []string{"T-1||cost_to_date||150.00|100.00; no cost: B20 50.00"},
		},
		{
			name: "retention waits",
			bill: func() odoo.VendorBill {
				l := billLine(202, "-10", on("100", tower))
				l.Account = retention
				return bill(20, "B20", billLine(201, "100", on("100", tower, concrete)), l)
			}(),
			state: "parked (bill.retainage; 1 h)",
			rows: []string{
				"T-1|03.M|direct_costs|invoice|100.00|0.00; parked (bill.retainage; 1 h): B20 100.00",
				"T-1||cost_to_date||90.00|0.00; parked (bill.retainage; 1 h): B20 100.00; retainage: B20 -10.00",
			},
		},
		{
			name: "foreign currency waits",
			bill: func() odoo.VendorBill {
				l := billLine(201, "100", on("50", tower, concrete), on("50", bridge, steel))
				l.Balance = dec("110.10")
				b := bill(20, "B20", l)
				b.Currency = eur
				return b
			}(),
			state: "parked (currency.foreign; 1 h)",
			rows: []string{
				"T-1||cost_to_date||55.05|0.00; exchange: B20 (EUR) 5.05; parked (currency.foreign; 1 h): B20 (EUR) 50.00",
			},
		},
		{
			name: "half of it without a place",
			bill: bill(20, "B20", billLine(201, "100", on("50", tower, concrete), on("50", tower, uncoded))),
			rows: []string{
				"||direct_costs|invoice|50.00|0.00; parked (mapping.code; 1 h): B20 50.00",
				"T-1||cost_to_date||100.00|0.00; parked (mapping.code; 1 h): B20 100.00",
			},
			state: "parked (mapping.code; 1 h)",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFirm(t)
			if c.edit != nil {
				c.edit(f)
			}
			if c.book == nil {
				f.bill(c.bill)
			} else {
				f.bills = append(f.bills, c.bill)
				c.book(f)
			}
			if c.state == "" {
				f.carryBill(c.bill)
			} else {
				f.states[subject{odoo.ModelMove, 20}] = state{line: c.state, pending: true}
			}
			rows := f.rows()
			for _, want := range c.rows {
				require.Contains(t, rows, want)
			}
			want := c.unexplained
			if want == "" {
				want = "0.00"
			}
			require.Equal(t, want, f.unexplained())
		})
	}
}
