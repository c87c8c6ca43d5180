package mapping

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

func twoProjects() odoo.PurchaseOrder {
	return testOrder(
		orderLine(1, "100", dist("60", tower, concrete), dist("40", bridge, concrete)),
		orderLine(2, "50", dist("100", tower, labor)),
	)
}

func TestOriginID(t *testing.T) {
	t.Parallel()
	s := Settings{OriginPrefix: "acme", OriginEpoch: 3}
	require.Equal(t, "odoo:acme:3:purchase.order:42:commitment:1001", OriginID(s, "purchase.order", 42, KindCommitment, "1001", 1))
	require.Equal(t, "odoo:acme:3:account.move:7:requisition:42@1001:2", OriginID(s, "account.move", 7, KindRequisition, "42@1001", 2))
	require.Equal(t, int64(2), Generation("odoo:acme:3:account.move:7:requisition:42@1001:2"))
	require.Equal(t, int64(1), Generation("odoo:acme:3:account.move:7:requisition:42@1001"))
	require.Equal(t, "p:1:03 30 00.M", LineOriginID("p", LineKey(1, "03 30 00.M")))

	o, ok := ParseOriginID("odoo:acme:3:account.move:7:requisition:42@1001:2", "acme")
	require.True(t, ok)
	require.Equal(t, Origin{Epoch: 3, Model: "account.move", ID: 7, Kind: KindRequisition, Part: "42@1001", Generation: 2}, o)
	for _, other := range []string{"", "odoo:beta:3:account.move:7:direct_cost:1", "sage:acme:3:account.move:7:direct_cost:1", "odoo:acme:x:account.move:7:direct_cost:1", "odoo:acme:3:account.move:7:commitment:1:1:03 30 00.M"} {
		_, ok := ParseOriginID(other, "acme")
		require.False(t, ok, other)
	}
}

func TestOrderOverSeveralProjects(t *testing.T) {
	t.Parallel()
	plan := ResolveOrder(twoProjects(), testRules(), OrderState{Vendors: vendors})
	require.True(t, plan.InScope)
	require.Equal(t, []string{"create_commitment 1001", "create_commitment 1002"}, kinds(plan.Steps))
	c := plan.Steps[0].Commitment
	require.Equal(t, "PO00042", c.Number)
	require.Equal(t, "Rocky Concrete – PO00042", c.Title)
	require.Equal(t, int64(vendor), c.Partner)
	require.Equal(t, int64(900), c.Vendor)
	require.Equal(t, odoo.Date("2026-02-03"), c.ContractDate)
	require.Equal(t, "Approved", c.Status)
	require.Nil(t, c.Private)
	require.Equal(t, "110", value(*c).String())
	require.Equal(t, []string{"1:03 30 00.M", "2:01 00 00.L"}, []string{c.Lines[0].Key, c.Lines[1].Key})
	require.Equal(t, "odoo:acme:1:purchase.order:42:commitment:1001:1:03 30 00.M", c.Lines[0].OriginID)
	require.Equal(t, int64(1), c.Lines[0].WBSCode)
}

func TestOrderAccountsOfOneProjectMerge(t *testing.T) {
	t.Parallel()
	r := testRules()
	r.Projects[bridge] = ProjectTarget{Project: 1001}
	plan := ResolveOrder(testOrder(orderLine(1, "100", dist("50", tower, concrete), dist("50", bridge, concrete))), r, OrderState{Vendors: vendors})
	require.Len(t, plan.Steps, 1)
	require.Len(t, plan.Steps[0].Commitment.Lines, 1)
	require.Equal(t, "100", plan.Steps[0].Commitment.Lines[0].Amount.String())
}

