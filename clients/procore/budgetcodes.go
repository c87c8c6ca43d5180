package procore

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// BudgetCodesService reads and makes budget codes (WBS codes), the tuples [sub job.]cost code.cost type that lines carry.
type BudgetCodesService service

// BudgetCode is a budget code of a project. It has no origin id and cannot be deleted.
type BudgetCode struct {
	ID       int64  `json:"id"`
	FlatCode string `json:"flat_code"`
	FlatName string `json:"flat_name"`
	// Status is active or inactive.
	Status       string        `json:"status"`
	Description  string        `json:"description"`
	SegmentItems []SegmentItem `json:"segment_items"`
	UpdatedAt    time.Time     `json:"updated_at"`
}

// SegmentItem is one element of a budget code. Cost codes, cost types and sub jobs are segment items.
type SegmentItem struct {
	ID       int64    `json:"id"`
	Code     string   `json:"code"`
	Name     string   `json:"name"`
	PathCode string   `json:"path_code"`
	Status   string   `json:"status"`
	Segment  *Segment `json:"segment"`
}

// Segment is a position in the pattern of budget codes.
type Segment struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Required bool   `json:"required"`
	// Type is cost_code, line_item_type, sub_job or a custom one.
	Type     string `json:"type"`
	Position int    `json:"position"`
}

// BudgetCodeListOptions narrow a list of budget codes.
type BudgetCodeListOptions struct {
	ListOptions
	// Status is active or inactive; "" both.
	Status       string
	UpdatedSince *time.Time
}

// BudgetCodeCreate is a budget code to be made, with an item for each required segment.
type BudgetCodeCreate struct {
	Description  string             `json:"description,omitempty"`
	SegmentItems []SegmentSelection `json:"segment_items"`
}

// SegmentSelection chooses the item of a segment.
type SegmentSelection struct {
	SegmentID     int64 `json:"segment_id"`
	SegmentItemID int64 `json:"segment_item_id"`
}

const (
	wbsRoute         = "/rest/v1.0/projects/{project_id}/work_breakdown_structure"
	budgetCodesRoute = wbsRoute + "/wbs_codes"
)

// List gives the budget codes of a project.
func (s *BudgetCodesService) List(ctx context.Context, project int64, opts BudgetCodeListOptions) ([]BudgetCode, *Response, error) {
	q := url.Values{}
	if opts.Status != "" {
		q.Set("filters[status][]", opts.Status)
	}
	updatedSince(q, opts.UpdatedSince)
	return list[BudgetCode](ctx, s.client, budgetCodesRoute, []int64{project}, project, q, opts.ListOptions)
}

// Create makes a budget code. It is idempotent: of an existing combination only the description changes.
func (s *BudgetCodesService) Create(ctx context.Context, project int64, code BudgetCodeCreate) (*BudgetCode, *Response, error) {
	var out BudgetCode
	resp, err := s.client.do(ctx, call{
		method: http.MethodPost, route: budgetCodesRoute, ids: []int64{project}, project: project, body: code,
	}, &out)
	if err != nil {
		return nil, resp, err
	}
	return &out, resp, nil
}

// Segments gives the segments that the budget codes of a project consist of. The list is not paged.
func (s *BudgetCodesService) Segments(ctx context.Context, project int64) ([]Segment, *Response, error) {
	var out []Segment
	resp, err := s.client.do(ctx, call{
		method: http.MethodGet, route: wbsRoute + "/segments", ids: []int64{project}, project: project,
	}, &out)
	if err != nil {
		return nil, resp, err
	}
	return out, resp, nil
}

// SegmentItems gives what may stand in a segment: its ids are what Create takes, not those of cost codes and cost types.
func (s *BudgetCodesService) SegmentItems(ctx context.Context, project, segment int64, opts ListOptions) ([]SegmentItem, *Response, error) {
	return list[SegmentItem](ctx, s.client, wbsRoute+"/segments/{segment_id}/segment_items", []int64{project, segment}, project, nil, opts)
}
