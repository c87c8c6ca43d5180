package firm

import "slices"

// The two companies of the Odoo database.
const (
	building = 1
	civil    = 2
)

// job is an account of the plan "Projects".
type job struct {
	code, name string
	// project is the number of the Procore project that holds the job's cost; empty for overhead.
	project string
	company int
	// later tells that the mapping row is missing at first and comes with an edit.
	later bool
}

// site is a project as it stands in Procore.
type site struct {
	number, name              string
	active, permitted, period bool
	codes                     []string
	// unmade are codes whose cost code and cost type exist, but not the budget code of the two.
	unmade []string
}

// The jobs by what a story needs of them.
const (
	riverside  = "24-101"
	lincoln    = "24-115"
	gym        = "24-115-2" // second phase of lincoln: same Procore project, mapped in the edits
	bridge     = "25-204"
	harbor     = "25-210" // no open billing period
	library    = "22-087" // closed in Procore
	courthouse = "25-221" // not on the app's list of permitted projects
	office     = "OH-100"
	yard       = "OH-200"
	estimating = "OH-300"
)

var jobs = []job{
	{code: riverside, name: "Riverside Medical Office", project: riverside, company: building},
	{code: lincoln, name: "Lincoln Elementary Addition", project: lincoln, company: building},
	{code: gym, name: "Lincoln Elementary Phase 2, Gymnasium", project: lincoln, company: building, later: true},
	{code: bridge, name: "SR-52 Bridge Deck", project: bridge, company: civil},
	{code: harbor, name: "Harbor Pump Station", project: harbor, company: civil},
	{code: library, name: "Maple Street Library", project: library, company: building},
	{code: courthouse, name: "Federal Courthouse Annex", project: courthouse, company: building},
	{code: office, name: "General Office", company: building},
	{code: yard, name: "Yard and Shop", company: civil},
	{code: estimating, name: "Estimating", company: building},
}

func jobOf(code string) job {
	for _, j := range jobs {
		if j.code == code {
			return j
		}
	}
	panic("firm: no job " + code)
}

// codeName is a budget code: MasterFormat cost code, a dot, the cost type.
type codeName struct{ code, name string }

var buildingCodes = []codeName{
	{"01 31 00.L", "Project Management and Coordination"},
	{"01 51 00.O", "Temporary Utilities"},
	{"01 54 00.E", "Construction Aids"},
	{"01 74 00.O", "Cleaning and Waste Management"},
	{"02 41 00.S", "Demolition"},
	{"03 11 00.M", "Concrete Forming"},
	{"03 20 00.M", "Concrete Reinforcing"},
	{"03 30 00.M", "Cast-in-Place Concrete"},
	{"03 30 00.L", "Cast-in-Place Concrete, placing"},
	{"04 22 00.S", "Concrete Unit Masonry"},
	{"05 12 00.S", "Structural Steel Framing"},
	{"06 10 00.M", "Rough Carpentry"},
	{"07 52 00.S", "Modified Bituminous Membrane Roofing"},
	{"08 11 00.M", "Metal Doors and Frames"},
	{"09 29 00.S", "Gypsum Board"},
	{"09 91 00.S", "Painting"},
	{"21 13 00.S", "Fire-Suppression Sprinkler Systems"},
	{"22 11 00.S", "Facility Water Distribution"},
	{"23 05 00.S", "Common Work Results for HVAC"},
	{"26 05 00.S", "Common Work Results for Electrical"},
}

var civilCodes = []codeName{
	{"01 31 00.L", "Project Management and Coordination"},
	{"01 51 00.O", "Temporary Utilities"},
	{"01 54 00.E", "Construction Aids"},
	{"03 11 00.M", "Concrete Forming"},
	{"03 20 00.M", "Concrete Reinforcing"},
	{"03 30 00.M", "Cast-in-Place Concrete"},
	{"03 30 00.L", "Cast-in-Place Concrete, placing"},
	{"05 12 00.S", "Structural Steel Framing"},
	{"31 23 00.E", "Excavation and Fill, equipment"},
	{"31 23 00.S", "Excavation and Fill, subcontract"},
	{"32 12 00.M", "Flexible Paving"},
	{"32 16 00.S", "Curbs, Gutters, Sidewalks"},
	{"33 41 00.M", "Storm Utility Drainage Piping"},
}

func codesOf(names []codeName) []string {
	codes := make([]string, len(names))
	for i, n := range names {
		codes[i] = n.code
	}
	return codes
}

// costAccounts are the accounts of the plan "Cost Codes", every code once.
func costAccounts() []codeName {
	var all []codeName
	seen := map[string]bool{}
	for _, n := range slices.Concat(buildingCodes, civilCodes) {
		if !seen[n.code] {
			seen[n.code] = true
			all = append(all, n)
		}
	}
	return all
}

// unmappedAccount is a cost account without a rule.
const unmappedAccount = "99 00 00"

var sites = []site{
	{
		number: riverside, name: "Riverside Medical Office", active: true, permitted: true, period: true,
		codes: codesOf(buildingCodes), unmade: []string{"06 10 00.M"},
	},
	{
		number: lincoln, name: "Lincoln Elementary Addition", active: true, permitted: true, period: true,
		codes: codesOf(buildingCodes), unmade: []string{"08 11 00.M"},
	},
	{
		number: bridge, name: "SR-52 Bridge Deck", active: true, permitted: true, period: true,
		codes: codesOf(civilCodes),
	},
	{
		number: harbor, name: "Harbor Pump Station", active: true, permitted: true,
		codes: codesOf(civilCodes),
	},
	{number: library, name: "Maple Street Library", permitted: true, period: true, codes: codesOf(buildingCodes)},
	{number: courthouse, name: "Federal Courthouse Annex", active: true, period: true, codes: codesOf(buildingCodes)},
}

// costType is a cost type of the Procore company.
type costType struct{ code, name, base string }

var costTypes = []costType{
	{"L", "Labor", "labor"},
	{"M", "Materials", "materials"},
	{"S", "Subcontract", "commitment"},
	{"E", "Equipment", "equipment"},
	{"O", "Other", "other"},
}
