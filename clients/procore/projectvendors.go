package procore

import (
	"context"
	"net/http"
)

// ProjectVendorsService keeps the directory of a project (v1.1): a commitment may only name a vendor that is in it.
type ProjectVendorsService service

// List gives the vendors of a project. They cannot be filtered by origin id. In some companies the ids differ from
// those of the company directory: match by OriginID and keep the id found here, too.
func (s *ProjectVendorsService) List(ctx context.Context, project int64, opts ListOptions) ([]Vendor, *Response, error) {
	return list[Vendor](ctx, s.client, "/rest/v1.1/projects/{project_id}/vendors", []int64{project}, project,
		map[string][]string{"view": {"normal"}}, opts)
}

// Add puts a vendor of the company directory on the project. (POST .../vendors would make another company record.)
func (s *ProjectVendorsService) Add(ctx context.Context, project, vendor int64) (*Vendor, *Response, error) {
	var out Vendor
	resp, err := s.client.do(ctx, call{
		method: http.MethodPost, route: "/rest/v1.1/projects/{project_id}/vendors/{id}/actions/add",
		ids: []int64{project, vendor}, project: project,
	}, &out)
	if err != nil {
		return nil, resp, err
	}
	return &out, resp, nil
}
