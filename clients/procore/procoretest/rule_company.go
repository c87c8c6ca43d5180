package procoretest

// checkBodyCompany wants company_id in the body, besides the header.
func (s *Server) checkBodyCompany(c *call) *problem {
	id, p := c.bodyID("company_id")
	if p != nil {
		return p
	}
	return s.checkCompany(id)
}

// checkQueryCompany wants company_id in the query, besides the header.
func (s *Server) checkQueryCompany(c *call) *problem {
	id, p := c.queryID("company_id")
	if p != nil {
		return p
	}
	return s.checkCompany(id)
}

// checkPathCompany holds the company in the path against the app's installation.
func (s *Server) checkPathCompany(c *call) *problem {
	id, p := c.pathID("company_id")
	if p != nil {
		return p
	}
	return s.checkCompany(id)
}
