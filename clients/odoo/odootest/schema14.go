package odootest

import (
	"slices"
	"strings"
)

const orderStates14 = "draft=RFQ;sent=RFQ Sent;to approve=To Approve;purchase=Purchase Order;done=Locked;cancel=Cancelled"

// fields14 are the differences of version 14, by model: what it names otherwise, has besides and lacks.
var fields14 = map[string]string{
	"purchase.order": `
origin|char|Source Document|
state|selection|Status|ro|` + orderStates14 + `
notes=note|text|Terms and Conditions|
date_planned|datetime|Receipt Date|
user_id|many2one:res.users|Purchase Representative|
-locked
-project_id`,
	"purchase.order.line": `
date_planned|datetime|Delivery Date|
product_uom=product_uom_id|many2one:uom.uom|Unit of Measure|
taxes_id=tax_ids|many2many:account.tax|Taxes|
account_analytic_id=analytic_account_id|many2one:account.analytic.account|Analytic Account|idx
analytic_tag_ids|many2many:account.analytic.tag|Analytic Tags|
state|selection|Status||` + orderStates14 + `
currency_id|many2one:res.currency|Currency|ro
display_type|selection|Display Type||line_section=Section;line_note=Note
-analytic_distribution
-discount
-is_downpayment`,
	"account.move": `
date|date|Date|req ro
narration|text|Terms and Conditions|
journal_id|many2one:account.journal|Journal|req ro
company_id|many2one:res.company|Company|ro
currency_id|many2one:res.currency|Currency|req ro
partner_id|many2one:res.partner|Partner|ro idx
payment_state|selection|Payment Status|ro|not_paid=Not Paid;in_payment=In Payment;paid=Paid;partial=Partially Paid;reversed=Reversed;invoicing_legacy=Invoicing App Legacy
reversal_move_id=reversal_move_ids|one2many:account.move:reversed_entry_id|Reversal Move|
invoice_date|date|Invoice/Bill Date|ro
invoice_date_due|date|Due Date|ro
invoice_payment_term_id|many2one:account.payment.term|Payment Terms|ro
invoice_line_ids|one2many:account.move.line:move_id|Invoice lines|ro
-invoice_currency_rate
-auto_post`,
	"account.move.line": `
balance|monetary|Balance|ro
matching_number|char|Matching #|ro
product_uom_id|many2one:uom.uom|Unit of Measure|
display_type|selection|Display Type||line_section=Section;line_note=Note
exclude_from_invoice_tab|boolean|Exclude From Invoice Tab|
analytic_account_id|many2one:account.analytic.account|Analytic Account|idx
analytic_tag_ids|many2many:account.analytic.tag|Analytic Tags|
purchase_order_id|many2one:purchase.order|Purchase Order|ro nostore nosort
-analytic_distribution
-is_downpayment`,
	"account.analytic.account": `
group_id|many2one:account.analytic.group|Group|
currency_id|many2one:res.currency|Currency|ro nostore nosort
-plan_id
-root_plan_id`,
	"account.analytic.line": `
account_id|many2one:account.analytic.account|Analytic Account|filled idx
tag_ids|many2many:account.analytic.tag|Tags|
general_account_id|many2one:account.account|Financial Account|ro
move_id=move_line_id|many2one:account.move.line|Journal Item|idx
-auto_account_id
-category`,
	"account.account": `
code|char|Code|req
company_id|many2one:res.company|Company|filled
user_type_id|many2one:account.account.type|Type|filled
internal_type|char|Internal Type|ro
internal_group|char|Internal Group|ro
deprecated|boolean|Deprecated|
-account_type
-company_ids
-active`,
	"account.tax": `
amount_type|selection|Tax Computation|req|group=Group of Taxes;fixed=Fixed;percent=Percentage of Price;division=Percentage of Price Tax Included
price_include|boolean|Included in Price|
description|char|Label on Invoices|
-price_include_override
-country_id`,
	"account.tax.repartition.line": `
invoice_tax_id|many2one:account.tax|Invoice Tax|
refund_tax_id|many2one:account.tax|Refund Tax|
tax_id|many2one:account.tax|Tax|ro nostore nosort nosearch
-document_type`,
	"account.payment.term": `
note|text|Description on the Invoice|`,
	"res.company": `
-active`,
	"res.currency": `
-full_name
-inverse_rate`,
	"res.partner": `
display_name|char|Display Name|ro
mobile|char|Mobile|
property_account_payable_id|many2one:account.account|Account Payable|filled nostore nosort
property_supplier_payment_term_id|many2one:account.payment.term|Vendor Payment Terms|nostore nosort
comment|text|Notes|
-complete_name`,
	"product.product": `
type|selection|Product Type|req nostore|consu=Consumable;service=Service;product=Storable Product
uom_id|many2one:uom.uom|Unit of Measure|req nostore`,
	"project.project": `
analytic_account_id=account_id|many2one:account.analytic.account|Analytic Account|`,
	"uom.uom": `
name|char|Unit of Measure|req
category_id|many2one:uom.category|Category|filled
uom_type|selection|Type|filled|bigger=Bigger than the reference Unit of Measure;reference=Reference Unit of Measure for this category;smaller=Smaller than the reference Unit of Measure
factor|float|Ratio|filled
factor_inv|float|Bigger Ratio|ro nostore
rounding|float|Rounding Precision|filled
-relative_factor
-relative_uom_id
-parent_path`,
}

