package procoretest

import (
	"slices"
	"strings"
)

// usualUOMs are units that a new Procore company has.
var usualUOMs = strings.Fields("acre bag bags bd board bx box cf cu. ft. cubic-yards cy day days dozen dz ea each ft gal gallons " +
	"hour hours hr hrs in kg km l lb lbs lf lm ls lump m m2 m3 mi month months mo ml pc pcs roll rolls sf sheet sheets sq sy t ton tons unit units week weeks yd")

func (s *Server) uoms() []string { return slices.Concat(usualUOMs, s.cfg.UOMs) }

// checkUOM: a unit of measure must be in the company's list.
func (s *Server) checkUOM(next attrs) faults {
	uom := next.text("uom")
	if uom == "" || slices.Contains(s.uoms(), uom) {
		return nil
	}
	return fault("uom", "is not included in the list")
}

func (s *Server) listUOMs(c *call) (answer, error) {
	if p := s.checkPathCompany(c); p != nil {
		return answer{}, p
	}
	all := make([]any, 0, len(s.uoms()))
	for i, name := range s.uoms() {
		all = append(all, map[string]any{"id": s.cfg.CompanyID + int64(1000+i), "name": name})
	}
	rows, p := page(c, all, ordinaryPaging)
	if p != nil {
		return answer{}, p
	}
	return ok(rows), nil
}
