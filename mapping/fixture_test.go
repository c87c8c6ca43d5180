package mapping

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// The firm of the tests: two open projects (1001, 1002) and a closed one (1003).
const (
	projectPlan, costPlan           = 1, 2
	tower, bridge, closed           = 35, 36, 37 // accounts of the project plan
	overhead, unmapped, future      = 38, 39, 40
	concrete, labor, untyped        = 41, 42, 43 // accounts of the cost plan
	office                          = 50         // account of a third plan
	steelProduct, freightProduct    = 70, 71
	steelCategory, materialCategory = 80, 81
	expense, payable, prepaid       = 90, 91, 92
	retention, jobCost, taxAccount  = 93, 94, 95
	usd, eur                        = 1, 2
	vendor, contact, sister         = 9, 10, 11
	vat, useTax, analyticTax        = 60, 61, 62
)

func dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func dist(percent string, accounts ...int64) odoo.Share {
	return odoo.Share{Accounts: accounts, Percent: dec(percent)}
}

func on(shares ...odoo.Share) []odoo.Share { return shares }

func testRules() Rules {
	account := func(id, plan int64, name string) odoo.AnalyticAccount {
		return odoo.AnalyticAccount{ID: id, Name: name, Plan: plan, RootPlan: plan, Active: true}
	}
	project := func(id int64, name string, active bool) ProcoreProject {
		return ProcoreProject{
			ID: id, Name: name, Active: active, Currency: "USD",
			Codes:     map[string]int64{"03 30 00.M": 1, "05 12 00.M": 2, "01 00 00.L": 3, "01.03 30 00.M": 4},
			CostCodes: map[string]int64{"03 30 00": 11, "05 12 00": 12, "01 00 00": 13, "01 50 00": 14},
		}
	}
	return Rules{
		Settings: Settings{
			GoLive: "2026-01-01", NoProject: "park_if_job_cost", CommitmentStatus: "Approved",
			RequisitionStatus: "approved", DirectCostStatus: "approved", Tax: "as_booked",
			RetentionAccounts: []string{"2150"}, JobCostAccounts: []string{"5100"},
			MissingBudgetCode: "create_if_parts_exist", PONumber: "{name}",
			OriginPrefix: "acme", OriginEpoch: 1,
		},
		ProjectPlan: projectPlan, CostPlan: costPlan,
		Accounts: map[int64]odoo.AnalyticAccount{
			tower: account(tower, projectPlan, "Tower"), bridge: account(bridge, projectPlan, "Bridge"),
			closed: account(closed, projectPlan, "Old school"), overhead: account(overhead, projectPlan, "Overhead"),
			unmapped: account(unmapped, projectPlan, "New"), future: account(future, projectPlan, "Future"),
			concrete: account(concrete, costPlan, "Concrete"), labor: account(labor, costPlan, "Labor"),
			untyped: account(untyped, costPlan, "Untyped"), office: account(office, 3, "Office"),
		},
		Products: map[int64]odoo.Product{
			steelProduct:   {ID: steelProduct, Category: steelCategory},
			freightProduct: {ID: freightProduct},
		},
		Categories: map[int64]odoo.Category{
			steelCategory:    {ID: steelCategory, Name: "Steel", Parent: materialCategory},
			materialCategory: {ID: materialCategory, Name: "Material"},
		},
		GL: map[int64]odoo.Account{
			expense: {ID: expense, Code: "5000", Type: "expense"}, payable: {ID: payable, Code: "2100", Type: "liability_payable"},
			prepaid: {ID: prepaid, Code: "1400", Type: "asset_prepayments"}, retention: {ID: retention, Code: "2150", Type: "liability_current"},
			jobCost: {ID: jobCost, Code: "5100", Type: "expense_direct_cost"}, taxAccount: {ID: taxAccount, Code: "1300", Type: "asset_current"},
		},
		Taxes: map[int64]odoo.Tax{
			vat:         {ID: vat, AmountType: "percent", Amount: dec("20")},
			useTax:      {ID: useTax, AmountType: "percent", Amount: dec("5"), CostShare: dec("1")},
			analyticTax: {ID: analyticTax, AmountType: "fixed", Amount: dec("2"), Analytic: true, CostShare: dec("1")},
		},
		Companies:  map[int64]odoo.Company{1: {ID: 1, Currency: usd, Partner: 1}, 2: {ID: 2, Currency: usd, Partner: sister}},
		Currencies: map[int64]odoo.Currency{usd: {ID: usd, Name: "USD", Digits: 2}, eur: {ID: eur, Name: "EUR", Digits: 2}},
		Partners: map[int64]odoo.Partner{
			vendor: {ID: vendor, Name: "Rocky Concrete", Commercial: vendor}, contact: {ID: contact, Name: "Branch", Commercial: vendor},
			sister: {ID: sister, Name: "Acme Two", Commercial: sister},
		},
		Projects: map[int64]ProjectTarget{
			tower: {Project: 1001}, bridge: {Project: 1002}, closed: {Project: 1003},
			overhead: {NotInProcore: true}, future: {Project: 1009},
		},
		Codes: map[CodeKey]CodeTarget{
			{odoo.ModelAnalyticAccount, concrete, 0}:     {CostCode: "03 30 00", CostType: "M"},
			{odoo.ModelAnalyticAccount, labor, 0}:        {CostCode: "01 00 00", CostType: "L"},
			{odoo.ModelAnalyticAccount, untyped, 0}:      {CostCode: "05 12 00"},
			{odoo.ModelCategory, materialCategory, 0}:    {CostCode: "05 12 00", CostType: "M"},
			{odoo.ModelAccount, expense, 0}:              {CostCode: "01 50 00", CostType: "M"},
			{odoo.ModelAnalyticAccount, concrete, 1002}:  {SubJob: "01", CostCode: "03 30 00", CostType: "M"},
			{odoo.ModelAccount, jobCost, 0}:              {CostCode: "99 99 99", CostType: "M"},
			{odoo.ModelAnalyticAccount, untyped, 100200}: {CostCode: "00", CostType: "X"},
		},
		CostTypes: map[string]int64{"M": 21, "L": 22},
		Procore: map[int64]ProcoreProject{
			1001: project(1001, "Tower", true), 1002: project(1002, "Bridge", true), 1003: project(1003, "Old school", false),
		},
	}
}

