package procore_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

// bundle is a sandbox company with one project, its codes and a client of it.
type bundle struct {
	*procoretest.Server
	client             *procore.Client
	project            int64
	costCode, costType int64
}

func sandbox(t *testing.T, wrap func(http.Handler) http.Handler) *bundle {
	t.Helper()
	s := procoretest.New(procoretest.Config{ClientID: "client", ClientSecret: sesame, CompanyID: company, CompanyName: "Acme Builders"})
	var h http.Handler = s
	if wrap != nil {
		h = wrap(s)
	}
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	b := &bundle{Server: s, client: connect(t, web.URL, web.URL)}
	b.project = s.AddProject(procoretest.Project{Name: "Tower", Number: "T-1", Active: true, Permitted: true})
	b.costType = s.AddCostType("M", "Materials", "materials")
	b.costCode = s.AddCostCode(b.project, "03-3000", "Concrete", 0)
	return b
}

func money(s string) *procore.Money {
	return new(procore.NewMoney(decimal.RequireFromString(s)))
}

func number(s string) *procore.NumberMoney {
	return new(procore.NewNumberMoney(decimal.RequireFromString(s)))
}

func day(t *testing.T, s string) procore.Date {
	t.Helper()
	d, err := procore.ParseDate(s)
	require.NoError(t, err)
	return d
}

// vendorOnProject makes a vendor and puts it on the project.
func (b *bundle) vendorOnProject(t *testing.T, origin string) int64 {
	t.Helper()
	res, _, err := b.client.Vendors.Sync(t.Context(), []procore.VendorUpdate{{
		OriginID: new(origin), Name: new("Concrete Inc"), CountryCode: new("US"), StateCode: new("CO"),
		BusinessRegister: &procore.BusinessRegisterUpdate{Type: "EIN", Identifier: "12-3456789"},
	}})
	require.NoError(t, err)
	v, err := res.Find(origin)
	require.NoError(t, err)
	_, _, err = b.client.ProjectVendors.Add(t.Context(), b.project, v.ID)
	require.NoError(t, err)
	return v.ID
}

// budgetCode makes the budget code of the project from its segments.
func (b *bundle) budgetCode(t *testing.T) int64 {
	t.Helper()
	segments, _, err := b.client.BudgetCodes.Segments(t.Context(), b.project)
	require.NoError(t, err)
	var chosen []procore.SegmentSelection
	for _, s := range segments {
		items, _, err := b.client.BudgetCodes.SegmentItems(t.Context(), b.project, s.ID, procore.ListOptions{})
		require.NoError(t, err)
		require.NotEmpty(t, items)
		chosen = append(chosen, procore.SegmentSelection{SegmentID: s.ID, SegmentItemID: items[0].ID})
	}
	code, _, err := b.client.BudgetCodes.Create(t.Context(), b.project, procore.BudgetCodeCreate{SegmentItems: chosen})
	require.NoError(t, err)
	again, _, err := b.client.BudgetCodes.Create(t.Context(), b.project, procore.BudgetCodeCreate{SegmentItems: chosen, Description: "Concrete"})
	require.NoError(t, err)
	require.Equal(t, code.ID, again.ID)
	codes, _, err := b.client.BudgetCodes.List(t.Context(), b.project, procore.BudgetCodeListOptions{Status: "active"})
	require.NoError(t, err)
	require.Len(t, codes, 1)
	require.Equal(t, "Concrete", codes[0].Description)
	return code.ID
}

// TestSession drives every call of the client through the sandbox.
func TestSession(t *testing.T) {
	t.Parallel()
	session(t, sandbox(t, nil))
}

// TestContract holds the same session, requests and answers, against Procore's OpenAPI document.
func TestContract(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("ML_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared") // beside the repository
	}
	spec := filepath.Join(shared, "procore", "openapi.json")
	if _, err := os.Stat(spec); err != nil {
		t.Skipf("Procore's OpenAPI document is not here: %v", err)
	}
	session(t, sandbox(t, func(h http.Handler) http.Handler {
		held, err := procoretest.Contract(spec, h, func(problem string) { t.Error(problem) })
		require.NoError(t, err)
		return held
	}))
}

