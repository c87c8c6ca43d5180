package clerk

// word is what version 14 has for a field of version 19. Without a name there is none: it is left out, and reads as false.
type word struct {
	name string
	// from are the fields that read takes, write what is written in its place; nil: the value stays as it is.
	from  []string
	read  func(c *Clerk, row map[string]any) (any, error)
	write func(c *Clerk, vals, given map[string]any) error
}

// models14 are those with another name.
var models14 = map[string]string{"account.analytic.plan": "account.analytic.group"}

func modelName(model string) string {
	if name := models14[model]; name != "" {
		return name
	}
	return model
}

// lines14 are the models of fields that hold lines.
var lines14 = map[string]string{"order_line": "purchase.order.line", "invoice_line_ids": "account.move.line"}

// words14 are the fields that version 14 has otherwise, by model.
var words14 = map[string]map[string]word{
	"purchase.order.line": {
		"product_uom_id":        {name: "product_uom"},
		"tax_ids":               {name: "taxes_id"},
		"is_downpayment":        {},
		"discount":              {write: (*Clerk).netPrice},
		"analytic_distribution": booked("account_analytic_id"),
	},
	"account.move.line": {
		"analytic_distribution": booked("analytic_account_id"),
		"display_type":          {name: "display_type", from: []string{"display_type", "exclude_from_invoice_tab"}, read: displayType},
	},
	"account.move": {
		"name": {name: "name", from: []string{"name"}, read: func(_ *Clerk, row map[string]any) (any, error) {
			if row["name"] == "/" { // a draft
				return false, nil
			}
			return row["name"], nil
		}},
	},
	"account.analytic.account": {
		"plan_id":      {name: "group_id"},
		"root_plan_id": {from: []string{"group_id"}, read: (*Clerk).rootGroup},
	},
	"account.account": {
		"account_type": {from: []string{"user_type_id"}, read: accountType, write: (*Clerk).userType},
		"company_ids": {write: func(_ *Clerk, vals, given map[string]any) error {
			company, err := onlyCompany(given["company_ids"])
			vals["company_id"] = company
			return err
		}},
	},
	"res.partner": {
		"complete_name": {name: "display_name"},
	},
}

// booked are the account and the tags in place of a distribution.
func booked(account string) word {
	return word{
		from: []string{account, "analytic_tag_ids"},
		read: func(c *Clerk, row map[string]any) (any, error) { return c.distribution(row, account) },
		write: func(c *Clerk, vals, given map[string]any) error {
			return c.book(vals, given["analytic_distribution"], account)
		},
	}
}

// types14 are the names of the records that say what type an account is.
var types14 = map[string]string{
	"asset_current": "Current Assets", "asset_prepayments": "Prepayments", "liability_payable": "Payable", "liability_current": "Current Liabilities",
	"expense": "Expenses", "expense_direct_cost": "Cost of Revenue",
}
