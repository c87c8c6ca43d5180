package odoopages

import (
	"fmt"
	"net/http"

	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// vendorRow is a vendor in a list.
type vendorRow struct {
	ID                                   int64
	Name, TaxID, City, Email, Phone, Sub string
	Orders                               int
	State                                page.Badge
}

type vendorList struct {
	Vendors []vendorRow
	page.List
}

var vendorFields = []any{"name", "complete_name", "vat", "city", "email", "phone", "street", "zip", "country_id", "active", "employee", "parent_id"}

func (p *pages) vendors(r *http.Request) (page.View, error) {
	orders, err := p.find("purchase.order", query{fields: []any{"partner_id"}})
	if err != nil {
		return page.View{}, err
	}
	count := map[int64]int{}
	for _, o := range orders {
		id, _ := o.ref("partner_id")
		count[id]++
	}
	domain := append(searched(r, "complete_name", "vat", "city"), "|", term("supplier_rank", ">", 0), term("id", "in", keys(count)))
	rows, err := p.find("res.partner", query{domain: domain, fields: vendorFields})
	if err != nil {
		return page.View{}, err
	}
	shown, list := page.Cut(r, rows)
	body := vendorList{List: list}
	for _, v := range shown {
		body.Vendors = append(body.Vendors, vendorOf(v, count[v.id()]))
	}
	return page.View{Template: "vendors", Tab: tabVendors, Title: "Vendors", Body: body}, nil
}

func vendorOf(v row, orders int) vendorRow {
	out := vendorRow{
		ID: v.id(), Name: v.text("complete_name"), TaxID: v.text("vat"), City: v.text("city"), Email: v.text("email"), Phone: v.text("phone"),
		Orders: orders, State: page.Badge{Text: "Active", Tone: "good"},
	}
	switch {
	case v.is("employee"):
		out.Sub = "Employee"
	case v.name("parent_id") != "":
		out.Sub = "Belongs to " + v.name("parent_id")
	}
	if !v.is("active") {
		out.State = page.Badge{Text: "Archived", Tone: "off"}
	}
	return out
}

func keys(m map[int64]int) []any {
	out := make([]any, 0, len(m))
	for id := range m {
		out = append(out, id)
	}
	return out
}

// vendor is a vendor with its orders and bills.
type vendor struct {
	vendorRow

	NameTyped, Address string
	Orders             []orderRow
	Bills              []billRow
}

func (p *pages) vendor(r *http.Request) (page.View, error) {
	id, err := page.ID(r, "vendor")
	if err != nil {
		return page.View{}, err
	}
	v, err := p.one("res.partner", id, "vendor", nil, vendorFields...)
	if err != nil {
		return page.View{}, err
	}
	body := vendor{vendorRow: vendorOf(v, 0), NameTyped: page.Entered(r, "name", v.text("name"))}
	body.Address = join(", ", v.text("street"), join(" ", v.text("zip"), v.text("city")), v.name("country_id"))
	if body.Orders, err = p.orderRows(query{domain: []any{term("partner_id", "=", id)}, limit: page.PageSize}); err != nil {
		return page.View{}, err
	}
	body.Bills, err = p.billRows(query{domain: append([]any{term("partner_id", "=", id)}, ofVendors...), limit: page.PageSize})
	return page.View{Template: "vendor", Tab: tabVendors, Title: body.Name, Body: body}, err
}

func (p *pages) renameVendor(r *http.Request) (string, error) {
	id, err := page.ID(r, "vendor")
	if err != nil {
		return "", err
	}
	name, err := page.Required(r, "name", "The name")
	if err != nil {
		return "", err
	}
	_, err = p.do("res.partner", "write", []int64{id}, map[string]any{"vals": map[string]any{"name": name}})
	return page.Done(fmt.Sprintf("/vendors/%d", id), "renamed"), err
}

// join puts those that are not empty behind each other.
func join(between string, parts ...string) string {
	out := ""
	for _, s := range parts {
		if out != "" && s != "" {
			out += between
		}
		out += s
	}
	return out
}
