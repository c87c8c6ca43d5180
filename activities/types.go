package activities

import (
	"time"

	"github.com/ml-connector/odoo-procore/mapping"
)

// How the run of a record ended.
const (
	OutcomeSynced     = "synced"
	OutcomeUnchanged  = "unchanged"
	OutcomeOutOfScope = "out_of_scope"
	OutcomeWaiting    = "waiting"
	OutcomeException  = "exception"
	OutcomePending    = "pending"
)

// Timing is what the worker's settings say about one call; it reaches workflows as a result of Offer.
type Timing struct {
	StartToClose time.Duration `json:"start_to_close"`
	Attempts     int32         `json:"attempts"`
}

// RecordRef names a record of a tenant.
type RecordRef struct {
	Tenant string `json:"tenant"`
	Model  string `json:"model"`
	ID     int64  `json:"id"`
}

// StepRef names one step of one plan, for the version (Want) of the record that it was made for.
type StepRef struct {
	RecordRef
	Want   int64 `json:"want"`
	PlanID int64 `json:"plan_id"`
	Index  int   `json:"index"`
}

// StepSummary is what a workflow must know of a step to run it.
type StepSummary struct {
	Kind    mapping.StepKind `json:"kind"`
	Part    string           `json:"part"`
	Project int64            `json:"project,omitempty"`
}

// Resolution is what became of resolving: a plan to carry out (PlanID not 0), or an end (Outcome).
type Resolution struct {
	Want    int64         `json:"want"`
	PlanID  int64         `json:"plan_id,omitempty"`
	Steps   []StepSummary `json:"steps,omitempty"`
	Prepare bool          `json:"prepare,omitempty"`
	Outcome string        `json:"outcome,omitempty"`
	Causes  []string      `json:"causes,omitempty"`
	// Stale: the record changed meanwhile, resolve again.
	Stale bool `json:"stale,omitempty"`
	// DeferSeconds: Procore's limit is used up; ask again after so many seconds.
	DeferSeconds int64 `json:"defer_seconds,omitempty"`
}

// StepResult is what became of a step. The zero value means: done.
type StepResult struct {
	Outcome      string   `json:"outcome,omitempty"` // when parked: waiting or exception
	Causes       []string `json:"causes,omitempty"`
	Stale        bool     `json:"stale,omitempty"`
	DeferSeconds int64    `json:"defer_seconds,omitempty"`
}

// Stop says that no further step may run.
func (r StepResult) Stop() bool { return len(r.Causes) > 0 || r.Stale }

// Ended says that this attempt ends here: it stops, or goes on after a wait.
func (r StepResult) Ended() bool { return r.DeferSeconds > 0 || r.Stop() }

// FinishInput finishes a record for the version it was resolved for.
type FinishInput struct {
	RecordRef
	Want   int64 `json:"want"`
	PlanID int64 `json:"plan_id"`
}

// FinishResult says how it ended; Stale when the record changed meanwhile.
type FinishResult struct {
	Outcome string `json:"outcome"`
	Stale   bool   `json:"stale,omitempty"`
}

// ParkInput parks a record on which an activity failed for good. Want 0 means the record's present one.
type ParkInput struct {
	RecordRef
	Want int64 `json:"want"`
	// Type is that of the application error which ended the patience, Message its text.
	Type    string `json:"type"`
	Message string `json:"message"`
}
