package procoretest

// checkOrigin keeps origin_id unique within the company and object type, across
// all projects. self is the record that may already hold it.
func (s *Server) checkOrigin(objectType, origin string, self int64) faults {
	holder, taken := s.origins.find(objectType, origin)
	if !taken || holder == self {
		return nil
	}
	return fault("origin_id", "has already been taken")
}
