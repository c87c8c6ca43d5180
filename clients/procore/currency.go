package procore

import (
	"context"
	"net/http"
)

// CurrencyService reads which currency amounts are in: without multicurrency they carry none.
type CurrencyService service

// CurrencyConfiguration is the currency of a company or a project.
type CurrencyConfiguration struct {
	CompanyID            int64  `json:"company_id"`
	ProjectID            int64  `json:"project_id,omitempty"`
	CurrencyISOCode      string `json:"currency_iso_code"`
	MulticurrencyEnabled bool   `json:"multicurrency_enabled"`
}

// CurrencyOfItem is the currency of a document, with multicurrency only.
type CurrencyOfItem struct {
	CurrencyISOCode string `json:"currency_iso_code,omitempty"`
}

// Company gives the currency of the company.
func (s *CurrencyService) Company(ctx context.Context) (*CurrencyConfiguration, *Response, error) {
	return s.one(ctx, call{
		method: http.MethodGet, route: "/rest/v1.0/companies/{company_id}/currency_configuration",
		ids: []int64{s.client.cfg.CompanyID},
	})
}

// Project gives the currency of a project.
func (s *CurrencyService) Project(ctx context.Context, project int64) (*CurrencyConfiguration, *Response, error) {
	return s.one(ctx, call{
		method: http.MethodGet, route: "/rest/v1.0/companies/{company_id}/projects/{project_id}/currency_configuration",
		ids: []int64{s.client.cfg.CompanyID, project}, project: project,
	})
}

func (s *CurrencyService) one(ctx context.Context, k call) (*CurrencyConfiguration, *Response, error) {
	var out CurrencyConfiguration
	resp, err := s.client.do(ctx, k, &out)
	if err != nil {
		return nil, resp, err
	}
	return &out, resp, nil
}
