package procorepages

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// newCommitment is the form of a commitment with one line, as somebody types it.
type newCommitment struct {
	Project projectRow
	Fields  []page.Field
}

func (p *pages) newCommitment(r *http.Request) (page.View, error) {
	s := p.look()
	pr, err := s.project(r)
	if err != nil {
		return page.View{}, err
	}
	vendor := page.Field{Name: "vendor", Label: "Vendor", Required: true}
	vendors := slices.Clone(s.Vendors)
	slices.SortFunc(vendors, func(a, b procoretest.VendorState) int { return cmp.Compare(a.Name, b.Name) })
	for _, v := range vendors {
		if v.IsActive {
			vendor.Options = append(vendor.Options, page.OptionOf(r, "vendor", v.ID, v.Name))
		}
	}
	code := page.Field{Name: "code", Label: "Budget code", Required: true}
	for _, w := range s.WBSCodes {
		if w.ProjectID == pr.ID {
			code.Options = append(code.Options, page.OptionOf(r, "code", w.ID, strings.TrimSpace(w.BudgetCode+" "+s.describe(pr.ID, w.BudgetCode))))
		}
	}
	text := func(name, label string, required bool) page.Field {
		return page.Field{Name: name, Label: label, Required: required, Value: page.Entered(r, name, "")}
	}
	return page.View{Template: "newcommitment", Tab: tabProjects, Title: "New commitment", Body: newCommitment{
		Project: frameOf(pr, "").Project,
		Fields: []page.Field{
			text("number", "Number (empty: the project’s next)", false), text("title", "Title", true), vendor, code, text("amount", "Amount", true),
			{Name: "status", Label: "Status", Options: commitmentStatuses.options(page.Entered(r, "status", "Approved"))},
		},
	}}, nil
}

// makeCommitment puts the vendor on the project, makes the commitment and its line, and gives it its status. When one of
// the last two is refused, the commitment goes again; the vendor stays on the project.
func (p *pages) makeCommitment(r *http.Request) (string, error) {
	pr, err := p.look().project(r)
	if err != nil {
		return "", err
	}
	vendor, err := page.Chosen(r, "vendor", "The vendor")
	if err != nil {
		return "", err
	}
	code, err := page.Chosen(r, "code", "The budget code")
	if err != nil {
		return "", err
	}
	amount, err := page.Number(r, "amount", "The amount")
	if err != nil {
		return "", err
	}
	title, err := page.Required(r, "title", "The title")
	if err != nil {
		return "", err
	}
	if _, err := p.edit(procoretest.Edit{Resource: "project_vendors", Project: pr.ID, Create: map[string]any{"vendor_id": vendor}}); err != nil {
		return "", err
	}
	set := map[string]any{"title": title, "vendor_id": vendor}
	if n := strings.TrimSpace(r.PostForm.Get("number")); n != "" {
		set["number"] = n
	}
	id, err := p.edit(procoretest.Edit{Resource: "commitments", Project: pr.ID, Create: set})
	if err != nil {
		return "", err
	}
	for _, step := range []procoretest.Edit{
		{Resource: "commitment_lines", Parent: id, Create: map[string]any{"wbs_code_id": code, "amount": amount.String(), "description": title}},
		{Resource: "commitments", ID: id, Set: map[string]any{"status": r.PostForm.Get("status")}},
	} {
		if _, err := p.edit(step); err != nil {
			return "", p.takeBack(id, err)
		}
	}
	return page.Done(commitmentPath(id), "made"), nil
}

// takeBack deletes a commitment that was left half made, and gives the refusal that left it so.
func (p *pages) takeBack(id int64, refusal error) error {
	if _, err := p.edit(procoretest.Edit{Resource: "commitments", ID: id, Delete: true}); err != nil {
		return &page.Refusal{Sentence: fmt.Sprintf("%v What was made of it is left as commitment %d: %v", refusal, id, err)}
	}
	return refusal
}
