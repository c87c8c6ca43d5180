package mapping

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// billCase is a bill with its state, to be edited; the order is carried over.
type billCase struct {
	t  *testing.T
	b  odoo.VendorBill
	r  Rules
	st BillState
}

func newBillCase(t *testing.T, lines ...odoo.MoveLine) *billCase {
	t.Helper()
	return &billCase{t: t, b: testBill(lines...), r: testRules(), st: billState(twoProjects(), carried(t, twoProjects(), testRules()))}
}

func (c *billCase) resolve() Plan { return ResolveBill(c.b, c.r, c.st) }

// carry sends the bill and keeps its bindings.
func (c *billCase) carry() *billCase {
	c.t.Helper()
	plan := c.resolve()
	require.Empty(c.t, keys(plan.Causes))
	require.NotEmpty(c.t, plan.Steps)
	c.st.Bindings = done(c.t, plan.Steps)
	c.st.NewestOnly = map[string]bool{}
	for _, b := range c.st.Bindings {
		c.st.NewestOnly[b.Part] = true
	}
	return c
}

func (c *billCase) order(edit func(*odoo.PurchaseOrder)) {
	po := c.st.Orders[42]
	po.Lines = slices.Clone(po.Lines)
	edit(&po)
	c.st.Orders[42] = po
}

func tiedLine() odoo.MoveLine {
	return ofOrder(moveLine(1, "50", dist("60", tower, concrete), dist("40", bridge, concrete)), 1)
}

func freight() odoo.MoveLine { return moveLine(2, "7", dist("100", tower, labor)) }

