package main

import (
	"fmt"

	"github.com/goccy/go-yaml"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// tenantFile describes the server, read through the guard, and the Procore sandbox.
func (r *realOdoo) tenantFile(guardURL, procoreURL string, procoreCompany int64) ([]byte, error) {
	companies := make([]int64, 0, len(r.companies))
	for _, c := range r.companies {
		companies = append(companies, c.ID)
	}
	plans := map[string]any{"project": r.project}
	if r.cost != "" {
		plans["cost"] = r.cost
	}
	limits := odoo.DefaultLimits(r.URL) // of the server, not of the guard before it
	server := map[string]any{
		"url": guardURL, "database": r.Database, "user": r.User, "api": odoo.APIAuto, "companies": companies, "plans": plans,
		"requests_per_second": limits.PerSecond, "parallel_requests": limits.Parallel,
	}
	data, err := yaml.Marshal(map[string]any{
		"tenant": tenant, "odoo": server,
		"procore": map[string]any{
			"environment": "custom", "login_url": procoreURL, "api_url": procoreURL, "company_id": procoreCompany,
		},
		"schedule": map[string]any{"every": realEvery.String()},
		"settings": map[string]any{"go_live": "2000-01-01"}, // all that the server holds
	})
	if err != nil {
		return nil, fmt.Errorf("writing the tenant file: %w", err)
	}
	return data, nil
}
