package procoretest

// readable finds a project that the service account may look into.
// A project outside the app's permitted list answers 403 to everything, reads included.
func (s *Server) readable(id int64) (*project, *problem) {
	p, found := s.projects.get(id)
	if !found {
		return nil, notFound()
	}
	if !p.Permitted {
		return nil, forbidden()
	}
	return p, nil
}

// writable is readable and not closed: an inactive project takes no changes.
func (s *Server) writable(id int64) (*project, *problem) {
	p, refused := s.readable(id)
	if refused != nil {
		return nil, refused
	}
	if !p.Active {
		return nil, unprocessable("project", "is inactive and cannot be changed")
	}
	return p, nil
}
