package procoretest

// billingPeriod is a span in which invoices of a project are collected.
type billingPeriod struct {
	record
	position int
}

var periodSchema = schemaOf(fields(day, "start_date", "end_date", "due_date"), choice("status", "open", "closed"))

// AddBillingPeriod adds a period; dates are YYYY-MM-DD, status open or closed.
func (s *Server) AddBillingPeriod(project int64, start, end, due, status string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	bp, bad := s.createPeriod(project, attrs{"start_date": start, "end_date": end, "due_date": due, "status": status})
	mustSeed("billing period", bad)
	return bp.id
}

func (s *Server) periodsOf(projectID int64) []*billingPeriod {
	return keep(s.periods.all(), func(bp *billingPeriod) bool { return bp.project == projectID })
}

func (s *Server) createPeriod(projectID int64, in attrs) (*billingPeriod, faults) {
	if bad := s.checkPeriod(projectID, in, 0); len(bad) > 0 {
		return nil, bad
	}
	bp := &billingPeriod{record: s.newRecord(projectID), position: len(s.periodsOf(projectID)) + 1}
	bp.attrs = in
	s.periods.put(bp.id, bp)
	return bp, nil
}

func (s *Server) updatePeriod(bp *billingPeriod, in attrs) faults {
	next := bp.attrs.with(in)
	if bad := s.checkPeriod(bp.project, next, bp.id); len(bad) > 0 {
		return bad
	}
	bp.attrs = next
	s.touch(&bp.record)
	return nil
}

func renderPeriod(bp *billingPeriod) map[string]any {
	out := map[string]any{"position": bp.position, "project_id": bp.project}
	bp.stamp(out)
	bp.attrs.copyTo(out, "start_date", "end_date", "due_date", "status")
	return out
}

func (s *Server) listPeriods(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.readable)
	if p != nil {
		return answer{}, p
	}
	rows, p := commonFilters(c, s.periodsOf(pr.id), func(bp *billingPeriod) *record { return &bp.record })
	if p != nil {
		return answer{}, p
	}
	rows = filter(c, rows, "status", func(bp *billingPeriod) string { return bp.attrs.text("status") })
	rows, p = page(c, rows, ordinaryPaging)
	if p != nil {
		return answer{}, p
	}
	out := make([]any, 0, len(rows))
	for _, bp := range rows {
		out = append(out, renderPeriod(bp))
	}
	return ok(out), nil
}

func (s *Server) periodOf(c *call, pr *project) (*billingPeriod, *problem) {
	id, p := c.pathID("id")
	if p != nil {
		return nil, p
	}
	bp, found := s.periods.get(id)
	if !found || bp.project != pr.id {
		return nil, notFound()
	}
	return bp, nil
}

func (s *Server) getPeriod(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.readable)
	if p != nil {
		return answer{}, p
	}
	bp, p := s.periodOf(c, pr)
	if p != nil {
		return answer{}, p
	}
	return ok(renderPeriod(bp)), nil
}

func (c *call) readPeriod() (attrs, *problem) {
	c.siblings("billing_period")
	raw, p := c.wrapped("billing_period")
	if p != nil {
		return nil, p
	}
	in, bad := c.read(periodSchema, raw, "billing_period.")
	return in, bad.refusal()
}

func (s *Server) postPeriod(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	in, p := c.readPeriod()
	if p != nil {
		return answer{}, p
	}
	bp, bad := s.createPeriod(pr.id, in)
	if p := bad.refusal(); p != nil {
		return answer{}, p
	}
	return created(renderPeriod(bp)), nil
}

func (s *Server) patchPeriod(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	bp, p := s.periodOf(c, pr)
	if p != nil {
		return answer{}, p
	}
	in, p := c.readPeriod()
	if p != nil {
		return answer{}, p
	}
	if p := s.updatePeriod(bp, in).refusal(); p != nil {
		return answer{}, p
	}
	return ok(renderPeriod(bp)), nil
}
