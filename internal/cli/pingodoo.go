package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/tenant"
)

// odooSide is what ping tells of Odoo. Found and Features are there as far as it came.
type odooSide struct {
	pingSide
	Warnings []string   `json:"warnings,omitempty"`
	Found    *odoo.Ping `json:"found,omitempty"`
	Features []verdict  `json:"features,omitempty"`

	limits string
}

// pingOdoo judges what was found. It fails with failure, and when something is missing without which a cycle fails.
func pingOdoo(p odoo.Ping, file tenant.File, failure error) odooSide {
	var side odooSide
	lacks := p.Lacks()
	switch {
	case failure != nil:
		side.Message = failure.Error()
	case lacks != "":
		side.Message = lacks
	default:
		side.pingSide = pingSide{OK: true, Message: fmt.Sprintf("Odoo %s over %s, database %s, as %s, companies %s",
			p.Version, p.Protocol, p.Database, p.Login, companyNames(p.Companies))}
	}
	if p.Version != "" {
		side.Found = &p
		side.Warnings = append(clockWarnings(p.Clocks), keyWarnings(p, file.Tenant)...)
	}
	if len(p.Models) > 0 {
		side.Features = verdicts(p, file.Odoo.Companies)
		side.limits = limitsSentence(p.Limits, file.Odoo.URL)
	}
	return side
}

func companyNames(companies []odoo.Company) string {
	names := make([]string, 0, len(companies))
	for _, c := range companies {
		names = append(names, fmt.Sprintf("%s (%d)", c.Name, c.ID))
	}
	return strings.Join(names, ", ")
}

// farApart is from when on clocks that differ are worth a warning.
const farApart = 60 * time.Second

func clockWarnings(c odoo.Clocks) []string {
	apart, word := time.Duration(c.AheadSeconds)*time.Second, "ahead of"
	if apart < 0 {
		apart, word = -apart, "behind"
	}
	if apart <= farApart {
		return nil
	}
	return []string{fmt.Sprintf("the clock of the Odoo server (%s) is %d s %s this machine's (%s): set the one that is wrong; polls go by Odoo's",
		clockTime(c.Odoo), apart/time.Second, word, clockTime(c.Here))}
}

func clockTime(t time.Time) string { return t.UTC().Format(time.DateTime) + " UTC" }

func clockSentence(c odoo.Clocks) string {
	if c.AheadSeconds == 0 {
		return clockTime(c.Odoo) + ", as here"
	}
	return fmt.Sprintf("%s, %+d s from here", clockTime(c.Odoo), c.AheadSeconds)
}

// limitsSentence says how fast requests may follow each other, and where that comes from when nobody chose it.
func limitsSentence(l odoo.Limits, address string) string {
	rate := "any number a second"
	if l.PerSecond > 0 {
		rate = strconv.FormatFloat(l.PerSecond, 'f', -1, 64) + " a second"
	}
	text := fmt.Sprintf("of each worker %d at once, %s", l.Parallel, rate)
	if online := odoo.DefaultLimits(address); online.Parallel == 1 && online == l {
		text += " (what Odoo Online tolerates)"
	}
	return text
}

// pingTable is a table with what follows from it.
type pingTable struct {
	header []string
	rows   [][]string
	note   string
}

// tables are the particulars, as far as ping came.
func (s odooSide) tables() []pingTable {
	if s.Found == nil || len(s.Found.Models) == 0 {
		return nil
	}
	p := *s.Found
	features := pingTable{header: []string{"FEATURE", "VERDICT", "WHY, AND WHAT TO CHANGE"}}
	for _, v := range s.Features {
		features.rows = append(features.rows, []string{v.Feature, v.Verdict, v.sentence()})
	}
	if p.Lacks() != "" {
		features.note = "A cycle reads all of it: while something is missing, cycles fail and nothing is carried over."
	}
	models := pingTable{header: []string{"MODEL", "READABLE", "IN SCOPE", strings.ToUpper(strings.TrimSpace(askAdministrator))}}
	for _, m := range p.Models {
		models.rows = append(models.rows, modelRow(m))
	}
	return []pingTable{
		{header: []string{"ABOUT", "WHAT"}, rows: [][]string{
			{"user", fmt.Sprintf("%s (%s, id %d)", p.Name, p.Login, p.UserID)},
			{"API key", keySentence(p)},
			{"clock", clockSentence(p.Clocks)},
			{"requests", s.limits},
		}},
		features, models,
	}
}

// askAdministrator is how the way out of a missing right begins; tables say it once.
const askAdministrator = "ask an Odoo administrator to "

func modelRow(m odoo.ModelCheck) []string {
	what := strings.TrimPrefix(m.WayOut, askAdministrator)
	count := strconv.FormatInt(m.InScope, 10)
	switch {
	case !m.Installed:
		return []string{m.Model, "no such model", "", what}
	case !m.Readable:
		return []string{m.Model, "no", "", what}
	case len(m.Missing) > 0:
		return []string{m.Model, "in part", count, what}
	}
	return []string{m.Model, "yes", count, ""}
}
