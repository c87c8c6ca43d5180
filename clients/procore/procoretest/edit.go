package procoretest

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Edit is what a person does in Procore's web client: changes a record (ID and
// Set), deletes it (ID and Delete) or makes one (Set or Create, and Project where
// the resource has one). It leaves no trace in the journal and is bound by the
// same business rules as the API, except that people may open and close
// projects, grant the app's permission and change project settings.
//
// Resources: vendors, project_vendors, projects, commitments, commitment_lines
// (Parent is the commitment), requisitions (Parent is the commitment),
// billing_periods, direct_costs, direct_cost_lines (Parent is the direct cost).
// Fields are those of the API; commitments know invoices_disabled besides,
// requisitions and direct costs take items and line_items.
type Edit struct {
	Resource string         `json:"resource"`
	ID       int64          `json:"id,omitempty"`
	Project  int64          `json:"project_id,omitempty"`
	Parent   int64          `json:"parent_id,omitempty"`
	Set      map[string]any `json:"set,omitempty"`
	Create   map[string]any `json:"create,omitempty"`
	Delete   bool           `json:"delete,omitempty"`
}

// editor does the three things with one resource.
type editor struct {
	create func(s *Server, e Edit) (int64, error)
	update func(s *Server, e Edit) error
	remove func(s *Server, e Edit) error
}

var editors = map[string]editor{
	"vendors":           {editCreateVendor, editVendor, editDeleteVendor},
	"project_vendors":   {editAddProjectVendor, nil, editRemoveProjectVendor},
	"projects":          {editCreateProject, editProject, nil},
	"commitments":       {editCreateCommitment, editCommitment, editDeleteCommitment},
	"commitment_lines":  {editCreateLine, editLine, editDeleteLine},
	"requisitions":      {editCreateRequisition, editRequisition, editDeleteRequisition},
	"billing_periods":   {editCreatePeriod, editPeriod, nil},
	"direct_costs":      {editCreateDirectCost, editDirectCost, editDeleteDirectCost},
	"direct_cost_lines": {editCreateCostLine, editCostLine, editDeleteCostLine},
}

// Edit carries out e and returns the id of the record.
func (s *Server) Edit(e Edit) (int64, error) {
	ed, known := editors[e.Resource]
	if !known {
		return 0, fmt.Errorf("unknown resource %q", e.Resource)
	}
	var err error
	if e.Set, err = plain(e.Set); err != nil {
		return 0, err
	}
	if e.Create, err = plain(e.Create); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case e.Delete && ed.remove != nil:
		return e.ID, ed.remove(s, e)
	case !e.Delete && e.ID != 0 && ed.update != nil:
		return e.ID, ed.update(s, e)
	case !e.Delete && e.ID == 0 && ed.create != nil:
		if e.Create == nil {
			e.Create = e.Set
		}
		return ed.create(s, e)
	default:
		return 0, fmt.Errorf("nothing to do with %s", e.Resource)
	}
}

// plain makes Go values look as if they had come as JSON.
func plain(set map[string]any) (map[string]any, error) {
	if set == nil {
		return nil, nil
	}
	raw, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("reading fields: %w", err)
	}
	var out map[string]any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("reading fields: %w", err)
	}
	return out, nil
}

// editAttrs reads fields; people cannot set what does not exist.
func editAttrs(sch schema, raw map[string]any) (attrs, error) {
	in, unknown, bad := sch.read(raw, "")
	for _, name := range unknown {
		bad.add(name, "is unknown")
	}
	return in, asError(bad)
}

func asError(bad faults) error {
	if len(bad) > 0 {
		return fmt.Errorf("refused: %s", bad)
	}
	return nil
}

func asProblem(p *problem) error {
	if p != nil {
		return fmt.Errorf("refused: %w", p)
	}
	return nil
}

func find[T any](t *table[T], id int64) (T, error) {
	row, found := t.get(id)
	if !found {
		return row, fmt.Errorf("no record %d", id)
	}
	return row, nil
}
