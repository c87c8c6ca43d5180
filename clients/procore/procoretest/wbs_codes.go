package procoretest

import (
	"strings"
	"time"
)

// wbsCode is a budget code: one cost code and one cost type of a project.
type wbsCode struct {
	record
	pair        wbsPair
	description string
	status      string
}

type wbsPair struct{ project, costCode, costType int64 }

// Segment ids of the company's pattern: cost code, then cost type.
const (
	segmentCostCode int64 = firstID + 1
	segmentCostType int64 = firstID + 2
	wbsPattern      int64 = firstID + 3
)

// AddBudgetCode adds the budget code of a cost code and a cost type.
func (s *Server) AddBudgetCode(project, costCode, costType int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	bad := s.checkPair(wbsPair{project, costCode, costType})
	mustSeed("budget code", bad)
	return s.upsertWBS(wbsPair{project, costCode, costType}, nil).id
}

func (s *Server) checkPair(pair wbsPair) faults {
	bad := faults{}
	if cc, found := s.costCodes.get(pair.costCode); !found || cc.project != pair.project {
		bad.add("cost_code", "is invalid")
	}
	if _, found := s.costTypes.get(pair.costType); !found {
		bad.add("line_item_type", "is invalid")
	}
	return bad
}

// upsertWBS: creating an existing combination only changes its description.
func (s *Server) upsertWBS(pair wbsPair, description any) *wbsCode {
	if id, found := s.wbsByPair[pair]; found {
		w, _ := s.wbsCodes.get(id)
		if d, given := description.(string); given {
			w.description = d
			s.touch(&w.record)
		}
		return w
	}
	w := &wbsCode{record: s.newRecord(pair.project), pair: pair, status: "active"}
	w.description, _ = description.(string)
	s.wbsCodes.put(w.id, w)
	s.wbsByPair[pair] = w.id
	return w
}

// flat is the code as people write it, "03 30 00.M".
func (s *Server) flat(w *wbsCode) string {
	cc, _ := s.costCodes.get(w.pair.costCode)
	ct, _ := s.costTypes.get(w.pair.costType)
	return cc.fullCode + "." + ct.code
}

func (s *Server) flatName(w *wbsCode) string {
	cc, _ := s.costCodes.get(w.pair.costCode)
	ct, _ := s.costTypes.get(w.pair.costType)
	return cc.name + "." + ct.name
}

// budgetCode is the flat code of an id, empty when there is none.
func (s *Server) budgetCode(id int64) string {
	if w, found := s.wbsCodes.get(id); found {
		return s.flat(w)
	}
	return ""
}

func (s *Server) renderWBS(w *wbsCode) map[string]any {
	out := map[string]any{}
	w.stamp(out)
	out["flat_code"], out["flat_name"] = s.flat(w), s.flatName(w)
	out["description"], out["status"], out["wbs_pattern_id"] = w.description, w.status, wbsPattern
	cc, _ := s.costCodes.get(w.pair.costCode)
	ct, _ := s.costTypes.get(w.pair.costType)
	out["segment_items"] = []any{s.renderCostCodeItem(cc), s.renderCostTypeItem(ct)}
	return out
}

func (s *Server) renderCostCodeItem(cc *costCode) map[string]any {
	out := map[string]any{
		"code": cc.code, "name": cc.name, "path_code": cc.fullCode, "status": "active", "is_parent": false,
		"parent_id": nil, "in_use": true, "segment": s.renderSegment(segmentCostCode),
	}
	if cc.parent != 0 {
		out["parent_id"] = cc.parent
	}
	cc.stamp(out)
	return out
}

func (s *Server) renderCostTypeItem(ct *costType) map[string]any {
	out := map[string]any{
		"code": ct.code, "name": ct.name, "path_code": ct.code, "status": "active", "is_parent": false,
		"parent_id": nil, "in_use": true, "segment": s.renderSegment(segmentCostType),
	}
	ct.stamp(out)
	return out
}

func (s *Server) renderSegment(id int64) map[string]any {
	out := map[string]any{
		"id": id, "name": "Cost Code", "type": "cost_code", "position": 1, "required": true,
		"delimiter": ".", "structure": "tiered", "wbs_pattern_id": wbsPattern,
	}
	if id == segmentCostType {
		out["name"], out["type"], out["position"], out["structure"] = "Cost Type", "line_item_type", 2, "flat"
	}
	return out
}

func (s *Server) listSegments(c *call) (answer, error) {
	if _, p := s.pathProject(c, s.readable); p != nil {
		return answer{}, p
	}
	return ok([]any{s.renderSegment(segmentCostCode), s.renderSegment(segmentCostType)}), nil
}

func (s *Server) listSegmentItems(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.readable)
	if p != nil {
		return answer{}, p
	}
	segment, p := c.pathID("segment_id")
	if p != nil {
		return answer{}, p
	}
	rows := []any{}
	switch segment {
	case segmentCostCode:
		for _, cc := range s.costCodes.all() {
			if cc.project == pr.id {
				rows = append(rows, s.renderCostCodeItem(cc))
			}
		}
	case segmentCostType:
		for _, ct := range s.costTypes.all() {
			rows = append(rows, s.renderCostTypeItem(ct))
		}
	default:
		return answer{}, notFound()
	}
	rows, p = page(c, rows, ordinaryPaging)
	if p != nil {
		return answer{}, p
	}
	return ok(rows), nil
}

