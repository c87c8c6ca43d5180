package procore

import (
	"context"
	"net/url"
	"strconv"
	"time"
)

// ProjectsService reads projects (v1.1).
type ProjectsService service

// Project is a Procore project.
type Project struct {
	ID            int64     `json:"id"`
	Name          string    `json:"name"`
	DisplayName   string    `json:"display_name"`
	ProjectNumber string    `json:"project_number"`
	Active        bool      `json:"active"`
	StartDate     Date      `json:"start_date"`
	OriginID      string    `json:"origin_id"`
	CreatedAt     time.Time `json:"created_at"`
	UpdatedAt     time.Time `json:"updated_at"`
}

// ProjectListOptions narrow a list of projects.
type ProjectListOptions struct {
	ListOptions
	// Status is Active, Inactive or All; "" is Procore's default, the active ones.
	Status       string
	OriginID     string
	UpdatedSince *time.Time
}

// List gives the projects that the login sees.
func (s *ProjectsService) List(ctx context.Context, opts ProjectListOptions) ([]Project, *Response, error) {
	q := s.client.inCompany()
	filter(q, "by_status", opts.Status)
	filter(q, "origin_id", opts.OriginID)
	updatedSince(q, opts.UpdatedSince)
	return list[Project](ctx, s.client, "/rest/v1.1/projects", nil, 0, q, opts.ListOptions)
}

func (c *Client) inCompany() url.Values {
	return url.Values{"company_id": {strconv.FormatInt(c.cfg.CompanyID, 10)}}
}
