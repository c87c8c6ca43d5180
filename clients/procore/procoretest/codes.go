package procoretest

import "strings"

type costCode struct {
	record
	code, fullCode, name string
	parent               int64
}

type costType struct {
	record
	code, name, baseType string
}

var costCodeSchema = schemaOf(
	fields(whole, "position", "parent_id", "standard_cost_code_id"),
	fields(text, "code", "name", "origin_data", "origin_id"),
)

// AddCostType adds a cost type (line item type) to the company, "M", "Materials", "materials" for example.
func (s *Server) AddCostType(code, name, baseType string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &costType{record: s.newRecord(0), code: code, name: name, baseType: baseType}
	s.costTypes.put(t.id, t)
	return t.id
}

// AddCostCode adds a cost code to a project. code is the full code, "03 30 00"
// for example; where it starts with the parent's, the code proper is the rest.
func (s *Server) AddCostCode(project int64, code, name string, parent int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	cc := &costCode{record: s.newRecord(project), code: code, fullCode: code, name: name, parent: parent}
	if up, found := s.costCodes.get(parent); found {
		if rest, under := strings.CutPrefix(code, up.fullCode); under && rest != "" {
			cc.code = strings.TrimLeft(rest, " -.")
		}
	}
	s.costCodes.put(cc.id, cc)
	return cc.id
}

func (s *Server) renderCostCode(cc *costCode) map[string]any {
	out := map[string]any{}
	cc.stamp(out)
	cc.attrs.copyTo(out, "origin_id", "origin_data", "position", "standard_cost_code_id")
	pr, _ := s.projects.get(cc.project)
	out["biller"], out["biller_id"], out["biller_type"] = pr.Name, pr.id, "Project"
	out["budgeted"] = false
	out["code"], out["full_code"], out["sortable_code"], out["name"] = cc.code, cc.fullCode, cc.fullCode, cc.name
	out["deleted_at"] = nil
	out["parent"] = map[string]any{"id": nil}
	if cc.parent != 0 {
		out["parent"] = map[string]any{"id": cc.parent}
	}
	out["line_item_types"] = []any{}
	return out
}

func renderCostType(t *costType) map[string]any {
	return map[string]any{
		"id": t.id, "name": t.name, "code": t.code, "base_type": t.baseType, "origin_id": nil, "origin_data": nil,
	}
}

func (s *Server) listCostCodes(c *call) (answer, error) {
	pr, p := s.queryProject(c, s.readable)
	if p != nil {
		return answer{}, p
	}
	rows := keep(s.costCodes.all(), func(cc *costCode) bool { return cc.project == pr.id })
	rows = filter(c, rows, "id", func(cc *costCode) string { return idText(cc.id) })
	rows = filter(c, rows, "origin_id", func(cc *costCode) string { return cc.origin() })
	rows, p = page(c, rows, ordinaryPaging)
	if p != nil {
		return answer{}, p
	}
	out := make([]any, 0, len(rows))
	for _, cc := range rows {
		out = append(out, s.renderCostCode(cc))
	}
	return ok(out), nil
}

func (s *Server) postCostCode(c *call) (answer, error) {
	pr, p := s.bodyProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	c.siblings("project_id", "sub_job_id", "cost_code")
	raw, p := c.wrapped("cost_code")
	if p != nil {
		return answer{}, p
	}
	in, bad := c.read(costCodeSchema, raw, "cost_code.")
	if p := bad.refusal(); p != nil {
		return answer{}, p
	}
	cc, bad := s.createCostCode(pr.id, in)
	if p := bad.refusal(); p != nil {
		return answer{}, p
	}
	return created(s.renderCostCode(cc)), nil
}

func (s *Server) createCostCode(projectID int64, in attrs) (*costCode, faults) {
	bad := faults{}
	for _, name := range []string{"code", "name"} {
		if in.text(name) == "" {
			bad.add(name, "can't be blank")
		}
	}
	full := in.text("code")
	if id := in.id("parent_id"); id != 0 {
		up, found := s.costCodes.get(id)
		if !found || up.project != projectID {
			bad.add("parent_id", "is invalid")
		} else {
			full = up.fullCode + "-" + full
		}
	}
	for _, other := range s.costCodes.all() {
		if other.project == projectID && other.fullCode == full {
			bad.add("code", "has already been taken")
		}
	}
	bad.merge(s.checkOrigin(typeCostCode, in.text("origin_id"), 0))
	if len(bad) > 0 {
		return nil, bad
	}
	cc := &costCode{
		record: s.newRecord(projectID), code: in.text("code"), fullCode: full,
		name: in.text("name"), parent: in.id("parent_id"),
	}
	cc.attrs = in
	s.costCodes.put(cc.id, cc)
	s.origins.move(typeCostCode, cc.id, "", cc.origin())
	return cc, nil
}

// listCostTypes wants the company or a project in the query.
func (s *Server) listCostTypes(c *call) (answer, error) {
	if c.query.Get("project_id") != "" {
		if _, p := s.queryProject(c, s.readable); p != nil {
			return answer{}, p
		}
	} else if p := s.checkQueryCompany(c); p != nil {
		return answer{}, p
	}
	rows := filter(c, s.costTypes.all(), "origin_id", func(t *costType) string { return t.origin() })
	rows, p := page(c, rows, ordinaryPaging)
	if p != nil {
		return answer{}, p
	}
	out := make([]any, 0, len(rows))
	for _, t := range rows {
		out = append(out, renderCostType(t))
	}
	return ok(out), nil
}
