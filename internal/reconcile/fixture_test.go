package reconcile

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/mapping"
)

const (
	tower, bridge, overhead, future = 35, 36, 38, 40 // accounts of the project plan
	concrete, steel, uncoded        = 41, 42, 43     // accounts of the cost plan
	towerID, bridgeID               = 1001, 1002     // projects in Procore
	expense, retention, prepaid     = 90, 93, 92
	usd, eur                        = 1, 2
	useTax                          = 61
)

func dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func on(percent string, accounts ...int64) odoo.Share {
	return odoo.Share{Accounts: accounts, Percent: dec(percent)}
}

func testRules() mapping.Rules {
	accounts := map[int64]odoo.AnalyticAccount{}
	for id, name := range map[int64]string{tower: "Tower", bridge: "Bridge", overhead: "Overhead", future: "Future"} {
		accounts[id] = odoo.AnalyticAccount{ID: id, Name: name, RootPlan: 1}
	}
	for id, name := range map[int64]string{concrete: "Concrete", steel: "Steel", uncoded: "Uncoded"} {
		accounts[id] = odoo.AnalyticAccount{ID: id, Name: name, RootPlan: 2}
	}
	project := func(id int64, number string) mapping.ProcoreProject {
		return mapping.ProcoreProject{
			ID: id, Name: number, Number: number, Active: true, Currency: "USD",
			Codes: map[string]int64{"03.M": 1, "05.M": 2},
		}
	}
	return mapping.Rules{
		Settings: mapping.Settings{
			GoLive: "2026-01-01", NoProject: "park_if_job_cost", Tax: "as_booked", RetentionAccounts: []string{"2150"},
			CommitmentStatus: "Approved", RequisitionStatus: "approved", DirectCostStatus: "approved",
			OriginPrefix: "acme", OriginEpoch: 1,
		},
		ProjectPlan: 1, CostPlan: 2, Accounts: accounts,
		GL: map[int64]odoo.Account{
			expense: {ID: expense, Code: "5000", Type: "expense"}, retention: {ID: retention, Code: "2150", Type: "liability_current"},
			prepaid: {ID: prepaid, Code: "1400", Type: "asset_prepayments"},
		},
		Taxes:      map[int64]odoo.Tax{useTax: {ID: useTax, AmountType: "percent", Amount: dec("5"), CostShare: dec("1")}},
		Companies:  map[int64]odoo.Company{1: {ID: 1, Currency: usd, Partner: 1}},
		Currencies: map[int64]odoo.Currency{usd: {ID: usd, Name: "USD", Digits: 2}, eur: {ID: eur, Name: "EUR", Digits: 2}},
		Partners:   map[int64]odoo.Partner{9: {ID: 9, Name: "Rocky", Commercial: 9}, 11: {ID: 11, Name: "Sister", Commercial: 11}},
		Projects: map[int64]mapping.ProjectTarget{
			tower: {Project: towerID}, bridge: {Project: bridgeID}, overhead: {NotInProcore: true},
		},
		Codes: map[mapping.CodeKey]mapping.CodeTarget{
			{Model: odoo.ModelAnalyticAccount, ID: concrete}: {CostCode: "03", CostType: "M"},
			{Model: odoo.ModelAnalyticAccount, ID: steel}:    {CostCode: "05", CostType: "M"},
		},
		Procore: map[int64]mapping.ProcoreProject{towerID: project(towerID, "T-1"), bridgeID: project(bridgeID, "B-2")},
	}
}

// firm is a set of books with what a test needs to fill it.
type firm struct {
	books

	t    *testing.T
	next int64
}

func newFirm(t *testing.T) *firm {
	t.Helper()
	return &firm{t: t, next: 5000, books: books{
		rules: testRules(), whole: true, bindings: map[subject][]mapping.Binding{}, states: map[subject]state{},
		procore: map[int64]projectBooks{towerID: {}, bridgeID: {}},
	}}
}

func order(id int64, name string, lines ...odoo.OrderLine) odoo.PurchaseOrder {
	return odoo.PurchaseOrder{
		ID: id, Name: name, State: "purchase", Partner: 9, Company: 1, Currency: usd,
		Approved: time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC), Lines: lines,
	}
}

func orderLine(id int64, amount string, shares ...odoo.Share) odoo.OrderLine {
	return odoo.OrderLine{ID: id, Sequence: id, Name: "Line", Subtotal: dec(amount), Distribution: shares}
}

func bill(id int64, name string, lines ...odoo.MoveLine) odoo.VendorBill {
	return odoo.VendorBill{
		ID: id, Name: name, Ref: "INV-" + name, Type: "in_invoice", State: "posted", Partner: 9, Company: 1, Currency: usd,
		InvoiceDate: "2026-03-01", Date: "2026-03-02", Lines: lines,
	}
}

func billLine(id int64, amount string, shares ...odoo.Share) odoo.MoveLine {
	return odoo.MoveLine{
		ID: id, Sequence: id, DisplayType: "product", Name: "Line", Account: expense,
		Amount: dec(amount), Balance: dec(amount), Distribution: shares,
	}
}

func ofOrder(l odoo.MoveLine, order, line int64) odoo.MoveLine {
	l.PurchaseOrder, l.PurchaseLine = order, line
	return l
}

// order adds an order to Odoo.
func (f *firm) order(o odoo.PurchaseOrder) { f.orders = append(f.orders, o) }