func TestBillOfAnOrder(t *testing.T) {
	t.Parallel()
	plan := newBillCase(t, tiedLine(), freight()).resolve()
	require.Equal(t, []string{"create_direct_cost 1001", "create_requisition 42@1001", "create_requisition 42@1002"}, sorted(kinds(plan.Steps)))
	i := slices.IndexFunc(plan.Steps, func(s Step) bool { return s.Part == "42@1001" })
	q := plan.Steps[i].Requisition
	require.Equal(t, "INV-1", q.InvoiceNumber)
	require.Equal(t, odoo.Date("2026-03-01"), q.BillingDate)
	require.Equal(t, odoo.Date("2026-03-02"), q.AccountingDate)
	require.Equal(t, "odoo:acme:1:account.move:7:requisition:42@1001", q.OriginID)
	require.Equal(t, int64(5000), q.Commitment)
	require.Equal(t, []RequisitionItem{{LineKey: "1:03 30 00.M", Line: 6000, Amount: dec("30.00")}}, q.Items)
	i = slices.IndexFunc(plan.Steps, func(s Step) bool { return s.DirectCost != nil })
	c := plan.Steps[i].DirectCost
	require.Equal(t, "INV-1", c.InvoiceNumber)
	require.Equal(t, "invoice", c.Type)
	require.Equal(t, odoo.Date("2026-03-02"), c.Date)
	require.Equal(t, odoo.Date("2026-03-01"), c.ReceivedDate)
	require.Equal(t, "2:01 00 00.L", c.Lines[0].Key)
	require.Equal(t, "odoo:acme:1:account.move:7:direct_cost:1001:2:01 00 00.L", c.Lines[0].OriginID)
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func TestBillRoutes(t *testing.T) {
	t.Parallel()
	req, direct := []string{"create_requisition 42@1001", "create_requisition 42@1002"}, []string{"create_direct_cost 1001", "create_direct_cost 1002"}
	cases := []struct {
		name   string
		edit   func(*billCase)
		steps  []string
		causes []string
	}{
		{name: "order in Procore", edit: func(*billCase) {}, steps: req},
		{name: "order pending", edit: func(c *billCase) { c.st.OrderPending = map[int64]bool{42: true}; c.st.Commitments = nil }, causes: []string{"dep:purchase.order/42"}},
		{name: "order absent", edit: func(c *billCase) { c.st.Orders, c.st.Commitments = nil, nil }, causes: []string{"dep:purchase.order/42"}},
		{name: "order ignored", edit: func(c *billCase) { c.st.Commitments = nil }, steps: direct},
		{name: "order before go-live", edit: func(c *billCase) {
			c.st.Commitments, c.st.OrderPending = nil, map[int64]bool{42: true}
			c.order(func(po *odoo.PurchaseOrder) { po.Approved = time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC) })
		}, steps: direct},
		{name: "order without project lines, not carried", edit: func(c *billCase) {
			c.st.Commitments, c.st.OrderPending = nil, map[int64]bool{42: true}
			c.order(func(po *odoo.PurchaseOrder) { po.Lines = []odoo.OrderLine{orderLine(1, "9")} })
		}, steps: direct},
		{name: "order cancelled without a commitment", edit: func(c *billCase) {
			c.st.Commitments = nil
			c.order(func(po *odoo.PurchaseOrder) { po.State = "cancel" })
		}, steps: direct},
		{name: "order cancelled with a commitment", edit: func(c *billCase) { c.order(func(po *odoo.PurchaseOrder) { po.State = "cancel" }) }, steps: req},
		{name: "order back in draft waits", edit: func(c *billCase) { c.order(func(po *odoo.PurchaseOrder) { po.State = "draft" }) }, causes: []string{"dep:purchase.order/42"}},
		{name: "commitment closed, to be reopened", edit: func(c *billCase) {
			for project, b := range c.st.Commitments[42] {
				b.Status = StatusClosed
				c.st.Commitments[42][project] = b
			}
		}, causes: []string{"dep:purchase.order/42"}},
		{name: "linked commitment is billed", edit: func(c *billCase) {
			for project, b := range c.st.Commitments[42] {
				b.Status, b.Content, b.OriginID = StatusLinked, nil, ""
				c.st.Commitments[42][project] = b
			}
		}, steps: req},
		{name: "down-payment line on an expense account", edit: func(c *billCase) {
			c.order(func(po *odoo.PurchaseOrder) {
				po.Lines = append(po.Lines, odoo.OrderLine{ID: 3, DownPayment: true})
			})
			c.b.Lines[0].PurchaseLine = 3
		}, steps: direct},
		{name: "down-payment line on a prepayment account", edit: func(c *billCase) { c.b.Lines[0].Account = prepaid }},
		{name: "receipt", edit: func(c *billCase) {
			c.b.Type, c.b.Lines[0].PurchaseLine, c.b.Lines[0].PurchaseOrder = "in_receipt", 0, 0
		}, steps: direct},
		{name: "recoded to another code", edit: func(c *billCase) { c.b.Lines[0].Distribution = on(dist("100", tower, labor)) }, causes: []string{"bill.recoded:account.move/7"}},
		{name: "recoded to a project of no commitment", edit: func(c *billCase) {
			c.r.Procore[1005] = ProcoreProject{ID: 1005, Active: true, Codes: map[string]int64{"03 30 00.M": 5}}
			c.r.Projects[future] = ProjectTarget{Project: 1005}
			c.b.Lines[0].Distribution = on(dist("100", future, concrete))
		}, causes: []string{"bill.recoded:account.move/7"}},
		{name: "moved away from a deleted commitment", edit: func(c *billCase) {
			b := c.st.Commitments[42][1002]
			b.Status = StatusDeleted
			c.st.Commitments[42][1002] = b
			c.order(func(po *odoo.PurchaseOrder) { po.Lines[0].Distribution = on(dist("100", tower, concrete)) })
		}, causes: []string{"bill.recoded:account.move/7"}},
		{name: "order line that the commitment lacks", edit: func(c *billCase) {
			c.order(func(po *odoo.PurchaseOrder) {
				po.Lines = append(po.Lines, orderLine(3, "9", dist("100", tower, concrete)))
			})
			c.b.Lines = []odoo.MoveLine{ofOrder(moveLine(1, "9", dist("100", tower, concrete)), 3)}
		}, causes: []string{"bill.line_not_on_commitment:account.move/7"}},
		{name: "out of scope line of a pending order", edit: func(c *billCase) {
			c.st.OrderPending = map[int64]bool{42: true}
			c.b.Lines[0].Distribution = nil
		}},
		{name: "vendor not bound", edit: func(c *billCase) { c.st.Vendors = nil }, causes: []string{"dep:res.partner/9"}},
		{name: "intercompany", edit: func(c *billCase) { c.st.InternalPartners = map[int64]int64{vendor: 2} }, causes: []string{"vendor.intercompany:res.partner/9"}},
		{name: "same ref on another bill", edit: func(c *billCase) { c.st.DuplicateRef = "BILL/2026/0001" }, causes: []string{"bill.duplicate_ref:account.move/7"}},
		{name: "no number at all", edit: func(c *billCase) { c.b.Ref, c.b.Name = " ", "" }, causes: []string{"bill.no_number:account.move/7"}},
		{name: "foreign currency", edit: func(c *billCase) { c.b.Currency = eur }, causes: []string{"currency.foreign:account.move/7"}},
		{name: "draft never sent", edit: func(c *billCase) { c.b.State = "draft" }},
		{name: "cancelled never sent", edit: func(c *billCase) { c.b.State = "cancel" }},
		{name: "before go-live", edit: func(c *billCase) { c.b.Date = "2025-12-31" }},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := newBillCase(t, tiedLine())
			tc.edit(c)
			plan := c.resolve()
			require.Equal(t, tc.causes, keys(plan.Causes))
			require.Equal(t, tc.steps, kinds(plan.Steps))
			require.Equal(t, len(tc.causes)+len(tc.steps) > 0, plan.InScope)
			for _, s := range plan.Steps {
				if s.DirectCost != nil && c.b.Type == "in_receipt" {
					require.Equal(t, "expense", s.DirectCost.Type)
				}
			}
		})
	}
}

