package procorepages

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// vendorRow is a company of the directory.
type vendorRow struct {
	ID                              int64
	Name, TaxID, City, Email, Phone string
	Address, Origin                 string
	Projects                        string
	State                           page.Badge
	Active                          bool
}

type vendorList struct {
	Vendors []vendorRow
	page.List
}

func (p *pages) vendors(r *http.Request) (page.View, error) {
	s := p.look()
	wanted := strings.ToLower(r.URL.Query().Get("q"))
	var rows []vendorRow
	for _, v := range s.Vendors {
		if strings.Contains(strings.ToLower(v.Name+" "+v.TaxID+" "+v.City), wanted) {
			rows = append(rows, s.vendorRow(v))
		}
	}
	shown, list := page.Cut(r, rows)
	return page.View{Template: "vendors", Tab: tabVendors, Title: "Company vendors", Body: vendorList{shown, list}}, nil
}

func (s *snapshot) vendorRow(v procoretest.VendorState) vendorRow {
	row := vendorRow{
		ID: v.ID, Name: v.Name, TaxID: v.TaxID, City: v.City, Email: v.Email, Phone: v.Phone, Origin: v.OriginID, Active: v.IsActive,
		Address: strings.Join(strings.Fields(v.Address+" "+v.Zip+" "+v.City+" "+v.StateCode+" "+v.CountryCode), " "),
		State:   page.Badge{Text: "Active", Tone: "good"},
	}
	if !v.IsActive {
		row.State = page.Badge{Text: "Inactive", Tone: "off"}
	}
	var on []string
	for _, pair := range s.ProjectVendors {
		if pair.VendorID == v.ID {
			on = append(on, s.projects[pair.ProjectID].Number)
		}
	}
	row.Projects = strings.Join(on, ", ")
	return row
}

type vendor struct {
	vendorRow

	NameTyped   string
	Commitments []commitmentRow
}

func (p *pages) vendor(r *http.Request) (page.View, error) {
	s := p.look()
	v, err := find(r, "vendor", s.vendors)
	if err != nil {
		return page.View{}, err
	}
	body := vendor{vendorRow: s.vendorRow(v), NameTyped: page.Entered(r, "name", v.Name)}
	for _, cm := range s.Commitments {
		if cm.VendorID == v.ID && !cm.Deleted {
			body.Commitments = append(body.Commitments, s.commitmentRow(cm))
		}
	}
	return page.View{Template: "vendor", Tab: tabVendors, Title: v.Name, Body: body}, nil
}

// setVendor gives a name, or makes active or inactive.
func (p *pages) setVendor(r *http.Request) (string, error) {
	v, err := find(r, "vendor", p.look().vendors)
	if err != nil {
		return "", err
	}
	set := map[string]any{"name": r.PostForm.Get("name")}
	if r.PostForm.Has("active") {
		set = map[string]any{"is_active": r.PostForm.Get("active") == "yes"}
	}
	_, err = p.edit(procoretest.Edit{Resource: "vendors", ID: v.ID, Set: set})
	return page.Done(fmt.Sprintf("/vendors/%d", v.ID), "saved"), err
}
