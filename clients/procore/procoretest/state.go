package procoretest

import (
	"cmp"
	"slices"
)

// State is everything the server knows, money as strings with two decimals.
type State struct {
	Vendors        []VendorState        `json:"vendors"`
	ProjectVendors []ProjectVendorState `json:"project_vendors"`
	Projects       []ProjectState       `json:"projects"`
	CostCodes      []CostCodeState      `json:"cost_codes"`
	CostTypes      []CostTypeState      `json:"cost_types"`
	WBSCodes       []WBSCodeState       `json:"wbs_codes"`
	Commitments    []CommitmentState    `json:"commitments"`
	BillingPeriods []BillingPeriodState `json:"billing_periods"`
	Requisitions   []RequisitionState   `json:"requisitions"`
	DirectCosts    []DirectCostState    `json:"direct_costs"`
}

// VendorState is a company of the directory.
type VendorState struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	TaxID       string `json:"tax_id"`
	Email       string `json:"email_address"`
	Phone       string `json:"business_phone"`
	Address     string `json:"address"`
	City        string `json:"city"`
	Zip         string `json:"zip"`
	StateCode   string `json:"state_code"`
	CountryCode string `json:"country_code"`
	OriginID    string `json:"origin_id"`
	OriginData  string `json:"origin_data"`
	OriginCode  string `json:"origin_code"`
	IsActive    bool   `json:"is_active"`
}

// ProjectVendorState says that a company is on a project.
type ProjectVendorState struct {
	ProjectID int64 `json:"project_id"`
	VendorID  int64 `json:"vendor_id"`
}

// ProjectState is a project.
type ProjectState struct {
	ID                int64  `json:"id"`
	Name              string `json:"name"`
	Number            string `json:"project_number"`
	Active            bool   `json:"active"`
	Permitted         bool   `json:"permitted"`
	Currency          string `json:"currency_iso_code"`
	DefaultPrivate    bool   `json:"default_private"`
	ForbidOverbilling bool   `json:"forbid_overbilling"`
	Status            string `json:"status"`
}

// CostCodeState is a cost code of a project.
type CostCodeState struct {
	ID        int64  `json:"id"`
	ProjectID int64  `json:"project_id"`
	Code      string `json:"code"`
	FullCode  string `json:"full_code"`
	Name      string `json:"name"`
	ParentID  int64  `json:"parent_id"`
	OriginID  string `json:"origin_id"`
}

// CostTypeState is a cost type of the company.
type CostTypeState struct {
	ID       int64  `json:"id"`
	Code     string `json:"code"`
	Name     string `json:"name"`
	BaseType string `json:"base_type"`
}

// WBSCodeState is a budget code of a project.
type WBSCodeState struct {
	ID          int64  `json:"id"`
	ProjectID   int64  `json:"project_id"`
	FlatCode    string `json:"flat_code"`
	BudgetCode  string `json:"budget_code"`
	CostCodeID  int64  `json:"cost_code_id"`
	CostTypeID  int64  `json:"line_item_type_id"`
	Description string `json:"description"`
	Status      string `json:"status"`
}

// LineState is a line of a commitment or direct cost.
type LineState struct {
	ID          int64  `json:"id"`
	WBSCodeID   int64  `json:"wbs_code_id"`
	BudgetCode  string `json:"budget_code"`
	Amount      string `json:"amount"`
	Quantity    string `json:"quantity,omitempty"`
	UnitCost    string `json:"unit_cost,omitempty"`
	UOM         string `json:"uom,omitempty"`
	Description string `json:"description"`
	OriginID    string `json:"origin_id"`
	OriginData  string `json:"origin_data"`
}

// CommitmentState is a purchase order contract.
type CommitmentState struct {
	ID         int64       `json:"id"`
	ProjectID  int64       `json:"project_id"`
	Number     string      `json:"number"`
	Title      string      `json:"title"`
	Status     string      `json:"status"`
	VendorID   int64       `json:"vendor_id"`
	OriginID   string      `json:"origin_id"`
	OriginData string      `json:"origin_data"`
	Private    bool        `json:"private"`
	Deleted    bool        `json:"deleted"`
	GrandTotal string      `json:"grand_total"`
	Lines      []LineState `json:"line_items"`
}

