package odoo

import (
	"time"

	"github.com/shopspring/decimal"
)

// The models that the connector reads.
const (
	ModelPartner         = "res.partner"
	ModelPurchaseOrder   = "purchase.order"
	ModelOrderLine       = "purchase.order.line"
	ModelMove            = "account.move"
	ModelMoveLine        = "account.move.line"
	ModelAnalyticPlan    = "account.analytic.plan"
	ModelAnalyticAccount = "account.analytic.account"
	ModelProduct         = "product.product"
	ModelCategory        = "product.category"
	ModelAccount         = "account.account"
	ModelTax             = "account.tax"
	ModelCompany         = "res.company"
	ModelCurrency        = "res.currency"
)

// Date is a civil date as Odoo writes it, "2026-11-20"; empty when unset.
type Date string

// Share is one entry of an analytic distribution.
type Share struct {
	// Accounts are the ids joined by commas in the key, one per root plan, ascending.
	Accounts []int64 `json:"accounts"`
	// Percent is of the line's amount; Odoo keeps two decimals and does not make them sum to 100.
	Percent decimal.Decimal `json:"percent"`
	// Key is the raw key, kept when it is not a list of ids; Accounts is empty then.
	Key string `json:"key,omitempty"`
}

// PurchaseOrder is a purchase.order with its lines. Amounts are in Currency.
type PurchaseOrder struct {
	ID         int64           `json:"id"`
	Name       string          `json:"name"`
	State      string          `json:"state"` // draft, sent, to approve, purchase, cancel
	Locked     bool            `json:"locked"`
	Partner    int64           `json:"partner"`
	PartnerRef string          `json:"partner_ref,omitempty"`
	Origin     string          `json:"origin,omitempty"`
	Company    int64           `json:"company"`
	Currency   int64           `json:"currency"`
	DateOrder  time.Time       `json:"date_order"`            // UTC
	Approved   time.Time       `json:"date_approve,omitzero"` // UTC
	Untaxed    decimal.Decimal `json:"amount_untaxed"`
	Tax        decimal.Decimal `json:"amount_tax"`
	Total      decimal.Decimal `json:"amount_total"`
	Lines      []OrderLine     `json:"lines"` // by id
	CreateDate time.Time       `json:"-"`     // UTC, the database server's clock, whole seconds
	WriteDate  time.Time       `json:"-"`
}

// OrderLine is a purchase.order.line.
type OrderLine struct {
	ID           int64           `json:"id"`
	Sequence     int64           `json:"sequence"`
	Name         string          `json:"name"`
	DisplayType  string          `json:"display_type,omitempty"` // "" or line_section, line_subsection, line_note
	Product      int64           `json:"product,omitempty"`
	Quantity     decimal.Decimal `json:"quantity"`
	UnitPrice    decimal.Decimal `json:"unit_price"`
	Discount     decimal.Decimal `json:"discount"` // percent
	UnitName     string          `json:"unit_name,omitempty"`
	Taxes        []int64         `json:"taxes,omitempty"`
	Subtotal     decimal.Decimal `json:"subtotal"` // after discount, before tax
	TaxAmount    decimal.Decimal `json:"tax_amount"`
	DownPayment  bool            `json:"down_payment,omitempty"`
	Distribution []Share         `json:"distribution,omitempty"` // by key
	WriteDate    time.Time       `json:"-"`
}

// VendorBill is an account.move of type in_invoice, in_refund or in_receipt with all its lines.
type VendorBill struct {
	ID            int64           `json:"id"`
	Name          string          `json:"name,omitempty"` // empty while a draft
	Type          string          `json:"type"`           // in_invoice, in_refund, in_receipt
	State         string          `json:"state"`          // draft, posted, cancel
	Ref           string          `json:"ref,omitempty"`  // the vendor's number
	Partner       int64           `json:"partner"`
	Company       int64           `json:"company"`
	Currency      int64           `json:"currency"`
	InvoiceDate   Date            `json:"invoice_date,omitempty"`
	Date          Date            `json:"date,omitempty"` // accounting date
	ReversedEntry int64           `json:"reversed_entry,omitempty"`
	Untaxed       decimal.Decimal `json:"amount_untaxed"` // positive for bills and refunds
	Tax           decimal.Decimal `json:"amount_tax"`
	Total         decimal.Decimal `json:"amount_total"`
	Lines         []MoveLine      `json:"lines"` // by id
	CreateDate    time.Time       `json:"-"`
	WriteDate     time.Time       `json:"-"`
}

