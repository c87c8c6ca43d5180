package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// Report is what a run found out. Money is text with two decimals, times are UTC.
type Report struct {
	Schema         string             `json:"schema"`
	Result         string             `json:"result"` // pass or fail
	Failures       []string           `json:"failures"`
	Seed           int64              `json:"seed"`
	Versions       map[string]string  `json:"versions"`
	Seconds        map[string]float64 `json:"seconds"`
	Cycles         []Cycle            `json:"cycles"`
	Exceptions     []Exception        `json:"exceptions"`
	Reconciliation Reconciliation     `json:"reconciliation"`
	Ledger         LedgerResult       `json:"ledger"`
	Duplicates     []string           `json:"duplicates"`
	Vendors        VendorResult       `json:"vendors"`
	Records        []Record           `json:"records"`
	Temporal       TemporalResult     `json:"temporal"`
	Odoo           *OdooReport        `json:"odoo,omitempty"` // a real server; else there is none
}

// Cycle is one act.
type Cycle struct {
	Name               string           `json:"name"`
	Seconds            float64          `json:"seconds"`
	ChildrenStarted    int              `json:"children_started"`
	OdooCalls          int              `json:"odoo_calls"`
	ProcoreCalls       int              `json:"procore_calls"`
	ProcoreByOperation map[string]int   `json:"procore_by_operation"`
	Models             map[string]Model `json:"models"`
	Swept              []Swept          `json:"swept,omitempty"` // of the act sweep
}

// Swept is what `ml-connector sweep start` found out about one Odoo model.
type Swept struct {
	Model    string `json:"model"`
	Compared int    `json:"compared"`
	Read     int    `json:"read"`
	Changed  int    `json:"changed"`
	Missing  int    `json:"missing"`
	Deleted  int    `json:"deleted"`
	Alert    string `json:"alert,omitempty"`
}

// Model counts the records of one Odoo model: where all stand at the end of the act (in_odoo, in_scope, exceptions,
// waiting), and what happened in it (fetched, synced, unchanged).
type Model struct {
	InOdoo     int `json:"in_odoo"`
	InScope    int `json:"in_scope"`
	Fetched    int `json:"fetched"`
	Synced     int `json:"synced"`
	Unchanged  int `json:"unchanged"`
	Exceptions int `json:"exceptions"`
	Waiting    int `json:"waiting"`
}

// Exception is a row of `ml-connector exceptions list`.
type Exception struct {
	Ref      string `json:"ref"`
	Model    string `json:"model"`
	ID       int64  `json:"id"`
	Cause    string `json:"cause"`
	Sentence string `json:"sentence"`
	WayOut   string `json:"way_out"`
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
	Since    string `json:"since"`
}

// Reconciliation is the answer of `ml-connector reconcile run`.
type Reconciliation struct {
	Source      string              `json:"source"`
	Unexplained string              `json:"unexplained"`
	Rows        []ReconciliationRow `json:"rows"`
}

// ReconciliationRow is one test on one budget code of one project.
type ReconciliationRow struct {
	Project     string        `json:"project"`
	BudgetCode  string        `json:"budget_code"`
	Test        string        `json:"test"`
	Odoo        string        `json:"odoo"`
	Procore     string        `json:"procore"`
	Difference  string        `json:"difference"`
	Unexplained string        `json:"unexplained"`
	ExplainedBy []Explanation `json:"explained_by"`
}

// Explanation is a part of a difference and the record that it comes from.
type Explanation struct {
	Line   string `json:"line"`
	Ref    string `json:"ref"`
	Amount string `json:"amount"`
}

// LedgerResult says where Procore differs from the firm's own ledger.
type LedgerResult struct {
	Rows       int        `json:"rows"`
	Mismatches []Mismatch `json:"mismatches"`
}

// Mismatch is one cell of the ledger.
type Mismatch struct {
	Project    string `json:"project"`
	BudgetCode string `json:"budget_code"`
	Column     string `json:"column"` // commitment, invoiced, direct_cost
	Expected   string `json:"expected"`
	Procore    string `json:"procore"`
}

// VendorResult says which vendors were made and which were found in Procore.
type VendorResult struct {
	Created int            `json:"created"`
	Linked  []LinkedVendor `json:"linked"`
}

// LinkedVendor is an Odoo supplier that Procore had before.
type LinkedVendor struct {
	ID        int64  `json:"id"`
	ProcoreID int64  `json:"procore_id"`
	Why       string `json:"why"`
}

// Record is an Odoo record that the connector read, and what it became.
type Record struct {
	Model   string     `json:"model"`
	ID      int64      `json:"id"`
	Ref     string     `json:"ref"`
	State   string     `json:"state"`
	Procore []Document `json:"procore"`
}

// Document is what a record became in Procore; status and amount are what Procore has now.
type Document struct {
	Resource string `json:"resource"`
	ID       int64  `json:"id"`
	Project  int64  `json:"project"`
	Status   string `json:"status"`
	Amount   string `json:"amount"`
}

// TemporalResult counts workflow runs of the tenant.
type TemporalResult struct {
	Runs             int   `json:"runs"`
	Failed           int   `json:"failed"`
	MaxHistoryEvents int64 `json:"max_history_events"`
}

func newReport(seed int64) *Report {
	return &Report{
		Schema: "demo-report/1", Result: "fail", Failures: []string{}, Seed: seed, Versions: map[string]string{},
		Seconds: map[string]float64{}, Cycles: []Cycle{}, Exceptions: []Exception{},
		Reconciliation: Reconciliation{Rows: []ReconciliationRow{}}, Ledger: LedgerResult{Mismatches: []Mismatch{}},
		Duplicates: []string{}, Vendors: VendorResult{Linked: []LinkedVendor{}}, Records: []Record{},
	}
}

// fail notes a finding; the run goes on.
func (r *Report) fail(format string, args ...any) {
	r.Failures = append(r.Failures, fmt.Sprintf(format, args...))
}

// took notes how long a step took since it began.
func (r *Report) took(step string, since time.Time) {
	r.Seconds[step] = float64(time.Since(since).Milliseconds()) / 1000
}

func (r *Report) write(path string) error {
	if path == "" {
		return nil
	}
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return fmt.Errorf("encoding the report: %w", err)
	}
	if err := os.WriteFile(path, append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
