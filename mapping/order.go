package mapping

import (
	"cmp"
	"html"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// OrderState is what is known of a purchase order beside its content.
type OrderState struct {
	Bindings    []Binding
	Vendors     map[int64]int64 // commercial partner → Procore vendor
	Billed      map[string]bool // part → any requisition exists on that commitment
	BilledLines map[string]bool // line keys billed
}

// OrderInScope says whether an order's commitments are wanted: confirmed in Odoo, and not before go-live
// (by UTC day) unless it is in Procore already.
func OrderInScope(po odoo.PurchaseOrder, r Rules, bindings []Binding) bool {
	return confirmed(po) && (live(bindings) || !beforeGoLive(po, r))
}

// confirmed: Odoo up to 18 calls a locked order "done".
func confirmed(po odoo.PurchaseOrder) bool { return po.State == "purchase" || po.State == "done" }

// beforeGoLive says whether an order is history: confirmed before the tenant's go-live.
func beforeGoLive(po odoo.PurchaseOrder, r Rules) bool {
	day := orderDay(po)
	return r.Settings.GoLive != "" && day != "" && day < r.Settings.GoLive
}

// orderDay is the UTC day of the confirmation, else of the order; empty when neither is set.
func orderDay(po odoo.PurchaseOrder) odoo.Date {
	at := po.Approved
	if at.IsZero() {
		at = po.DateOrder
	}
	if at.IsZero() {
		return ""
	}
	return odoo.Date(at.UTC().Format(time.DateOnly))
}

// ResolveOrder plans the commitments of a purchase order, one per project.
func ResolveOrder(po odoo.PurchaseOrder, r Rules, st OrderState) Plan {
	bound := live(st.Bindings)
	wants := OrderInScope(po, r, st.Bindings)
	if !wants && (!bound || confirmed(po)) {
		return Plan{Steps: []Step{}}
	}
	d := orderDiff{po: po, r: r, st: st, causes: causes{currency: r.Currencies[po.Currency].Name}}
	var wanted []Commitment
	if wants {
		d.alloc = AllocateOrder(po, r)
		d.causes.take(d.alloc.Causes)
		var p party
		if len(d.alloc.Lines) > 0 {
			p = r.party(po.Partner, st.Vendors, nil, &d.causes, po.Name, total(d.alloc.Lines))
		}
		if p.ignored {
			return Plan{Steps: []Step{}, Excluded: d.alloc.Excluded}
		}
		wanted = commitments(po, r, d.alloc, st.Bindings, p)
	}
	d.compare(wanted)
	return finish(d.steps, &d.causes, d.alloc, bound)
}

// WantOrder returns the commitments that an order in scope should have, with the allocation behind them;
// vendor ids are left out. It is what the reconciliation compares Procore with.
func WantOrder(po odoo.PurchaseOrder, r Rules, bindings []Binding) ([]Commitment, Allocated) {
	if !OrderInScope(po, r, bindings) {
		return nil, Allocated{}
	}
	alloc := AllocateOrder(po, r)
	return commitments(po, r, alloc, bindings, party{partner: r.commercial(po.Partner)}), alloc
}

// commitments builds the wanted documents, by project. A commitment without any money is not made, but one
// that exists may go down to nothing.
func commitments(po odoo.PurchaseOrder, r Rules, alloc Allocated, bindings []Binding, p party) []Commitment {
	byPart := latest(bindings, KindCommitment)
	var list []Commitment
	for _, project := range projects(alloc.Lines) {
		part := ProjectPart(project)
		binding := byPart[part]
		c := Commitment{
			Part: part, Project: project,
			OriginID: originOf(r.Settings, odoo.ModelPurchaseOrder, po.ID, KindCommitment, part, binding),
			Number:   strings.ReplaceAll(cmp.Or(r.Settings.PONumber, "{name}"), "{name}", po.Name),
			Title:    orderTitle(po, p.partner), Description: orderDescription(po),
			Partner: p.partner.ID, Vendor: p.vendor,
			Status: cmp.Or(r.Settings.CommitmentStatus, "Approved"), ContractDate: orderDay(po),
		}
		if r.Settings.CommitmentPrivate == "false" {
			private := false
			c.Private = &private
		}
		money := false
		for _, l := range keyed(alloc.Lines, project) {
			money = money || !l.amount.IsZero()
			c.Lines = append(c.Lines, CommitmentLine{
				Key: l.key, OriginID: LineOriginID(c.OriginID, l.key), BudgetCode: l.BudgetCode, WBSCode: l.WBSCode,
				Amount: l.amount, Description: l.Description,
			})
		}
		if money || owned(binding) {
			list = append(list, c)
		}
	}
	return list
}

// keyedLine is what one document line and budget code come to in a project.
type keyedLine struct {
	Allocation

	key    string
	amount decimal.Decimal
}

// keyed merges the shares of a project that have the same line and budget code.
func keyed(lines []Allocation, project int64) []keyedLine {
	var list []keyedLine
	at := map[string]int{}
	for _, l := range lines {
		if l.Project != project {
			continue
		}
		key := LineKey(l.LineID, l.BudgetCode)
		if i, ok := at[key]; ok {
			list[i].amount = list[i].amount.Add(l.Amount)
			continue
		}
		at[key] = len(list)
		list = append(list, keyedLine{Allocation: l, key: key, amount: l.Amount})
	}
	return list
}

// projects lists the projects of allocations, ascending.
func projects(lines []Allocation) []int64 {
	var list []int64
	for _, l := range lines {
		list = append(list, l.Project)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// orderTitle is at most 255 characters, the order's name kept (Procore: commitment titles).
func orderTitle(po odoo.PurchaseOrder, vendor odoo.Partner) string {
	name := oneLine(vendor.Name)
	if name == "" {
		return cut(po.Name, 255)
	}
	tail := " – " + po.Name
	return cut(name, max(255-len([]rune(tail)), 1)) + tail
}

// orderDescription is HTML in Procore.
func orderDescription(po odoo.PurchaseOrder) string {
	text := "Odoo purchase order " + po.Name
	if po.PartnerRef != "" {
		text += ", vendor reference " + oneLine(po.PartnerRef)
	}
	if po.Origin != "" {
		text += ", source " + oneLine(po.Origin)
	}
	return html.EscapeString(text)
}
