package reconcile

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/mapping"
)

// The standing case: an order over two projects, a bill on it, a bill without order.
var (
	po42 = order(42, "PO42", orderLine(1, "1000.01", on("50", tower, concrete), on("50", bridge, steel)))
	inv7 = bill(7, "B7", ofOrder(billLine(71, "400", on("100", tower, concrete)), 42, 1))
	inv8 = bill(8, "B8", billLine(81, "99.99", on("100", tower, steel)))
)

func carried(t *testing.T) *firm {
	t.Helper()
	f := newFirm(t)
	f.order(po42)
	f.carryOrder(po42)
	f.bill(inv7)
	f.carryBill(inv7)
	f.bill(inv8)
	f.carryBill(inv8)
	return f
}

func TestEqualBooks(t *testing.T) {
	t.Parallel()
	f := carried(t)
	require.Equal(t, []string{
		"T-1||cost_to_date||499.99|499.99",
		"T-1|03.M|commitments||500.01|500.01",
		"T-1|03.M|invoices||400.00|400.00",
		"T-1|05.M|direct_costs|invoice|99.99|99.99",
		"B-2|05.M|commitments||500.00|500.00",
	}, f.rows())
	require.Equal(t, "0.00", f.unexplained())
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	order42, bill7, bill8 := subject{odoo.ModelPurchaseOrder, 42}, subject{odoo.ModelMove, 7}, subject{odoo.ModelMove, 8}
	cases := []struct {
		name        string
		edit        func(*firm)
		rows        []string // those expected among all
		unexplained string
	}{
		{
			name: "line changed in Procore",
			edit: func(f *firm) { f.procore[towerID].commitments[0].LineItems[0].Amount = procore.NewMoney(dec("500.00")) },
			rows: []string{"T-1|03.M|commitments||500.01|500.00; changed in Procore: PO42 0.01"},
		},
		{
			name: "commitment set to Received",
			edit: func(f *firm) { f.procore[towerID].commitments[0].Status = procore.CommitmentReceived },
			rows: []string{"T-1|03.M|commitments||500.01|0.00; changed in Procore: PO42 500.01"},
		},
		{
			name: "line moved to another code in Procore",
			edit: func(f *firm) { f.procore[towerID].commitments[0].LineItems[0].BudgetCode.FlatCode = "05.M" },
			rows: []string{
				"T-1|03.M|commitments||500.01|0.00; changed in Procore: PO42 500.01",
				"T-1|05.M|commitments||0.00|500.01; changed in Procore: PO42 -500.01",
			},
		},
		{
			name: "deleted in Procore",
			edit: func(f *firm) {
				f.procore[towerID] = projectBooks{
					commitments: f.procore[towerID].commitments, requisitions: f.procore[towerID].requisitions,
				}
			},
			rows: []string{
				"T-1|05.M|direct_costs|invoice|99.99|0.00; changed in Procore: B8 99.99",
				"T-1||cost_to_date||499.99|400.00; changed in Procore: B8 99.99",
			},
		},
		{
			name: "sent as it stands, and wrong",
			edit: func(f *firm) {
				short := po42
				short.Lines = []odoo.OrderLine{orderLine(1, "1000.00", on("50", tower, concrete), on("50", bridge, steel))}
				f.bindings[order42], f.procore[towerID] = nil, projectBooks{requisitions: f.procore[towerID].requisitions}
				f.procore[bridgeID] = projectBooks{}
				f.carryOrder(short)
			},
			rows:        []string{"T-1|03.M|commitments||500.01|500.00; UNEXPLAINED: PO42 0.01"},
			unexplained: "0.01",
		},
		{
			name: "bill sent for a cent less",
			edit: func(f *firm) {
				f.procore[towerID] = projectBooks{commitments: f.procore[towerID].commitments, requisitions: f.procore[towerID].requisitions}
				f.bindings[bill8] = nil
				short := inv8
				short.Lines = []odoo.MoveLine{billLine(81, "99.98", on("100", tower, steel))}
				f.carryBill(short)
			},
			rows: []string{
				"T-1|05.M|direct_costs|invoice|99.99|99.98; UNEXPLAINED: B8 0.01",
				"T-1||cost_to_date||499.99|499.98; UNEXPLAINED: B8 0.01",
			},
			unexplained: "0.01",
		},
		{
			name: "two wrongs: changed by a user what was sent wrong",
			edit: func(f *firm) {
				f.procore[towerID] = projectBooks{commitments: f.procore[towerID].commitments, requisitions: f.procore[towerID].requisitions}
				f.bindings[bill8] = nil
				short := inv8
				short.Lines = []odoo.MoveLine{billLine(81, "90", on("100", tower, steel))}
				f.carryBill(short)
				f.procore[towerID].directCostLines[0].Amount = procore.NewMoney(dec("80"))
			},
			rows:        []string{"T-1|05.M|direct_costs|invoice|99.99|80.00; changed in Procore: B8 10.00; UNEXPLAINED: B8 9.99"},
			unexplained: "9.99",
		},
		{
			name: "of another type",
			edit: func(f *firm) { f.procore[towerID].directCosts[0].DirectCostType = procore.DirectCostExpense },
			rows: []string{
				"T-1|05.M|direct_costs|expense|0.00|99.99; changed in Procore: B8 -99.99",
				"T-1|05.M|direct_costs|invoice|99.99|0.00; changed in Procore: B8 99.99",
				"T-1||cost_to_date||499.99|499.99",
			},
		},
		{
			name: "a double with our origin id and without binding",
			edit: func(f *firm) {
				p := f.procore[towerID]
				double := p.requisitions[0]
				double.ID = 1
				p.requisitions = append(p.requisitions, double)
				f.procore[towerID] = p
			},
			rows: []string{
				"T-1|03.M|invoices||400.00|800.00; UNEXPLAINED: B7 -400.00",
				"T-1||cost_to_date||499.99|899.99; UNEXPLAINED: B7 -400.00",
			},
			unexplained: "400.00",
		},
		{
			name: "entered in Procore",
			edit: func(f *firm) {
				p := f.procore[towerID]
				p.commitments = append(p.commitments, procore.Commitment{ID: 2, Number: "SC-1", Status: procore.CommitmentApproved, LineItems: []procore.CommitmentLine{
					{ID: 3, Amount: procore.NewMoney(dec("70")), BudgetCode: &procore.BudgetCodeRef{FlatCode: "03.M"}},
				}})
				p.commitments[0].LineItems = append(p.commitments[0].LineItems, procore.CommitmentLine{
					ID: 4, Amount: procore.NewMoney(dec("5")), BudgetCode: &procore.BudgetCodeRef{FlatCode: "03.M"},
				})
				p.directCosts = append(p.directCosts, procore.DirectCost{ID: 5, Status: "draft", DirectCostType: "invoice", InvoiceNumber: "X"})
				p.directCostLines = append(p.directCostLines, procore.DirectCostLine{
					Amount: procore.NewMoney(dec("1")), BudgetCode: &procore.BudgetCodeRef{FlatCode: "03.M"}, Holder: &procore.Holder{ID: 5},
				})
				f.procore[towerID] = p
			},
			rows: []string{"T-1|03.M|commitments||500.01|575.01; entered in Procore: commitment PO42 (5002) -5.00; entered in Procore: commitment SC-1 (2) -70.00"},
		},
		{
			name: "order parked before it was sent, its bill waits",
			edit: func(f *firm) {
				po := order(43, "PO43", orderLine(2, "300", on("100", bridge, concrete)))
				f.order(po)
				f.bill(bill(9, "B9", ofOrder(billLine(91, "120.50", on("100", bridge, concrete)), 43, 2)))
				f.states[subject{odoo.ModelPurchaseOrder, 43}] = state{line: "parked (commitment.exists; 2 days)", pending: true}
				f.states[subject{odoo.ModelMove, 9}] = state{line: "parked (po.parked; 2 days)", pending: true}
			},
			rows: []string{
				"B-2||cost_to_date||120.50|0.00; parked (po.parked; 2 days): B9 120.50",
				"B-2|03.M|commitments||300.00|0.00; parked (commitment.exists; 2 days): PO43 300.00",
				"B-2|03.M|invoices||120.50|0.00; parked (po.parked; 2 days): B9 120.50",
			},
		},
		{
			name: "amendment on its way",
			edit: func(f *firm) {
				f.orders[0].Lines = []odoo.OrderLine{orderLine(1, "1200.01", on("50", tower, concrete), on("50", bridge, steel))}
				f.states[order42] = state{line: "in flight (3 min)", pending: true}
			},
			rows: []string{
				"T-1|03.M|commitments||600.01|500.01; in flight (3 min): PO42 100.00",
				"T-1|03.M|invoices||400.00|400.00",
				"B-2|05.M|commitments||600.00|500.00; in flight (3 min): PO42 100.00",
			},
		},
		{
			name: "reset to draft",
			edit: func(f *firm) {
				f.bills[0].State = "draft"
				f.analytic = f.analytic[1:]
				f.states[bill7] = state{line: "parked (bill.reset; 1 h)", pending: true}
			},
			rows: []string{
				"T-1|03.M|invoices||0.00|400.00; parked (bill.reset; 1 h): B7 -400.00",
				"T-1||cost_to_date||99.99|499.99; parked (bill.reset; 1 h): B7 -400.00",
			},
		},
		{
			name: "cancelled in Odoo, still in Procore, and nobody knows",
			edit: func(f *firm) { f.orders[0].State = "cancel" },
			rows: []string{
				"T-1|03.M|commitments||0.00|500.01; UNEXPLAINED: PO42 -500.01",
				"B-2|05.M|commitments||0.00|500.00; UNEXPLAINED: PO42 -500.00",
			},
			unexplained: "1000.01",
		},
		{
			name: "gone from Odoo",
			edit: func(f *firm) { f.orders, f.bills, f.analytic = f.orders[:1], f.bills[:1], f.analytic[:1] },
			rows: []string{
				"T-1|05.M|direct_costs|invoice|0.00|99.99; UNEXPLAINED: account.move/8 -99.99",
			},
			unexplained: "99.99",
		},
		{
			name: "never seen",
			edit: func(f *firm) { f.order(order(44, "PO44", orderLine(3, "10", on("100", tower, concrete)))) },
			rows: []string{"T-1|03.M|commitments||510.01|500.01; UNEXPLAINED: PO44 10.00"}, unexplained: "10.00",
		},
		{
			name: "opening",
			edit: func(f *firm) {
				old := order(45, "PO45", orderLine(4, "77", on("100", tower, concrete), on("0", bridge)))
				old.Approved = old.Approved.AddDate(-1, 0, 0)
				f.order(old)
				before := bill(10, "B10", billLine(101, "33.33", on("100", tower, steel)))
				before.Date = "2025-12-31"
				f.bill(before)
			},
			rows: []string{
				"T-1|03.M|commitments||577.01|500.01; opening: PO45 77.00",
				"T-1|05.M|direct_costs|invoice|133.32|99.99; opening: B10 33.33",
				"T-1||cost_to_date||533.32|499.99; opening: B10 33.33",
			},
		},
		{
			name: "out of scope, not in Procore, no place yet",
			edit: func(f *firm) {
				f.bill(bill(11, "B11", billLine(111, "10", on("100", overhead)), billLine(112, "20"), billLine(113, "30", on("100", future)),
					billLine(114, "40", on("100", tower, uncoded))))
				f.states[subject{odoo.ModelMove, 11}] = state{line: "parked (mapping.code, mapping.project; 5 min)", pending: true}
			},
			rows: []string{
				"||cost_to_date||40.00|0.00; not in Procore: Overhead 10.00; parked (mapping.code, mapping.project; 5 min): B11 30.00",
				"||direct_costs|invoice|100.00|0.00; not in Procore: B11, Overhead 10.00; out of scope: B11 20.00; parked (mapping.code, mapping.project; 5 min): B11 70.00",
				"T-1||cost_to_date||539.99|499.99; parked (mapping.code, mapping.project; 5 min): B11 40.00",
			},
		},
		{
			name: "the same without a wait is no explanation",
			edit: func(f *firm) { f.bill(bill(11, "B11", billLine(114, "40", on("100", tower, uncoded)))) },
			rows: []string{
				"||direct_costs|invoice|40.00|0.00; UNEXPLAINED: B11 40.00",
				"T-1||cost_to_date||539.99|499.99; UNEXPLAINED: B11 40.00",
			},
			unexplained: "80.00",
		},
		{
			name: "ignored",
			edit: func(f *firm) {
				f.rules.Settings.Intercompany = "ignore"
				f.rules.Companies[2] = odoo.Company{ID: 2, Currency: usd, Partner: 11}
				b := bill(12, "B12", billLine(121, "15", on("100", bridge, steel)))
				b.Partner = 11
				f.bill(b)
			},
			rows: []string{
				"B-2|05.M|direct_costs|invoice|15.00|0.00; ignored: B12 15.00",
				"B-2||cost_to_date||15.00|0.00; ignored: B12 15.00",
			},
		},
		{
			name: "journal entries and timesheets",
			edit: func(f *firm) {
				f.book(9001, "-12.34", tower)
				f.book(0, "-1.01", tower)
				f.analytic = append(f.analytic, odoo.AnalyticLine{ID: 1, Accounts: []int64{tower}, Amount: dec("9999"), MoveLine: 5, Category: "invoice"})
			},
			rows: []string{
				"T-1||cost_to_date||513.34|499.99; journal entries: 2026-03-02 Entry (5009) 12.34; payroll and other: 2026-03-02 Entry (5010) 1.01",
			},
		},
		{
			name: "credit note",
			edit: func(f *firm) {
				note := bill(13, "R13", billLine(131, "-9.99", on("100", tower, steel)))
				note.Type, note.ReversedEntry = "in_refund", 8
				f.bill(note)
				f.carryBill(note)
			},
			rows: []string{
				"T-1|05.M|direct_costs|invoice|90.00|90.00",
				"T-1||cost_to_date||490.00|490.00",
			},
		},
		{
			name: "linked order",
			edit: func(f *firm) {
				f.bindings[order42][0].Status = mapping.StatusLinked
				f.procore[towerID].commitments[0].OriginID = ""
				f.procore[towerID].commitments[0].LineItems[0].OriginID = ""
				f.procore[towerID].commitments[0].LineItems[0].Amount = procore.NewMoney(dec("480"))
			},
			rows: []string{"T-1|03.M|commitments||500.01|480.00; linked: PO42 20.01"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := carried(t)
			c.edit(f)
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

func TestProjectAlone(t *testing.T) {
	t.Parallel()
	f := carried(t)
	f.bill(bill(11, "B11", billLine(111, "10", on("100", overhead))))
	f.whole = false
	delete(f.procore, bridgeID)
	for _, row := range f.rows() {
		require.Contains(t, row, "T-1|")
	}
	require.Equal(t, "0.00", f.unexplained())
}
