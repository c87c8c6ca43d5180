package procoretest

// checkPeriod: all four fields are there, the end is not before the start, and
// no two periods of a project overlap. self is the period being changed.
func (s *Server) checkPeriod(projectID int64, next attrs, self int64) faults {
	bad := faults{}
	if _, found := s.projects.get(projectID); !found {
		bad.add("project_id", "is invalid")
	}
	for _, name := range []string{"start_date", "end_date", "due_date", "status"} {
		if next.text(name) == "" {
			bad.add(name, "can't be blank")
		}
	}
	if next.text("end_date") < next.text("start_date") {
		bad.add("end_date", "must be after start date")
	}
	for _, other := range s.periodsOf(projectID) {
		if other.id != self && other.attrs.text("start_date") <= next.text("end_date") &&
			next.text("start_date") <= other.attrs.text("end_date") {
			bad.add("base", "Billing period overlaps another billing period")
			break
		}
	}
	return bad
}
