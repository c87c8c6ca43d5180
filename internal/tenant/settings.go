package tenant

import "github.com/ml-connector/odoo-procore/mapping"

// Settings are the choices of the rules; docs/settings.md explains each.
type Settings struct {
	// GoLive is the accounting date (2026-01-01) from which documents are sent.
	GoLive            string   `yaml:"go_live" json:"go_live"`
	NoProject         string   `yaml:"no_project" json:"no_project"`
	CommitmentStatus  string   `yaml:"commitment_status" json:"commitment_status"`
	RequisitionStatus string   `yaml:"requisition_status" json:"requisition_status"`
	DirectCostStatus  string   `yaml:"direct_cost_status" json:"direct_cost_status"`
	CommitmentPrivate string   `yaml:"commitment_private" json:"commitment_private"`
	AmendAfterBilling string   `yaml:"amend_after_billing" json:"amend_after_billing"`
	RecodedBill       string   `yaml:"recoded_bill" json:"recoded_bill"`
	CreditNote        string   `yaml:"credit_note" json:"credit_note"`
	Tax               string   `yaml:"tax" json:"tax"`
	RetentionAccounts []string `yaml:"retention_accounts" json:"retention_accounts"`
	JobCostAccounts   []string `yaml:"job_cost_accounts" json:"job_cost_accounts"`
	ReceivedDate      string   `yaml:"received_date" json:"received_date"`
	MissingBudgetCode string   `yaml:"missing_budget_code" json:"missing_budget_code"`
	Intercompany      string   `yaml:"intercompany" json:"intercompany"`
	PONumber          string   `yaml:"po_number" json:"po_number"`
}

// choice is one setting with its allowed values; the first is the default. Values of DOMAIN that this version does
// not carry out yet are refused rather than ignored.
type choice struct {
	field  string
	value  func(*Settings) *string
	values []string
}

var choices = []choice{
	{"no_project", func(s *Settings) *string { return &s.NoProject }, []string{"park_if_job_cost", "park", "ignore"}},
	{"commitment_status", func(s *Settings) *string { return &s.CommitmentStatus }, []string{"Approved", "Partially Received"}},
	{"requisition_status", func(s *Settings) *string { return &s.RequisitionStatus }, []string{"approved", "approved_as_noted", "under_review", "draft", "pending_owner_approval", "revise_and_resubmit"}},
	{"direct_cost_status", func(s *Settings) *string { return &s.DirectCostStatus }, []string{"approved", "pending", "revise_and_resubmit", "draft"}},
	{"commitment_private", func(s *Settings) *string { return &s.CommitmentPrivate }, []string{"project_default", "false"}},
	{"amend_after_billing", func(s *Settings) *string { return &s.AmendAfterBilling }, []string{"park"}},
	{"recoded_bill", func(s *Settings) *string { return &s.RecodedBill }, []string{"park"}},
	{"credit_note", func(s *Settings) *string { return &s.CreditNote }, []string{"same_route", "park"}},
	{"tax", func(s *Settings) *string { return &s.Tax }, []string{"as_booked", "exclude", "include"}},
	{"received_date", func(s *Settings) *string { return &s.ReceivedDate }, []string{"invoice_date", "accounting_date"}},
	{"missing_budget_code", func(s *Settings) *string { return &s.MissingBudgetCode }, []string{"create_if_parts_exist", "park"}},
	{"intercompany", func(s *Settings) *string { return &s.Intercompany }, []string{"park", "sync", "ignore"}},
}

// Rules converts to what the pure rules read.
func (s Settings) Rules(originPrefix string, originEpoch int64) mapping.Settings {
	return mapping.Settings{
		GoLive:            goLive(s.GoLive),
		NoProject:         s.NoProject,
		CommitmentStatus:  s.CommitmentStatus,
		RequisitionStatus: s.RequisitionStatus,
		DirectCostStatus:  s.DirectCostStatus,
		Tax:               s.Tax,
		RetentionAccounts: s.RetentionAccounts,
		JobCostAccounts:   s.JobCostAccounts,
		ReceivedDate:      s.ReceivedDate,
		Intercompany:      s.Intercompany,
		RecodedBill:       s.RecodedBill,
		CreditNote:        s.CreditNote,
		AmendAfterBilling: s.AmendAfterBilling,
		MissingBudgetCode: s.MissingBudgetCode,
		PONumber:          s.PONumber,
		CommitmentPrivate: s.CommitmentPrivate,
		OriginPrefix:      originPrefix,
		OriginEpoch:       originEpoch,
	}
}
