package procoretest

import "fmt"

func editCreateVendor(s *Server, e Edit) (int64, error) {
	in, err := editAttrs(vendorSyncSchema, e.Create)
	if err != nil {
		return 0, err
	}
	v, bad := s.createVendor(in)
	if err := asError(bad); err != nil {
		return 0, err
	}
	return v.id, nil
}

// editVendor may also bring an inactive vendor back, people have a button for it.
func editVendor(s *Server, e Edit) error {
	v, err := find(&s.vendors, e.ID)
	if err != nil {
		return err
	}
	in, err := editAttrs(vendorSyncSchema, e.Set)
	if err != nil {
		return err
	}
	if in.yes("is_active") {
		v.attrs = v.attrs.with(attrs{"is_active": true})
	}
	return asError(s.updateVendor(v, in))
}

// editDeleteVendor makes the vendor inactive: Procore deletes none.
func editDeleteVendor(s *Server, e Edit) error {
	v, err := find(&s.vendors, e.ID)
	if err != nil {
		return err
	}
	return asError(s.updateVendor(v, attrs{"is_active": false}))
}

func projectVendorOf(s *Server, e Edit) (projectVendor, error) {
	vendorID := e.ID
	if vendorID == 0 {
		in, err := editAttrs(fields(whole, "vendor_id"), e.Create)
		if err != nil {
			return projectVendor{}, err
		}
		vendorID = in.id("vendor_id")
	}
	if _, err := find(&s.vendors, vendorID); err != nil {
		return projectVendor{}, err
	}
	if _, err := find(&s.projects, e.Project); err != nil {
		return projectVendor{}, err
	}
	return projectVendor{e.Project, vendorID}, nil
}

func editAddProjectVendor(s *Server, e Edit) (int64, error) {
	pair, err := projectVendorOf(s, e)
	if err != nil {
		return 0, err
	}
	s.projectVendors[pair] = true
	return pair.vendor, nil
}

func editRemoveProjectVendor(s *Server, e Edit) error {
	pair, err := projectVendorOf(s, e)
	if err != nil {
		return err
	}
	delete(s.projectVendors, pair)
	return nil
}

var projectSchema = schemaOf(
	fields(text, "name", "project_number", "currency_iso_code", "status"),
	fields(flag, "active", "permitted", "default_private", "forbid_overbilling"),
)

func editCreateProject(s *Server, e Edit) (int64, error) {
	row := &project{record: s.newRecord(0), Project: Project{Active: true, CurrencyISO: s.cfg.CurrencyISO}}
	if err := setProject(row, e.Create); err != nil {
		return 0, err
	}
	if row.Name == "" {
		return 0, fmt.Errorf("refused: name can't be blank")
	}
	s.projects.put(row.id, row)
	return row.id, nil
}

func editProject(s *Server, e Edit) error {
	row, err := find(&s.projects, e.ID)
	if err != nil {
		return err
	}
	if err := setProject(row, e.Set); err != nil {
		return err
	}
	s.touch(&row.record)
	return nil
}

func setProject(row *project, raw map[string]any) error {
	in, err := editAttrs(projectSchema, raw)
	if err != nil {
		return err
	}
	for name, target := range map[string]*string{
		"name": &row.Name, "project_number": &row.Number, "currency_iso_code": &row.CurrencyISO, "status": &row.Status,
	} {
		if in.has(name) {
			*target = in.text(name)
		}
	}
	for name, target := range map[string]*bool{
		"active": &row.Active, "permitted": &row.Permitted, "default_private": &row.DefaultPrivate,
		"forbid_overbilling": &row.ForbidOverbilling,
	} {
		if in.has(name) {
			*target = in.yes(name)
		}
	}
	return nil
}

func editCreatePeriod(s *Server, e Edit) (int64, error) {
	in, err := editAttrs(periodSchema, e.Create)
	if err != nil {
		return 0, err
	}
	bp, bad := s.createPeriod(e.Project, in)
	if err := asError(bad); err != nil {
		return 0, err
	}
	return bp.id, nil
}

func editPeriod(s *Server, e Edit) error {
	bp, err := find(&s.periods, e.ID)
	if err != nil {
		return err
	}
	in, err := editAttrs(periodSchema, e.Set)
	if err != nil {
		return err
	}
	return asError(s.updatePeriod(bp, in))
}
