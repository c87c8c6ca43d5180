package odoo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// recordedFaults are the codes of every fault that was recorded.
var recordedFaults = map[string]string{
	"aa_create_missing_required":   CodeBusinessRule,
	"aa_create_unknown_field":      CodeUnknownField,
	"aa_write_missing":             CodeMissingRecord,
	"authenticate_bad_db":          CodeWrongDatabase,
	"authenticate_too_few_args":    CodeInvalidRequest,
	"common_unknown_method":        CodeInvalidRequest,
	"err_access_read":              CodeNoAccess,
	"err_access_write":             CodeNoAccess,
	"err_bad_date":                 CodeInvalidRequest,
	"err_bad_db":                   CodeWrongDatabase,
	"err_bad_key":                  CodeBadKey,
	"err_bad_operator":             CodeInvalidRequest,
	"err_bad_uid":                  CodeBadKey,
	"err_get_xmlrpc1":              CodeInvalidRequest, // of the address before /xmlrpc/2: a text as its code
	"err_malformed_domain":         CodeInvalidRequest,
	"err_malformed_xml":            CodeInvalidRequest,
	"err_private_method":           CodeInvalidRequest,
	"err_unknown_field_fields":     CodeUnknownField,
	"err_unknown_field_order":      CodeUnknownField,
	"err_unknown_kwarg":            CodeInvalidRequest,
	"err_unknown_method":           CodeInvalidRequest,
	"err_unknown_model":            CodeUnknownModel,
	"err_unknown_service":          CodeInvalidRequest,
	"err_write_readonly_selection": CodeInvalidRequest,
	"po_exists":                    CodeInvalidRequest, // 19 only
	"po_read_group":                CodeInvalidRequest, // 19 only
	"po_read_group_month":          CodeInvalidRequest, // 19 only
	"xmlrpc1_access_denied":        CodeInvalidRequest, // as err_get_xmlrpc1
}

func TestRecordedXMLRPC(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"14", "19"} {
		files, err := filepath.Glob(filepath.Join(fixtureDir(t), "..", "xmlrpc"+version, "*.response.xml"))
		require.NoError(t, err)
		require.Greater(t, len(files), 60)
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".response.xml")
			t.Run(version+" "+name, func(t *testing.T) {
				t.Parallel()
				body, err := os.ReadFile(file)
				require.NoError(t, err)
				s := newReplayXML(t).on("purchase.order/search", string(body))
				_, err = s.client(t).rpc.call(t.Context(), request{model: ModelPurchaseOrder, method: "search"})
				if !strings.Contains(string(body), "<fault>") || strings.Contains(string(body), "cannot marshal") {
					require.NoError(t, err)
					return
				}
				var e *Error
				require.ErrorAs(t, err, &e)
				require.Equal(t, recordedFaults[name], e.Code, "%s %s", e.Name, e.Message)
				require.False(t, e.Transient())
				require.NotEmpty(t, e.WayOut)
				require.NotContains(t, err.Error(), "Traceback")
				require.NotContains(t, err.Error(), "\n")
				require.NotContains(t, err.Error(), "5544", "a host behind the server")
			})
		}
	}
}

// tagsOf14 are two analytic tags, the second of which distributes.
func tagsOf14(t *testing.T) string {
	t.Helper()
	return xmlAnswer(t, []any{
		map[string]any{"id": 4, "active_analytic_distribution": false}, map[string]any{"id": 5, "active_analytic_distribution": true},
	})
}

func TestRecordedPurchaseOrdersOf14(t *testing.T) {
	t.Parallel()
	s := newReplayXML(t).
		on("purchase.order/fields_get", xmlFixture(t, "14", "fields_get_purchase_order")).
		on("purchase.order/search_read", xmlFixture(t, "14", "po_read")).
		on("purchase.order.line/fields_get", xmlFixture(t, "14", "fields_get_purchase_order_line")).
		on("purchase.order.line/search_read", xmlFixture(t, "14", "pol_search_read")).
		on("account.analytic.tag/search_read", tagsOf14(t)).
		on("account.analytic.distribution/search_read", xmlFixture(t, "14", "adist_search_read")).
		on("res.currency/search_read", xmlFixture(t, "14", "currency_search_read")).
		on("uom.uom/search_read", xmlFixture(t, "14", "uom_search_read"))
	orders, err := s.client(t).PurchaseOrders(t.Context(), Window{From: at("2026-11-23 00:00:00"), Limit: 5})
	require.NoError(t, err)
	o := orders[0]
	require.Equal(t, "P00020", o.Name)
	require.Equal(t, "purchase", o.State)
	require.False(t, o.Locked)
	require.Equal(t, int64(2554), o.Partner)
	require.Equal(t, "Q-77", o.PartnerRef)
	require.Equal(t, at("2026-11-23 07:10:12"), o.Approved)
	require.True(t, o.Untaxed.Equal(dec("4703.94")))
	require.False(t, o.Torn())
	require.Len(t, o.Lines, 6)
	require.Equal(t, "line_section", o.Lines[0].DisplayType)
	same(t, OrderLine{
		ID: 73, Sequence: 10, Name: "Line 1", Product: 39, Quantity: dec("3"), UnitPrice: dec("1234.57"), UnitName: "Units", Taxes: []int64{2},
		Subtotal: dec("3703.71"), TaxAmount: dec("555.56"), Distribution: []Share{{Accounts: []int64{30}, Percent: dec("100")}},
	}, o.Lines[1])
	same(t, []Share{{Accounts: []int64{30}, Percent: dec("60")}, {Accounts: []int64{31}, Percent: dec("40")}}, o.Lines[3].Distribution)
	require.Nil(t, o.Lines[4].Distribution)
	require.Equal(t, "A note\nsecond line", o.Lines[5].Name)

	read := s.requests("purchase.order/search_read")[0]
	require.Equal(t, []any{[]any{[]any{"write_date", ">=", "2026-11-23 00:00:00"}}}, read.places, "the domain by place")
	require.Contains(t, read.named, "fields")
	require.NotContains(t, read.named, "domain")
	require.Equal(t, []any{[]any{[]any{"tag_id", "in", []any{jsonNumber("5")}}}}, s.requests("account.analytic.distribution/search_read")[0].places)
}

