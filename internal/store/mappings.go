package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// ProjectMapping says which Procore project an analytic account is, or that it is not in Procore.
type ProjectMapping struct {
	OdooID         int64  `json:"odoo_id"`
	OdooCode       string `json:"odoo_code"`
	OdooName       string `json:"odoo_name"`
	ProcoreProject int64  `json:"procore_project"`
	NotInProcore   bool   `json:"not_in_procore"`
	Note           string `json:"note"`
}

// CodeMapping says which budget code an account, category or analytic account means; ProcoreProject 0: in every
// project without a rule of its own.
type CodeMapping struct {
	OdooModel      string `json:"odoo_model"`
	OdooID         int64  `json:"odoo_id"`
	ProcoreProject int64  `json:"procore_project"`
	OdooCode       string `json:"odoo_code"`
	OdooName       string `json:"odoo_name"`
	SubJob         string `json:"sub_job"`
	CostCode       string `json:"cost_code"`
	CostType       string `json:"cost_type"`
	Note           string `json:"note"`
}

// MappingResult says what saving rules did.
type MappingResult struct {
	Projects int   `json:"projects"` // rules that are new or differ
	Codes    int   `json:"codes"`
	Released int   `json:"released"` // records that waited for them
	Raised   int   `json:"raised"`   // documents that they touch
	Epoch    int64 `json:"epoch"`
}

// SaveMappings saves rules, frees what waits for them, and raises want of the documents that they touch, in
// one transaction. Rules that are already so change nothing.
func (s *Store) SaveMappings(ctx context.Context, tenant, by string, projects []ProjectMapping, codes []CodeMapping) (MappingResult, error) {
	rawProjects, err := rows(projects)
	if err != nil {
		return MappingResult{}, err
	}
	rawCodes, err := rows(codes)
	if err != nil {
		return MappingResult{}, err
	}
	return answer[MappingResult]("saving mappings", func() ([]byte, error) {
		return s.q.SaveMappings(ctx, db.SaveMappingsParams{Tenant: tenant, By: by, Projects: rawProjects, Codes: rawCodes})
	})
}

// ProjectMappings returns all project rules, by analytic account.
func (s *Store) ProjectMappings(ctx context.Context, tenant string) ([]ProjectMapping, error) {
	list, err := s.q.ProjectMappings(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("reading project mappings: %w", err)
	}
	return convert(list, func(r db.ProjectMapping) ProjectMapping {
		m := ProjectMapping{OdooID: r.OdooID, OdooCode: r.OdooCode, OdooName: r.OdooName, NotInProcore: r.NotInProcore, Note: r.Note}
		if r.ProcoreProject != nil {
			m.ProcoreProject = *r.ProcoreProject
		}
		return m
	}), nil
}

// CodeMappings returns all code rules, by model, id and project.
func (s *Store) CodeMappings(ctx context.Context, tenant string) ([]CodeMapping, error) {
	list, err := s.q.CodeMappings(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("reading code mappings: %w", err)
	}
	return convert(list, func(r db.CodeMapping) CodeMapping {
		return CodeMapping{
			OdooModel: r.OdooModel, OdooID: r.OdooID, ProcoreProject: r.ProcoreProject, OdooCode: r.OdooCode, OdooName: r.OdooName,
			SubJob: r.SubJob, CostCode: r.CostCode, CostType: r.CostType, Note: r.Note,
		}
	}), nil
}

// rows writes rows for jsonb_to_recordset.
func rows[T any](list []T) ([]byte, error) {
	if list == nil {
		list = []T{}
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("writing rows: %w", err)
	}
	return raw, nil
}
