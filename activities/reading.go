package activities

import (
	"context"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// RulesFor names what rules are to be loaded for.
type RulesFor struct {
	Orders []odoo.PurchaseOrder
	Bills  []odoo.VendorBill
	// Accounts are analytic accounts beside those that the documents name.
	Accounts []int64
}

// LoadRules reads the rules for many documents at once, with every mapped project. Codes of projects older than a
// minute are read from Procore again. Forbidden are the projects that Procore refuses.
func LoadRules(ctx context.Context, s *store.Store, c *Connection, what RulesFor) (rules mapping.Rules, forbidden map[int64]bool, err error) {
	n := newNeeds()
	for _, o := range what.Orders {
		n.order(o)
	}
	for _, b := range what.Bills {
		n.bill(b)
	}
	for _, id := range what.Accounts {
		n.accounts[id] = true
	}
	r := &Records{store: s}
	mapped := mapping.Rules{}
	if err := r.mappings(ctx, c.Tenant.Name, &mapped); err != nil {
		return mapping.Rules{}, nil, err
	}
	for account := range mapped.Projects {
		n.accounts[account] = true
	}
	return r.rules(ctx, c, n, codesAge)
}
