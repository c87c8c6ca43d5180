package procore

import (
	"context"
	"fmt"
)

// ProjectDocuments is what a project holds: commitments with their lines, subcontractor invoices with their items,
// direct costs, and their lines beside them.
type ProjectDocuments struct {
	Commitments     []Commitment
	Requisitions    []Requisition
	DirectCosts     []DirectCost
	DirectCostLines []DirectCostLine
}

// Documents reads all pages of a project's documents, patiently.
func (s *ProjectsService) Documents(ctx context.Context, project int64) (ProjectDocuments, error) {
	var d ProjectDocuments
	c := s.client
	for _, read := range []func() error{
		func() (err error) {
			d.Commitments, _, err = c.Commitments.List(ctx, project, CommitmentListOptions{Extended: true})
			return err
		},
		func() (err error) {
			d.Requisitions, _, err = c.Requisitions.List(ctx, project, 0, RequisitionListOptions{Items: true})
			return err
		},
		func() (err error) {
			d.DirectCosts, _, err = c.DirectCosts.List(ctx, project, DirectCostListOptions{})
			return err
		},
		func() (err error) {
			d.DirectCostLines, _, err = c.DirectCosts.ListLines(ctx, project, DirectCostLineListOptions{})
			return err
		},
	} {
		if err := Patiently(ctx, read); err != nil {
			return d, fmt.Errorf("reading project %d of Procore: %w", project, err)
		}
	}
	return d, nil
}