func TestOrderScope(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		edit  func(*odoo.PurchaseOrder, *Rules)
		scope bool
	}{
		{"confirmed", func(*odoo.PurchaseOrder, *Rules) {}, true},
		{"locked, Odoo 14", func(po *odoo.PurchaseOrder, _ *Rules) { po.State = "done" }, true},
		{"draft", func(po *odoo.PurchaseOrder, _ *Rules) { po.State = "draft" }, false},
		{"sent", func(po *odoo.PurchaseOrder, _ *Rules) { po.State = "sent" }, false},
		{"to approve", func(po *odoo.PurchaseOrder, _ *Rules) { po.State = "to approve" }, false},
		{"cancelled, never sent", func(po *odoo.PurchaseOrder, _ *Rules) { po.State = "cancel" }, false},
		{"before go-live", func(po *odoo.PurchaseOrder, _ *Rules) { po.Approved = time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC) }, false},
		{"before go-live by order date", func(po *odoo.PurchaseOrder, _ *Rules) {
			po.Approved, po.DateOrder = time.Time{}, time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)
		}, false},
		{"office only", func(po *odoo.PurchaseOrder, _ *Rules) { po.Lines[0].Distribution = on(dist("100", office)) }, false},
		{"no money", func(po *odoo.PurchaseOrder, _ *Rules) { po.Lines[0].Subtotal = dec("0") }, true},
		{"intercompany ignored", func(po *odoo.PurchaseOrder, r *Rules) { po.Partner, r.Settings.Intercompany = sister, "ignore" }, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, po := testRules(), testOrder(orderLine(1, "100", dist("100", tower, concrete)))
			c.edit(&po, &r)
			plan := ResolveOrder(po, r, OrderState{Vendors: vendors})
			require.Equal(t, c.scope, plan.InScope)
			require.Empty(t, plan.Causes)
			require.NotNil(t, plan.Steps)
			require.Equal(t, c.scope && c.name != "no money", len(plan.Steps) > 0)
		})
	}
}

func TestOrderVendor(t *testing.T) {
	t.Parallel()
	po := testOrder(orderLine(1, "100", dist("100", tower, concrete)), orderLine(2, "1", dist("100", unmapped)))
	plan := ResolveOrder(po, testRules(), OrderState{})
	require.Equal(t, []string{"dep:res.partner/9", "mapping.project:account.analytic.account/39"}, keys(plan.Causes))
	require.Equal(t, "100", plan.Causes[0].Amount.String())
	require.Equal(t, "USD", plan.Causes[0].Currency)
	require.Empty(t, plan.Steps)
	po.Partner, po.Lines = sister, po.Lines[:1]
	plan = ResolveOrder(po, testRules(), OrderState{Vendors: vendors})
	require.Equal(t, []string{"vendor.intercompany:res.partner/11"}, keys(plan.Causes))
	r := testRules()
	r.Settings.Intercompany = "sync"
	require.Equal(t, []string{"create_commitment 1001"}, kinds(ResolveOrder(po, r, OrderState{Vendors: vendors}).Steps))
}

// orderCase is an order that is in Procore, to be edited.
type orderCase struct {
	po odoo.PurchaseOrder
	r  Rules
	st OrderState
}

func (s *orderCase) status(status string) {
	for i := range s.st.Bindings {
		s.st.Bindings[i].Status = status
	}
}

func (s *orderCase) close(project int64) {
	p := s.r.Procore[project]
	p.Active = false
	s.r.Procore[project] = p
}