func TestBillDifferences(t *testing.T) {
	t.Parallel()
	notNewest := []string{"requisition.not_newest:account.move/7"}
	cases := []struct {
		name   string
		edit   func(*billCase)
		steps  []string
		causes []string
	}{
		{name: "posted again unchanged", edit: func(*billCase) {}},
		{name: "another bill got its ref later", edit: func(c *billCase) { c.st.DuplicateRef = "BILL/2026/0009" }},
		{name: "reset to draft", edit: func(c *billCase) { c.b.State = "draft" }, causes: []string{"bill.reset:account.move/7"}},
		{name: "cancelled", edit: func(c *billCase) { c.b.State = "cancel" }, steps: []string{"retire_requisition 42@1001", "retire_requisition 42@1002", "retire_direct_cost 1001"}},
		{name: "cancelled, not the newest", edit: func(c *billCase) { c.b.State = "cancel"; c.st.NewestOnly = nil }, causes: notNewest},
		{name: "amount changed", edit: func(c *billCase) { c.b.Lines[0].Amount = dec("60") }, steps: []string{"update_requisition 42@1001", "update_requisition 42@1002"}},
		{name: "amount changed, not the newest", edit: func(c *billCase) { c.b.Lines[0].Amount = dec("60"); c.st.NewestOnly = nil }, causes: notNewest},
		{name: "direct cost changed, requisitions not the newest", edit: func(c *billCase) { c.b.Lines[1].Amount = dec("8"); c.st.NewestOnly = nil }, steps: []string{"update_direct_cost 1001"}},
		{name: "line gone", edit: func(c *billCase) { c.b.Lines = c.b.Lines[:1] }, steps: []string{"retire_direct_cost 1001"}},
		{name: "number changed", edit: func(c *billCase) { c.b.Ref = "INV-2" }, steps: []string{"retire_direct_cost 1001", "update_requisition 42@1001", "update_requisition 42@1002", "create_direct_cost 1001"}},
		{name: "matched to the order afterwards", edit: func(c *billCase) {
			c.b.Lines = []odoo.MoveLine{ofOrder(moveLine(2, "7", dist("100", tower, labor)), 2)}
			c.st.Bindings = slices.DeleteFunc(c.st.Bindings, func(b Binding) bool { return b.Kind == KindRequisition })
		}, steps: []string{"retire_direct_cost 1001", "create_requisition 42@1001"}},
		{name: "became a receipt: another document", edit: func(c *billCase) {
			c.b.Type, c.b.Lines = "in_receipt", c.b.Lines[1:]
			c.st.Bindings = slices.DeleteFunc(c.st.Bindings, func(b Binding) bool { return b.Kind == KindRequisition })
		}, steps: []string{"retire_direct_cost 1001", "create_direct_cost 1001"}},
		{name: "linked documents are left alone", edit: func(c *billCase) {
			c.b.Lines[0].Amount, c.b.Lines[1].Amount = dec("60"), dec("8")
			for i := range c.st.Bindings {
				c.st.Bindings[i].Status = StatusLinked
			}
		}},
		{name: "left half written", edit: func(c *billCase) {
			for i := range c.st.Bindings {
				c.st.Bindings[i].Status = StatusDraft
			}
		}, steps: []string{"update_requisition 42@1001", "update_requisition 42@1002", "update_direct_cost 1001"}},
		{name: "accounting date moved before go-live", edit: func(c *billCase) { c.b.Date = "2025-12-31" }, steps: []string{"update_requisition 42@1001", "update_requisition 42@1002", "update_direct_cost 1001"}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := newBillCase(t, tiedLine(), freight()).carry()
			tc.edit(c)
			plan := c.resolve()
			require.True(t, plan.InScope)
			require.Equal(t, tc.causes, keys(plan.Causes))
			require.Equal(t, tc.steps, kinds(plan.Steps))
		})
	}
}

