package cli

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// The verdicts on a feature.
const (
	works        = "works"
	worksLimited = "works with limits"
	worksNot     = "does not work"
)

// verdict is whether a feature works with this user on this server.
type verdict struct {
	Feature string `json:"feature"`
	Verdict string `json:"verdict"`
	Why     string `json:"why,omitempty"`
	Change  string `json:"change,omitempty"`
}

func (v verdict) sentence() string {
	if v.Change == "" {
		return v.Why
	}
	return v.Why + ": " + strings.ReplaceAll(v.Change, askAdministrator, "")
}

// feature is what the connector does with some models.
type feature struct {
	name      string
	reads     func(model string) bool
	unread    string // says it when a model cannot be read, in place of the names of the models
	companies bool   // only in the tenant's companies
	// right is one that is needed beside reading; nil for none.
	right func(odoo.Ping) odoo.Permission
	lacks string // what the user may not do without it
}

func starting(prefixes ...string) func(string) bool {
	return func(model string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(model, p) })
	}
}

// references are what lines of documents name, whatever the document.
var references = []string{"product.product", "account.tax", "res.company", "res.currency"}

var features = []feature{
	{
		name: "Purchase orders → commitments", companies: true,
		reads: starting(append([]string{"purchase.", "uom."}, references...)...),
	},
	{
		name: "Vendor bills → invoices and direct costs", companies: true,
		reads: starting(append([]string{"account.move", "account.account"}, references...)...),
	},
	{name: "Vendors", reads: starting("res.partner", "res.country")},
	{name: "Projects and cost codes (analytic)", reads: starting("account.analytic.", "product.", "account.account")},
	{
		name: "Reverse direction: cost codes into Odoo (create analytic accounts)", reads: starting("account.analytic."),
		right: func(p odoo.Ping) odoo.Permission { return p.CreateAccounts }, lacks: "create account.analytic.account",
	},
	{name: "Deletions are noticed", companies: true, reads: func(string) bool { return true }, unread: "not all of the models can be read"},
}

func verdicts(p odoo.Ping, companies []int64) []verdict {
	out := make([]verdict, 0, len(features))
	for _, f := range features {
		out = append(out, f.judge(p, companies))
	}
	return out
}

// judge finds the worst first: what cannot be read, then the right, then what is left out.
func (f feature) judge(p odoo.Ping, companies []int64) verdict {
	v := verdict{Feature: f.name, Verdict: works}
	if why, change := f.obstacles(p); why != "" {
		v.Verdict, v.Why, v.Change = worksNot, cmp.Or(f.unread, why), change
		return v
	}
	if f.right != nil {
		if right := f.right(p); !right.Allowed {
			v.Verdict, v.Why, v.Change = worksNot, "the user may not "+f.lacks, right.WayOut
			return v
		}
	}
	if hidden := p.HiddenCompanies(companies); f.companies && len(hidden) > 0 {
		v.Verdict = worksLimited
		if len(hidden) == len(companies) {
			v.Verdict = worksNot
		}
		v.Why = "the user may not see what odoo.companies names: " + strings.Join(hidden, ", ")
		v.Change = p.AskForCompanies()
	}
	return v
}

// obstacles are the models of a feature that cannot be read, and the ways out, each said once.
func (f feature) obstacles(p odoo.Ping) (why, change string) {
	var refused, absent, partly, ways []string
	for _, m := range p.Models {
		if m.OK() || !f.reads(m.Model) {
			continue
		}
		switch {
		case !m.Installed:
			absent = append(absent, m.Model)
		case !m.Readable:
			refused = append(refused, m.Model)
		default:
			partly = append(partly, m.Model+" ("+strings.Join(m.Missing, ", ")+")")
		}
		if !slices.Contains(ways, m.WayOut) {
			ways = append(ways, m.WayOut)
		}
	}
	var parts []string
	for _, part := range []struct {
		words  string
		models []string
	}{{"the server has no", absent}, {"the user may not read", refused}, {"the user does not see fields of", partly}} {
		if len(part.models) > 0 {
			parts = append(parts, part.words+" "+strings.Join(part.models, ", "))
		}
	}
	return strings.Join(parts, "; "), strings.Join(ways, "; ")
}
