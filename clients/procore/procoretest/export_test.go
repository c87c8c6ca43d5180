package procoretest

import "slices"

// Operations lists what the server serves under /rest.
func Operations(s *Server) []string {
	all := slices.Clone(s.operations)
	slices.Sort(all)
	return all
}
