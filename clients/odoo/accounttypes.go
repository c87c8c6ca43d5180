package odoo

import (
	"cmp"
	"context"
	"errors"
)

// accountTypes gives the function that reads the type of a ledger account. Before Odoo 16 it is a record of
// account.account.type; its English name says which of today's types it is. A type with another name, made by the firm,
// or one that the user may not read, is known by its internal type and group only.
func (c *Client) accountTypes(ctx context.Context, accounts []*row) (func(*row) string, error) {
	if len(accounts) == 0 || accounts[0].schema.names["account_type"] != "user_type_id" {
		return func(r *row) string { return r.text("account_type") }, nil
	}
	s := schema{names: map[string]string{"name": "name"}}
	rows, err := c.searchRead(ctx, query{model: modelAccountType, context: map[string]any{"lang": "en_US"}}, s)
	if err != nil && !errors.Is(err, &Error{Code: CodeNoAccess}) {
		return nil, err
	}
	named := make(map[int64]string, len(rows))
	for _, r := range rows {
		named[r.integer("id")] = typesByName[r.text("name")]
		if r.err != nil {
			return nil, r.err
		}
	}
	return func(r *row) string {
		return cmp.Or(named[r.id("account_type")], typesInternal[r.text("internal_type")], typesByGroup[r.text("internal_group")])
	}, nil
}

// typesByName: the records that Odoo 13 to 15 are installed with.
var typesByName = map[string]string{
	"Receivable": "asset_receivable", "Payable": "liability_payable", "Bank and Cash": "asset_cash", "Credit Card": "liability_credit_card",
	"Current Assets": "asset_current", "Non-current Assets": "asset_non_current", "Prepayments": "asset_prepayments", "Fixed Assets": "asset_fixed",
	"Current Liabilities": "liability_current", "Non-current Liabilities": "liability_non_current",
	"Equity": "equity", "Current Year Earnings": "equity_unaffected",
	"Income": "income", "Other Income": "income_other",
	"Expenses": "expense", "Depreciation": "expense_depreciation", "Cost of Revenue": "expense_direct_cost",
	"Off-Balance Sheet": "off_balance",
}

var typesInternal = map[string]string{"receivable": "asset_receivable", "payable": "liability_payable", "liquidity": "asset_cash"}

var typesByGroup = map[string]string{
	"asset": "asset_current", "liability": "liability_current", "equity": "equity", "income": "income", "expense": "expense", "off_balance": "off_balance",
}
