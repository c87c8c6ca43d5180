package mapping

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

func TestVendors(t *testing.T) {
	t.Parallel()
	rocky := odoo.Partner{
		ID: vendor, Name: " Rocky  Concrete", Commercial: vendor, VAT: "84-1", Street: "1 Main", Street2: "Suite 2",
		City: "Denver", State: "CO", Country: "US",
	}
	cases := []struct {
		name   string
		edit   func(*odoo.Partner, *Rules)
		bound  bool
		steps  int
		causes []string
		scope  bool
	}{
		{name: "new", steps: 1, scope: true},
		{name: "bound and unchanged", bound: true, scope: true},
		{name: "renamed", bound: true, edit: func(p *odoo.Partner, _ *Rules) { p.Name = "Rocky Two" }, steps: 1, scope: true},
		{name: "archived stays active", bound: true, edit: func(p *odoo.Partner, _ *Rules) { p.Active = false }, scope: true},
		{name: "contact", edit: func(p *odoo.Partner, _ *Rules) { p.Commercial = 8 }},
		{name: "employee", edit: func(p *odoo.Partner, _ *Rules) { p.Employee = true }, causes: []string{"vendor.employee:res.partner/9"}, scope: true},
		{name: "intercompany", edit: func(p *odoo.Partner, _ *Rules) { p.ID, p.Commercial = sister, sister }, causes: []string{"vendor.intercompany:res.partner/11"}, scope: true},
		{name: "intercompany by setting", edit: func(p *odoo.Partner, r *Rules) {
			p.ID, p.Commercial, r.Settings.Intercompany = sister, sister, "sync"
		}, steps: 1, scope: true},
		{name: "intercompany ignored", edit: func(p *odoo.Partner, r *Rules) {
			p.ID, p.Commercial, r.Settings.Intercompany = sister, sister, "ignore"
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, r := rocky, testRules()
			p.Active = true
			var bindings []Binding
			if c.bound {
				bindings = done(t, ResolveVendor(p, nil, r).Steps)
			}
			if c.edit != nil {
				c.edit(&p, &r)
			}
			plan := ResolveVendor(p, bindings, r)
			require.Equal(t, c.causes, keys(plan.Causes))
			require.Len(t, plan.Steps, c.steps)
			require.Equal(t, c.scope, plan.InScope)
			if c.bound && c.steps > 0 {
				require.Equal(t, int64(5000), plan.Steps[0].ProcoreID)
			}
		})
	}
	v := ResolveVendor(rocky, nil, testRules()).Steps[0].Vendor
	require.Equal(t, "odoo:acme:1:res.partner:9:vendor:company", v.OriginID)
	require.Equal(t, "Rocky Concrete", v.Name)
	require.Equal(t, "1 Main, Suite 2", v.Address)
}
