package tenant

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/procore"
)

// Problem is one wrong field of a tenant file.
type Problem struct {
	Line    int    // 0 when the field is not in the file
	Field   string // odoo.url
	Message string // what is wrong with which value, and what would be right
}

// InvalidError lists every problem of a tenant file; nothing of it was applied.
type InvalidError struct{ Problems []Problem }

// Error gives one line a problem.
func (e *InvalidError) Error() string {
	lines := make([]string, 0, len(e.Problems))
	for _, p := range e.Problems {
		where := p.Field
		if p.Line > 0 {
			where = fmt.Sprintf("line %d, %s", p.Line, p.Field)
		}
		lines = append(lines, where+": "+p.Message)
	}
	return "the tenant file is not valid, nothing was applied:\n  " + strings.Join(lines, "\n  ")
}

var (
	tenantName   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)
	environments = []string{"production", "sandbox", "monthly", "federal", "custom"}
	apis         = []string{odoo.APIAuto, odoo.APIJSON2, odoo.APIXMLRPC}
)

// The limits' own: a slower client would hardly read a page within one attempt, and few servers run so many requests side
// by side.
const (
	slowest      = 0.1
	mostParallel = 100
)

func (f *File) problems() []Problem {
	var ps []Problem
	add := func(ok bool, field, format string, args ...any) {
		if !ok {
			ps = append(ps, Problem{Field: field, Message: fmt.Sprintf(format, args...)})
		}
	}
	add(tenantName.MatchString(f.Tenant), "tenant", "%q is no name of a tenant; use 1 to 40 of a-z, 0-9 and - (not at the ends)", f.Tenant)
	_, url := odoo.BaseURL(f.Odoo.URL)
	add(url == nil, "odoo.url", "the URL %v", url)
	add(f.Odoo.Database != "", "odoo.database", "the name of the Odoo database is missing")
	add(f.Odoo.User != "", "odoo.user", "the login of the Odoo user is missing")
	add(slices.Contains(apis, f.Odoo.API), "odoo.api", "%q is not known; use one of %s", f.Odoo.API, strings.Join(apis, ", "))
	add(len(f.Odoo.Companies) > 0, "odoo.companies", "name at least one company id, for instance [1]")
	add(positiveAndUnique(f.Odoo.Companies), "odoo.companies", "%v: ids are positive and named once", f.Odoo.Companies)
	add(f.Odoo.Plans.Project != "", "odoo.plans.project", "the name of the analytic plan that stands for projects is missing")
	rate := f.Odoo.RequestsPerSecond
	add(rate == 0 || rate >= slowest, "odoo.requests_per_second", "%v: 0 for no limit, or a number from %v (one request in ten seconds)", rate, slowest)
	add(f.Odoo.ParallelRequests >= 1 && f.Odoo.ParallelRequests <= mostParallel, "odoo.parallel_requests",
		"%d: between 1 (one after the other) and %d", f.Odoo.ParallelRequests, mostParallel)
	add(between(f.Odoo.SettleDelay, 0, 5*time.Minute), "odoo.settle_delay", "%s: between 0s and 5m", time.Duration(f.Odoo.SettleDelay))
	add(between(f.Odoo.Overlap, 0, 24*time.Hour), "odoo.overlap", "%s: between 0s and 24h", time.Duration(f.Odoo.Overlap))
	add(between(f.Odoo.LongOverlap, time.Duration(f.Odoo.Overlap), 7*24*time.Hour), "odoo.long_overlap", "%s: between odoo.overlap (%s) and 168h",
		time.Duration(f.Odoo.LongOverlap), time.Duration(f.Odoo.Overlap))
	_, err := time.LoadLocation(f.Schedule.TimeZone)
	add(err == nil && f.Schedule.TimeZone != "Local", "schedule.time_zone", "%q is no IANA time zone; write America/Denver", f.Schedule.TimeZone)
	_, err = time.Parse(TimeOfDay, f.Schedule.SweepAt)
	add(err == nil, "schedule.sweep_at", "%q: a time of day like 02:00", f.Schedule.SweepAt)
	add(between(f.Schedule.Every, 5*time.Second, 24*time.Hour), "schedule.every", "%s: between 5s and 24h", time.Duration(f.Schedule.Every))
	return slices.Concat(ps, f.Procore.problems(), f.Settings.problems())
}

func (p *Procore) problems() []Problem {
	var ps []Problem
	if !slices.Contains(environments, p.Environment) {
		ps = append(ps, Problem{Field: "procore.environment", Message: fmt.Sprintf("%q is not known; use one of %s", p.Environment, strings.Join(environments, ", "))})
	}
	if p.CompanyID <= 0 {
		ps = append(ps, Problem{Field: "procore.company_id", Message: fmt.Sprintf("%d is no id of a Procore company; it is a positive number", p.CompanyID)})
	}
	custom := p.Environment == "custom"
	if !custom && p.APIURL != "" {
		ps = append(ps, Problem{Field: "procore.api_url", Message: fmt.Sprintf("is given by environment %s; leave it out or use custom", p.Environment)})
		return ps
	}
	for _, u := range []struct {
		field, url string
		needed     bool
	}{{"procore.login_url", p.LoginURL, custom}, {"procore.api_url", p.APIURL, custom}} {
		if u.url == "" && u.needed {
			ps = append(ps, Problem{Field: u.field, Message: "is missing: environment custom needs it"})
		} else if err := procore.CheckURL(u.url); u.url != "" && err != nil {
			ps = append(ps, Problem{Field: u.field, Message: fmt.Sprintf("the URL %v", err)})
		}
	}
	return ps
}

func (s *Settings) problems() []Problem {
	var ps []Problem
	if _, err := time.Parse(time.DateOnly, s.GoLive); err != nil {
		ps = append(ps, Problem{Field: "settings.go_live", Message: fmt.Sprintf("%q is no date; write the day from which documents are sent as 2026-01-01", s.GoLive)})
	}
	for _, c := range choices {
		if value := *c.value(s); !slices.Contains(c.values, value) {
			ps = append(ps, Problem{Field: "settings." + c.field, Message: fmt.Sprintf("%q is not known; use one of %s", value, strings.Join(c.values, ", "))})
		}
	}
	if !strings.Contains(s.PONumber, "{name}") {
		ps = append(ps, Problem{Field: "settings.po_number", Message: fmt.Sprintf("%q: the template must contain {name}, or numbers collide", s.PONumber)})
	}
	return ps
}

// locate finds the line of each field in the file.
func locate(data []byte, problems []Problem) []Problem {
	for i, p := range problems {
		path, err := yaml.PathString("$." + p.Field)
		if err != nil {
			continue
		}
		file, err := path.ReadNode(strings.NewReader(string(data)))
		if err == nil && file != nil && file.GetToken() != nil {
			problems[i].Line = file.GetToken().Position.Line
		}
	}
	return problems
}

func goLive(text string) odoo.Date { return odoo.Date(text) }

func between(d Duration, low, high time.Duration) bool {
	return time.Duration(d) >= low && time.Duration(d) <= high
}

func positiveAndUnique(ids []int64) bool {
	seen := map[int64]bool{}
	for _, id := range ids {
		if id <= 0 || seen[id] {
			return false
		}
		seen[id] = true
	}
	return true
}