func TestRecordedVendorBillsOf14(t *testing.T) {
	t.Parallel()
	s := newReplayXML(t).
		on("account.move/fields_get", xmlFixture(t, "14", "fields_get_account_move")).
		on("account.move/search_read", xmlFixture(t, "14", "mv_search_read_bills")).
		on("account.move.line/fields_get", xmlFixture(t, "14", "fields_get_account_move_line")).
		on("account.move.line/search_read", xmlFixture(t, "14", "ml_search_read_bill")).
		on("account.analytic.tag/search_read", tagsOf14(t)).
		on("account.analytic.distribution/search_read", xmlFixture(t, "14", "adist_search_read")).
		on("res.currency/search_read", xmlFixture(t, "14", "currency_search_read")).
		on("res.company/search_read", xmlAnswer(t, []any{map[string]any{"id": 1, "currency_id": []any{2, "USD"}}})).
		on("purchase.order.line/read", xmlAnswer(t, []any{map[string]any{"id": 73, "order_id": 20}}))
	bills, err := s.client(t).VendorBills(t.Context(), Window{})
	require.NoError(t, err)
	b := bills[0]
	require.Equal(t, "BILL/2026/11/0005", b.Name)
	require.Equal(t, Date("2026-11-20"), b.InvoiceDate)
	require.False(t, b.Torn(), "%s %s", b.LinesSum(), b.Untaxed)
	same(t, MoveLine{
		ID: 62, Sequence: 10, DisplayType: "product", Name: "P00020: Line 1", Product: 39, Account: 26, Quantity: dec("3"), UnitPrice: dec("1234.57"),
		Taxes: []int64{2}, Subtotal: dec("3703.71"), Amount: dec("3703.71"), Balance: dec("3703.71"), PurchaseLine: 73, PurchaseOrder: 20,
		Distribution: []Share{{Accounts: []int64{30}, Percent: dec("100")}},
	}, b.Lines[1])
	var types []string
	for _, l := range b.Lines {
		types = append(types, l.DisplayType)
	}
	require.Equal(t, []string{"line_section", "product", "product", "product", "product", "tax", "payment_term"}, types)
	require.Equal(t, int64(2), b.Lines[5].TaxLine)
	require.Empty(t, bills[2].Name, `"/" while it has no number`)
	require.Equal(t, "cancel", bills[2].State)
	require.Equal(t, "in_refund", bills[1].Type)
	require.Equal(t, []any{[]any{jsonNumber("72"), jsonNumber("73"), jsonNumber("74"), jsonNumber("75"), jsonNumber("76")}},
		s.requests("purchase.order.line/read")[0].places, "ids by place")
}