// accountTypes14 are the records of account.account.type, by id from 1: the internal name and the title.
var accountTypes14 = [][2]string{
	{"asset_receivable", "Receivable"},
	{"liability_payable", "Payable"},
	{"asset_cash", "Bank and Cash"},
	{"liability_credit_card", "Credit Card"},
	{"asset_current", "Current Assets"},
	{"asset_non_current", "Non-current Assets"},
	{"asset_prepayments", "Prepayments"},
	{"asset_fixed", "Fixed Assets"},
	{"liability_current", "Current Liabilities"},
	{"liability_non_current", "Non-current Liabilities"},
	{"equity", "Equity"},
	{"equity_unaffected", "Current Year Earnings"},
	{"income", "Income"},
	{"income_other", "Other Income"},
	{"expense", "Expenses"},
	{"expense_depreciation", "Depreciation"},
	{"expense_direct_cost", "Cost of Revenue"},
	{"off_balance", "Off-Balance Sheet"},
}

// register14 makes the schema that of version 14.
func (s *Server) register14() {
	s.register(
		parseModel("account.analytic.group", "Analytic Categories", "complete_name", `
name|char|Name|req
parent_id|many2one:account.analytic.group|Parent|idx
complete_name|char|Complete Name|ro
company_id|many2one:res.company|Company|`),
		parseModel("account.analytic.tag", "Analytic Tags", "id", `
name|char|Analytic Tag|req
active|boolean|Active|
active_analytic_distribution|boolean|Analytic Distribution|
analytic_distribution_ids|one2many:account.analytic.distribution:tag_id|Analytic Accounts|
company_id|many2one:res.company|Company|`),
		parseModel("account.analytic.distribution", "Analytic Account Distribution", "id", `
account_id|many2one:account.analytic.account|Analytic Account|req
percentage|float|Percentage|req
tag_id|many2one:account.analytic.tag|Parent tag|req idx`),
		parseModel("account.account.type", "Account Type", "id", `
name|char|Account Type|req`),
		parseModel("uom.category", "Product UoM Categories", "id", `
name|char|Unit of Measure Category|req`),
		parseModel("decimal.precision", "Decimal Precision", "id", `
name|char|Usage|req
digits|integer|Digits|req`),
	)
	for name, text := range fields14 {
		s.model(name).patch(text)
	}
	for _, m := range s.models {
		if m.name != "res.partner" {
			m.field("display_name").unsearchable = true
		}
	}
	s.model("account.analytic.plan").internal = true
	s.model("account.analytic.account").order = "code, name"
	s.model("account.move.line").field("display_type").inner = []string{"product", "tax", "payment_term"}
}

// install14 adds the values that version 14 shows otherwise than they are stored.
func (s *Server) install14() {
	s.installTree("account.analytic.group", "complete_name", " / ")
	s.model("account.analytic.distribution").display = func(_ *tx, r *record) string { return "account.analytic.distribution," + itoa(r.id) }
	s.viewStates14()
	s.viewItems14()
	s.viewAccounts14()
	s.installPrecision14()
	units := s.model("uom.uom")
	known := units.defaults
	units.defaults = func(t *tx, vals map[string]any) {
		known(t, vals)
		setDefault(vals, "uom_type", "reference")
		if isFalse(vals["category_id"]) {
			vals["category_id"] = num(t.first("uom.category", "Unit"))
		}
	}
	units.computed("factor_inv", func(t *tx, r *record) any { return 1 / (rec{t, units, r}).num("factor") })
	bill := s.model("account.move").field("name")
	bill.view = func(_ *tx, _ *record, v any) any { // a draft without a number
		if v == nil {
			return "/"
		}
		return v
	}
}