// BillingPeriodState is a billing period of a project.
type BillingPeriodState struct {
	ID        int64  `json:"id"`
	ProjectID int64  `json:"project_id"`
	Start     string `json:"start_date"`
	End       string `json:"end_date"`
	Due       string `json:"due_date"`
	Status    string `json:"status"`
}

// RequisitionState is a subcontractor invoice; Total is what it bills before retainage.
type RequisitionState struct {
	ID            int64                  `json:"id"`
	ProjectID     int64                  `json:"project_id"`
	CommitmentID  int64                  `json:"commitment_id"`
	PeriodID      int64                  `json:"period_id"`
	Number        int                    `json:"number"`
	InvoiceNumber string                 `json:"invoice_number"`
	Status        string                 `json:"status"`
	OriginID      string                 `json:"origin_id"`
	OriginData    string                 `json:"origin_data"`
	BillingDate   string                 `json:"billing_date"`
	Total         string                 `json:"total"`
	Items         []RequisitionItemState `json:"items"`
}

// RequisitionItemState is what a requisition bills on a line.
type RequisitionItemState struct {
	ID         int64  `json:"id"`
	LineItemID int64  `json:"line_item_id"`
	WBSCodeID  int64  `json:"wbs_code_id"`
	BudgetCode string `json:"budget_code"`
	Amount     string `json:"amount"`
	Retainage  string `json:"retainage"`
}

// DirectCostState is a direct cost.
type DirectCostState struct {
	ID            int64       `json:"id"`
	ProjectID     int64       `json:"project_id"`
	VendorID      int64       `json:"vendor_id"`
	Type          string      `json:"type"`
	Status        string      `json:"status"`
	InvoiceNumber string      `json:"invoice_number"`
	OriginID      string      `json:"origin_id"`
	OriginData    string      `json:"origin_data"`
	Date          string      `json:"direct_cost_date"`
	ReceivedDate  string      `json:"received_date"`
	Description   string      `json:"description"`
	Deleted       bool        `json:"deleted"`
	Total         string      `json:"total"`
	Lines         []LineState `json:"line_items"`
}

// State is a snapshot; nothing in it is shared with the server.
func (s *Server) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return State{
		Vendors:        each(s.vendors.all(), vendorState),
		ProjectVendors: s.projectVendorStates(),
		Projects:       each(s.projects.all(), projectState),
		CostCodes:      each(s.costCodes.all(), costCodeState),
		CostTypes: each(s.costTypes.all(), func(t *costType) CostTypeState {
			return CostTypeState{ID: t.id, Code: t.code, Name: t.name, BaseType: t.baseType}
		}),
		WBSCodes:       each(s.wbsCodes.all(), s.wbsState),
		Commitments:    each(s.commitments.all(), s.commitmentState),
		BillingPeriods: each(s.periods.all(), periodState),
		Requisitions:   each(s.requisitions.all(), s.requisitionState),
		DirectCosts:    each(s.directCosts.all(), s.directCostState),
	}
}

func each[T, S any](rows []T, of func(T) S) []S {
	out := make([]S, 0, len(rows))
	for _, row := range rows {
		out = append(out, of(row))
	}
	return out
}

func (s *Server) projectVendorStates() []ProjectVendorState {
	out := make([]ProjectVendorState, 0, len(s.projectVendors))
	for pair := range s.projectVendors {
		out = append(out, ProjectVendorState{ProjectID: pair.project, VendorID: pair.vendor})
	}
	slices.SortFunc(out, func(a, b ProjectVendorState) int {
		return cmp.Or(cmp.Compare(a.ProjectID, b.ProjectID), cmp.Compare(a.VendorID, b.VendorID))
	})
	return out
}

func vendorState(v *vendor) VendorState {
	return VendorState{
		ID: v.id, Name: v.name(), TaxID: v.taxID(), Email: v.attrs.text("email_address"), Phone: v.attrs.text("business_phone"),
		Address: v.attrs.text("address"), City: v.attrs.text("city"), Zip: v.attrs.text("zip"),
		StateCode: v.attrs.text("state_code"), CountryCode: v.attrs.text("country_code"), OriginID: v.origin(),
		OriginData: v.attrs.text("origin_data"), OriginCode: v.attrs.text("origin_code"), IsActive: v.active(),
	}
}

