package procore

import (
	"context"
	"net/http"
	"time"
)

// VendorsService reads and writes the company directory. Procore cannot delete vendors, only deactivate them.
type VendorsService service

// Vendor is a company in the directory.
type Vendor struct {
	ID               int64             `json:"id"`
	Name             string            `json:"name"`
	AbbreviatedName  string            `json:"abbreviated_name"`
	TradeName        string            `json:"trade_name"`
	LegalName        string            `json:"legal_name"`
	Address          string            `json:"address"`
	City             string            `json:"city"`
	Zip              string            `json:"zip"`
	StateCode        string            `json:"state_code"`
	CountryCode      string            `json:"country_code"`
	BusinessPhone    string            `json:"business_phone"`
	MobilePhone      string            `json:"mobile_phone"`
	EmailAddress     string            `json:"email_address"`
	Website          string            `json:"website"`
	LicenseNumber    string            `json:"license_number"`
	Notes            string            `json:"notes"`
	IsActive         bool              `json:"is_active"`
	OriginID         string            `json:"origin_id"`
	OriginData       string            `json:"origin_data"`
	OriginCode       string            `json:"origin_code"`
	SyncedToERP      bool              `json:"synced_to_erp"`
	BusinessRegister *BusinessRegister `json:"business_register"`
	// ProjectIDs are the projects that the vendor is on, in the extended view.
	ProjectIDs []int64   `json:"project_ids"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

// GetID is the id of the vendor.
func (v Vendor) GetID() int64 { return v.ID }

// GetOriginID is our id of the vendor.
func (v Vendor) GetOriginID() string { return v.OriginID }

// BusinessRegister is a tax number with its kind (EIN, ABN).
type BusinessRegister struct {
	ID                 int64  `json:"id"`
	Type               string `json:"type"`
	Identifier         string `json:"identifier"`
	VerificationStatus string `json:"verification_status"`
}

// VendorUpdate is one vendor of a sync. Nil fields stay as they are. OriginID alone creates or updates; with ID the
// vendor of that id is updated, which is also how it gets or changes its OriginID.
type VendorUpdate struct {
	ID              *int64  `json:"id,omitempty"`
	OriginID        *string `json:"origin_id,omitempty"`
	OriginData      *string `json:"origin_data,omitempty"`
	OriginCode      *string `json:"origin_code,omitempty"`
	Name            *string `json:"name,omitempty"`
	AbbreviatedName *string `json:"abbreviated_name,omitempty"` // 10 characters
	TradeName       *string `json:"trade_name,omitempty"`
	Address         *string `json:"address,omitempty"`
	City            *string `json:"city,omitempty"`
	Zip             *string `json:"zip,omitempty"`
	// CountryCode is ISO 3166 alpha-2; StateCode must belong to the country.
	CountryCode      *string                 `json:"country_code,omitempty"`
	StateCode        *string                 `json:"state_code,omitempty"`
	BusinessPhone    *string                 `json:"business_phone,omitempty"`
	MobilePhone      *string                 `json:"mobile_phone,omitempty"`
	EmailAddress     *string                 `json:"email_address,omitempty"`
	Website          *string                 `json:"website,omitempty"`
	Notes            *string                 `json:"notes,omitempty"`
	IsActive         *bool                   `json:"is_active,omitempty"`
	ParentID         *int64                  `json:"parent_id,omitempty"`
	BusinessRegister *BusinessRegisterUpdate `json:"business_register_attributes,omitempty"`
}

// BusinessRegisterUpdate sets the tax number. Changing a verified one clears its verification.
type BusinessRegisterUpdate struct {
	Type       string `json:"type"`
	Identifier string `json:"identifier"`
}

// VendorListOptions narrow a list of vendors.
type VendorListOptions struct {
	ListOptions
	UpdatedSince *time.Time
	OriginID     string
	// Search matches name, keywords, origin code or tax number.
	Search string
}

// List gives the active vendors, in the extended view.
func (s *VendorsService) List(ctx context.Context, opts VendorListOptions) ([]Vendor, *Response, error) {
	q := s.client.inCompany()
	q.Set("view", "extended")
	filter(q, "origin_id", opts.OriginID)
	filter(q, "search", opts.Search)
	updatedSince(q, opts.UpdatedSince)
	return list[Vendor](ctx, s.client, "/rest/v1.0/vendors", nil, 0, q, opts.ListOptions)
}

// ListInactive gives the deactivated vendors, which List leaves out. Procore offers no filter here.
func (s *VendorsService) ListInactive(ctx context.Context, opts ListOptions) ([]Vendor, *Response, error) {
	return list[Vendor](ctx, s.client, "/rest/v1.0/companies/{company_id}/vendors/inactive",
		[]int64{s.client.cfg.CompanyID}, 0, map[string][]string{"view": {"extended"}}, opts)
}

// Sync creates or updates up to 1000 vendors.
func (s *VendorsService) Sync(ctx context.Context, updates []VendorUpdate) (SyncResult[Vendor], *Response, error) {
	keys := make([]syncKey, len(updates))
	for i, u := range updates {
		keys[i] = syncKey{deref(u.OriginID), deref(u.ID)}
	}
	body := struct {
		CompanyID int64          `json:"company_id"`
		Updates   []VendorUpdate `json:"updates"`
	}{s.client.cfg.CompanyID, updates}
	return syncAction[Vendor](ctx, s.client, patch("/rest/v1.0/vendors/sync", nil, 0, nil, body), keys)
}

// Reactivate makes an inactive vendor active again.
func (s *VendorsService) Reactivate(ctx context.Context, id int64) (*Vendor, *Response, error) {
	var out Vendor
	resp, err := s.client.do(ctx, call{
		method: http.MethodPatch, route: "/rest/v1.0/companies/{company_id}/vendors/inactive/{id}",
		ids: []int64{s.client.cfg.CompanyID, id},
	}, &out)
	if err != nil {
		return nil, resp, err
	}
	return &out, resp, nil
}
