package procoretest

import "fmt"

var editCommitmentSchema = schemaOf(commitmentSchema, fields(flag, "invoices_disabled"))

func editCreateCommitment(s *Server, e Edit) (int64, error) {
	in, err := editAttrs(editCommitmentSchema, e.Create)
	if err != nil {
		return 0, err
	}
	cm, bad := s.createCommitment(e.Project, in)
	if err := asError(bad); err != nil {
		return 0, err
	}
	return cm.id, nil
}

func editCommitment(s *Server, e Edit) error {
	cm, err := find(&s.commitments, e.ID)
	if err != nil {
		return err
	}
	in, err := editAttrs(editCommitmentSchema, e.Set)
	if err != nil {
		return err
	}
	return asError(s.updateCommitment(cm, in))
}

func editDeleteCommitment(s *Server, e Edit) error {
	cm, err := find(&s.commitments, e.ID)
	if err != nil {
		return err
	}
	return asError(s.deleteCommitment(cm))
}

func editCreateLine(s *Server, e Edit) (int64, error) {
	cm, err := find(&s.commitments, e.Parent)
	if err != nil {
		return 0, err
	}
	in, err := editAttrs(commitmentLineSchema, e.Create)
	if err != nil {
		return 0, err
	}
	line, bad := s.createLine(cm, in)
	if err := asError(bad); err != nil {
		return 0, err
	}
	return line.id, nil
}

func (s *Server) editedLine(id int64) (*commitment, *commitmentLine, error) {
	line, found := s.lines[id]
	if !found {
		return nil, nil, fmt.Errorf("no record %d", id)
	}
	cm, err := find(&s.commitments, line.commitment)
	return cm, line, err
}

func editLine(s *Server, e Edit) error {
	cm, line, err := s.editedLine(e.ID)
	if err != nil {
		return err
	}
	in, err := editAttrs(commitmentLineSchema, e.Set)
	if err != nil {
		return err
	}
	return asError(s.updateLine(cm, line, in))
}

func editDeleteLine(s *Server, e Edit) error {
	cm, line, err := s.editedLine(e.ID)
	if err != nil {
		return err
	}
	return asError(s.deleteLine(cm, line))
}

// editRequisitionAttrs reads a requisition and its items.
func editRequisitionAttrs(raw map[string]any) (attrs, []attrs, error) {
	in, err := editAttrs(requisitionSchema, raw)
	if err != nil {
		return nil, nil, err
	}
	c := &call{}
	items, bad := c.readItems(requisitionItemSchema, in["items"], "")
	return in, items, asError(bad)
}

func editCreateRequisition(s *Server, e Edit) (int64, error) {
	cm, err := find(&s.commitments, e.Parent)
	if err != nil {
		return 0, err
	}
	in, items, err := editRequisitionAttrs(e.Create)
	if err != nil {
		return 0, err
	}
	rq, p := s.createRequisition(cm, in, items)
	if p != nil {
		return 0, asProblem(p)
	}
	return rq.id, nil
}

func (s *Server) editedRequisition(id int64) (*commitment, *requisition, error) {
	rq, err := find(&s.requisitions, id)
	if err != nil {
		return nil, nil, err
	}
	cm, err := find(&s.commitments, rq.commitment)
	return cm, rq, err
}

func editRequisition(s *Server, e Edit) error {
	cm, rq, err := s.editedRequisition(e.ID)
	if err != nil {
		return err
	}
	in, items, err := editRequisitionAttrs(e.Set)
	if err != nil {
		return err
	}
	return asProblem(s.updateRequisition(cm, rq, in, items))
}

func editDeleteRequisition(s *Server, e Edit) error {
	cm, rq, err := s.editedRequisition(e.ID)
	if err != nil {
		return err
	}
	return asProblem(s.deleteRequisition(cm, rq))
}
