package procore

import (
	"context"
	"time"
)

// CommitmentLinesService reads and writes the lines (schedule of values) of purchase order contracts. They may not be
// written while the commitment is Approved.
type CommitmentLinesService service

// How the amount of a line comes about.
const (
	ExtendedManual     = "manual"     // amount wins
	ExtendedCalculated = "calculated" // quantity times unit cost
)

// CommitmentLine is one line. Amount is without tax.
type CommitmentLine struct {
	ID           int64          `json:"id"`
	Position     int            `json:"position"`
	Description  string         `json:"description"`
	Amount       Money          `json:"amount"`
	TotalAmount  Money          `json:"total_amount"`
	Quantity     Money          `json:"quantity"`
	UnitCost     Money          `json:"unit_cost"`
	UOM          string         `json:"uom"`
	ExtendedType string         `json:"extended_type"`
	BudgetCode   *BudgetCodeRef `json:"wbs_code"`
	CostType     *CostType      `json:"line_item_type"`
	TaxCodeID    int64          `json:"tax_code_id"`
	OriginID     string         `json:"origin_id"`
	OriginData   string         `json:"origin_data"`
	CreatedAt    time.Time      `json:"created_at"`
	UpdatedAt    time.Time      `json:"updated_at"`
}

// GetID is the id of the line.
func (l CommitmentLine) GetID() int64 { return l.ID }

// GetOriginID is our id of the line.
func (l CommitmentLine) GetOriginID() string { return l.OriginID }

// BudgetCodeRef is the budget code of a line.
type BudgetCodeRef struct {
	ID          int64  `json:"id"`
	FlatCode    string `json:"flat_code"`
	Description string `json:"description"`
}

// CommitmentLineUpdate is one line of a sync, found by OriginID. Nil fields stay as they are.
type CommitmentLineUpdate struct {
	OriginID    *string `json:"origin_id,omitempty"`
	OriginData  *string `json:"origin_data,omitempty"`
	Description *string `json:"description,omitempty"`
	// BudgetCodeID, or CostCodeID and CostTypeID together.
	BudgetCodeID *int64  `json:"wbs_code_id,omitempty"`
	CostCodeID   *int64  `json:"cost_code_id,omitempty"`
	CostTypeID   *int64  `json:"line_item_type_id,omitempty"`
	Amount       *Money  `json:"amount,omitempty"`
	ExtendedType *string `json:"extended_type,omitempty"`
	// Quantity, UnitCost and UOM mean something on unit contracts only; UOM must be in the company's list.
	Quantity  *Money  `json:"quantity,omitempty"`
	UnitCost  *Money  `json:"unit_cost,omitempty"`
	UOM       *string `json:"uom,omitempty"`
	TaxCodeID *int64  `json:"tax_code_id,omitempty"`
}

const commitmentLinesRoute = commitmentsRoute + "/{purchase_order_contract_id}/line_items"

// List gives the lines of a commitment.
func (s *CommitmentLinesService) List(ctx context.Context, project, commitment int64, opts ListOptions) ([]CommitmentLine, *Response, error) {
	return list[CommitmentLine](ctx, s.client, commitmentLinesRoute, []int64{commitment}, project, inProject(project), opts)
}

// Sync creates or updates up to 1000 lines of one commitment by origin id. Lines that are not named stay.
func (s *CommitmentLinesService) Sync(ctx context.Context, project, commitment int64, updates []CommitmentLineUpdate) (SyncResult[CommitmentLine], *Response, error) {
	keys := make([]syncKey, len(updates))
	for i, u := range updates {
		keys[i] = syncKey{originID: deref(u.OriginID)}
	}
	body := struct {
		Updates []CommitmentLineUpdate `json:"updates"`
	}{updates}
	k := patch(commitmentLinesRoute+"/sync", []int64{commitment}, project, inProject(project), body)
	return syncAction[CommitmentLine](ctx, s.client, k, keys)
}

// Delete removes a line.
func (s *CommitmentLinesService) Delete(ctx context.Context, project, commitment, line int64) (*Response, error) {
	return s.client.do(ctx, remove(commitmentLinesRoute+"/{id}", []int64{commitment, line}, project, inProject(project)), nil)
}