func TestOrderChanges(t *testing.T) {
	t.Parallel()
	billed := func(s *orderCase) { s.st.Billed = map[string]bool{"1001": true, "1002": true} }
	cases := []struct {
		name   string
		edit   func(*orderCase)
		steps  []string
		causes []string
		check  func(*testing.T, Plan)
	}{
		{name: "unchanged", edit: func(*orderCase) {}},
		{name: "unchanged, billed", edit: billed},
		{name: "another status setting", edit: func(s *orderCase) { s.r.Settings.CommitmentStatus = "Submitted" }},
		{name: "vendor renamed: header only", edit: func(s *orderCase) {
			billed(s)
			s.r.Partners[vendor] = odoo.Partner{ID: vendor, Name: "Rocky Two", Commercial: vendor}
		}, steps: []string{"update_header 1001", "update_header 1002"}},
		{name: "price changed", edit: func(s *orderCase) { s.po.Lines[1].Subtotal = dec("60") }, steps: []string{"rewrite_commitment 1001"}},
		{name: "text changed before the first invoice", edit: func(s *orderCase) { s.po.Lines[1].Name = "New" }, steps: []string{"rewrite_commitment 1001"}},
		{name: "text changed after it", edit: func(s *orderCase) { billed(s); s.po.Lines[1].Name = "New" }},
		{name: "price changed after billing", edit: func(s *orderCase) { billed(s); s.po.Lines[1].Subtotal = dec("60") }, causes: []string{"amendment.after_billing:purchase.order/42"}, check: func(t *testing.T, p Plan) {
			t.Helper()
			require.Equal(t, "10", p.Causes[0].Amount.String())
		}},
		{name: "amendment by setting", edit: func(s *orderCase) {
			billed(s)
			s.r.Settings.AmendAfterBilling = "rewrite"
			s.po.Lines[1].Subtotal = dec("60")
		}, steps: []string{"rewrite_commitment 1001"}},
		{name: "never without a billed line", edit: func(s *orderCase) {
			billed(s)
			s.r.Settings.AmendAfterBilling = "rewrite"
			s.st.BilledLines = map[string]bool{"2:01 00 00.L": true}
			s.po.Lines = s.po.Lines[:1]
		}, causes: []string{"amendment.after_billing:purchase.order/42"}},
		{name: "line gone", edit: func(s *orderCase) { s.po.Lines = s.po.Lines[:1] }, steps: []string{"rewrite_commitment 1001"}, check: func(t *testing.T, p Plan) {
			t.Helper()
			require.Equal(t, []string{"2:01 00 00.L"}, p.Steps[0].RemoveLines)
		}},
		{name: "changed percentage keeps the line", edit: func(s *orderCase) {
			s.po.Lines[0].Distribution = on(dist("50", tower, concrete), dist("50", bridge, concrete))
		}, steps: []string{"rewrite_commitment 1001", "rewrite_commitment 1002"}, check: func(t *testing.T, p Plan) {
			t.Helper()
			require.Empty(t, p.Steps[0].RemoveLines)
		}},
		{name: "finished short is an amendment", edit: func(s *orderCase) {
			for i := range s.po.Lines {
				s.po.Lines[i].Subtotal = dec("0")
			}
		}, steps: []string{"rewrite_commitment 1001", "rewrite_commitment 1002"}},
		{name: "moved to another project: retire first", edit: func(s *orderCase) {
			s.r.Procore[1000] = ProcoreProject{ID: 1000, Active: true, Codes: map[string]int64{"03 30 00.M": 9}}
			s.r.Projects[bridge] = ProjectTarget{Project: 1000}
		}, steps: []string{"retire_commitment 1002", "create_commitment 1000"}},
		{name: "moved after billing", edit: func(s *orderCase) { billed(s); s.po.Lines[0].Distribution = on(dist("60", tower, concrete)) }, causes: []string{"commitment.moved_after_billing:purchase.order/42"}},
		{name: "cancelled", edit: func(s *orderCase) { s.po.State = "cancel" }, steps: []string{"retire_commitment 1001", "retire_commitment 1002"}},
		{name: "cancelled and reset to draft", edit: func(s *orderCase) { s.po.State = "draft" }, steps: []string{"retire_commitment 1001", "retire_commitment 1002"}},
		{name: "cancelled after billing", edit: func(s *orderCase) { billed(s); s.po.State = "cancel" }, causes: []string{"commitment.cancelled_after_billing:purchase.order/42"}, check: func(t *testing.T, p Plan) {
			t.Helper()
			require.Equal(t, "150", p.Causes[0].Amount.String())
		}},
		{name: "cancelled and closed already", edit: func(s *orderCase) { s.po.State = "cancel"; s.status(StatusClosed) }},
		{name: "confirmed again", edit: func(s *orderCase) { s.status(StatusClosed) }, steps: []string{"rewrite_commitment 1001", "rewrite_commitment 1002"}},
		{name: "left half written", edit: func(s *orderCase) { s.status(StatusDraft) }, steps: []string{"rewrite_commitment 1001", "rewrite_commitment 1002"}},
		{name: "draft by setting", edit: func(s *orderCase) { s.status(StatusDraft); s.r.Settings.CommitmentStatus = "Draft" }},
		{name: "wanted again after deletion", edit: func(s *orderCase) { s.status(StatusDeleted) }, steps: []string{"create_commitment 1001", "create_commitment 1002"}, check: func(t *testing.T, p Plan) {
			t.Helper()
			require.Equal(t, "odoo:acme:1:purchase.order:42:commitment:1001:2", p.Steps[0].Commitment.OriginID)
			require.Zero(t, p.Steps[0].ProcoreID)
		}},
		{name: "linked: never written", edit: func(s *orderCase) { s.status(StatusLinked); s.po.Lines[1].Subtotal = dec("60") }},
		{name: "linked and cancelled", edit: func(s *orderCase) { s.status(StatusLinked); s.po.State = "cancel" }},
		{name: "vendor changed", edit: func(s *orderCase) { s.st.Vendors = map[int64]int64{vendor: 901} }, steps: []string{"rewrite_commitment 1001", "rewrite_commitment 1002"}},
		{name: "project closed, nothing to write there", edit: func(s *orderCase) { s.close(1002) }},
		{name: "project closed, something to write there", edit: func(s *orderCase) {
			s.close(1002)
			s.po.Lines[0].Subtotal = dec("110")
		}, causes: []string{"project.closed:1002"}},
		{name: "in Procore, so go-live does not matter", edit: func(s *orderCase) { s.r.Settings.GoLive = "2026-06-01"; s.po.Lines[1].Subtotal = dec("60") }, steps: []string{"rewrite_commitment 1001"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &orderCase{po: twoProjects(), r: testRules(), st: OrderState{Vendors: vendors}}
			s.st.Bindings = carried(t, twoProjects(), testRules())
			c.edit(s)
			plan := ResolveOrder(s.po, s.r, s.st)
			require.True(t, plan.InScope)
			require.Equal(t, c.causes, keys(plan.Causes))
			require.Equal(t, c.steps, kinds(plan.Steps))
			if c.check != nil {
				c.check(t, plan)
			}
			for _, step := range plan.Steps {
				require.Equal(t, step.Kind == StepCreateCommitment, step.ProcoreID == 0)
			}
		})
	}
}