func orderLine(id int64, subtotal string, shares ...odoo.Share) odoo.OrderLine {
	return odoo.OrderLine{ID: id, Sequence: id, Name: "Line", Subtotal: dec(subtotal), Distribution: shares}
}

func testOrder(lines ...odoo.OrderLine) odoo.PurchaseOrder {
	return odoo.PurchaseOrder{
		ID: 42, Name: "PO00042", State: "purchase", Partner: contact, Company: 1, Currency: usd,
		Approved: time.Date(2026, 2, 3, 23, 0, 0, 0, time.UTC), Lines: lines,
	}
}

func moveLine(id int64, amount string, shares ...odoo.Share) odoo.MoveLine {
	return odoo.MoveLine{
		ID: id, Sequence: id, DisplayType: "product", Name: "Line", Account: expense,
		Amount: dec(amount), Distribution: shares,
	}
}

// ofOrder ties a bill line to a line of PO00042.
func ofOrder(l odoo.MoveLine, purchaseLine int64) odoo.MoveLine {
	l.PurchaseLine, l.PurchaseOrder = purchaseLine, 42
	return l
}

func testBill(lines ...odoo.MoveLine) odoo.VendorBill {
	return odoo.VendorBill{
		ID: 7, Name: "BILL/2026/0007", Type: "in_invoice", State: "posted", Ref: "INV-1", Partner: vendor, Company: 1,
		Currency: usd, InvoiceDate: "2026-03-01", Date: "2026-03-02", Lines: lines,
	}
}

var vendors = map[int64]int64{vendor: 900, sister: 911}

func keys(list []Cause) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.Key)
	}
	return out
}

func kinds(steps []Step) []string {
	var out []string
	for _, s := range steps {
		out = append(out, string(s.Kind)+" "+s.Part)
	}
	return out
}

// done turns the steps of a plan into the bindings that they leave, as the writers do.
func done(t *testing.T, steps []Step) []Binding {
	t.Helper()
	var out []Binding
	for i, s := range steps {
		b := Binding{Part: s.Part, Project: s.Project, ProcoreID: int64(5000 + i), Generation: 1, Status: StatusApproved}
		var content any
		switch {
		case s.Commitment != nil:
			b.Kind, b.OriginID, content = KindCommitment, s.Commitment.OriginID, s.Commitment
			b.Lines = map[string]int64{}
			for n, l := range s.Commitment.Lines {
				b.Lines[l.Key] = int64(6000 + n)
			}
		case s.Requisition != nil:
			b.Kind, b.OriginID, content = KindRequisition, s.Requisition.OriginID, s.Requisition
		case s.DirectCost != nil:
			b.Kind, b.OriginID, content = KindDirectCost, s.DirectCost.OriginID, s.DirectCost
		case s.Vendor != nil:
			b.Kind, b.OriginID, content = KindVendor, s.Vendor.OriginID, s.Vendor
		}
		data, err := json.Marshal(content)
		require.NoError(t, err)
		b.Content = data
		out = append(out, b)
	}
	return out
}

// carried resolves an order that must have nothing in its way, and returns its bindings.
func carried(t *testing.T, po odoo.PurchaseOrder, r Rules) []Binding {
	t.Helper()
	plan := ResolveOrder(po, r, OrderState{Vendors: vendors})
	require.Empty(t, keys(plan.Causes))
	require.NotEmpty(t, plan.Steps)
	return done(t, plan.Steps)
}

// billState is the state of a bill whose order is carried over.
func billState(po odoo.PurchaseOrder, bindings []Binding) BillState {
	st := BillState{
		Vendors: vendors, Orders: map[int64]odoo.PurchaseOrder{po.ID: po},
		Commitments: map[int64]map[int64]Binding{po.ID: {}},
	}
	for _, b := range bindings {
		st.Commitments[po.ID][b.Project] = b
	}
	return st
}
