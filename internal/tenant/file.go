package tenant

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// File is tenant.yaml.
type File struct {
	// Tenant is the tenant's name: a-z 0-9 -, at most 40 characters, never changed.
	Tenant   string   `yaml:"tenant" json:"tenant"`
	Odoo     Odoo     `yaml:"odoo" json:"odoo"`
	Procore  Procore  `yaml:"procore" json:"procore"`
	Schedule Schedule `yaml:"schedule" json:"schedule"`
	Settings Settings `yaml:"settings" json:"settings"`
}

// Odoo says which database and companies are read.
type Odoo struct {
	URL      string `yaml:"url" json:"url"`
	Database string `yaml:"database" json:"database"`
	User     string `yaml:"user" json:"user"`
	// API is auto (the server's version decides), json2 (19 and later) or xmlrpc (14 and later).
	API       string  `yaml:"api" json:"api"`
	Companies []int64 `yaml:"companies" json:"companies"`
	Plans     Plans   `yaml:"plans" json:"plans"`
	// RequestsPerSecond and ParallelRequests limit the requests of each worker; 0 a second is no limit. Unless the file says
	// otherwise they are what odoo.DefaultLimits says of the URL.
	RequestsPerSecond float64 `yaml:"requests_per_second" json:"requests_per_second"`
	ParallelRequests  int64   `yaml:"parallel_requests" json:"parallel_requests"`
	// SettleDelay is how far behind the server's clock a poll ends (default 3s).
	SettleDelay Duration `yaml:"settle_delay" json:"settle_delay"`
	// Overlap is how far before the last poll's end the next one begins (default 2m).
	Overlap Duration `yaml:"overlap" json:"overlap"`
	// LongOverlap is the same once an hour (default 2h): as long as Odoo's longest import or mass posting takes.
	LongOverlap Duration `yaml:"long_overlap" json:"long_overlap"`
}

// Plans names the analytic plans that decide project and cost code.
type Plans struct {
	Project string `yaml:"project" json:"project"`
	Cost    string `yaml:"cost" json:"cost"` // empty: codes come from categories and accounts only
}

// Procore says which company is written to.
type Procore struct {
	// Environment is production, sandbox, monthly, federal or custom (then both URLs are given).
	Environment string `yaml:"environment" json:"environment"`
	LoginURL    string `yaml:"login_url" json:"login_url,omitempty"`
	APIURL      string `yaml:"api_url" json:"api_url,omitempty"`
	CompanyID   int64  `yaml:"company_id" json:"company_id"`
}

// Schedule says when Odoo is polled.
type Schedule struct {
	// TimeZone is an IANA name; default UTC.
	TimeZone string   `yaml:"time_zone" json:"time_zone"`
	Every    Duration `yaml:"every" json:"every"`       // default 15m
	SweepAt  string   `yaml:"sweep_at" json:"sweep_at"` // time of day (see TimeOfDay) of the daily sweep; default 02:00
}

// TimeOfDay is how a time of day is written, in the time zone of the schedule.
const TimeOfDay = "15:04"

// Duration is a time.Duration written as "15m".
type Duration time.Duration

// UnmarshalYAML reads "15m".
func (d *Duration) UnmarshalYAML(data []byte) error {
	var text string
	if err := yaml.Unmarshal(data, &text); err != nil {
		return err
	}
	parsed, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%q is no duration; write 15m, 90s or 1h", text)
	}
	*d = Duration(parsed)
	return nil
}

// MarshalYAML writes "15m0s".
func (d Duration) MarshalYAML() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// Parse reads and validates a tenant file. What is wrong with its keys and values is an *InvalidError.
func Parse(data []byte) (File, error) {
	file := defaults("") // first: what the file says stands, also where it says 0 or ""
	problems, err := decode(data, &file)
	if err != nil {
		return file, err
	}
	if len(problems) > 0 {
		return file, &InvalidError{Problems: problems}
	}
	file = defaults(file.Odoo.URL) // again, now that the file has said which server it is
	if _, err := decode(data, &file); err != nil {
		return file, err
	}
	if problems := file.problems(); len(problems) > 0 {
		return file, &InvalidError{Problems: locate(data, problems)}
	}
	// One server has one address: it is compared with what was sent before.
	file.Odoo.URL, err = odoo.BaseURL(file.Odoo.URL)
	file.Procore.APIURL = strings.TrimSuffix(file.Procore.APIURL, "/")
	return file, err
}

// Stored reads the settings of a tenant as they were saved, maybe by a build that did not know all of them.
func Stored(settings []byte) (File, error) {
	var saved File
	if err := json.Unmarshal(settings, &saved); err != nil {
		return File{}, fmt.Errorf("reading saved settings: %w", err)
	}
	file := defaults(saved.Odoo.URL)
	if err := json.Unmarshal(settings, &file); err != nil {
		return File{}, fmt.Errorf("reading saved settings: %w", err)
	}
	return file, nil
}

// defaults are those of a server's address.
func defaults(server string) File {
	limits := odoo.DefaultLimits(server)
	f := File{
		Odoo: Odoo{
			API: odoo.APIAuto, SettleDelay: Duration(3 * time.Second), Overlap: Duration(2 * time.Minute), LongOverlap: Duration(2 * time.Hour),
			RequestsPerSecond: limits.PerSecond, ParallelRequests: int64(limits.Parallel),
		},
		Procore:  Procore{Environment: "production"},
		Schedule: Schedule{TimeZone: "UTC", Every: Duration(15 * time.Minute), SweepAt: "02:00"},
		Settings: Settings{PONumber: "{name}"},
	}
	for _, c := range choices {
		*c.value(&f.Settings) = c.values[0]
	}
	return f
}
