package procoretest

import (
	"strconv"
	"strings"
)

// Project seeds a project.
type Project struct {
	Name   string
	Number string
	// Active false is a closed project: readable, writes are refused.
	Active bool
	// Permitted false is a project that the app may not see: every call answers 403.
	Permitted bool
	// CurrencyISO is the project's currency, the company's when empty.
	CurrencyISO string
	// DefaultPrivate is private on new commitments that do not say.
	DefaultPrivate bool
	// ForbidOverbilling refuses requisitions beyond the scheduled value of a line.
	ForbidOverbilling bool
	// Status is the name of the project stage, "Course of Construction" for example.
	Status string
}

type project struct {
	record
	Project
}

// AddProject adds a project.
func (s *Server) AddProject(p Project) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.CurrencyISO == "" {
		p.CurrencyISO = s.cfg.CurrencyISO
	}
	row := &project{record: s.newRecord(0), Project: p}
	s.projects.put(row.id, row)
	return row.id
}

// pathProject is the project of the path, under the given gate.
func (s *Server) pathProject(c *call, gate func(int64) (*project, *problem)) (*project, *problem) {
	id, p := c.pathID("project_id")
	if p != nil {
		return nil, p
	}
	return gate(id)
}

func (s *Server) queryProject(c *call, gate func(int64) (*project, *problem)) (*project, *problem) {
	id, p := c.queryID("project_id")
	if p != nil {
		return nil, p
	}
	return gate(id)
}

func (s *Server) bodyProject(c *call, gate func(int64) (*project, *problem)) (*project, *problem) {
	id, p := c.bodyID("project_id")
	if p != nil {
		return nil, p
	}
	return gate(id)
}

func (s *Server) renderProject(c *call, p *project) map[string]any {
	out := map[string]any{}
	p.stamp(out)
	out["name"] = p.Name
	out["display_name"] = strings.TrimSpace(p.Number + " " + p.Name)
	out["project_number"] = p.Number
	out["active"] = p.Active
	out["company"] = map[string]any{"id": s.cfg.CompanyID, "name": s.cfg.CompanyName}
	out["origin_id"], out["origin_data"], out["origin_code"] = nil, nil, nil
	out["project_stage"] = nil
	if p.Status != "" {
		out["project_stage"] = map[string]any{"id": p.id + 1, "name": p.Status}
	}
	switch c.query.Get("view") {
	case "ids":
		return pick(out, "id")
	case "compact":
		return pick(out, "id", "name", "display_name", "project_number", "active")
	default:
		return out
	}
}

func (s *Server) listProjects(c *call) (answer, error) {
	if p := s.checkQueryCompany(c); p != nil {
		return answer{}, p
	}
	rows := keep(s.projects.all(), func(p *project) bool { return p.Permitted })
	rows, refused := commonFilters(c, rows, func(p *project) *record { return &p.record })
	if refused != nil {
		return answer{}, refused
	}
	rows, refused = filterProjects(c, rows)
	if refused != nil {
		return answer{}, refused
	}
	rows = s.filterProjectsOfVendor(c, rows)
	size := paging{usual: 100, most: 300}
	if c.query.Get("view") == "ids" {
		size.most = 200000
	}
	rows, refused = page(c, rows, size)
	if refused != nil {
		return answer{}, refused
	}
	out := make([]any, 0, len(rows))
	for _, p := range rows {
		out = append(out, s.renderProject(c, p))
	}
	return ok(out), nil
}

func filterProjects(c *call, rows []*project) ([]*project, *problem) {
	switch status := c.query.Get("filters[by_status]"); status {
	case "", "All":
	case "Active", "Inactive":
		rows = keep(rows, func(p *project) bool { return p.Active == (status == "Active") })
	default:
		return nil, badRequest("by_status", "by_status is not included in the list")
	}
	rows = filter(c, rows, "name", func(p *project) string { return p.Name })
	rows = filter(c, rows, "project_number", func(p *project) string { return p.Number })
	return filter(c, rows, "synced", func(*project) string { return "false" }), nil
}

func (s *Server) filterProjectsOfVendor(c *call, rows []*project) []*project {
	id, err := strconv.ParseInt(c.query.Get("filters[vendor_id]"), 10, 64)
	if err != nil {
		return rows
	}
	return keep(rows, func(p *project) bool { return s.projectVendors[projectVendor{p.id, id}] })
}