func session(t *testing.T, b *bundle) {
	t.Helper()
	ctx, c := t.Context(), b.client

	ping, err := c.Ping(ctx)
	require.NoError(t, err)
	require.Equal(t, "Acme Builders", ping.CompanyName)
	require.NotZero(t, ping.Rate.Limit)
	cur, _, err := c.Currency.Company(ctx)
	require.NoError(t, err)
	require.Equal(t, "USD", cur.CurrencyISOCode)
	cur, _, err = c.Currency.Project(ctx, b.project)
	require.NoError(t, err)
	require.Equal(t, "USD", cur.CurrencyISOCode)
	projects, _, err := c.Projects.List(ctx, procore.ProjectListOptions{Status: "All"})
	require.NoError(t, err)
	require.Equal(t, "T-1", projects[0].ProjectNumber)
	costCodes, _, err := c.CostCodes.List(ctx, b.project, procore.ListOptions{})
	require.NoError(t, err)
	require.Equal(t, b.costCode, costCodes[0].ID)
	costTypes, _, err := c.CostTypes.List(ctx, procore.ListOptions{})
	require.NoError(t, err)
	require.Equal(t, b.costType, costTypes[0].ID)

	vendor := b.vendorOnProject(t, "odoo:a:1:res.partner:1")
	vendorCalls(t, b, vendor)
	code := b.budgetCode(t)
	commitment, line := commitmentCalls(t, b, vendor, code)
	requisitionCalls(t, b, commitment, line)
	directCostCalls(t, b, vendor, code)
	for _, r := range b.Journal() {
		require.Empty(t, r.UnknownFields, "%s %s", r.Operation, r.Query)
	}
}

func vendorCalls(t *testing.T, b *bundle, vendor int64) {
	t.Helper()
	ctx, c := t.Context(), b.client
	since := time.Now().Add(-time.Hour)
	vendors, _, err := c.Vendors.List(ctx, procore.VendorListOptions{OriginID: "odoo:a:1:res.partner:1", UpdatedSince: &since})
	require.NoError(t, err)
	require.Len(t, vendors, 1)
	require.Equal(t, "12-3456789", vendors[0].BusinessRegister.Identifier)
	onProject, _, err := c.ProjectVendors.List(ctx, b.project, procore.ListOptions{})
	require.NoError(t, err)
	require.Equal(t, vendor, onProject[0].ID)
	require.Equal(t, "odoo:a:1:res.partner:1", onProject[0].OriginID)

	res, _, err := c.Vendors.Sync(ctx, []procore.VendorUpdate{
		{OriginID: new("odoo:a:1:res.partner:2"), Name: new("Wrong"), CountryCode: new("XX")},
		{OriginID: new("odoo:a:1:res.partner:3"), Name: new("Right")},
	})
	require.NoError(t, err)
	_, err = res.Find("odoo:a:1:res.partner:2")
	require.ErrorIs(t, err, &procore.ErrorResponse{Code: procore.CodeValidation})
	right, err := res.Find("odoo:a:1:res.partner:3")
	require.NoError(t, err)

	_, _, err = c.Vendors.Sync(ctx, []procore.VendorUpdate{{ID: &right.ID, IsActive: new(false)}})
	require.NoError(t, err)
	inactive, _, err := c.Vendors.ListInactive(ctx, procore.ListOptions{})
	require.NoError(t, err)
	require.Len(t, inactive, 1)
	back, _, err := c.Vendors.Reactivate(ctx, right.ID)
	require.NoError(t, err)
	require.True(t, back.IsActive)
}