func TestBillWantedAgainAfterDeletion(t *testing.T) {
	t.Parallel()
	c := newBillCase(t, tiedLine(), freight()).carry()
	for i := range c.st.Bindings {
		c.st.Bindings[i].Status = StatusDeleted
	}
	for _, s := range c.resolve().Steps {
		if s.Requisition != nil {
			require.Equal(t, "odoo:acme:1:account.move:7:requisition:"+s.Part+":2", s.Requisition.OriginID)
			continue
		}
		require.Equal(t, "odoo:acme:1:account.move:7:direct_cost:1001:2", s.DirectCost.OriginID)
	}
}

func TestBillInvoiceNumberIsOdoosNameWithoutARef(t *testing.T) {
	t.Parallel()
	c := newBillCase(t, freight())
	c.b.Ref = ""
	require.Equal(t, "BILL/2026/0007", c.resolve().Steps[0].DirectCost.InvoiceNumber)
}

func TestBillTooManyLines(t *testing.T) {
	t.Parallel()
	var lines []odoo.MoveLine
	for i := range MaxDirectCostLines + 1 {
		lines = append(lines, moveLine(int64(i+1), "1", dist("100", tower, labor)))
	}
	plan := newBillCase(t, lines...).resolve()
	require.Equal(t, []string{"direct_cost.too_many_lines:account.move/7"}, keys(plan.Causes))
	require.Equal(t, "101", plan.Causes[0].Detail["lines"])
	require.Len(t, newBillCase(t, lines[1:]...).resolve().Steps, 1)
}

func TestBillUnmatchedOrder(t *testing.T) {
	t.Parallel()
	open := []OpenCommitment{{Order: 42, Number: "PO00042", Project: 1001, Codes: []string{"01 00 00.L"}}}
	c := newBillCase(t, freight())
	c.st.OpenCommitments = open
	plan := c.resolve()
	require.Len(t, plan.Steps, 1, "sent and listed")
	require.Equal(t, []string{"bill.unmatched_po:account.move/7"}, keys(plan.Warnings))
	require.Equal(t, "PO00042", plan.Warnings[0].Detail["order"])
	c = newBillCase(t, tiedLine(), freight())
	c.st.OpenCommitments = open
	require.Empty(t, c.resolve().Warnings, "freight on a bill of the order itself")
}

