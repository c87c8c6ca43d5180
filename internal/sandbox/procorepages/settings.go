package procorepages

import (
	"net/http"
	"slices"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// period is a billing period of a project.
type period struct {
	ID              int64
	Start, End, Due string
	Open            bool
}

// flag is a setting that is on or off.
type flag struct {
	Name, Label string
	On          bool
}

type projectSettings struct {
	projectFrame

	Flags   []flag
	Periods []period
	Vendors []string
	New     []page.Field
}

func (p *pages) settings(r *http.Request) (page.View, error) {
	s := p.look()
	pr, err := s.project(r)
	if err != nil {
		return page.View{}, err
	}
	body := projectSettings{projectFrame: frameOf(pr, "/settings"), Flags: flagsOf(pr)}
	for _, bp := range s.BillingPeriods {
		if bp.ProjectID == pr.ID {
			body.Periods = append(body.Periods, period{bp.ID, bp.Start, bp.End, bp.Due, bp.Status == "open"})
		}
	}
	for _, pair := range s.ProjectVendors {
		if pair.ProjectID == pr.ID {
			body.Vendors = append(body.Vendors, s.vendors[pair.VendorID].Name)
		}
	}
	slices.Sort(body.Vendors)
	for _, f := range [][2]string{{"start_date", "Start"}, {"end_date", "End"}, {"due_date", "Due"}} {
		body.New = append(body.New, page.Field{Name: f[0], Label: f[1], Type: "date", Required: true, Value: page.Entered(r, f[0], "")})
	}
	return projectView(pr, "settings", body), nil
}

func flagsOf(pr procoretest.ProjectState) []flag {
	return []flag{
		{"permitted", "The app may see this project (its list of permitted projects)", pr.Permitted},
		{"active", "The project is active", pr.Active},
		{"default_private", "New commitments are private", pr.DefaultPrivate},
		{"forbid_overbilling", "No invoice beyond the scheduled value of a line", pr.ForbidOverbilling},
	}
}

func (p *pages) setProject(r *http.Request) (string, error) {
	pr, err := p.look().project(r)
	if err != nil {
		return "", err
	}
	set := map[string]any{}
	for _, f := range flagsOf(pr) {
		set[f.Name] = r.PostForm.Has(f.Name)
	}
	_, err = p.edit(procoretest.Edit{Resource: "projects", ID: pr.ID, Set: set})
	return page.Done(projectPath(pr.ID)+"/settings", "saved"), err
}

// setPeriod opens or closes a billing period, or makes an open one.
func (p *pages) setPeriod(r *http.Request) (string, error) {
	pr, err := p.look().project(r)
	if err != nil {
		return "", err
	}
	to := projectPath(pr.ID) + "/settings"
	for field, status := range map[string]string{"open": "open", "close": "closed"} {
		if !r.PostForm.Has(field) {
			continue
		}
		id, err := page.Chosen(r, field, "The billing period")
		if err != nil {
			return "", err
		}
		_, err = p.edit(procoretest.Edit{Resource: "billing_periods", ID: id, Set: map[string]any{"status": status}})
		return page.Done(to, map[string]string{"open": "opened", "close": "closed"}[field]), err
	}
	create := map[string]any{"status": "open"}
	for _, field := range []string{"start_date", "end_date", "due_date"} {
		if create[field], err = page.Required(r, field, "A date"); err != nil {
			return "", err
		}
	}
	_, err = p.edit(procoretest.Edit{Resource: "billing_periods", Project: pr.ID, Create: create})
	return page.Done(to, "period"), err
}
