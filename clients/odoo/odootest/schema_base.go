package odootest

func (s *Server) register(ms ...*model) {
	for _, m := range ms {
		s.models[m.name] = m
	}
}

func (s *Server) registerBase() {
	s.register(
		parseModel("res.company", "Companies", "id", `
name|char|Company Name|req
currency_id|many2one:res.currency|Currency|
partner_id|many2one:res.partner|Partner|
country_id|many2one:res.country|Country|
active|boolean|Active|
tax_calculation_rounding_method|selection|Tax Calculation Rounding Method||round_per_line=Round per Line;round_globally=Round Globally`),
		parseModel("res.currency", "Currency", "active desc, name", `
name|char|Currency|req
symbol|char|Symbol|filled
full_name|char|Name|
decimal_places|integer|Decimal Places|ro
rounding|float|Rounding Factor|
position|selection|Symbol Position||after=After Amount;before=Before Amount
rate|float|Current Rate|ro nostore nosort nosearch
inverse_rate|float|Inverse Rate|ro nostore nosort nosearch
date|date|Date|ro nostore nosort nosearch
active|boolean|Active|
rate_ids|one2many:res.currency.rate:currency_id|Rates|`),
		parseModel("res.currency.rate", "Currency Rate", "name desc, id", `
name|date|Date|req
rate|float|Technical Rate|
currency_id|many2one:res.currency|Currency|req idx
company_id|many2one:res.company|Company|`),
		parseModel("res.country", "Country", "name, id", `
name|char|Country Name|req
code|char|Country Code|
state_ids|one2many:res.country.state:country_id|States|`),
		parseModel("res.country.state", "Country state", "code, id", `
name|char|State Name|req
code|char|State Code|req
country_id|many2one:res.country|Country|req idx`),
		parseModel("res.users", "User", "name, id", `
name|char|Name|
login|char|Login|req
company_id|many2one:res.company|Company|
company_ids|many2many:res.company|Companies|
tz|char|Timezone|
lang|char|Language|
active|boolean|Active|`),
		parseModel("res.partner", "Contact", "complete_name asc, id desc", `
name|char|Name|
complete_name|char|Complete Name|ro
is_company|boolean|Is a Company|
parent_id|many2one:res.partner|Related Company|idx
child_ids|one2many:res.partner:parent_id|Contact|
commercial_partner_id|many2one:res.partner|Commercial Entity|ro idx
type|selection|Address Type||contact=Contact;invoice=Invoice;delivery=Delivery;other=Other
vat|char|Tax ID|
email|char|Email|
phone|char|Phone|
street|char|Street|
street2|char|Street2|
city|char|City|
zip|char|Zip|
state_id|many2one:res.country.state|State|
country_id|many2one:res.country|Country|
supplier_rank|integer|Supplier Rank|
customer_rank|integer|Customer Rank|
active|boolean|Active|
ref|char|Reference|
employee|boolean|Employee|
comment|html|Notes|
company_id|many2one:res.company|Company|
property_account_payable_id|many2one:account.account|Account Payable|
property_supplier_payment_term_id|many2one:account.payment.term|Vendor Payment Terms|`),
		parseModel("base.partner.merge.automatic.wizard", "Merge Partner Wizard", "id", `
partner_ids|many2many:res.partner|Contacts|
dst_partner_id|many2one:res.partner|Destination Contact|`),
		parseModel("product.category", "Product Category", "complete_name", `
name|char|Name|req
parent_id|many2one:product.category|Parent Category|idx
complete_name|char|Complete Name|ro`),
		parseModel("product.template", "Product", "id", `
name|char|Name|req
default_code|char|Internal Reference|
categ_id|many2one:product.category|Product Category|
active|boolean|Active|
product_variant_ids|one2many:product.product:product_tmpl_id|Products|`),
		parseModel("product.product", "Product Variant", "default_code, name, id", `
name|char|Name|req nostore
default_code|char|Internal Reference|
barcode|char|Barcode|
categ_id|many2one:product.category|Product Category|nostore
type|selection|Product Type|req nostore|consu=Goods;service=Service;combo=Combo
purchase_method|selection|Control Policy|nostore|purchase=On ordered quantities;receive=On received quantities
active|boolean|Active|
uom_id|many2one:uom.uom|Unit|req nostore
standard_price|float|Cost|
list_price|float|Sales Price|nostore
purchase_ok|boolean|Purchase|nostore
product_tmpl_id|many2one:product.template|Product Template|filled idx
supplier_taxes_id|many2many:account.tax|Purchase Taxes|nostore
property_account_expense_id|many2one:account.account|Expense Account|nostore
company_id|many2one:res.company|Company|nostore`),
		parseModel("product.supplierinfo", "Supplier Pricelist", "id", `
partner_id|many2one:res.partner|Vendor|req
product_tmpl_id|many2one:product.template|Product Template|idx
price|float|Price|
currency_id|many2one:res.currency|Currency|`),
		parseModel("ir.config_parameter", "System Parameter", "key", `
key|char|Key|req
value|text|Value|req`),
		parseModel("uom.uom", "Product Unit of Measure", "id", `
name|char|Unit Name|req
active|boolean|Active|
relative_factor|float|Contains|filled
relative_uom_id|many2one:uom.uom|Reference Unit|
factor|float|Absolute Quantity|ro
rounding|float|Rounding Precision|ro nostore nosort nosearch
parent_path|char|Parent Path|`),
	)
}