func commitmentCalls(t *testing.T, b *bundle, vendor, code int64) (commitment, line int64) {
	t.Helper()
	ctx, c := t.Context(), b.client
	const po = "odoo:a:1:purchase.order:42:commitment:1"
	res, _, err := c.Commitments.Sync(ctx, b.project, []procore.CommitmentUpdate{{
		OriginID: new(po), Number: new("PO00042"), Title: new("Concrete"), VendorID: &vendor,
		Status: new(procore.CommitmentDraft), AccountingMethod: new(procore.AccountingAmount),
		ContractDate: new(day(t, "2026-02-03")), RetainagePercent: money("10"),
	}})
	require.NoError(t, err)
	made, err := res.Find(po)
	require.NoError(t, err)

	lines, _, err := c.CommitmentLines.Sync(ctx, b.project, made.ID, []procore.CommitmentLineUpdate{
		{OriginID: new(po + ":1"), BudgetCodeID: &code, Amount: money("1000.10"), ExtendedType: new(procore.ExtendedManual), Description: new("slab")},
		{OriginID: new(po + ":2"), BudgetCodeID: &code, Amount: money("7"), ExtendedType: new(procore.ExtendedManual)},
	})
	require.NoError(t, err)
	slab, err := lines.Find(po + ":1")
	require.NoError(t, err)
	require.Equal(t, "1000.1", slab.Amount.String())
	extra, err := lines.Find(po + ":2")
	require.NoError(t, err)
	_, err = c.CommitmentLines.Delete(ctx, b.project, made.ID, extra.ID)
	require.NoError(t, err)

	_, _, err = c.Commitments.Sync(ctx, b.project, []procore.CommitmentUpdate{{OriginID: new(po), Status: new(procore.CommitmentApproved)}})
	require.NoError(t, err)
	left, _, err := c.CommitmentLines.List(ctx, b.project, made.ID, procore.ListOptions{})
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.Equal(t, code, left[0].BudgetCode.ID)
	got, _, err := c.Commitments.Get(ctx, b.project, made.ID)
	require.NoError(t, err)
	require.Equal(t, procore.CommitmentApproved, got.Status)
	require.Equal(t, "1000.1", got.GrandTotal.String())
	require.Equal(t, "2026-02-03", got.ContractDate.String())
	require.Len(t, got.LineItems, 1)

	refused, _, err := c.CommitmentLines.Sync(ctx, b.project, made.ID, []procore.CommitmentLineUpdate{{OriginID: new(po + ":1"), Amount: money("5")}})
	if err == nil {
		_, err = refused.Find(po + ":1")
	}
	require.ErrorIs(t, err, &procore.ErrorResponse{Code: procore.CodeLocked})

	second := "odoo:a:1:purchase.order:43:commitment:1"
	res, _, err = c.Commitments.Sync(ctx, b.project, []procore.CommitmentUpdate{{OriginID: &second, Number: new("PO00043"), VendorID: &vendor}})
	require.NoError(t, err)
	gone, err := res.Find(second)
	require.NoError(t, err)
	both, _, err := c.Commitments.List(ctx, b.project, procore.CommitmentListOptions{OriginIDs: []string{po, second}, Extended: true})
	require.NoError(t, err)
	require.Len(t, both, 2)
	_, err = c.Commitments.Delete(ctx, b.project, gone.ID)
	require.NoError(t, err)
	_, _, err = c.Commitments.Get(ctx, b.project, gone.ID)
	require.True(t, procore.IsNotFound(err), "%v", err)
	_, err = c.Commitments.Delete(ctx, b.project, made.ID)
	require.ErrorIs(t, err, &procore.ErrorResponse{Code: procore.CodeLocked})
	return made.ID, slab.ID
}

func requisitionCalls(t *testing.T, b *bundle, commitment, line int64) {
	t.Helper()
	ctx, c := t.Context(), b.client
	bill := procore.RequisitionWrite{
		OriginID: new("odoo:a:1:account.move:7:requisition:42@1"), InvoiceNumber: new("INV-7"),
		BillingDate: new(day(t, "2026-02-28")), Status: new(procore.RequisitionUnderReview),
		Items: []procore.RequisitionItemWrite{{ItemType: procore.ItemContract, LineItemID: &line, WorkCompletedThisPeriod: money("250.05")}},
	}
	_, _, err := c.Requisitions.Create(ctx, b.project, commitment, bill)
	require.ErrorIs(t, err, &procore.ErrorResponse{Code: procore.CodeValidation})
	require.ErrorContains(t, err, "open billing period")

	period, _, err := c.BillingPeriods.Create(ctx, b.project, procore.BillingPeriodCreate{
		StartDate: day(t, "2026-02-01"), EndDate: day(t, "2026-02-28"), DueDate: day(t, "2026-03-05"), Status: procore.BillingPeriodOpen,
	})
	require.NoError(t, err)
	periods, _, err := c.BillingPeriods.List(ctx, b.project, procore.BillingPeriodListOptions{Status: procore.BillingPeriodOpen})
	require.NoError(t, err)
	require.Equal(t, []procore.BillingPeriod{*period}, periods)

	bill.PeriodID = &period.ID
	made, _, err := c.Requisitions.Create(ctx, b.project, commitment, bill)
	require.NoError(t, err)
	require.Len(t, made.Items, 1)
	require.Equal(t, "250.05", made.Items[0].WorkCompletedThisPeriod.String())
	made, _, err = c.Requisitions.Update(ctx, b.project, commitment, made.ID, procore.RequisitionWrite{
		Status: new(procore.RequisitionApproved),
		Items: []procore.RequisitionItemWrite{{
			ID: &made.Items[0].ID, ItemType: procore.ItemContract, LineItemID: &line, WorkCompletedThisPeriod: money("300"),
		}},
	})
	require.NoError(t, err)
	require.Equal(t, procore.RequisitionApproved, made.Status)
	found, _, err := c.Requisitions.List(ctx, b.project, commitment, procore.RequisitionListOptions{OriginID: *bill.OriginID, Items: true})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, "300", found[0].Items[0].WorkCompletedThisPeriod.String())
	_, _, err = c.Requisitions.Get(ctx, b.project, made.ID)
	require.NoError(t, err)
	_, err = c.Requisitions.Delete(ctx, b.project, made.ID)
	require.NoError(t, err)
	_, _, err = c.Requisitions.Get(ctx, b.project, made.ID)
	require.True(t, procore.IsNotFound(err), "%v", err)
}

