package mapping

import (
	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// Settings are the tenant settings that the rules read (the values are those of docs/settings).
type Settings struct {
	GoLive            odoo.Date `json:"go_live"`
	NoProject         string    `json:"no_project"`          // ignore, park, park_if_job_cost
	CommitmentStatus  string    `json:"commitment_status"`   // Approved, ...
	RequisitionStatus string    `json:"requisition_status"`  // approved, ...
	DirectCostStatus  string    `json:"direct_cost_status"`  // approved, ...
	Tax               string    `json:"tax"`                 // as_booked, exclude, include
	RetentionAccounts []string  `json:"retention_accounts"`  // account codes
	JobCostAccounts   []string  `json:"job_cost_accounts"`   // account codes
	ReceivedDate      string    `json:"received_date"`       // invoice_date, accounting_date
	Intercompany      string    `json:"intercompany"`        // park, sync, ignore
	RecodedBill       string    `json:"recoded_bill"`        // park, add_sov_line
	CreditNote        string    `json:"credit_note"`         // same_route, park
	AmendAfterBilling string    `json:"amend_after_billing"` // park
	MissingBudgetCode string    `json:"missing_budget_code"` // create_if_parts_exist, park
	PONumber          string    `json:"po_number"`           // template, {name}
	CommitmentPrivate string    `json:"commitment_private"`  // project_default, false
	OriginPrefix      string    `json:"origin_prefix"`
	OriginEpoch       int64     `json:"origin_epoch"`
}

// ProjectTarget says where the lines of one account of the project plan go.
type ProjectTarget struct {
	Project      int64 `json:"project,omitempty"`
	NotInProcore bool  `json:"not_in_procore,omitempty"`
}

// CodeTarget is the budget code (by its parts) that an Odoo object stands for.
type CodeTarget struct {
	SubJob   string `json:"sub_job,omitempty"`
	CostCode string `json:"cost_code"`
	CostType string `json:"cost_type"` // may be empty: taken from the fallback order
}

// CodeKey names the Odoo object of a code rule; Project 0 is the company default.
type CodeKey struct {
	Model   string // account.analytic.account, product.category, account.account
	ID      int64
	Project int64
}

// ProcoreProject is a project with the parts and budget codes that it has, from the cache.
type ProcoreProject struct {
	ID        int64
	Name      string
	Number    string
	Active    bool
	Currency  string           // ISO 4217
	Codes     map[string]int64 // "03 30 00.M" → wbs code id
	CostCodes map[string]int64 // "03 30 00" → cost code id
}

// Rules is everything that the pure rules read beside the document.
type Rules struct {
	Epoch       int64
	Settings    Settings
	ProjectPlan int64 // root plan ids
	CostPlan    int64 // 0: no cost plan
	Plans       map[int64]odoo.AnalyticPlan
	Accounts    map[int64]odoo.AnalyticAccount // analytic
	Products    map[int64]odoo.Product
	Categories  map[int64]odoo.Category
	GL          map[int64]odoo.Account
	Taxes       map[int64]odoo.Tax
	Companies   map[int64]odoo.Company
	Currencies  map[int64]odoo.Currency
	Partners    map[int64]odoo.Partner  // those that the document names, and their commercial partners
	Projects    map[int64]ProjectTarget // by analytic account
	Codes       map[CodeKey]CodeTarget
	CostTypes   map[string]int64 // "M" → line item type id
	Procore     map[int64]ProcoreProject
}

// Cause is a reason why a record waits. Key is stable and unique per thing to be mended
// ("mapping.project:account.analytic.account/35"); Code is its part before the colon.
type Cause struct {
	Key      string            `json:"key"`
	Detail   map[string]string `json:"detail,omitempty"` // what the sentence names
	Amount   decimal.Decimal   `json:"amount"`
	Currency string            `json:"currency,omitempty"`
}

// Allocation is one share of one document line on one project and budget code.
type Allocation struct {
	LineID       int64
	PurchaseLine int64 // bills: the order line, 0 when untied
	Order        int64 // bills: the order
	Account      int64 // analytic account of the project plan
	Project      int64
	BudgetCode   string          // "03 30 00.M"
	WBSCode      int64           // 0 when MissingCode
	Amount       decimal.Decimal // document currency, at its precision; cost: tax booked to cost included
	Description  string
	Sequence     int64
}

// Excluded is an amount of a document that stays out of Procore, for `why` and the reconciliation.
type Excluded struct {
	LineID  int64
	Reason  string // out_of_scope, not_in_procore, no_project, recoverable_tax, no_cost, undistributed
	Account int64
	Amount  decimal.Decimal
}

// Allocated is a document cut to the cent. Sum of Lines and Excluded equals the document's cost.
type Allocated struct {
	Lines    []Allocation
	Excluded []Excluded
	Causes   []Cause
	// MissingCodes are budget codes whose parts exist in the project, to be created first.
	MissingCodes []MissingCode
}

// MissingCode is a budget code to be made from existing parts.
type MissingCode struct {
	Project  int64
	Code     string
	CostCode int64
	CostType int64
}

// Binding is what we know of a Procore document (or vendor) that a record owns.
type Binding struct {
	Kind       string // vendor, commitment, requisition, direct_cost
	Part       string // project id; requisitions "<PO id>@<project id>"
	Project    int64
	ProcoreID  int64
	OriginID   string
	Generation int64
	Status     string           // draft, approved, closed, deleted, linked
	Content    []byte           // JSON of the Commitment, Requisition, DirectCost or Vendor last written
	Lines      map[string]int64 // commitment: line key → Procore line id
}

// Vendor is the wanted company vendor.
type Vendor struct {
	Partner  int64  `json:"partner"`
	OriginID string `json:"origin_id"`
	Name     string `json:"name"`
	TaxID    string `json:"tax_id,omitempty"`
	Email    string `json:"email,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Address  string `json:"address,omitempty"`
	City     string `json:"city,omitempty"`
	Zip      string `json:"zip,omitempty"`
	State    string `json:"state,omitempty"`
	Country  string `json:"country,omitempty"`
	Active   bool   `json:"active"`
}

// Commitment is a wanted purchase order contract of one project.
type Commitment struct {
	Part         string           `json:"part"`
	Project      int64            `json:"project"`
	OriginID     string           `json:"origin_id"`
	Number       string           `json:"number"`
	Title        string           `json:"title"`
	Description  string           `json:"description,omitempty"`
	Partner      int64            `json:"partner"` // commercial partner
	Vendor       int64            `json:"vendor"`  // Procore vendor id
	Status       string           `json:"status"`
	Private      *bool            `json:"private,omitempty"`
	ContractDate odoo.Date        `json:"contract_date,omitempty"`
	Lines        []CommitmentLine `json:"lines"`
}

// CommitmentLine is one SOV line; its identity is (order line, budget code).
type CommitmentLine struct {
	Key         string          `json:"key"` // "<order line id>:<budget code>"
	OriginID    string          `json:"origin_id"`
	BudgetCode  string          `json:"budget_code"`
	WBSCode     int64           `json:"wbs_code"`
	Amount      decimal.Decimal `json:"amount"`
	Description string          `json:"description"`
}

// Requisition is a wanted subcontractor invoice: what one bill bills on one commitment.
type Requisition struct {
	Part           string            `json:"part"` // "<order id>@<project id>"
	Order          int64             `json:"order"`
	Project        int64             `json:"project"`
	Commitment     int64             `json:"commitment"` // Procore id
	OriginID       string            `json:"origin_id"`
	InvoiceNumber  string            `json:"invoice_number"`
	BillingDate    odoo.Date         `json:"billing_date"`
	AccountingDate odoo.Date         `json:"accounting_date"`
	Status         string            `json:"status"`
	Items          []RequisitionItem `json:"items"`
}

// RequisitionItem bills one SOV line.
type RequisitionItem struct {
	LineKey string          `json:"line_key"`
	Line    int64           `json:"line"` // Procore line id
	Amount  decimal.Decimal `json:"amount"`
}

// DirectCost is a wanted direct cost of one project.
type DirectCost struct {
	Part          string           `json:"part"`
	Project       int64            `json:"project"`
	OriginID      string           `json:"origin_id"`
	Type          string           `json:"type"` // invoice, expense
	Partner       int64            `json:"partner"`
	Vendor        int64            `json:"vendor"`
	InvoiceNumber string           `json:"invoice_number"`
	Date          odoo.Date        `json:"date"`
	ReceivedDate  odoo.Date        `json:"received_date"`
	Description   string           `json:"description,omitempty"`
	Status        string           `json:"status"`
	Lines         []DirectCostLine `json:"lines"`
}

// DirectCostLine is one line of a direct cost; its identity is (bill line, budget code).
type DirectCostLine struct {
	Key         string          `json:"key"`
	OriginID    string          `json:"origin_id"`
	BudgetCode  string          `json:"budget_code"`
	WBSCode     int64           `json:"wbs_code"`
	Amount      decimal.Decimal `json:"amount"`
	Description string          `json:"description"`
}

// StepKind names what one step of a plan does.
type StepKind string

// The steps of plans.
const (
	StepRetireCommitment  StepKind = "retire_commitment"  // Closed (or deleted while Draft)
	StepRetireRequisition StepKind = "retire_requisition" // deleted, only the newest
	StepRetireDirectCost  StepKind = "retire_direct_cost" // deleted
	StepCreateCommitment  StepKind = "create_commitment"
	StepRewriteCommitment StepKind = "rewrite_commitment" // reopen → lines → Approved
	StepUpdateHeader      StepKind = "update_header"      // title, dates: no reopening
	StepCreateRequisition StepKind = "create_requisition"
	StepUpdateRequisition StepKind = "update_requisition"
	StepCreateDirectCost  StepKind = "create_direct_cost"
	StepUpdateDirectCost  StepKind = "update_direct_cost"
	StepVendor            StepKind = "vendor" // link, create or update
)

// Step is one step with its full body; exactly one body is set (none for retire steps).
type Step struct {
	Kind        StepKind      `json:"kind"`
	Part        string        `json:"part"`
	Project     int64         `json:"project,omitempty"`
	ProcoreID   int64         `json:"procore_id,omitempty"` // retire and update steps
	Commitment  *Commitment   `json:"commitment,omitempty"`
	RemoveLines []string      `json:"remove_lines,omitempty"` // line keys
	Requisition *Requisition  `json:"requisition,omitempty"`
	DirectCost  *DirectCost   `json:"direct_cost,omitempty"`
	Vendor      *Vendor       `json:"vendor,omitempty"`
	Codes       []MissingCode `json:"codes,omitempty"` // to be made before the write
}

// Plan is what resolving one record came to: steps, or causes to wait for, or nothing to do.
type Plan struct {
	Steps    []Step     `json:"steps"`
	Causes   []Cause    `json:"causes,omitempty"`   // not empty: nothing is written
	Warnings []Cause    `json:"warnings,omitempty"` // audited, do not hold anything up
	Excluded []Excluded `json:"excluded,omitempty"`
	InScope  bool       `json:"in_scope"`
}
