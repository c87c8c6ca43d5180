package procore

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// BillingPeriodsService reads and makes billing periods, which requisitions need.
type BillingPeriodsService service

// Statuses of a billing period.
const (
	BillingPeriodOpen   = "open"
	BillingPeriodClosed = "closed"
)

// BillingPeriod is a billing period of a project. It has no origin id: its natural key are the dates.
type BillingPeriod struct {
	ID        int64     `json:"id"`
	ProjectID int64     `json:"project_id"`
	StartDate Date      `json:"start_date"`
	EndDate   Date      `json:"end_date"`
	DueDate   Date      `json:"due_date"`
	Position  int       `json:"position"`
	Status    string    `json:"status"`
	UpdatedAt time.Time `json:"updated_at"`
}

// BillingPeriodCreate is a billing period to be made; all fields are required.
type BillingPeriodCreate struct {
	StartDate Date   `json:"start_date"`
	EndDate   Date   `json:"end_date"`
	DueDate   Date   `json:"due_date"`
	Status    string `json:"status"`
}

// BillingPeriodListOptions narrow a list of billing periods.
type BillingPeriodListOptions struct {
	ListOptions
	Status       string
	UpdatedSince *time.Time
}

const billingPeriodsRoute = "/rest/v1.0/projects/{project_id}/billing_periods"

// List gives the billing periods of a project.
func (s *BillingPeriodsService) List(ctx context.Context, project int64, opts BillingPeriodListOptions) ([]BillingPeriod, *Response, error) {
	q := url.Values{}
	filter(q, "status", opts.Status)
	updatedSince(q, opts.UpdatedSince)
	return list[BillingPeriod](ctx, s.client, billingPeriodsRoute, []int64{project}, project, q, opts.ListOptions)
}

// Create makes a billing period. It is not idempotent: look for the same dates first.
func (s *BillingPeriodsService) Create(ctx context.Context, project int64, p BillingPeriodCreate) (*BillingPeriod, *Response, error) {
	var out BillingPeriod
	body := struct {
		BillingPeriod BillingPeriodCreate `json:"billing_period"`
	}{p}
	resp, err := s.client.do(ctx, call{
		method: http.MethodPost, route: billingPeriodsRoute, ids: []int64{project}, project: project, body: body,
	}, &out)
	if err != nil {
		return nil, resp, err
	}
	return &out, resp, nil
}