func TestCreditNotes(t *testing.T) {
	t.Parallel()
	negative := func(l odoo.MoveLine, amount string) odoo.MoveLine { l.Amount = dec(amount); return l }
	untie := func(l odoo.MoveLine) odoo.MoveLine { l.PurchaseLine, l.PurchaseOrder = 0, 0; return l }
	cases := []struct {
		name     string
		reversed []odoo.MoveLine // nil: no reversed entry
		sent     bool
		lines    []odoo.MoveLine
		edit     func(*billCase)
		steps    []string
		causes   []string
		total    string
	}{
		{name: "of a requisition", reversed: []odoo.MoveLine{tiedLine()}, sent: true, lines: []odoo.MoveLine{negative(tiedLine(), "-50")}, steps: []string{"create_requisition 42@1001", "create_requisition 42@1002"}, total: "-50"},
		{name: "of a direct cost, though tied since", reversed: []odoo.MoveLine{untie(tiedLine())}, sent: true, lines: []odoo.MoveLine{negative(tiedLine(), "-50")}, steps: []string{"create_direct_cost 1001", "create_direct_cost 1002"}, total: "-50"},
		{name: "untied, of a requisition", reversed: []odoo.MoveLine{tiedLine()}, sent: true, lines: []odoo.MoveLine{negative(untie(tiedLine()), "-50")}, steps: []string{"create_requisition 42@1001", "create_requisition 42@1002"}, total: "-50"},
		{name: "untied freight of a bill with both", reversed: []odoo.MoveLine{tiedLine(), freight()}, sent: true, lines: []odoo.MoveLine{negative(freight(), "-7")}, steps: []string{"create_direct_cost 1001"}, total: "-7"},
		{name: "reversed bill to come", reversed: []odoo.MoveLine{tiedLine()}, lines: []odoo.MoveLine{negative(tiedLine(), "-50")}, causes: []string{"bill.reversed:account.move/6"}},
		{name: "reversed bill not read yet", reversed: []odoo.MoveLine{tiedLine()}, lines: []odoo.MoveLine{negative(tiedLine(), "-50")}, edit: func(c *billCase) { c.st.Reversed = nil }, causes: []string{"bill.reversed:account.move/6"}},
		{name: "reversed bill before go-live", reversed: []odoo.MoveLine{tiedLine()}, lines: []odoo.MoveLine{negative(tiedLine(), "-50")}, edit: func(c *billCase) { c.st.Reversed.Date = "2025-11-01" }, steps: []string{"create_requisition 42@1001", "create_requisition 42@1002"}, total: "-50"},
		{name: "without a reversed bill, tied", lines: []odoo.MoveLine{negative(tiedLine(), "-50")}, steps: []string{"create_requisition 42@1001", "create_requisition 42@1002"}, total: "-50"},
		{name: "without a reversed bill, untied", lines: []odoo.MoveLine{negative(freight(), "-7")}, steps: []string{"create_direct_cost 1001"}, total: "-7"},
		{name: "of a receipt: an expense", reversed: []odoo.MoveLine{freight()}, sent: true, lines: []odoo.MoveLine{negative(freight(), "-7")}, edit: func(c *billCase) {
			c.st.Reversed.Type = "in_receipt"
			b, q := *c.st.Reversed, c.st
			q.Reversed, q.ReversedBindings, q.Bindings = nil, nil, nil
			c.st.ReversedBindings = done(c.t, ResolveBill(b, c.r, q).Steps)
		}, steps: []string{"create_direct_cost 1001"}, total: "-7"},
		{name: "credit_note: park", lines: []odoo.MoveLine{negative(freight(), "-7")}, edit: func(c *billCase) { c.r.Settings.CreditNote = "park" }, causes: []string{"bill.credit_note:account.move/7"}},
		{name: "out of scope waits for nothing", reversed: []odoo.MoveLine{tiedLine()}, lines: []odoo.MoveLine{moveLine(1, "-5")}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := newBillCase(t, tc.lines...)
			c.b.Type = "in_refund"
			if tc.reversed != nil {
				other := testBill(tc.reversed...)
				other.ID, other.Name = 6, "BILL/2026/0006"
				if tc.sent {
					plan := ResolveBill(other, c.r, c.st)
					require.Empty(t, keys(plan.Causes))
					c.st.ReversedBindings = done(t, plan.Steps)
				}
				c.b.ReversedEntry, c.st.Reversed = 6, &other
			}
			if tc.edit != nil {
				tc.edit(c)
			}
			plan := c.resolve()
			require.Equal(t, tc.causes, keys(plan.Causes))
			require.Equal(t, tc.steps, kinds(plan.Steps))
			if tc.total != "" {
				require.Equal(t, tc.total, sent(done(t, plan.Steps)).String())
			}
			if c.st.Reversed != nil && c.st.Reversed.Type == "in_receipt" {
				require.Equal(t, "expense", plan.Steps[0].DirectCost.Type)
			}
		})
	}
}

func TestPlansAreDeterministic(t *testing.T) {
	t.Parallel()
	want := newBillCase(t, tiedLine(), freight()).resolve()
	for range 20 {
		c := newBillCase(t, freight(), tiedLine())
		require.Equal(t, want, c.resolve())
	}
	c := newBillCase(t, tiedLine(), freight())
	requisitions, costs, alloc := WantBill(c.b, c.r, c.st)
	require.Len(t, requisitions, 2)
	require.Len(t, costs, 1)
	require.Equal(t, "57", total(alloc.Lines).String())
	commitments, _ := WantOrder(twoProjects(), c.r, nil)
	require.Len(t, commitments, 2)
}
