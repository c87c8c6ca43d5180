package procore

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// RequisitionsService reads and writes requisitions (subcontractor invoices, v1.1). A create is not idempotent, and only
// the newest requisition of a commitment can be changed or deleted: look up before creating again.
type RequisitionsService service

// Statuses of a requisition.
const (
	RequisitionDraft                = "draft"
	RequisitionUnderReview          = "under_review"
	RequisitionReviseAndResubmit    = "revise_and_resubmit"
	RequisitionApproved             = "approved"
	RequisitionApprovedAsNoted      = "approved_as_noted"
	RequisitionPendingOwnerApproval = "pending_owner_approval"
)

// Kinds of requisition items.
const (
	ItemContract       = "contract_item"
	ItemContractDetail = "contract_detail_item"
	ItemChangeOrder    = "change_order_item"
)

// Requisition is a subcontractor invoice against one commitment.
type Requisition struct {
	ID                    int64              `json:"id"`
	PreviousRequisitionID int64              `json:"previous_requisition_id"`
	Number                int                `json:"number"`
	ProjectID             int64              `json:"project_id"`
	CommitmentID          int64              `json:"commitment_id"`
	CommitmentType        string             `json:"commitment_type"`
	PeriodID              int64              `json:"period_id"`
	VendorID              int64              `json:"vendor_id"`
	VendorName            string             `json:"vendor_name"`
	InvoiceNumber         string             `json:"invoice_number"`
	Status                string             `json:"status"`
	ERPStatus             string             `json:"erp_status"`
	Final                 bool               `json:"final"`
	Deletable             bool               `json:"deletable"`
	BillingDate           Date               `json:"billing_date"`
	RequisitionStart      Date               `json:"requisition_start"`
	RequisitionEnd        Date               `json:"requisition_end"`
	PaymentDate           Date               `json:"payment_date"`
	SubmittedAt           Date               `json:"submitted_at"`
	TotalClaimedAmount    Money              `json:"total_claimed_amount"`
	OriginID              string             `json:"origin_id"`
	OriginData            string             `json:"origin_data"`
	Summary               RequisitionSummary `json:"summary"`
	Currency              CurrencyOfItem     `json:"currency_configuration"`
	// Items are there in Get, Create and Update, and in the items view of List.
	Items     []RequisitionItem `json:"items,omitempty"`
	CreatedAt time.Time         `json:"created_at"`
	UpdatedAt time.Time         `json:"updated_at"`
}

// GetID is the id of the requisition.
func (r Requisition) GetID() int64 { return r.ID }

// GetOriginID is our id of the requisition.
func (r Requisition) GetOriginID() string { return r.OriginID }

// RequisitionSummary are the sums that Procore computes along the chain of requisitions.
type RequisitionSummary struct {
	OriginalContractSum                Money `json:"original_contract_sum"`
	ContractSumToDate                  Money `json:"contract_sum_to_date"`
	TotalCompletedAndStoredToDate      Money `json:"total_completed_and_stored_to_date"`
	CompletedWorkRetainageAmount       Money `json:"completed_work_retainage_amount"`
	TotalRetainage                     Money `json:"total_retainage"`
	TotalEarnedLessRetainage           Money `json:"total_earned_less_retainage"`
	LessPreviousCertificatesForPayment Money `json:"less_previous_certificates_for_payment"`
	CurrentPaymentDue                  Money `json:"current_payment_due"`
	BalanceToFinishIncludingRetainage  Money `json:"balance_to_finish_including_retainage"`
}

// RequisitionItem is what a requisition bills on one line of its commitment.
type RequisitionItem struct {
	ID                int64          `json:"id"`
	ItemType          string         `json:"item_type"`
	AccountingMethod  string         `json:"accounting_method"`
	LineItemID        int64          `json:"line_item_id"`
	CostCodeID        int64          `json:"cost_code_id"`
	BudgetCode        *BudgetCodeRef `json:"wbs_code"`
	DescriptionOfWork string         `json:"description_of_work"`
	Status            string         `json:"status"`
	Comment           string         `json:"comment"`

	ScheduledValue                                Money `json:"scheduled_value"`
	ScheduledQuantity                             Money `json:"scheduled_quantity"`
	ScheduledUnitPrice                            Money `json:"scheduled_unit_price"`
	GrossAmount                                   Money `json:"gross_amount"`
	NetAmount                                     Money `json:"net_amount"`
	WorkCompletedFromPreviousApplication          Money `json:"work_completed_from_previous_application"`
	WorkCompletedThisPeriod                       Money `json:"work_completed_this_period"`
	WorkCompletedThisPeriodQuantity               Money `json:"work_completed_this_period_quantity"`
	MaterialsPresentlyStored                      Money `json:"materials_presently_stored"`
	TotalCompletedAndStoredToDate                 Money `json:"total_completed_and_stored_to_date"`
	WorkCompletedRetainageFromPreviousApplication Money `json:"work_completed_retainage_from_previous_application"`
	WorkCompletedRetainageRetainedThisPeriod      Money `json:"work_completed_retainage_retained_this_period"`
	WorkCompletedRetainageReleasedThisPeriod      Money `json:"work_completed_retainage_released_this_period"`
	MaterialsStoredRetainageReleasedThisPeriod    Money `json:"materials_stored_retainage_released_this_period"`
	SubcontractorClaimedAmount                    Money `json:"subcontractor_claimed_amount"`
}

