package firm

// vendor is a supplier of the firm.
type vendor struct {
	name, vat, city string
	person          bool   // a sole trader: no company
	branchOf        string // a contact of that commercial partner
	employee        bool
	archived        bool
	company         int // a company of the same database
	// causes are found on the vendor itself.
	causes    []string
	inProcore []procoreVendor
	trades    []string // budget codes that the vendor is asked for
	civil     bool     // works on the civil company's jobs as well
}

// procoreVendor is a vendor that Procore held before.
type procoreVendor struct{ name, taxID string }

// The vendors that stories need by name.
const (
	concrete    = "Front Range Ready Mix, LLC"
	rebar       = "Colorado Rebar Fabricators"
	lumber      = "Weaver Lumber & Supply"
	steel       = "Ironhorse Steel Erectors, Inc."
	doors       = "Pikes Peak Door & Hardware"
	electric    = "Boulder Creek Electric Co."
	plumbing    = "Hernández Plumbing"
	paving      = "Mile High Paving & Asphalt"
	excavation  = "Two Forks Excavating"
	rentals     = "Sunstate Crane Rentals"
	rentalsYard = "Sunstate Crane Rentals, Pueblo Yard"
	pipe        = "Western Pipe & Precast"
	ambiguous   = "Summit Fire Protection"
	employee    = "Dana Whitfield"
	sister      = "Cordillera Civil Co."
	euro        = "Brückner Schalung GmbH"
	roofing     = "Alpenglow Roofing"
	painting    = "Moran & Sons Painting"
	power       = "Xcel Power & Light"
	cleaning    = "CleanSite Services"
	drywall     = "Highline Drywall"
	masonry     = "Stonecutter Masonry"
	hvac        = "Thin Air Mechanical"
	demo        = "Rubble Brothers Demolition"
	curbs       = "Arapahoe Curb & Gutter"
	forms       = "Symons Form Rental"
	staffing    = "Labor Ready Staffing"
)

var vendors = []vendor{
	{name: concrete, vat: "84-1200311", city: "Denver", civil: true, trades: []string{"03 30 00.M"}},
	{
		name: rebar, vat: "84-1200322", city: "Aurora", civil: true, trades: []string{"03 20 00.M"},
		inProcore: []procoreVendor{{"CO Rebar Fab", "84-1200322"}},
	},
	{
		name: lumber, city: "Golden", trades: []string{"06 10 00.M", "03 11 00.M"},
		inProcore: []procoreVendor{{lumber, ""}},
	},
	{name: steel, vat: "84-1200344", city: "Commerce City", civil: true, trades: []string{"05 12 00.S"}},
	{name: doors, vat: "84-1200355", city: "Colorado Springs", trades: []string{"08 11 00.M"}},
	{name: electric, vat: "84-1200366", city: "Boulder", trades: []string{"26 05 00.S"}},
	{name: plumbing, city: "Pueblo", person: true, trades: []string{"22 11 00.S"}},
	{name: paving, vat: "84-1200388", city: "Englewood", civil: true, trades: []string{"32 12 00.M"}},
	{name: excavation, vat: "84-1200399", city: "Castle Rock", civil: true, trades: []string{"31 23 00.S"}},
	{name: rentals, vat: "84-1200401", city: "Denver", civil: true, trades: []string{"01 54 00.E"}},
	{name: rentalsYard, city: "Pueblo", branchOf: rentals},
	{name: pipe, vat: "84-1200412", city: "Greeley", civil: true, trades: []string{"33 41 00.M"}},
	{
		name: ambiguous, city: "Littleton", causes: []string{"vendor.ambiguous"},
		inProcore: []procoreVendor{{ambiguous, ""}, {ambiguous, ""}},
	},
	{name: employee, city: "Denver", person: true, employee: true, causes: []string{"vendor.employee"}},
	{name: sister, company: civil},
	{name: euro, vat: "DE129273398", city: "Ulm"},
	{name: roofing, vat: "84-1200423", city: "Lakewood", trades: []string{"07 52 00.S"}},
	{name: painting, city: "Arvada", trades: []string{"09 91 00.S"}},
	{name: power, vat: "84-1200434", city: "Denver", trades: []string{"01 51 00.O"}},
	{name: cleaning, city: "Westminster", trades: []string{"01 74 00.O"}},
	{name: drywall, vat: "84-1200445", city: "Thornton", trades: []string{"09 29 00.S"}},
	{name: masonry, vat: "84-1200456", city: "Longmont", trades: []string{"04 22 00.S"}},
	{name: hvac, vat: "84-1200467", city: "Broomfield", trades: []string{"23 05 00.S"}},
	{name: demo, city: "Denver", trades: []string{"02 41 00.S"}},
	{name: curbs, vat: "84-1200478", city: "Centennial", civil: true, trades: []string{"32 16 00.S"}},
	{name: forms, vat: "84-1200489", city: "Denver", civil: true, trades: []string{"03 11 00.M"}},
	{name: staffing, vat: "84-1200491", city: "Denver", civil: true, trades: []string{"03 30 00.L", "01 31 00.L"}},
	// Seen on overhead, stock and history only: none of them belongs in Procore.
	{name: "Rocky Mountain Office Supply", city: "Denver"},
	{name: "Prairie Telecom", city: "Denver"},
	{name: "Bluebird Fuel Cards", city: "Omaha"},
	{name: "Kessler Insurance Agency", city: "Denver"},
	{name: "Granite State Surety", city: "Concord"},
	{name: "Fastener Depot", city: "Aurora"},
	{name: "Harmon Law Group", city: "Denver"},
	{name: "Peak Payroll Services", city: "Denver"},
	{name: "Tri-County Truck Repair", city: "Brighton"},
	{name: "Old Town Signs", city: "Golden", archived: true},
	{name: "Cherry Creek Catering", city: "Denver"},
	{name: "DataVault Backup", city: "Boise"},
	{name: "Platte Valley Safety Gear", city: "Denver"},
}

var overheadVendors = []string{
	"Rocky Mountain Office Supply", "Prairie Telecom", "Bluebird Fuel Cards", "Kessler Insurance Agency",
	"Granite State Surety", "Fastener Depot", "Harmon Law Group", "Peak Payroll Services",
	"Tri-County Truck Repair", "Cherry Creek Catering", "DataVault Backup", "Platte Valley Safety Gear",
}
