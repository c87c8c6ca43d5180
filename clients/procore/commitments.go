package procore

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// CommitmentsService reads and writes purchase order contracts (v1.0).
type CommitmentsService service

// Statuses of a commitment. Approved and Partially Received count as committed cost; Closed takes it away again.
const (
	CommitmentDraft             = "Draft"
	CommitmentProcessing        = "Processing"
	CommitmentSubmitted         = "Submitted"
	CommitmentPartiallyReceived = "Partially Received"
	CommitmentReceived          = "Received"
	CommitmentApproved          = "Approved"
	CommitmentClosed            = "Closed"
)

// Accounting methods of a commitment, fixed once it has a line.
const (
	AccountingAmount = "amount"
	AccountingUnit   = "unit"
)

// Commitment is a purchase order contract.
type Commitment struct {
	ID                      int64          `json:"id"`
	Number                  string         `json:"number"`
	Title                   string         `json:"title"`
	Description             string         `json:"description"`
	Status                  string         `json:"status"`
	AccountingMethod        string         `json:"accounting_method"`
	Executed                bool           `json:"executed"`
	Private                 bool           `json:"private"`
	ContractDate            Date           `json:"contract_date"`
	DeliveryDate            Date           `json:"delivery_date"`
	IssuedOnDate            Date           `json:"issued_on_date"`
	PaymentTerms            string         `json:"payment_terms"`
	RetainagePercent        Money          `json:"retainage_percent"`
	GrandTotal              Money          `json:"grand_total"`
	RevisedContract         Money          `json:"revised_contract"`
	ApprovedChangeOrders    Money          `json:"approved_change_orders"`
	TotalRequisitionsAmount Money          `json:"total_requisitions_amount"`
	TotalPayments           Money          `json:"total_payments"`
	RequisitionsAreEnabled  bool           `json:"requisitions_are_enabled"`
	OriginID                string         `json:"origin_id"`
	OriginData              string         `json:"origin_data"`
	OriginCode              string         `json:"origin_code"`
	Project                 *Ref           `json:"project"`
	Vendor                  *VendorRef     `json:"vendor"`
	Currency                CurrencyOfItem `json:"currency_configuration"`
	// LineItems are there in Get and in the extended view of List.
	LineItems []CommitmentLine `json:"line_items,omitempty"`
	CreatedAt time.Time        `json:"created_at"`
	UpdatedAt time.Time        `json:"updated_at"`
	DeletedAt time.Time        `json:"deleted_at,omitzero"`
}

// GetID is the id of the commitment.
func (c Commitment) GetID() int64 { return c.ID }

// GetOriginID is our id of the commitment.
func (c Commitment) GetOriginID() string { return c.OriginID }

// VendorRef is the vendor of a commitment. After a merge in Procore its id may answer 404.
type VendorRef struct {
	ID       int64  `json:"id"`
	Company  string `json:"company"`
	OriginID string `json:"origin_id,omitempty"`
}

// CommitmentUpdate is one commitment of a sync, found by OriginID. Nil fields stay as they are.
type CommitmentUpdate struct {
	OriginID         *string `json:"origin_id,omitempty"`
	OriginData       *string `json:"origin_data,omitempty"`
	OriginCode       *string `json:"origin_code,omitempty"`
	Number           *string `json:"number,omitempty"` // at most 255 characters
	Title            *string `json:"title,omitempty"`  // at most 255 characters
	Description      *string `json:"description,omitempty"`
	Status           *string `json:"status,omitempty"`
	VendorID         *int64  `json:"vendor_id,omitempty"`
	AccountingMethod *string `json:"accounting_method,omitempty"`
	Executed         *bool   `json:"executed,omitempty"`
	Private          *bool   `json:"private,omitempty"`
	ContractDate     *Date   `json:"contract_date,omitempty"`
	DeliveryDate     *Date   `json:"delivery_date,omitempty"`
	IssuedOnDate     *Date   `json:"issued_on_date,omitempty"`
	PaymentTerms     *string `json:"payment_terms,omitempty"`
	RetainagePercent *Money  `json:"retainage_percent,omitempty"`
	ShipToAddress    *string `json:"ship_to_address,omitempty"`
	BillToAddress    *string `json:"bill_to_address,omitempty"`
	ShipVia          *string `json:"ship_via,omitempty"`
	AssigneeID       *int64  `json:"assignee_id,omitempty"`
}

// CommitmentListOptions narrow a list of commitments.
type CommitmentListOptions struct {
	ListOptions
	// OriginIDs asks for these only. One is documented; several go as [A,B], which works but is not documented: before
	// a create that would double, look up singly.
	OriginIDs    []string
	Status       string
	UpdatedSince *time.Time
	// Extended adds the lines.
	Extended bool
	// Deleted adds the deleted ones.
	Deleted bool
}

const commitmentsRoute = "/rest/v1.0/purchase_order_contracts"

// List gives the purchase order contracts of a project.
func (s *CommitmentsService) List(ctx context.Context, project int64, opts CommitmentListOptions) ([]Commitment, *Response, error) {
	q := inProject(project)
	switch len(opts.OriginIDs) {
	case 0:
	case 1:
		filter(q, "origin_id", opts.OriginIDs[0])
	default:
		filter(q, "origin_id", "["+strings.Join(opts.OriginIDs, ",")+"]")
	}
	filter(q, "status", opts.Status)
	updatedSince(q, opts.UpdatedSince)
	if opts.Extended {
		q.Set("view", "extended")
	}
	if opts.Deleted {
		filter(q, "include_deleted", "with")
	}
	return list[Commitment](ctx, s.client, commitmentsRoute, nil, project, q, opts.ListOptions)
}

// Get gives one with its lines.
func (s *CommitmentsService) Get(ctx context.Context, project, id int64) (*Commitment, *Response, error) {
	var out Commitment
	resp, err := s.client.do(ctx, call{
		method: http.MethodGet, route: commitmentsRoute + "/{id}", ids: []int64{id}, query: inProject(project), project: project,
	}, &out)
	if err != nil {
		return nil, resp, err
	}
	return &out, resp, nil
}

// Sync creates or updates up to 1000 commitments of one project by origin id. The order that works: as Draft, then
// the lines, then origin id and Approved.
func (s *CommitmentsService) Sync(ctx context.Context, project int64, updates []CommitmentUpdate) (SyncResult[Commitment], *Response, error) {
	keys := make([]syncKey, len(updates))
	for i, u := range updates {
		keys[i] = syncKey{originID: deref(u.OriginID)}
	}
	body := struct {
		ProjectID int64              `json:"project_id"`
		Updates   []CommitmentUpdate `json:"updates"`
	}{project, updates}
	return syncAction[Commitment](ctx, s.client, patch(commitmentsRoute+"/sync", nil, project, nil, body), keys)
}

// Delete removes one that is not Approved.
func (s *CommitmentsService) Delete(ctx context.Context, project, id int64) (*Response, error) {
	return s.client.do(ctx, remove(commitmentsRoute+"/{id}", []int64{id}, project, inProject(project)), nil)
}

func remove(route string, ids []int64, project int64, q url.Values) call {
	return call{method: http.MethodDelete, route: route, ids: ids, project: project, query: q}
}