func (s *Server) listWBS(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.readable)
	if p != nil {
		return answer{}, p
	}
	rows := keep(s.wbsCodes.all(), func(w *wbsCode) bool { return w.project == pr.id })
	rows = filter(c, rows, "status", func(w *wbsCode) string { return w.status })
	rows, p = filterRange(c, rows, "updated_at", func(w *wbsCode) time.Time { return w.updated })
	if p != nil {
		return answer{}, p
	}
	if wanted := strings.ToLower(c.query.Get("query")); wanted != "" {
		rows = keep(rows, func(w *wbsCode) bool {
			return strings.Contains(strings.ToLower(s.flat(w)+" "+s.flatName(w)+" "+w.description), wanted)
		})
	}
	rows, p = page(c, rows, ordinaryPaging)
	if p != nil {
		return answer{}, p
	}
	out := make([]any, 0, len(rows))
	for _, w := range rows {
		out = append(out, s.renderWBS(w))
	}
	return ok(out), nil
}

func (s *Server) postWBS(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	w, bad := s.createWBS(c, pr.id, c.body, "")
	if p := bad.refusal(); p != nil {
		return answer{}, p
	}
	return created(s.renderWBS(w)), nil
}

func (s *Server) bulkWBS(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	c.siblings("bulk")
	bulk, isList := c.body["bulk"].([]any)
	if !isList {
		return answer{}, missingParam("bulk")
	}
	entities, failures := []any{}, []any{}
	for _, element := range bulk {
		raw, isObject := element.(map[string]any)
		if !isObject {
			return answer{}, badRequest("bulk", "bulk must hold objects")
		}
		w, bad := s.createWBS(c, pr.id, raw, "bulk.")
		if len(bad) > 0 {
			failures = append(failures, withErrors(raw, bad))
			continue
		}
		entities = append(entities, s.renderWBS(w))
	}
	return created(map[string]any{"entities": entities, "errors": failures}), nil
}

var (
	wbsSchema         = schemaOf(fields(text, "description"), fields(free, "segment_items"))
	segmentItemSchema = fields(whole, "segment_id", "segment_item_id")
)

func (s *Server) createWBS(c *call, projectID int64, raw map[string]any, prefix string) (*wbsCode, faults) {
	in, bad := c.read(wbsSchema, raw, prefix)
	if len(bad) > 0 {
		return nil, bad
	}
	pair := wbsPair{project: projectID}
	items, _ := in["segment_items"].([]any)
	for _, element := range items {
		rawItem, _ := element.(map[string]any)
		item, bad := c.read(segmentItemSchema, rawItem, prefix+"segment_items.")
		if len(bad) > 0 {
			return nil, bad
		}
		switch item.id("segment_id") {
		case segmentCostCode:
			pair.costCode = item.id("segment_item_id")
		case segmentCostType:
			pair.costType = item.id("segment_item_id")
		default:
			return nil, fault("segment_items", "name an unknown segment")
		}
	}
	if bad := s.checkPair(pair); len(bad) > 0 {
		return nil, bad
	}
	return s.upsertWBS(pair, in["description"]), nil
}

// lineWBS finds the budget code of a line: wbs_code_id wins, else cost code with
// cost type, which makes the budget code where it is not there yet.
func (s *Server) lineWBS(projectID int64, in attrs) (int64, faults) {
	if id := in.id("wbs_code_id"); id != 0 {
		return s.checkWBS(projectID, id)
	}
	if in.id("cost_code_id") == 0 || in.id("line_item_type_id") == 0 {
		return 0, fault("wbs_code", "can't be blank")
	}
	pair := wbsPair{projectID, in.id("cost_code_id"), in.id("line_item_type_id")}
	if bad := s.checkPair(pair); len(bad) > 0 {
		return 0, bad
	}
	return s.upsertWBS(pair, nil).id, nil
}

// checkWBS: a budget code of another project does not exist here.
func (s *Server) checkWBS(projectID, id int64) (int64, faults) {
	w, found := s.wbsCodes.get(id)
	if !found || w.project != projectID {
		return 0, fault("wbs_code_id", "is invalid")
	}
	return id, nil
}

// codeParts renders what lines say about their budget code.
func (s *Server) codeParts(out map[string]any, wbsID int64) {
	w, found := s.wbsCodes.get(wbsID)
	if !found {
		out["wbs_code"], out["cost_code"], out["line_item_type"] = nil, nil, nil
		return
	}
	cc, _ := s.costCodes.get(w.pair.costCode)
	ct, _ := s.costTypes.get(w.pair.costType)
	out["wbs_code"] = map[string]any{"id": w.id, "flat_code": s.flat(w), "description": w.description}
	out["cost_code"] = s.renderCostCode(cc)
	out["line_item_type"] = renderCostType(ct)
}
