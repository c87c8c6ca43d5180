package procoretest

import "slices"

type projectVendor struct{ project, vendor int64 }

// AddVendorToProject puts a directory company on a project.
func (s *Server) AddVendorToProject(project, vendor int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.projectVendors[projectVendor{project, vendor}] = true
}

func (s *Server) projectsOf(vendorID int64) []int64 {
	ids := []int64{}
	for pair := range s.projectVendors {
		if pair.vendor == vendorID {
			ids = append(ids, pair.project)
		}
	}
	slices.Sort(ids)
	return ids
}

func (s *Server) listProjectVendors(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.readable)
	if p != nil {
		return answer{}, p
	}
	rows := keep(s.vendors.all(), func(v *vendor) bool {
		return v.active() && s.projectVendors[projectVendor{pr.id, v.id}]
	})
	rows = filter(c, rows, "id", func(v *vendor) string { return idText(v.id) })
	rows = filter(c, rows, "parent_id", func(v *vendor) string { return idText(v.attrs.id("parent_id")) })
	return s.vendorPage(c, searchVendors(c, rows))
}

// addProjectVendor may be repeated: the second time changes nothing.
func (s *Server) addProjectVendor(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	v, p := s.pathVendor(c)
	if p != nil {
		return answer{}, p
	}
	if !v.active() {
		return answer{}, unprocessable("vendor", "is inactive")
	}
	s.projectVendors[projectVendor{pr.id, v.id}] = true
	return created(s.renderVendor(v)), nil
}

func (s *Server) removeProjectVendor(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	v, p := s.pathVendor(c)
	if p != nil {
		return answer{}, p
	}
	pair := projectVendor{pr.id, v.id}
	if !s.projectVendors[pair] {
		return answer{}, notFound()
	}
	for _, cm := range s.commitments.all() {
		if cm.project == pr.id && !cm.deleted && cm.attrs.id("vendor_id") == v.id {
			return answer{}, unprocessable("vendor", "is used by a commitment of this project")
		}
	}
	delete(s.projectVendors, pair)
	return answer{status: 204}, nil
}
