package procoretest

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/shopspring/decimal"
)

type commitmentLine struct {
	record
	commitment int64
	wbs        int64
	position   int
}

var commitmentLineSchema = schemaOf(
	choice("extended_type", "manual", "calculated"),
	fields(money, "amount"),
	fields(quantity, "quantity", "unit_cost"),
	fields(text, "description", "origin_data", "origin_id", "uom"),
	fields(whole, "cost_code_id", "line_item_type_id", "tax_code_id", "wbs_code_id"),
)

var commitmentLineSyncSchema = schemaOf(commitmentLineSchema, fields(whole, "id"))

// extend fixes the amount of a line: manual takes the amount as given, calculated
// is quantity times unit cost, rounded to cents.
func extend(next attrs, usual string) {
	if next.text("extended_type") == "" {
		next["extended_type"] = usual
	}
	if next.text("extended_type") == "calculated" {
		next["amount"] = next.amount("quantity").Mul(next.amount("unit_cost")).Round(2)
	}
	if !next.has("amount") {
		next["amount"] = decimal.Zero
	}
}

func (s *Server) checkLine(next attrs, self int64) faults {
	bad := faults{}
	bad.merge(s.checkUOM(next))
	bad.merge(s.checkOrigin(typeCommitmentLine, next.text("origin_id"), self))
	return bad
}

func (s *Server) createLine(cm *commitment, in attrs) (*commitmentLine, faults) {
	if bad := checkLinesUnlocked(cm); len(bad) > 0 {
		return nil, bad
	}
	next := attrs{}.with(in)
	extend(next, "manual")
	bad := s.checkLine(next, 0)
	wbs, unknown := s.lineWBS(cm.project, in)
	bad.merge(unknown)
	if len(bad) > 0 {
		return nil, bad
	}
	line := &commitmentLine{record: s.newRecord(cm.project), commitment: cm.id, wbs: wbs, position: 1}
	if n := len(cm.lines); n > 0 {
		line.position = cm.lines[n-1].position + 1
	}
	line.attrs = next
	cm.lines = append(cm.lines, line)
	s.lines[line.id] = line
	s.origins.move(typeCommitmentLine, line.id, "", line.origin())
	s.touch(&cm.record)
	return line, nil
}

func (s *Server) updateLine(cm *commitment, line *commitmentLine, in attrs) faults {
	if bad := checkLinesUnlocked(cm); len(bad) > 0 {
		return bad
	}
	next := line.attrs.with(in)
	extend(next, "manual")
	bad := s.checkLine(next, line.id)
	bad.merge(checkNotBelowBilled(cm, line, next))
	wbs := line.wbs
	if in.has("wbs_code_id") || in.has("cost_code_id") || in.has("line_item_type_id") {
		found, unknown := s.lineWBS(cm.project, in)
		bad.merge(unknown)
		wbs = found
	}
	if len(bad) > 0 {
		return bad
	}
	s.origins.move(typeCommitmentLine, line.id, line.origin(), next.text("origin_id"))
	line.attrs, line.wbs = next, wbs
	s.touch(&line.record)
	s.touch(&cm.record)
	return nil
}

func (s *Server) deleteLine(cm *commitment, line *commitmentLine) faults {
	bad := faults{}
	bad.merge(checkLinesUnlocked(cm))
	bad.merge(checkLineUnbilled(cm, line))
	if len(bad) > 0 {
		return bad
	}
	cm.lines = dropOne(cm.lines, line)
	for _, rq := range cm.requisitions {
		rq.dropItemOf(line.id)
	}
	delete(s.lines, line.id)
	s.origins.move(typeCommitmentLine, line.id, line.origin(), "")
	s.touch(&cm.record)
	return nil
}

func (s *Server) renderLine(cm *commitment, line *commitmentLine) map[string]any {
	out := map[string]any{}
	line.stamp(out)
	line.attrs.copyTo(out, "description", "extended_type", "origin_data", "origin_id", "tax_code_id", "uom", "quantity", "unit_cost")
	amount := cents(line.attrs.amount("amount"))
	out["amount"], out["total_amount"], out["extended_amount"] = amount, amount, amount
	out["company"] = map[string]any{"id": s.cfg.CompanyID, "name": s.cfg.CompanyName}
	out["holder"] = map[string]any{"id": cm.id, "holder_type": "PurchaseOrderContract"}
	out["position"] = line.position
	pr, _ := s.projects.get(cm.project)
	out["project"] = map[string]any{"id": pr.id, "name": pr.Name}
	out["currency_configuration"] = map[string]any{"currency_iso_code": pr.CurrencyISO}
	s.codeParts(out, line.wbs)
	return out
}