func projectState(p *project) ProjectState {
	return ProjectState{
		ID: p.id, Name: p.Name, Number: p.Number, Active: p.Active, Permitted: p.Permitted, Currency: p.CurrencyISO,
		DefaultPrivate: p.DefaultPrivate, ForbidOverbilling: p.ForbidOverbilling, Status: p.Status,
	}
}

func costCodeState(cc *costCode) CostCodeState {
	return CostCodeState{
		ID: cc.id, ProjectID: cc.project, Code: cc.code, FullCode: cc.fullCode, Name: cc.name,
		ParentID: cc.parent, OriginID: cc.origin(),
	}
}

func (s *Server) wbsState(w *wbsCode) WBSCodeState {
	return WBSCodeState{
		ID: w.id, ProjectID: w.project, FlatCode: s.flat(w), BudgetCode: s.flat(w), CostCodeID: w.pair.costCode,
		CostTypeID: w.pair.costType, Description: w.description, Status: w.status,
	}
}

func periodState(bp *billingPeriod) BillingPeriodState {
	return BillingPeriodState{
		ID: bp.id, ProjectID: bp.project, Start: bp.attrs.text("start_date"), End: bp.attrs.text("end_date"),
		Due: bp.attrs.text("due_date"), Status: bp.attrs.text("status"),
	}
}

func (s *Server) lineState(r *record, wbs int64) LineState {
	line := LineState{
		ID: r.id, WBSCodeID: wbs, BudgetCode: s.budgetCode(wbs), Amount: cents(r.attrs.amount("amount")),
		UOM: r.attrs.text("uom"), Description: r.attrs.text("description"), OriginID: r.origin(), OriginData: r.attrs.text("origin_data"),
	}
	if r.attrs.has("quantity") {
		line.Quantity = r.attrs.amount("quantity").String()
	}
	if r.attrs.has("unit_cost") {
		line.UnitCost = r.attrs.amount("unit_cost").String()
	}
	return line
}

func (s *Server) commitmentState(cm *commitment) CommitmentState {
	return CommitmentState{
		ID: cm.id, ProjectID: cm.project, Number: cm.attrs.text("number"), Title: cm.attrs.text("title"),
		Status: cm.attrs.text("status"), VendorID: cm.attrs.id("vendor_id"), OriginID: cm.origin(),
		OriginData: cm.attrs.text("origin_data"), Private: cm.attrs.yes("private"), Deleted: cm.deleted, GrandTotal: cents(cm.total()),
		Lines: each(cm.lines, func(line *commitmentLine) LineState { return s.lineState(&line.record, line.wbs) }),
	}
}

func (s *Server) requisitionState(rq *requisition) RequisitionState {
	return RequisitionState{
		ID: rq.id, ProjectID: rq.project, CommitmentID: rq.commitment, PeriodID: rq.attrs.id("period_id"), Number: rq.number,
		InvoiceNumber: rq.attrs.text("invoice_number"), Status: rq.attrs.text("status"), OriginID: rq.origin(),
		OriginData: rq.attrs.text("origin_data"), BillingDate: rq.attrs.text("billing_date"), Total: cents(rq.total()),
		Items: each(rq.items, func(item *requisitionItem) RequisitionItemState {
			wbs := int64(0)
			if line, found := s.lines[item.line]; found {
				wbs = line.wbs
			}
			return RequisitionItemState{
				ID: item.id, LineItemID: item.line, WBSCodeID: wbs, BudgetCode: s.budgetCode(wbs),
				Amount: cents(item.completed()), Retainage: cents(item.retained()),
			}
		}),
	}
}

func (s *Server) directCostState(dc *directCost) DirectCostState {
	return DirectCostState{
		ID: dc.id, ProjectID: dc.project, VendorID: dc.attrs.id("vendor_id"), Type: dc.attrs.text("direct_cost_type"),
		Status: dc.attrs.text("status"), InvoiceNumber: dc.attrs.text("invoice_number"), OriginID: dc.origin(),
		OriginData: dc.attrs.text("origin_data"), Date: dc.attrs.text("direct_cost_date"), ReceivedDate: dc.attrs.text("received_date"),
		Description: dc.attrs.text("description"), Deleted: dc.deleted, Total: cents(dc.total()),
		Lines: each(dc.lines, func(line *directCostLine) LineState { return s.lineState(&line.record, line.wbs) }),
	}
}