// installed is a record that every database of the version begins with.
func (s *Server) installed(m *model, id int64, values map[string]any) *record {
	r := &record{id: id, v: make([]any, m.slots), createdBy: superuserID, writeBy: superuserID}
	r.created = s.cfg.Now().UnixMicro()
	r.written = r.created
	for name, v := range values {
		r.v[m.field(name).slot] = v
	}
	return r
}

// first is the first record of a model, made when there is none.
func (t *tx) first(model, name string) int64 {
	m := t.s.model(model)
	if len(m.ids) == 0 {
		return t.create(m, map[string]any{"name": name}).id
	}
	return m.ids[0]
}

// viewStates14 shows a locked order as done.
func (s *Server) viewStates14() {
	po, pol := s.model("purchase.order"), s.model("purchase.order.line")
	done := func(o rec, v any) any {
		if v == "purchase" && o.record != nil && o.is("locked") {
			return "done"
		}
		return v
	}
	po.field("state").view = func(t *tx, r *record, v any) any { return done(rec{t, po, r}, v) }
	po.field("state").take = func(vals map[string]any, v any) {
		vals["locked"] = v == "done"
		if v == "done" {
			v = "purchase"
		}
		vals["state"] = v
	}
	pol.field("state").view = func(t *tx, r *record, v any) any {
		o, _ := (rec{t, pol, r}).follow("order_id")
		return done(o, v)
	}
}

// viewItems14 hides the kinds of items that version 14 does not tell apart: tax and payable items are left out of the
// invoice tab.
func (s *Server) viewItems14() {
	ml := s.model("account.move.line")
	kind := ml.field("display_type")
	kind.view = func(_ *tx, _ *record, v any) any {
		if slices.Contains(kind.inner, str(v)) {
			return nil
		}
		return v
	}
	kind.take = func(vals map[string]any, v any) {
		if isFalse(v) {
			v = "product"
		}
		vals["display_type"] = v
	}
	ml.computed("exclude_from_invoice_tab", func(t *tx, r *record) any { return !invoiceLine((rec{t, ml, r}).str("display_type")) })
	ml.field("exclude_from_invoice_tab").take = func(map[string]any, any) {}
}

func (s *Server) viewAccounts14() {
	acc, rep, types := s.model("account.account"), s.model("account.tax.repartition.line"), s.model("account.account.type")
	for i, row := range accountTypes14 {
		types.seq = int64(i + 1)
		types.insert(s.installed(types, types.seq, map[string]any{"name": row[1]}))
	}
	typeOf := func(r rec) int64 {
		return int64(slices.IndexFunc(accountTypes14, func(row [2]string) bool { return row[0] == r.str("account_type") }) + 1)
	}
	acc.computed("user_type_id", func(t *tx, r *record) any { return null(typeOf(rec{t, acc, r})) })
	acc.field("user_type_id").take = func(vals map[string]any, v any) {
		if id := toInt(v); id > 0 && int(id) <= len(accountTypes14) {
			vals["account_type"] = accountTypes14[id-1][0]
		}
	}
	acc.computed("internal_type", func(t *tx, r *record) any {
		switch typ := (rec{t, acc, r}).str("account_type"); {
		case strings.HasSuffix(typ, "receivable"), strings.HasSuffix(typ, "payable"):
			return typ[strings.Index(typ, "_")+1:]
		case typ == "asset_cash":
			return "liquidity"
		}
		return "other"
	})
	acc.computed("internal_group", func(t *tx, r *record) any {
		typ := (rec{t, acc, r}).str("account_type")
		if group, _, divided := strings.Cut(typ, "_"); divided && group != "off" {
			return group
		}
		return null(typ)
	})
	acc.computed("company_id", func(t *tx, r *record) any {
		if ids := (rec{t, acc, r}).ids("company_ids"); len(ids) > 0 {
			return ids[0]
		}
		return nil
	})
	acc.field("company_id").take = func(vals map[string]any, v any) { vals["company_ids"] = []any{v} }
	for name, doc := range map[string]string{"invoice_tax_id": "invoice", "refund_tax_id": "refund"} {
		rep.computed(name, func(t *tx, r *record) any {
			if line := (rec{t, rep, r}); line.str("document_type") == doc {
				return line.val("tax_id")
			}
			return nil
		})
		rep.field(name).take = func(vals map[string]any, v any) {
			if !isFalse(v) {
				vals["tax_id"], vals["document_type"] = v, doc
			}
		}
	}
}