// renderReadLine is a line as the two GET operations send it: total and quantity
// are JSON numbers there, the amount is a string everywhere.
func (s *Server) renderReadLine(cm *commitment, line *commitmentLine) map[string]any {
	out := s.renderLine(cm, line)
	for _, name := range []string{"total_amount", "extended_amount", "quantity", "unit_cost"} {
		if value, isText := out[name].(string); isText {
			out[name] = json.Number(value)
		}
	}
	return out
}

func (s *Server) listLines(c *call) (answer, error) {
	pr, p := s.queryProject(c, s.readable)
	if p != nil {
		return answer{}, p
	}
	cm, p := s.commitmentOf(c, "purchase_order_contract_id", pr)
	if p != nil {
		return answer{}, p
	}
	rows := filter(c, cm.lines, "id", func(line *commitmentLine) string { return idText(line.id) })
	rows, p = filterRange(c, rows, "updated_at", func(line *commitmentLine) time.Time { return line.updated })
	if p != nil {
		return answer{}, p
	}
	rows = filter(c, rows, "cost_code_id", func(line *commitmentLine) string {
		w, _ := s.wbsCodes.get(line.wbs)
		return idText(w.pair.costCode)
	})
	rows, p = page(c, rows, ordinaryPaging)
	if p != nil {
		return answer{}, p
	}
	out := make([]any, 0, len(rows))
	for _, line := range rows {
		out = append(out, s.renderReadLine(cm, line))
	}
	return ok(out), nil
}

func (s *Server) lineOf(c *call, pr *project) (*commitment, *commitmentLine, *problem) {
	cm, p := s.commitmentOf(c, "purchase_order_contract_id", pr)
	if p != nil {
		return nil, nil, p
	}
	id, p := c.pathID("id")
	if p != nil {
		return nil, nil, p
	}
	line, found := s.lines[id]
	if !found || line.commitment != cm.id {
		return nil, nil, notFound()
	}
	return cm, line, nil
}

func (s *Server) getLine(c *call) (answer, error) {
	pr, p := s.queryProject(c, s.readable)
	if p != nil {
		return answer{}, p
	}
	cm, line, p := s.lineOf(c, pr)
	if p != nil {
		return answer{}, p
	}
	return ok(s.renderReadLine(cm, line)), nil
}

func (c *call) readLine() (attrs, *problem) {
	c.siblings("project_id", "line_item")
	raw, p := c.wrapped("line_item")
	if p != nil {
		return nil, p
	}
	in, bad := c.read(commitmentLineSchema, raw, "line_item.")
	return in, bad.refusal()
}

func (s *Server) postLine(c *call) (answer, error) {
	pr, p := s.bodyProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	cm, p := s.commitmentOf(c, "purchase_order_contract_id", pr)
	if p != nil {
		return answer{}, p
	}
	in, p := c.readLine()
	if p != nil {
		return answer{}, p
	}
	line, bad := s.createLine(cm, in)
	if p := bad.refusal(); p != nil {
		return answer{}, p
	}
	return created(s.renderLine(cm, line)), nil
}

func (s *Server) patchLine(c *call) (answer, error) {
	pr, p := s.bodyProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	cm, line, p := s.lineOf(c, pr)
	if p != nil {
		return answer{}, p
	}
	in, p := c.readLine()
	if p != nil {
		return answer{}, p
	}
	if p := s.updateLine(cm, line, in).refusal(); p != nil {
		return answer{}, p
	}
	return ok(s.renderLine(cm, line)), nil
}

func (s *Server) removeLine(c *call) (answer, error) {
	pr, p := s.queryProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	cm, line, p := s.lineOf(c, pr)
	if p != nil {
		return answer{}, p
	}
	if p := s.deleteLine(cm, line).refusal(); p != nil {
		return answer{}, p
	}
	return answer{status: http.StatusOK}, nil
}

func (s *Server) syncLines(c *call) (answer, error) {
	pr, p := s.queryProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	cm, p := s.commitmentOf(c, "purchase_order_contract_id", pr)
	if p != nil {
		return answer{}, p
	}
	c.siblings("updates")
	here := func(id int64) bool {
		line, found := s.lines[id]
		return found && line.commitment == cm.id
	}
	return s.sync(c, syncTarget{
		schema: commitmentLineSyncSchema,
		prefix: "updates.",
		byID:   here,
		byOrigin: func(origin string) (int64, bool) {
			id, found := s.origins.find(typeCommitmentLine, origin)
			return id, found && here(id)
		},
		create: func(in attrs) (any, faults) {
			line, bad := s.createLine(cm, in)
			if len(bad) > 0 {
				return nil, bad
			}
			return s.renderLine(cm, line), nil
		},
		update: func(id int64, in attrs) (any, faults) {
			if bad := s.updateLine(cm, s.lines[id], in); len(bad) > 0 {
				return nil, bad
			}
			return s.renderLine(cm, s.lines[id]), nil
		},
	})
}