func directCostCalls(t *testing.T, b *bundle, vendor, code int64) {
	t.Helper()
	ctx, c := t.Context(), b.client
	const origin = "odoo:a:1:account.move:8:direct_cost:1"
	made, _, err := c.DirectCosts.Create(ctx, b.project, procore.DirectCostWrite{
		DirectCostType: new(procore.DirectCostInvoice), InvoiceNumber: new("INV-8"), VendorID: &vendor,
		Status: new(procore.DirectCostDraft), DirectCostDate: new(day(t, "2026-02-10")), OriginID: new(origin),
		LineItems: []procore.DirectCostLineWrite{{BudgetCodeID: &code, ManualAmount: number("-12.34"), Description: new("credit"), OriginID: new(origin + ":1"), Ref: new("1")}},
	})
	require.NoError(t, err)
	require.Len(t, made.LineItems, 1)
	require.Equal(t, "-12.34", made.LineItems[0].Amount.String())
	made, _, err = c.DirectCosts.Update(ctx, b.project, made.ID, procore.DirectCostWrite{
		Status:    new(procore.DirectCostApproved),
		LineItems: []procore.DirectCostLineWrite{{ID: &made.LineItems[0].ID, ManualAmount: number("12.35")}},
	})
	require.NoError(t, err)
	require.Equal(t, "12.35", made.GrandTotal.String())
	found, _, err := c.DirectCosts.List(ctx, b.project, procore.DirectCostListOptions{OriginID: origin, InvoiceNumber: "INV-8"})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, vendor, found[0].VendorID)
	lines, _, err := c.DirectCosts.ListLines(ctx, b.project, procore.DirectCostLineListOptions{DirectCostID: made.ID})
	require.NoError(t, err)
	require.Equal(t, "12.35", lines[0].Amount.String())
	require.Equal(t, made.ID, lines[0].Holder.ID)
	got, _, err := c.DirectCosts.Get(ctx, b.project, made.ID)
	require.NoError(t, err)
	require.Equal(t, code, got.LineItems[0].BudgetCode.ID)
	_, err = c.DirectCosts.Delete(ctx, b.project, made.ID)
	require.NoError(t, err)
	_, _, err = c.DirectCosts.Get(ctx, b.project, made.ID)
	require.True(t, procore.IsNotFound(err), "%v", err)
}

// TestFaultsOfTheSandbox: what happened and what did not, with the effect before and after.
func TestFaultsOfTheSandbox(t *testing.T) {
	t.Parallel()
	b := sandbox(t, nil)
	ctx := procore.WithRequestID(t.Context(), "send-1")
	drop := func(r procoretest.Request) *procoretest.Fault {
		if !r.Write {
			return nil
		}
		return &procoretest.Fault{Drop: true}
	}
	b.SetHook(procoretest.Hook{After: drop})
	update := []procore.VendorUpdate{{OriginID: new("v"), Name: new("V")}}
	_, _, err := b.client.Vendors.Sync(ctx, update)
	require.Equal(t, procore.Ambiguous, procore.Classify(err), "%v", err)
	found, _, err := b.client.Vendors.List(ctx, procore.VendorListOptions{OriginID: "v"})
	require.NoError(t, err)
	require.Len(t, found, 1, "it did happen")
	b.SetHook(procoretest.Hook{})

	b.ResetJournal()
	b.ExpireTokens()
	_, _, err = b.client.Vendors.Sync(ctx, update)
	require.NoError(t, err)
	var ids []string
	for _, r := range b.Journal() {
		ids = append(ids, r.RequestID)
	}
	require.Equal(t, []string{"send-1", "send-1"}, ids)
	require.Equal(t, 2, b.TokensIssued())

	hidden := b.AddProject(procoretest.Project{Name: "Hidden", Active: true})
	_, _, err = b.client.CostCodes.List(ctx, hidden, procore.ListOptions{})
	var e *procore.ErrorResponse
	require.ErrorAs(t, err, &e)
	require.Equal(t, procore.CodeProjectForbidden, e.Code)
	require.Equal(t, hidden, e.ProjectID)
}
