package procore

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// DirectCostsService reads and writes direct costs (v1.1): costs that are not tied to a commitment. A create is not
// idempotent (look up by origin id first); parallel writes on one direct cost are answered 409.
type DirectCostsService service

// Types of a direct cost, fixed at creation.
const (
	DirectCostInvoice              = "invoice" // needs an invoice number and a vendor
	DirectCostExpense              = "expense"
	DirectCostPayroll              = "payroll"
	DirectCostSubcontractorInvoice = "subcontractor_invoice"
)

// Statuses of a direct cost. All but draft count in the budget.
const (
	DirectCostDraft             = "draft"
	DirectCostPending           = "pending"
	DirectCostReviseAndResubmit = "revise_and_resubmit"
	DirectCostApproved          = "approved"
)

// MaxDirectCostLines is the number of lines that one request takes (Procore: create direct cost item).
const MaxDirectCostLines = 100

// DirectCost is a direct cost of a project.
type DirectCost struct {
	ID             int64          `json:"id"`
	DirectCostType string         `json:"direct_cost_type"`
	Status         string         `json:"status"`
	InvoiceNumber  string         `json:"invoice_number"`
	Description    string         `json:"description"`
	Terms          string         `json:"terms"`
	DirectCostDate Date           `json:"direct_cost_date"`
	ReceivedDate   Date           `json:"received_date"`
	PaymentDate    Date           `json:"payment_date"`
	GrandTotal     Money          `json:"grand_total"`
	VendorID       int64          `json:"vendor_id"`
	VendorName     string         `json:"vendor_name"`
	OriginID       string         `json:"origin_id"`
	OriginData     string         `json:"origin_data"`
	LineItemsCount int            `json:"line_items_count"`
	Currency       CurrencyOfItem `json:"currency_configuration"`
	// LineItems are there in Get, Create and Update, not in List.
	LineItems []DirectCostLine `json:"line_items,omitempty"`
	CreatedAt time.Time        `json:"created_at"`
	UpdatedAt time.Time        `json:"updated_at"`
	DeletedAt time.Time        `json:"deleted_at,omitzero"`
}

// GetID is the id of the direct cost.
func (d DirectCost) GetID() int64 { return d.ID }

// GetOriginID is our id of the direct cost.
func (d DirectCost) GetOriginID() string { return d.OriginID }