func TestOrderDeletedEverywhereIsNew(t *testing.T) {
	t.Parallel()
	bindings := carried(t, twoProjects(), testRules())
	for i := range bindings {
		bindings[i].Status, bindings[i].OriginID = StatusDeleted, bindings[i].OriginID+":4"
	}
	po := twoProjects()
	again := ResolveOrder(po, testRules(), OrderState{Bindings: bindings, Vendors: vendors})
	require.Equal(t, int64(5), Generation(again.Steps[0].Commitment.OriginID))
	po.State = "cancel"
	plan := ResolveOrder(po, testRules(), OrderState{Bindings: bindings, Vendors: vendors})
	require.False(t, plan.InScope)
	require.Empty(t, plan.Steps)
}

func TestOrderTitleKeepsTheName(t *testing.T) {
	t.Parallel()
	title := orderTitle(testOrder(), odoo.Partner{Name: strings.Repeat("é", 300)})
	require.Len(t, []rune(title), 255)
	require.True(t, strings.HasSuffix(title, " – PO00042"))
}

func TestDecodeContent(t *testing.T) {
	t.Parallel()
	_, err := DecodeContent[Commitment](Binding{})
	require.ErrorIs(t, err, ErrNoContent)
	_, err = DecodeContent[Commitment](Binding{Content: []byte("{")})
	require.ErrorContains(t, err, "decoding content")
}
