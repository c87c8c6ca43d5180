package procore

import (
	"context"
	"net/http"
)

// CompaniesService reads the companies of the login and the login itself.
type CompaniesService service

// Company is a company that the login sees.
type Company struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	IsActive bool   `json:"is_active"`
}

// User is who the token belongs to.
type User struct {
	ID    int64  `json:"id"`
	Login string `json:"login"`
	Name  string `json:"name"`
}

// List gives the companies where the app is installed.
func (s *CompaniesService) List(ctx context.Context, opts ListOptions) ([]Company, *Response, error) {
	return list[Company](ctx, s.client, "/rest/v1.0/companies", nil, 0, nil, opts)
}

// Me gives the user of the token. It succeeds also where the app is not installed.
func (s *CompaniesService) Me(ctx context.Context) (*User, *Response, error) {
	var out User
	resp, err := s.client.do(ctx, call{method: http.MethodGet, route: "/rest/v1.0/me"}, &out)
	if err != nil {
		return nil, resp, err
	}
	return &out, resp, nil
}
