package procore

import (
	"context"
	"time"
)

// CostCodesService reads the cost codes of projects.
type CostCodesService service

// CostCode is a cost code of a project or of one of its sub jobs.
type CostCode struct {
	ID int64 `json:"id"`
	// Code leaves out the prefix of the parents, FullCode has it.
	Code               string    `json:"code"`
	FullCode           string    `json:"full_code"`
	Name               string    `json:"name"`
	Parent             *Ref      `json:"parent"`
	BillerID           int64     `json:"biller_id"`
	BillerType         string    `json:"biller_type"`
	Budgeted           bool      `json:"budgeted"`
	StandardCostCodeID int64     `json:"standard_cost_code_id"`
	OriginID           string    `json:"origin_id"`
	DeletedAt          time.Time `json:"deleted_at,omitzero"`
	UpdatedAt          time.Time `json:"updated_at"`
}

// Ref is a record named inside another one.
type Ref struct {
	ID   int64  `json:"id"`
	Name string `json:"name,omitempty"`
}

// List gives the cost codes of a project.
func (s *CostCodesService) List(ctx context.Context, project int64, opts ListOptions) ([]CostCode, *Response, error) {
	return list[CostCode](ctx, s.client, "/rest/v1.0/cost_codes", nil, project, inProject(project), opts)
}

// CostTypesService reads the cost types (line item types) of the company.
type CostTypesService service

// CostType is a cost type: labor, materials, commitment, ...
type CostType struct {
	ID       int64  `json:"id"`
	Code     string `json:"code"`
	Name     string `json:"name"`
	BaseType string `json:"base_type"`
	OriginID string `json:"origin_id"`
}

// List gives the cost types of the company.
func (s *CostTypesService) List(ctx context.Context, opts ListOptions) ([]CostType, *Response, error) {
	return list[CostType](ctx, s.client, "/rest/v1.0/line_item_types", nil, 0, s.client.inCompany(), opts)
}