// bill adds a bill to Odoo, with analytic lines that are split without a remainder.
func (f *firm) bill(b odoo.VendorBill) {
	f.bills = append(f.bills, b)
	if b.State != "posted" {
		return
	}
	for _, l := range b.Lines {
		for _, s := range l.Distribution {
			f.book(l.ID, l.Balance.Mul(s.Percent).Shift(-2).Round(2).Neg().String(), s.Accounts...)
		}
	}
}

func (f *firm) book(item int64, amount string, accounts ...int64) {
	f.next++
	f.analytic = append(f.analytic, odoo.AnalyticLine{
		ID: f.next, Name: "Entry", Date: "2026-03-02", Accounts: accounts, Amount: dec(amount), MoveLine: item, Company: 1,
	})
}

func (f *firm) bind(s subject, kind, part string, project int64, origin string, content any, lines map[string]int64) int64 {
	f.t.Helper()
	data, err := json.Marshal(content)
	require.NoError(f.t, err)
	f.next++
	f.bindings[s] = append(f.bindings[s], mapping.Binding{
		Kind: kind, Part: part, Project: project, ProcoreID: f.next, OriginID: origin, Generation: 1,
		Status: mapping.StatusApproved, Content: data, Lines: lines,
	})
	return f.next
}

// carryOrder does what the connector does with an order.
func (f *firm) carryOrder(o odoo.PurchaseOrder) {
	f.t.Helper()
	key := subject{odoo.ModelPurchaseOrder, o.ID}
	wanted, _ := mapping.WantOrder(o, f.rules, f.bindings[key])
	for _, w := range wanted {
		lines, live := map[string]int64{}, []procore.CommitmentLine{}
		for _, l := range w.Lines {
			f.next++
			lines[l.Key] = f.next
			live = append(live, procore.CommitmentLine{
				ID: f.next, OriginID: l.OriginID, Amount: procore.NewMoney(l.Amount), BudgetCode: &procore.BudgetCodeRef{FlatCode: l.BudgetCode},
			})
		}
		id := f.bind(key, mapping.KindCommitment, w.Part, w.Project, w.OriginID, w, lines)
		p := f.procore[w.Project]
		p.commitments = append(p.commitments, procore.Commitment{
			ID: id, Number: w.Number, Status: w.Status, OriginID: w.OriginID, LineItems: live,
		})
		f.procore[w.Project] = p
	}
}

// carryBill does what the connector does with a bill.
func (f *firm) carryBill(b odoo.VendorBill) {
	f.t.Helper()
	key := subject{odoo.ModelMove, b.ID}
	requisitions, costs, _ := mapping.WantBill(b, f.rules, newComparison(f.books).billState(b))
	for _, w := range requisitions {
		id := f.bind(key, mapping.KindRequisition, w.Part, w.Project, w.OriginID, w, nil)
		live := procore.Requisition{ID: id, InvoiceNumber: w.InvoiceNumber, Status: w.Status, OriginID: w.OriginID}
		for _, i := range w.Items {
			live.Items = append(live.Items, procore.RequisitionItem{
				LineItemID: i.Line, WorkCompletedThisPeriod: procore.NewMoney(i.Amount),
				BudgetCode: &procore.BudgetCodeRef{FlatCode: codeOfKey(i.LineKey)},
			})
		}
		p := f.procore[w.Project]
		p.requisitions = append(p.requisitions, live)
		f.procore[w.Project] = p
	}
	for _, w := range costs {
		id := f.bind(key, mapping.KindDirectCost, w.Part, w.Project, w.OriginID, w, nil)
		p := f.procore[w.Project]
		p.directCosts = append(p.directCosts, procore.DirectCost{
			ID: id, InvoiceNumber: w.InvoiceNumber, Status: w.Status, OriginID: w.OriginID, DirectCostType: w.Type,
		})
		for _, l := range w.Lines {
			p.directCostLines = append(p.directCostLines, procore.DirectCostLine{
				OriginID: l.OriginID, Amount: procore.NewMoney(l.Amount), BudgetCode: &procore.BudgetCodeRef{FlatCode: l.BudgetCode},
				Holder: &procore.Holder{ID: id},
			})
		}
		f.procore[w.Project] = p
	}
}

// rows compares and writes the rows as text: project, code, test, both sides, then what explains the difference.
func (f *firm) rows() []string {
	f.t.Helper()
	rows, err := compare(f.books)
	require.NoError(f.t, err)
	var out []string
	for _, r := range rows {
		explained := decimal.Zero
		text := r.Project + "|" + r.BudgetCode + "|" + r.Test + "|" + r.Type + "|" + r.Odoo.String() + "|" + r.Procore.String()
		for _, e := range r.ExplainedBy {
			text += "; " + e.Line + ": " + e.Ref + " " + e.Amount.String()
			explained = explained.Add(e.Amount.Decimal)
		}
		for _, e := range r.UnexplainedBy {
			text += "; UNEXPLAINED: " + e.Ref + " " + e.Amount.String()
		}
		require.True(f.t, r.Difference.Equal(r.Odoo.Sub(r.Procore.Decimal)), text)
		require.True(f.t, r.Unexplained.Equal(r.Difference.Sub(explained)), text)
		require.True(f.t, r.Unexplained.Equal(total(r.UnexplainedBy)), "every unexplained amount names its records: %s", text)
		out = append(out, text)
	}
	return out
}

// unexplained is the report's sum.
func (f *firm) unexplained() string {
	f.t.Helper()
	rows, err := compare(f.books)
	require.NoError(f.t, err)
	return Amount{unexplained(rows)}.String()
}
