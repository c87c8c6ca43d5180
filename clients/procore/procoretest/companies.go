package procoretest

func (s *Server) listCompanies(c *call) (answer, error) {
	rows, p := page(c, []any{map[string]any{
		"id": s.cfg.CompanyID, "name": s.cfg.CompanyName, "is_active": true, "my_company": true,
	}}, ordinaryPaging)
	if p != nil {
		return answer{}, p
	}
	return ok(rows), nil
}

func (s *Server) getMe(*call) (answer, error) {
	return ok(map[string]any{
		"id": s.cfg.CompanyID + 1, "login": "service-account@example.com", "name": "Service Account",
	}), nil
}

func (s *Server) companyCurrency(c *call) (answer, error) {
	if p := s.checkPathCompany(c); p != nil {
		return answer{}, p
	}
	return ok(map[string]any{
		"company_id":                 s.cfg.CompanyID,
		"currency_iso_code":          s.cfg.CurrencyISO,
		"currency_display":           "symbol",
		"multicurrency_enabled":      false,
		"eligible_for_multicurrency": false,
	}), nil
}

func (s *Server) projectCurrency(c *call) (answer, error) {
	if p := s.checkPathCompany(c); p != nil {
		return answer{}, p
	}
	pr, p := s.pathProject(c, s.readable)
	if p != nil {
		return answer{}, p
	}
	return ok(map[string]any{
		"company_id":            s.cfg.CompanyID,
		"project_id":            pr.id,
		"currency_iso_code":     pr.CurrencyISO,
		"currency_display":      "symbol",
		"multicurrency_enabled": pr.CurrencyISO != s.cfg.CurrencyISO,
		"eligible_for_financial_objs_multicurrency": false,
	}), nil
}
