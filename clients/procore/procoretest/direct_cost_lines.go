package procoretest

import (
	"net/http"
	"time"
)

type directCostLine struct {
	record
	cost     int64
	wbs      int64
	position int
}

// Nested lines of v1.1 call their amount manual_amount, lines of v1.0 call it amount.
var (
	nestedLineSchema = schemaOf(
		fields(moneyNumber, "manual_amount"),
		fields(number, "quantity", "unit_cost"),
		fields(whole, "wbs_code_id", "direct_cost_id"),
		fields(text, "description", "origin_data", "origin_id", "ref", "uom"),
	)
	nestedLineUpdateSchema = schemaOf(nestedLineSchema, fields(whole, "id"))
	costLineSchema         = schemaOf(
		choice("extended_type", "manual", "calculated"),
		fields(moneyNumber, "amount"),
		fields(number, "quantity", "unit_cost"),
		fields(whole, "id", "wbs_code_id", "cost_code_id", "line_item_type_id", "direct_cost_id", "tax_code_id"),
		fields(text, "description", "origin_data", "origin_id", "uom"),
	)
)

// nested turns a v1.1 line into what is stored: manual_amount makes it manual.
func nested(in attrs) attrs {
	out := attrs{}.with(in)
	if amount, given := out["manual_amount"]; given {
		out["amount"], out["extended_type"] = amount, "manual"
	}
	for _, name := range []string{"manual_amount", "ref", "id", "direct_cost_id"} {
		delete(out, name)
	}
	return out
}

func (s *Server) checkCostLine(next attrs, self int64) faults {
	bad := faults{}
	bad.merge(s.checkUOM(next))
	bad.merge(s.checkOrigin(typeDirectCostLine, next.text("origin_id"), self))
	return bad
}

// checkNestedLines looks at all lines of a request before any is written.
func (s *Server) checkNestedLines(dc *directCost, lines []attrs) faults {
	bad := faults{}
	seen := map[string]bool{}
	for _, in := range lines {
		line, found := s.costLines[in.id("id")]
		if in.id("id") != 0 && (!found || line.cost != dc.id) {
			bad.add("line_items.id", "is not a line of this direct cost")
			continue
		}
		self, stored := int64(0), attrs{}
		if found {
			self, stored = line.id, line.attrs
		}
		if !found || in.has("wbs_code_id") {
			bad.mergeUnder("line_items", s.checkNestedWBS(dc.project, in))
		}
		next := stored.with(nested(in))
		bad.mergeUnder("line_items", s.checkCostLine(next, self))
		if origin := next.text("origin_id"); origin != "" {
			if seen[origin] {
				bad.add("line_items.origin_id", "has already been taken")
			}
			seen[origin] = true
		}
	}
	return bad
}

// checkNestedWBS: v1.1 lines know wbs_code_id only, and need it.
func (s *Server) checkNestedWBS(projectID int64, in attrs) faults {
	if in.id("wbs_code_id") == 0 {
		return fault("wbs_code_id", "can't be blank")
	}
	_, bad := s.checkWBS(projectID, in.id("wbs_code_id"))
	return bad
}

func (f faults) mergeUnder(prefix string, other faults) {
	for name, messages := range other {
		f[prefix+"."+name] = append(f[prefix+"."+name], messages...)
	}
}

// writeNestedLines expects lines that checkNestedLines has passed.
func (s *Server) writeNestedLines(dc *directCost, lines []attrs) {
	for _, in := range lines {
		if line, found := s.costLines[in.id("id")]; found {
			s.storeCostLine(dc, line, nested(in), in.id("wbs_code_id"), "manual")
			continue
		}
		usual := "manual"
		if !in.has("manual_amount") && in.has("quantity") {
			usual = "calculated"
		}
		s.addCostLine(dc, nested(in), in.id("wbs_code_id"), usual)
	}
}

func (s *Server) addCostLine(dc *directCost, in attrs, wbs int64, usual string) *directCostLine {
	line := &directCostLine{record: s.newRecord(dc.project), cost: dc.id, position: len(dc.lines) + 1}
	dc.lines = append(dc.lines, line)
	s.costLines[line.id] = line
	s.storeCostLine(dc, line, in, wbs, usual)
	return line
}

func (s *Server) storeCostLine(dc *directCost, line *directCostLine, in attrs, wbs int64, usual string) {
	next := line.attrs.with(in)
	extend(next, usual)
	s.origins.move(typeDirectCostLine, line.id, line.origin(), next.text("origin_id"))
	line.attrs = next
	if wbs != 0 {
		line.wbs = wbs
	}
	s.touch(&line.record)
	s.touch(&dc.record)
}

func (s *Server) renderCostLine(dc *directCost, line *directCostLine) map[string]any {
	out := map[string]any{}
	line.stamp(out)
	line.attrs.copyTo(out, "description", "extended_type", "origin_data", "origin_id", "tax_code_id", "uom", "quantity", "unit_cost")
	amount := cents(line.attrs.amount("amount"))
	out["amount"], out["total_amount"], out["extended_amount"] = amount, amount, amount
	pr, _ := s.projects.get(dc.project)
	out["company"] = map[string]any{"id": s.cfg.CompanyID, "name": s.cfg.CompanyName}
	out["holder"] = map[string]any{"id": dc.id, "holder_type": "DirectCost::Item"}
	out["project"] = map[string]any{"id": pr.id, "name": pr.Name}
	out["position"] = line.position
	out["currency_configuration"] = map[string]any{"currency_iso_code": pr.CurrencyISO}
	s.codeParts(out, line.wbs)
	return out
}