// DirectCostLine is one line of a direct cost.
type DirectCostLine struct {
	ID           int64          `json:"id"`
	Position     int            `json:"position"`
	Description  string         `json:"description"`
	Amount       Money          `json:"amount"`
	TotalAmount  Money          `json:"total_amount"`
	Quantity     Money          `json:"quantity"`
	UnitCost     Money          `json:"unit_cost"`
	UOM          string         `json:"uom"`
	ExtendedType string         `json:"extended_type"`
	BudgetCode   *BudgetCodeRef `json:"wbs_code"`
	CostType     *CostType      `json:"line_item_type"`
	// Holder is the direct cost, in the line lists.
	Holder    *Holder   `json:"holder,omitempty"`
	OriginID  string    `json:"origin_id"`
	Ref       string    `json:"ref,omitempty"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Holder is the record that a line belongs to.
type Holder struct {
	ID         int64  `json:"id"`
	HolderType string `json:"holder_type"`
}

// DirectCostWrite is the content of a create or an update. Nil fields stay as they are.
type DirectCostWrite struct {
	// DirectCostType is for create only.
	DirectCostType *string `json:"direct_cost_type,omitempty"`
	// InvoiceNumber is for create only.
	InvoiceNumber  *string               `json:"invoice_number,omitempty"`
	VendorID       *int64                `json:"vendor_id,omitempty"`
	EmployeeID     *int64                `json:"employee_id,omitempty"`
	Status         *string               `json:"status,omitempty"`
	Description    *string               `json:"description,omitempty"`
	Terms          *string               `json:"terms,omitempty"`
	DirectCostDate *Date                 `json:"direct_cost_date,omitempty"`
	ReceivedDate   *Date                 `json:"received_date,omitempty"`
	PaymentDate    *Date                 `json:"payment_date,omitempty"`
	OriginID       *string               `json:"origin_id,omitempty"`
	OriginData     *string               `json:"origin_data,omitempty"`
	LineItems      []DirectCostLineWrite `json:"line_items,omitempty"`
}

// DirectCostLineWrite is a line inside a create or an update, at most 100 of them. Money is a JSON number here.
type DirectCostLineWrite struct {
	// ID is for update only: nil adds a line.
	ID           *int64       `json:"id,omitempty"`
	BudgetCodeID *int64       `json:"wbs_code_id,omitempty"` // required to add a line
	ManualAmount *NumberMoney `json:"manual_amount,omitempty"`
	Quantity     *NumberMoney `json:"quantity,omitempty"`
	UnitCost     *NumberMoney `json:"unit_cost,omitempty"`
	UOM          *string      `json:"uom,omitempty"`
	Description  *string      `json:"description,omitempty"`
	OriginID     *string      `json:"origin_id,omitempty"`
	OriginData   *string      `json:"origin_data,omitempty"`
	// Ref comes back in the answer and is not stored.
	Ref *string `json:"ref,omitempty"`
}

// DirectCostListOptions narrow a list of direct costs.
type DirectCostListOptions struct {
	ListOptions
	OriginID      string
	InvoiceNumber string
	UpdatedSince  *time.Time
}

// DirectCostLineListOptions narrow the list of all lines of a project.
type DirectCostLineListOptions struct {
	ListOptions
	// DirectCostID asks for the lines of one direct cost; 0 for all.
	DirectCostID int64
	UpdatedSince *time.Time
}

const (
	directCostsRoute     = "/rest/v1.1/projects/{project_id}/direct_costs"
	directCostLinesRoute = "/rest/v1.0/projects/{project_id}/direct_costs/line_items"
)

// List gives the direct costs of a project, without lines.
func (s *DirectCostsService) List(ctx context.Context, project int64, opts DirectCostListOptions) ([]DirectCost, *Response, error) {
	q := url.Values{}
	filter(q, "origin_id", opts.OriginID)
	filter(q, "invoice_number", opts.InvoiceNumber)
	updatedSince(q, opts.UpdatedSince)
	return list[DirectCost](ctx, s.client, directCostsRoute, []int64{project}, project, q, opts.ListOptions)
}

// ListLines gives the lines of all direct costs of a project, or of one of them (v1.0).
func (s *DirectCostsService) ListLines(ctx context.Context, project int64, opts DirectCostLineListOptions) ([]DirectCostLine, *Response, error) {
	q := url.Values{}
	if opts.DirectCostID != 0 {
		filter(q, "direct_cost_id", strconv.FormatInt(opts.DirectCostID, 10))
	}
	updatedSince(q, opts.UpdatedSince)
	return list[DirectCostLine](ctx, s.client, directCostLinesRoute, []int64{project}, project, q, opts.ListOptions)
}

// Get gives one with its lines.
func (s *DirectCostsService) Get(ctx context.Context, project, id int64) (*DirectCost, *Response, error) {
	return s.one(ctx, call{method: http.MethodGet, route: directCostsRoute + "/{id}", ids: []int64{project, id}, project: project})
}

// Create makes a direct cost with its lines.
func (s *DirectCostsService) Create(ctx context.Context, project int64, d DirectCostWrite) (*DirectCost, *Response, error) {
	return s.write(ctx, call{
		method: http.MethodPost, route: directCostsRoute, ids: []int64{project}, project: project, body: directCostBody{d},
	}, d)
}

// Update changes a direct cost and the lines that are named; others stay.
func (s *DirectCostsService) Update(ctx context.Context, project, id int64, d DirectCostWrite) (*DirectCost, *Response, error) {
	return s.write(ctx, patch(directCostsRoute+"/{id}", []int64{project, id}, project, nil, directCostBody{d}), d)
}

// Delete removes a direct cost with its lines.
func (s *DirectCostsService) Delete(ctx context.Context, project, id int64) (*Response, error) {
	return s.client.do(ctx, remove(directCostsRoute+"/{id}", []int64{project, id}, project, nil), nil)
}

type directCostBody struct {
	DirectCost DirectCostWrite `json:"direct_cost"`
}

func (s *DirectCostsService) write(ctx context.Context, k call, d DirectCostWrite) (*DirectCost, *Response, error) {
	if n := len(d.LineItems); n > MaxDirectCostLines {
		return nil, &Response{RequestID: requestID(ctx)}, &ErrorResponse{
			Code: CodeTooLarge, Operation: k.operation(), ProjectID: k.project, Write: true,
			Message: fmt.Sprintf("%d lines in one request; at most %d", n, MaxDirectCostLines),
		}
	}
	return s.one(ctx, k)
}

func (s *DirectCostsService) one(ctx context.Context, k call) (*DirectCost, *Response, error) {
	var out DirectCost
	resp, err := s.client.do(ctx, k, &out)
	if err != nil {
		return nil, resp, err
	}
	return &out, resp, nil
}