// RequisitionWrite is the content of a create or an update. Nil fields stay as they are (on create: Procore's default).
type RequisitionWrite struct {
	// PeriodID is the billing period; without it the project must have an open one.
	PeriodID         *int64                 `json:"period_id,omitempty"`
	InvoiceNumber    *string                `json:"invoice_number,omitempty"`
	Status           *string                `json:"status,omitempty"`
	BillingDate      *Date                  `json:"billing_date,omitempty"`
	RequisitionStart *Date                  `json:"requisition_start,omitempty"`
	RequisitionEnd   *Date                  `json:"requisition_end,omitempty"`
	PaymentDate      *Date                  `json:"payment_date,omitempty"`
	SubmittedAt      *Date                  `json:"submitted_at,omitempty"`
	Final            *bool                  `json:"final,omitempty"`
	OriginID         *string                `json:"origin_id,omitempty"`
	OriginData       *string                `json:"origin_data,omitempty"`
	Items            []RequisitionItemWrite `json:"items,omitempty"`
}

// RequisitionItemWrite bills one line of the commitment.
type RequisitionItemWrite struct {
	// ID is required on update and unknown to create.
	ID *int64 `json:"id,omitempty"`
	// ItemType is one of the Item constants.
	ItemType         string `json:"item_type"`
	LineItemID       *int64 `json:"line_item_id,omitempty"`
	DetailLineItemID *int64 `json:"detail_line_item_id,omitempty"`
	// WorkCompletedThisPeriod is for amount contracts, ...Quantity for unit contracts.
	WorkCompletedThisPeriod         *Money `json:"work_completed_this_period,omitempty"`
	WorkCompletedThisPeriodQuantity *Money `json:"work_completed_this_period_quantity,omitempty"`
	MaterialsPresentlyStored        *Money `json:"materials_presently_stored,omitempty"`
	// Retainage is set as an amount, by an admin; Procore derives the percent.
	WorkCompletedRetainageRetainedThisPeriod *Money  `json:"work_completed_retainage_retained_this_period,omitempty"`
	WorkCompletedRetainageReleasedThisPeriod *Money  `json:"work_completed_retainage_released_this_period,omitempty"`
	SubcontractorClaimedAmount               *Money  `json:"subcontractor_claimed_amount,omitempty"`
	Status                                   *string `json:"status,omitempty"`
	Comment                                  *string `json:"comment,omitempty"`
}

// RequisitionListOptions narrow a list of requisitions.
type RequisitionListOptions struct {
	ListOptions
	OriginID     string
	PeriodID     int64
	Status       string
	UpdatedSince *time.Time
	// Last gives only the newest requisition of a commitment, the one that can be changed.
	Last bool
	// Items adds the items.
	Items bool
}

type requisitionBody struct {
	ProjectID    int64            `json:"project_id"`
	CommitmentID int64            `json:"commitment_id"`
	Requisition  RequisitionWrite `json:"requisition"`
}

const requisitionsRoute = "/rest/v1.1/requisitions"

var withItems = map[string][]string{"view": {"items"}}

// List gives the requisitions of a commitment, or with commitment 0 those of the project.
func (s *RequisitionsService) List(ctx context.Context, project, commitment int64, opts RequisitionListOptions) ([]Requisition, *Response, error) {
	q := inProject(project)
	if commitment != 0 {
		filter(q, "commitment_id", strconv.FormatInt(commitment, 10))
	}
	if opts.PeriodID != 0 {
		filter(q, "period_id", strconv.FormatInt(opts.PeriodID, 10))
	}
	filter(q, "origin_id", opts.OriginID)
	filter(q, "status", opts.Status)
	updatedSince(q, opts.UpdatedSince)
	if opts.Last {
		filter(q, "is_last", "true")
	}
	if opts.Items {
		q.Set("view", "items")
	}
	return list[Requisition](ctx, s.client, requisitionsRoute, nil, project, q, opts.ListOptions)
}

// Get gives one with its items.
func (s *RequisitionsService) Get(ctx context.Context, project, id int64) (*Requisition, *Response, error) {
	q := inProject(project)
	q.Set("view", "items")
	return s.one(ctx, call{method: http.MethodGet, route: requisitionsRoute + "/{id}", ids: []int64{id}, query: q, project: project})
}

// Create makes a requisition. Procore fills in the items of all lines; those given are set.
func (s *RequisitionsService) Create(ctx context.Context, project, commitment int64, r RequisitionWrite) (*Requisition, *Response, error) {
	return s.one(ctx, call{
		method: http.MethodPost, route: requisitionsRoute, query: withItems, project: project,
		body: requisitionBody{project, commitment, r},
	})
}

// Update changes the newest requisition of its commitment.
func (s *RequisitionsService) Update(ctx context.Context, project, commitment, id int64, r RequisitionWrite) (*Requisition, *Response, error) {
	return s.one(ctx, patch(requisitionsRoute+"/{id}", []int64{id}, project, withItems, requisitionBody{project, commitment, r}))
}

// Delete removes the newest requisition of its commitment, for good.
func (s *RequisitionsService) Delete(ctx context.Context, project, id int64) (*Response, error) {
	return s.client.do(ctx, remove(requisitionsRoute+"/{id}", []int64{id}, project, inProject(project)), nil)
}

func (s *RequisitionsService) one(ctx context.Context, k call) (*Requisition, *Response, error) {
	var out Requisition
	resp, err := s.client.do(ctx, k, &out)
	if err != nil {
		return nil, resp, err
	}
	return &out, resp, nil
}
