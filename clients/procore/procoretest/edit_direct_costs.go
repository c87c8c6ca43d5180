package procoretest

import "fmt"

var editDirectCostSchema = schemaOf(directCostCreateSchema)

// editDirectCostAttrs reads a direct cost and its lines.
func editDirectCostAttrs(raw map[string]any) (attrs, []attrs, error) {
	in, err := editAttrs(editDirectCostSchema, raw)
	if err != nil {
		return nil, nil, err
	}
	c := &call{}
	lines, bad := c.readItems(nestedLineUpdateSchema, in["line_items"], "")
	return in, lines, asError(bad)
}

func editCreateDirectCost(s *Server, e Edit) (int64, error) {
	in, lines, err := editDirectCostAttrs(e.Create)
	if err != nil {
		return 0, err
	}
	dc, bad := s.createDirectCost(e.Project, in, lines)
	if err := asError(bad); err != nil {
		return 0, err
	}
	return dc.id, nil
}

func editDirectCost(s *Server, e Edit) error {
	dc, err := find(&s.directCosts, e.ID)
	if err != nil {
		return err
	}
	in, lines, err := editDirectCostAttrs(e.Set)
	if err != nil {
		return err
	}
	return asError(s.updateDirectCost(dc, in, lines))
}

func editDeleteDirectCost(s *Server, e Edit) error {
	dc, err := find(&s.directCosts, e.ID)
	if err != nil {
		return err
	}
	return asError(s.deleteDirectCost(dc))
}

func editCreateCostLine(s *Server, e Edit) (int64, error) {
	dc, err := find(&s.directCosts, e.Parent)
	if err != nil {
		return 0, err
	}
	in, err := editAttrs(costLineSchema, e.Create)
	if err != nil {
		return 0, err
	}
	if in.has("amount") {
		in["extended_type"] = "manual"
	}
	in["direct_cost_id"] = dc.id
	line, bad := s.createCostLine(dc.project, in)
	if err := asError(bad); err != nil {
		return 0, err
	}
	return line.id, nil
}

func (s *Server) editedCostLine(id int64) (*directCost, *directCostLine, error) {
	line, found := s.costLines[id]
	if !found {
		return nil, nil, fmt.Errorf("no record %d", id)
	}
	dc, err := find(&s.directCosts, line.cost)
	return dc, line, err
}

func editCostLine(s *Server, e Edit) error {
	_, line, err := s.editedCostLine(e.ID)
	if err != nil {
		return err
	}
	in, err := editAttrs(costLineSchema, e.Set)
	if err != nil {
		return err
	}
	return asError(s.updateCostLine(line, in))
}

func editDeleteCostLine(s *Server, e Edit) error {
	dc, line, err := s.editedCostLine(e.ID)
	if err != nil {
		return err
	}
	return asError(s.deleteCostLine(dc, line))
}