func TestRecordedMasterDataOf14(t *testing.T) {
	t.Parallel()
	s := newReplayXML(t).
		on("account.analytic.account/fields_get", xmlFixture(t, "14", "fields_get_account_analytic_account")).
		on("account.analytic.account/search_read", xmlFixture(t, "14", "aa_search_read")).
		on("account.analytic.group/fields_get", xmlFixture(t, "14", "fields_get_account_analytic_group")).
		on("account.analytic.group/search_read", xmlFixture(t, "14", "agroup_search_read")).
		on("res.partner/fields_get", xmlFixture(t, "14", "fields_get_res_partner")).
		on("res.partner/search_read", xmlFixture(t, "14", "partner_read_utf8")).
		on("product.product/search_read", xmlFixture(t, "14", "product_search_read")).
		on("account.analytic.line/fields_get", xmlFixture(t, "14", "fields_get_account_analytic_line")).
		on("account.analytic.line/search_read", xmlFixture(t, "14", "al_search_read")).
		on("res.company/search_read", xmlAnswer(t, []any{map[string]any{"id": 1, "currency_id": []any{2, "USD"}}})).
		on("res.currency/search_read", xmlFixture(t, "14", "currency_search_read"))
	c := s.client(t)

	plans, err := c.AnalyticPlans(t.Context(), Window{From: at("2027-01-01 00:00:00")})
	require.NoError(t, err)
	require.Len(t, plans, 4, "all groups, whenever they were written, and the plan of accounts without one")
	require.Equal(t, AnalyticPlan{ID: 1, Name: "Projects", Root: 1}, plans[0].Doc)
	require.Equal(t, AnalyticPlan{ID: noGroup, Name: "Default", Root: noGroup}, plans[3].Doc)
	all := map[int64]AnalyticPlan{}
	for _, p := range plans {
		all[p.ID] = p.Doc
	}
	require.Equal(t, int64(noGroup), RootPlan(all, "default"))

	accounts, err := c.AnalyticAccounts(t.Context(), Window{})
	require.NoError(t, err)
	require.Equal(t, AnalyticAccount{ID: 30, Name: "Job 1001 Tower", Code: "J1001", Plan: noGroup, RootPlan: noGroup, Active: true, Company: 1}, accounts[0].Doc)

	partners, err := c.PartnersByID(t.Context(), []int64{2554})
	require.NoError(t, err)
	require.Equal(t, "Béton & Cie \"Sud\" <SARL>", partners[0].Name)

	products, err := c.Products(t.Context(), Window{})
	require.NoError(t, err)
	require.Equal(t, Product{ID: 1, Name: "Restaurant Expenses", Code: "EXP_REST", Category: 3, Type: "service"}, products[0].Doc)

	lines, err := c.AnalyticLines(t.Context(), "", "", 0, 10)
	require.NoError(t, err)
	require.Equal(t, []int64{30}, lines[0].Accounts)
	require.Equal(t, int64(73), lines[0].MoveLine)
	require.True(t, lines[0].Amount.Equal(dec("-24.69")))
}

// The same documents come over both protocols from the same server.
func TestRecordedDocumentsOf19AreTheSameOverBothProtocols(t *testing.T) {
	t.Parallel()
	j := newReplay(t).
		on("purchase.order/fields_get", fixture(t, "fields_get_purchase_order")).
		on("purchase.order/search_read", fixture(t, "po_search_read_states")).
		on("purchase.order.line/fields_get", fixture(t, "fields_get_purchase_order_line")).
		on("purchase.order.line/search_read", fixture(t, "pol_search_read")).
		on("res.currency/search_read", fixture(t, "currency_search_read")).
		on("uom.uom/search_read", fixture(t, "uom_search_read")).
		on("account.analytic.account/fields_get", fixture(t, "fields_get_account_analytic_account")).
		on("account.analytic.account/search_read", fixture(t, "aa_search_read")).
		on("account.analytic.plan/search_read", fixture(t, "aplan_search_read"))
	x := newReplayXML(t).
		on("purchase.order/fields_get", xmlFixture(t, "19", "fields_get_purchase_order")).
		on("purchase.order/search_read", xmlFixture(t, "19", "po_search_read_states")).
		on("purchase.order.line/fields_get", xmlFixture(t, "19", "fields_get_purchase_order_line")).
		on("purchase.order.line/search_read", xmlFixture(t, "19", "pol_search_read")).
		on("res.currency/search_read", xmlFixture(t, "19", "currency_search_read")).
		on("uom.uom/search_read", xmlFixture(t, "19", "uom_search_read")).
		on("account.analytic.account/fields_get", xmlFixture(t, "19", "fields_get_account_analytic_account")).
		on("account.analytic.account/search_read", xmlFixture(t, "19", "aa_search_read")).
		on("account.analytic.plan/search_read", xmlFixture(t, "19", "aplan_search_read"))
	over := func(c *Client) (orders []PurchaseOrder, accounts []Record[AnalyticAccount], plans []Record[AnalyticPlan]) {
		orders, err := c.PurchaseOrders(t.Context(), Window{})
		require.NoError(t, err)
		accounts, err = c.AnalyticAccounts(t.Context(), Window{})
		require.NoError(t, err)
		plans, err = c.AnalyticPlans(t.Context(), Window{})
		require.NoError(t, err)
		return orders, accounts, plans
	}
	wantOrders, wantAccounts, wantPlans := over(j.client(t))
	orders, accounts, plans := over(x.client(t))
	same(t, []Share{{Accounts: []int64{99999999}, Percent: dec("100")}}, orders[2].Lines[4].Distribution) // written between the recordings
	orders[2].Lines[4].Distribution = wantOrders[2].Lines[4].Distribution
	same(t, wantOrders, orders)
	require.Equal(t, wantAccounts, accounts)
	require.Equal(t, wantPlans, plans)
	l := orders[2].Lines
	require.Equal(t, []int64{35, 36}, l[1].Distribution[0].Accounts)
	require.Equal(t, "33.33", l[3].Distribution[0].Percent.String())
	require.True(t, orders[4].Locked)
}
