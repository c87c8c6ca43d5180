package odoo

import (
	"context"
	"slices"
)

// Accounts reads one window page of general ledger accounts, archived ones too. Odoo 19 keeps an
// account's code per company and answers that of the user's current one; a code that is empty there is
// read again in the account's own company.
func (c *Client) Accounts(ctx context.Context, w Window) ([]Record[Account], error) {
	rows, err := c.page(ctx, ModelAccount, w)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	codes, err := c.codesElsewhere(ctx, rows)
	if err != nil {
		return nil, err
	}
	kind, err := c.accountTypes(ctx, rows)
	if err != nil {
		return nil, err
	}
	return records(rows, func(r *row) Account {
		a := Account{ID: r.integer("id"), Code: r.text("code"), Name: r.text("name"), Type: kind(r)}
		if a.Code == "" {
			a.Code = codes[a.ID]
		}
		return a
	})
}

func (c *Client) codesElsewhere(ctx context.Context, rows []*row) (map[int64]string, error) {
	var order []int64
	byCompany := map[int64][]int64{}
	for _, r := range rows {
		companies := r.ids("company_ids")
		if r.text("code") != "" || len(companies) == 0 {
			continue
		}
		if byCompany[companies[0]] == nil {
			order = append(order, companies[0])
		}
		byCompany[companies[0]] = append(byCompany[companies[0]], r.integer("id"))
	}
	slices.Sort(order)
	codes := map[int64]string{}
	for _, company := range order {
		s := schema{names: map[string]string{"code": "code"}}
		found, err := c.searchRead(ctx, query{
			model: ModelAccount, domain: []any{term("id", "in", byCompany[company])},
			context: map[string]any{"active_test": false, "allowed_company_ids": []int64{company}},
		}, s)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			codes[r.integer("id")] = r.text("code")
		}
	}
	return codes, nil
}
