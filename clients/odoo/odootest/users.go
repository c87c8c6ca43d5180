package odootest

// ChangeUser changes a user's rights, companies or key from now on; an unknown login changes nothing.
func (s *Server) ChangeUser(login string, change func(*User)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.cfg.Users {
		if s.cfg.Users[i].Login == login {
			change(&s.cfg.Users[i])
		}
	}
}
