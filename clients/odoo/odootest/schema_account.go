package odootest

const (
	orderStates = "draft=RFQ;sent=RFQ Sent;to approve=To Approve;purchase=Purchase Order;cancel=Cancelled"
	moveStates  = "draft=Draft;posted=Posted;cancel=Cancelled"
	moveTypes   = "entry=Journal Entry;out_invoice=Customer Invoice;out_refund=Customer Credit Note;in_invoice=Vendor Bill;" +
		"in_refund=Vendor Credit Note;out_receipt=Sales Receipt;in_receipt=Purchase Receipt"
	lineTypes = "product=Product;cogs=Cost of Goods Sold;tax=Tax;discount=Discount;rounding=Rounding;payment_term=Payment Term;" +
		"line_section=Section;line_subsection=Subsection;line_note=Note;epd=Early Payment Discount;" +
		"non_deductible_product_total=Non Deductible Products Total;non_deductible_product=Non Deductible Products;non_deductible_tax=Non Deductible Tax"
	accountTypes = "asset_receivable=Receivable;asset_cash=Bank and Cash;asset_current=Current Assets;asset_non_current=Non-current Assets;" +
		"asset_prepayments=Prepayments;asset_fixed=Fixed Assets;liability_payable=Payable;liability_credit_card=Credit Card;" +
		"liability_current=Current Liabilities;liability_non_current=Non-current Liabilities;equity=Equity;equity_unaffected=Current Year Earnings;" +
		"income=Income;income_other=Other Income;expense=Expenses;expense_other=Other Expenses;expense_depreciation=Depreciation;" +
		"expense_direct_cost=Cost of Revenue;off_balance=Off-Balance Sheet"
)