// MoveLine is an account.move.line.
type MoveLine struct {
	ID          int64           `json:"id"`
	Sequence    int64           `json:"sequence"`
	DisplayType string          `json:"display_type"` // product, tax, payment_term, line_section, line_note, rounding, epd, ...
	Name        string          `json:"name"`
	Product     int64           `json:"product,omitempty"`
	Account     int64           `json:"account,omitempty"`
	Quantity    decimal.Decimal `json:"quantity"`
	UnitPrice   decimal.Decimal `json:"unit_price"`
	Taxes       []int64         `json:"taxes,omitempty"`
	TaxLine     int64           `json:"tax_line,omitempty"` // the account.tax of a tax line
	Subtotal    decimal.Decimal `json:"subtotal"`           // document currency, positive for a positive line of a bill or a refund
	// Amount is amount_currency: document currency, debit positive (a cost of a bill is positive, of a refund negative).
	Amount decimal.Decimal `json:"amount"`
	// Balance is debit − credit in company currency.
	Balance      decimal.Decimal `json:"balance"`
	PurchaseLine int64           `json:"purchase_line,omitempty"`
	// PurchaseOrder is the order of PurchaseLine, looked up by the reader; 0 when the line has none.
	PurchaseOrder int64     `json:"purchase_order,omitempty"`
	Distribution  []Share   `json:"distribution,omitempty"`
	WriteDate     time.Time `json:"-"`
}

// Partner is a res.partner.
type Partner struct {
	ID         int64     `json:"id"`
	Name       string    `json:"name"`
	Commercial int64     `json:"commercial"` // itself for a company or a sole trader
	Parent     int64     `json:"parent,omitempty"`
	IsCompany  bool      `json:"is_company"`
	VAT        string    `json:"vat,omitempty"`
	Ref        string    `json:"ref,omitempty"`
	Email      string    `json:"email,omitempty"`
	Phone      string    `json:"phone,omitempty"`
	Street     string    `json:"street,omitempty"`
	Street2    string    `json:"street2,omitempty"`
	City       string    `json:"city,omitempty"`
	Zip        string    `json:"zip,omitempty"`
	State      string    `json:"state,omitempty"`   // res.country.state code, "CO"
	Country    string    `json:"country,omitempty"` // ISO 3166 alpha-2
	Employee   bool      `json:"employee,omitempty"`
	Active     bool      `json:"active"`
	CreateDate time.Time `json:"-"`
	WriteDate  time.Time `json:"-"`
}

// AnalyticPlan is an account.analytic.plan.
type AnalyticPlan struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Parent int64  `json:"parent,omitempty"`
	Root   int64  `json:"root"`
}

// AnalyticAccount is an account.analytic.account.
type AnalyticAccount struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Code     string `json:"code,omitempty"`
	Plan     int64  `json:"plan"`
	RootPlan int64  `json:"root_plan"`
	Active   bool   `json:"active"`
	Company  int64  `json:"company,omitempty"`
}

// Product is a product.product.
type Product struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Code     string `json:"code,omitempty"`
	Category int64  `json:"category,omitempty"`
	Type     string `json:"type"` // consu, service, combo
}

// Category is a product.category.
type Category struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Parent int64  `json:"parent,omitempty"`
}

// Account is an account.account (general ledger).
type Account struct {
	ID   int64  `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
	Type string `json:"type"` // account_type: expense, expense_direct_cost, liability_payable, asset_prepayments, ...
}

// Tax is an account.tax with what decides whether it is cost.
type Tax struct {
	ID         int64           `json:"id"`
	Name       string          `json:"name"`
	AmountType string          `json:"amount_type"` // percent, fixed, group, division
	Amount     decimal.Decimal `json:"amount"`
	Analytic   bool            `json:"analytic"` // "include in analytic cost"
	// CostShare is the part of the tax (0 to 1) that Odoo books to the base line's own account on
	// invoices: repartition lines without an account; 1 when Analytic.
	CostShare decimal.Decimal `json:"cost_share"`
}

// Company is a res.company.
type Company struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Currency int64  `json:"currency"`
	Partner  int64  `json:"partner"`
}

// Currency is a res.currency.
type Currency struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"` // ISO 4217
	Digits int32  `json:"digits"`
}