func (s *Server) listCostLines(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.readable)
	if p != nil {
		return answer{}, p
	}
	var rows []*directCostLine
	for _, dc := range s.directCosts.all() {
		if dc.project == pr.id && !dc.deleted {
			rows = append(rows, dc.lines...)
		}
	}
	return s.costLinePage(c, rows)
}

func (s *Server) costLinePage(c *call, rows []*directCostLine) (answer, error) {
	rows = filter(c, rows, "direct_cost_id", func(line *directCostLine) string { return idText(line.cost) })
	rows = filter(c, rows, "id", func(line *directCostLine) string { return idText(line.id) })
	rows = filter(c, rows, "cost_code_id", func(line *directCostLine) string {
		w, _ := s.wbsCodes.get(line.wbs)
		return idText(w.pair.costCode)
	})
	rows, p := filterRange(c, rows, "updated_at", func(line *directCostLine) time.Time { return line.updated })
	if p != nil {
		return answer{}, p
	}
	rows, p = page(c, rows, ordinaryPaging)
	if p != nil {
		return answer{}, p
	}
	out := make([]any, 0, len(rows))
	for _, line := range rows {
		dc, _ := s.directCosts.get(line.cost)
		out = append(out, s.renderCostLine(dc, line))
	}
	return ok(out), nil
}

func (s *Server) listLinesOfCost(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.readable)
	if p != nil {
		return answer{}, p
	}
	dc, p := s.directCostOf(c, "direct_cost_id", pr)
	if p != nil {
		return answer{}, p
	}
	return s.costLinePage(c, dc.lines)
}

func (s *Server) removeCostLine(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	dc, p := s.directCostOf(c, "direct_cost_id", pr)
	if p != nil {
		return answer{}, p
	}
	id, p := c.pathID("id")
	if p != nil {
		return answer{}, p
	}
	line, found := s.costLines[id]
	if !found || line.cost != dc.id {
		return answer{}, notFound()
	}
	if p := s.deleteCostLine(dc, line).refusal(); p != nil {
		return answer{}, p
	}
	return answer{status: http.StatusOK}, nil
}

func (s *Server) deleteCostLine(dc *directCost, line *directCostLine) faults {
	if bad := s.checkOriginLock(dc); len(bad) > 0 {
		return bad
	}
	dc.lines = dropOne(dc.lines, line)
	delete(s.costLines, line.id)
	s.origins.move(typeDirectCostLine, line.id, line.origin(), "")
	s.touch(&dc.record)
	return nil
}

// createCostLine is the sync action's: the direct cost is named in the record, and
// without extended_type the amount is quantity times unit cost, whatever was sent.
func (s *Server) createCostLine(projectID int64, in attrs) (*directCostLine, faults) {
	dc, found := s.directCosts.get(in.id("direct_cost_id"))
	if !found || dc.project != projectID || dc.deleted {
		return nil, fault("direct_cost_id", "is invalid")
	}
	if bad := s.checkOriginLock(dc); len(bad) > 0 {
		return nil, bad
	}
	bad := s.checkCostLine(in, 0)
	wbs, unknown := s.lineWBS(projectID, in)
	bad.merge(unknown)
	if len(bad) > 0 {
		return nil, bad
	}
	delete(in, "direct_cost_id")
	return s.addCostLine(dc, in, wbs, "calculated"), nil
}

func (s *Server) updateCostLine(line *directCostLine, in attrs) faults {
	dc, _ := s.directCosts.get(line.cost)
	if bad := s.checkOriginLock(dc); len(bad) > 0 {
		return bad
	}
	if id := in.id("direct_cost_id"); id != 0 && id != dc.id {
		return fault("direct_cost_id", "cannot be changed")
	}
	bad := s.checkCostLine(line.attrs.with(in), line.id)
	wbs := int64(0)
	if in.has("wbs_code_id") || in.has("cost_code_id") || in.has("line_item_type_id") {
		found, unknown := s.lineWBS(dc.project, in)
		bad.merge(unknown)
		wbs = found
	}
	if len(bad) > 0 {
		return bad
	}
	delete(in, "direct_cost_id")
	s.storeCostLine(dc, line, in, wbs, "calculated")
	return nil
}

func (s *Server) syncCostLines(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	c.siblings("updates")
	here := func(id int64) bool {
		line, found := s.costLines[id]
		return found && line.project == pr.id
	}
	render := func(line *directCostLine) any {
		dc, _ := s.directCosts.get(line.cost)
		return s.renderCostLine(dc, line)
	}
	return s.sync(c, syncTarget{
		schema: costLineSchema,
		prefix: "updates.",
		byID:   here,
		byOrigin: func(origin string) (int64, bool) {
			id, found := s.origins.find(typeDirectCostLine, origin)
			return id, found && here(id)
		},
		create: func(in attrs) (any, faults) {
			line, bad := s.createCostLine(pr.id, in)
			if len(bad) > 0 {
				return nil, bad
			}
			return render(line), nil
		},
		update: func(id int64, in attrs) (any, faults) {
			if bad := s.updateCostLine(s.costLines[id], in); len(bad) > 0 {
				return nil, bad
			}
			return render(s.costLines[id]), nil
		},
	})
}