func (s *Server) registerAccount() {
	s.register(
		parseModel("account.analytic.plan", "Analytic Plans", "sequence asc, id", `
name|char|Name|req
parent_id|many2one:account.analytic.plan|Parent|idx
parent_path|char|Parent Path|
complete_name|char|Complete Name|ro
root_id|many2one:account.analytic.plan|Root|ro nostore nosort
children_ids|one2many:account.analytic.plan:parent_id|Childrens|
children_count|integer|Children Plans Count|ro nostore nosort nosearch
account_ids|one2many:account.analytic.account:plan_id|Accounts|
default_applicability|selection|Default Applicability||optional=Optional;mandatory=Mandatory;unavailable=Unavailable
sequence|integer|Sequence|
color|integer|Color|`),
		parseModel("account.analytic.account", "Analytic Account", "plan_id, name asc", `
plan_id|many2one:account.analytic.plan|Plan|req idx
name|char|Analytic Account|req
code|char|Reference|
active|boolean|Active|
root_plan_id|many2one:account.analytic.plan|Root Plan|ro
line_ids|one2many:account.analytic.line:account_id|Analytic Lines|
company_id|many2one:res.company|Company|
partner_id|many2one:res.partner|Customer|
balance|monetary|Balance|ro nostore nosort nosearch
debit|monetary|Debit|ro nostore nosort nosearch
credit|monetary|Credit|ro nostore nosort nosearch
currency_id|many2one:res.currency|Currency|ro nostore`),
		parseModel("account.analytic.line", "Analytic Line", "date desc, id desc", `
name|char|Description|req
date|date|Date|req
amount|monetary|Amount|req
unit_amount|float|Quantity|
account_id|many2one:account.analytic.account|Project|idx
auto_account_id|many2one:account.analytic.account|Analytic Account|nostore nosort
partner_id|many2one:res.partner|Partner|
company_id|many2one:res.company|Company|req ro
currency_id|many2one:res.currency|Currency|ro
product_id|many2one:product.product|Product|
general_account_id|many2one:account.account|Financial Account|
move_line_id|many2one:account.move.line|Journal Item|idx
ref|char|Ref.|
category|selection|Category||other=Other;invoice=Customer Invoice;vendor_bill=Vendor Bill`),
		parseModel("account.account", "Account", "code, id", `
code|char|Code|
name|char|Account Name|req
account_type|selection|Type|req|`+accountTypes+`
company_ids|many2many:res.company|Companies|
reconcile|boolean|Allow Reconciliation|
active|boolean|Active|`),
		parseModel("account.journal", "Journal", "sequence, type, code", `
name|char|Journal Name|req
code|char|Sequence Prefix|
type|selection|Type|req|sale=Sales;purchase=Purchase;cash=Cash;bank=Bank;credit=Credit Card;general=Miscellaneous
company_id|many2one:res.company|Company|
default_account_id|many2one:account.account|Default Account|
sequence|integer|Sequence|
active|boolean|Active|`),
		parseModel("account.tax.group", "Tax Group", "sequence asc, id", `
name|char|Name|req
sequence|integer|Sequence|
company_id|many2one:res.company|Company|`),
		parseModel("account.tax", "Tax", "sequence,id", `
name|char|Tax Name|req
type_tax_use|selection|Tax Type|req|sale=Sales;purchase=Purchases;none=None
amount_type|selection|Tax Computation|req|group=Group of Taxes;fixed=Fixed;percent=Percentage;division=Percentage Tax Included
amount|float|Amount|req
active|boolean|Active|
price_include|boolean|Price Include|ro nostore nosort
price_include_override|selection|Included in Price||tax_included=Tax Included;tax_excluded=Tax Excluded
include_base_amount|boolean|Affect Base of Subsequent Taxes|
analytic|boolean|Include in Analytic Cost|
sequence|integer|Sequence|req
description|html|Description|
tax_group_id|many2one:account.tax.group|Tax Group|filled
company_id|many2one:res.company|Company|req ro
country_id|many2one:res.country|Country|filled
children_tax_ids|many2many:account.tax|Children Taxes|
repartition_line_ids|one2many:account.tax.repartition.line:tax_id|Distribution|
invoice_repartition_line_ids|one2many:account.tax.repartition.line:tax_id|Distribution for Invoices|
refund_repartition_line_ids|one2many:account.tax.repartition.line:tax_id|Distribution for Refund Invoices|`),
		parseModel("account.tax.repartition.line", "Tax Repartition Line", "document_type, repartition_type, sequence, id", `
tax_id|many2one:account.tax|Tax|idx
document_type|selection|Related to|req|invoice=Invoice;refund=Refund
repartition_type|selection|Based On|req|base=Base;tax=of tax
factor_percent|float|%|
factor|float|Factor Ratio|nostore ro
account_id|many2one:account.account|Account|
use_in_tax_closing|boolean|Tax Closing Entry|
sequence|integer|Sequence|
company_id|many2one:res.company|Company|ro`),
		parseModel("account.payment.term", "Payment Terms", "sequence, id", `
name|char|Payment Terms|req
active|boolean|Active|
note|html|Description on the Invoice|
line_ids|one2many:account.payment.term.line:payment_id|Terms|
company_id|many2one:res.company|Company|
sequence|integer|Sequence|req`),
		parseModel("account.payment.term.line", "Payment Terms Line", "id", `
payment_id|many2one:account.payment.term|Payment Terms|req idx
value|selection|Value||percent=Percent;fixed=Fixed
value_amount|float|Due|
nb_days|integer|Days|`),
		parseModel("account.partial.reconcile", "Partial Reconcile", "id", `
debit_move_id|many2one:account.move.line|Debit Move|idx
credit_move_id|many2one:account.move.line|Credit Move|idx
amount|monetary|Amount|
debit_amount_currency|monetary|Debit Amount Currency|
credit_amount_currency|monetary|Credit Amount Currency|`),
		parseModel("account.payment.register", "Pay", "id", `
move_ids|many2many:account.move|Moves|
amount|monetary|Amount|
payment_date|date|Payment Date|
communication|char|Memo|`),
	)
	s.register(
		parseModel("account.move", "Journal Entry", "date desc, name desc, invoice_date desc, id desc", `
name|char|Number|
ref|char|Reference|
date|date|Date|req
state|selection|Status|req ro|`+moveStates+`
move_type|selection|Type|req ro|`+moveTypes+`
journal_id|many2one:account.journal|Journal|req
company_id|many2one:res.company|Company|
posted_before|boolean|Posted Before|
line_ids|one2many:account.move.line:move_id|Journal Items|
invoice_line_ids|one2many:account.move.line:move_id|Invoice lines|
invoice_date|date|Invoice/Bill Date|
invoice_date_due|date|Due Date|
invoice_payment_term_id|many2one:account.payment.term|Payment Terms|
partner_id|many2one:res.partner|Partner|idx
commercial_partner_id|many2one:res.partner|Commercial Entity|ro
invoice_partner_display_name|char|Invoice Partner Display Name|ro
payment_reference|char|Payment Reference|
currency_id|many2one:res.currency|Currency|req
company_currency_id|many2one:res.currency|Company Currency|ro nostore
invoice_currency_rate|float|Currency Rate|
amount_untaxed|monetary|Untaxed Amount|ro
amount_tax|monetary|Tax|ro
amount_total|monetary|Total|ro
amount_residual|monetary|Amount Due|ro
amount_untaxed_signed|monetary|Untaxed Amount Signed|ro
amount_tax_signed|monetary|Tax Signed|ro
amount_total_signed|monetary|Total Signed|ro
amount_residual_signed|monetary|Amount Due Signed|ro
payment_state|selection|Payment Status|ro|not_paid=Not Paid;in_payment=In Payment;paid=Paid;partial=Partially Paid;reversed=Reversed;blocked=Blocked;invoicing_legacy=Invoicing App Legacy
reversed_entry_id|many2one:account.move|Reversal of|ro idx
reversal_move_ids|one2many:account.move:reversed_entry_id|Reversal Move|
narration|html|Terms and Conditions|
invoice_origin|char|Origin|ro
purchase_id|many2one:purchase.order|Purchase Order|nostore
invoice_user_id|many2one:res.users|Salesperson|
auto_post|selection|Auto-post||no=No;at_date=At Date;monthly=Monthly`),
		parseModel("account.move.line", "Journal Item", "date desc, move_name desc, id", `
move_id|many2one:account.move|Journal Entry|req ro idx
move_name|char|Number|ro
company_id|many2one:res.company|Company|ro
company_currency_id|many2one:res.currency|Company Currency|ro nostore
parent_state|selection|Status|ro|`+moveStates+`
date|date|Date|ro
sequence|integer|Sequence|
account_id|many2one:account.account|Account|
name|char|Label|
debit|monetary|Debit|
credit|monetary|Credit|
balance|monetary|Balance|
amount_currency|monetary|Amount in Currency|
currency_id|many2one:res.currency|Currency|req
partner_id|many2one:res.partner|Partner|
tax_ids|many2many:account.tax|Taxes|
tax_line_id|many2one:account.tax|Originator Tax|ro
tax_repartition_line_id|many2one:account.tax.repartition.line|Originator Tax Distribution Line|ro
tax_base_amount|monetary|Base Amount|ro
amount_residual|monetary|Residual Amount|ro
amount_residual_currency|monetary|Residual Amount in Currency|ro
reconciled|boolean|Reconciled|ro
matching_number|char|Matching #|
display_type|selection|Display Type|req|`+lineTypes+`
product_id|many2one:product.product|Product|
product_uom_id|many2one:uom.uom|Unit|
quantity|float|Quantity|
date_maturity|date|Due Date|
price_unit|float|Unit Price|
price_subtotal|monetary|Subtotal|ro
price_total|monetary|Total|ro
discount|float|Discount (%)|
is_downpayment|boolean|Is Downpayment|
analytic_distribution|json|Analytic Distribution|
analytic_line_ids|one2many:account.analytic.line:move_line_id|Analytic lines|
purchase_line_id|many2one:purchase.order.line|Purchase Order Line|idx
purchase_order_id|many2one:purchase.order|Purchase Order|ro nostore`),
		parseModel("purchase.order", "Purchase Order", "priority desc, id desc", `
name|char|Order Reference|req
priority|selection|Priority||0=Normal;1=Urgent
origin|char|Source|
partner_ref|char|Vendor Reference|
date_order|datetime|Order Deadline|req
date_approve|datetime|Confirmation Date|ro
partner_id|many2one:res.partner|Vendor|req idx
currency_id|many2one:res.currency|Currency|req
state|selection|Status|ro|`+orderStates+`
locked|boolean|Locked|
order_line|one2many:purchase.order.line:order_id|Order Lines|
note|html|Terms and Conditions|
invoice_ids|many2many:account.move|Bills|ro
invoice_count|integer|Bill Count|ro
invoice_status|selection|Billing Status|ro|no=Nothing to Bill;to invoice=Waiting Bills;invoiced=Fully Billed
date_planned|datetime|Expected Arrival|
amount_untaxed|monetary|Untaxed Amount|ro
amount_tax|monetary|Taxes|ro
amount_total|monetary|Total|ro
payment_term_id|many2one:account.payment.term|Payment Terms|
fiscal_position_id|many2one:account.fiscal.position|Fiscal Position|
user_id|many2one:res.users|Buyer|
company_id|many2one:res.company|Company|req
currency_rate|float|Currency Rate|ro
project_id|many2one:project.project|Project|`),
		parseModel("purchase.order.line", "Purchase Order Line", "order_id, sequence, id", `
order_id|many2one:purchase.order|Order Reference|req idx
name|text|Description|req
sequence|integer|Sequence|
display_type|selection|Display Type||line_section=Section;line_subsection=Subsection;line_note=Note
product_id|many2one:product.product|Product|
product_qty|float|Quantity|req
product_uom_qty|float|Total Quantity|ro
product_uom_id|many2one:uom.uom|Unit|
price_unit|float|Unit Price|req
discount|float|Discount (%)|
tax_ids|many2many:account.tax|Taxes|
price_subtotal|monetary|Subtotal|ro
price_total|monetary|Total|ro
price_tax|float|Tax|ro
date_planned|datetime|Expected Arrival|
analytic_distribution|json|Analytic Distribution|
qty_received|float|Received Qty|
qty_invoiced|float|Billed Qty|ro
qty_to_invoice|float|To Invoice Quantity|ro
invoice_lines|one2many:account.move.line:purchase_line_id|Bill Lines|ro
state|selection|Status|ro nostore|`+orderStates+`
partner_id|many2one:res.partner|Partner|ro
currency_id|many2one:res.currency|Currency|ro nostore
company_id|many2one:res.company|Company|ro
is_downpayment|boolean|Is Downpayment|`),
		parseModel("account.fiscal.position", "Fiscal Position", "id", `
name|char|Fiscal Position|req
company_id|many2one:res.company|Company|`),
		parseModel("project.project", "Project", "name, id", `
name|char|Name|req
account_id|many2one:account.analytic.account|Analytic Account|
company_id|many2one:res.company|Company|
active|boolean|Active|`),
		parseModel("ir.model.fields", "Fields", "name, id", `
name|char|Field Name|req
model|char|Model Name|req
ttype|char|Field Type|`),
	)
}
