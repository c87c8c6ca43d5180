package firm

// product is what the firm buys. Its category carries a budget code for lines coded by the job only.
type product struct{ key, name, category, uom, kind string }

var products = []product{
	{"concrete", "Ready-mix concrete 4000 psi", "Concrete", "CY", "consu"},
	{"rebar", "Reinforcing steel #5", "Reinforcing", "TON", "consu"},
	{"asphalt", "Hot-mix asphalt SX", "Asphalt", "TON", "consu"},
	{"pipe", "RCP class III, 24 in", "Drainage", "EA", "consu"},
	{"forms", "Form panels", "Formwork", "EA", "consu"},
	{"lumber", "Framing lumber", "Lumber", "EA", "consu"},
	{"door", "Hollow metal door", "Doors", "EA", "consu"},
	{"sub", "Subcontract work", "Subcontract", "LS", "service"},
	{"labor", "Labor", "Labor", "HR", "service"},
	{"rental", "Equipment rental", "Equipment", "DAY", "service"},
	{"site", "Site services", "Site services", "LS", "service"},
	{"office", "Office supplies", "Office", "EA", "consu"},
	{"stock", "Warehouse stock", "Stock", "EA", "consu"},
	{"deposit", "Down payment", "Down payments", "LS", "service"},
}

// categories carry a budget code or none.
var categories = []codeName{
	{"03 30 00.M", "Concrete"},
	{"03 20 00.M", "Reinforcing"},
	{"32 12 00.M", "Asphalt"},
	{"33 41 00.M", "Drainage"},
	{"03 11 00.M", "Formwork"},
	{"06 10 00.M", "Lumber"},
	{"08 11 00.M", "Doors"},
	{"", "Subcontract"},
	{"", "Labor"},
	{"01 54 00.E", "Equipment"},
	{"01 74 00.O", "Site services"},
	{"", "Office"},
	{"", "Stock"},
	{"", "Down payments"},
}

var unitNames = []string{"CY", "TON", "EA", "LS", "HR", "DAY"}

// The general ledger, as far as bills need it.
const (
	glMaterials   = "500100"
	glSubcontract = "500200"
	glEquipment   = "500300"
	glLabor       = "500400"
	glOther       = "500500"
	glUtilities   = "500600"
	glFreight     = "500700"
	glOverhead    = "600100"
	glInsurance   = "600200"
	glStock       = "130000"
	glPrepaid     = "140000"
	glRetention   = "210500"
	glTax         = "150000"
	glPayable     = "200000"
)

type glAccount struct{ code, name, kind, budget string }

var glAccounts = []glAccount{
	{glStock, "Inventory", "asset_current", ""},
	{glPrepaid, "Vendor Deposits", "asset_prepayments", ""},
	{glTax, "Recoverable Tax", "asset_current", ""},
	{glPayable, "Accounts Payable", "liability_payable", ""},
	{glRetention, "Retainage Payable", "liability_current", ""},
	{glMaterials, "Job Materials", "expense_direct_cost", ""},
	{glSubcontract, "Subcontracts", "expense_direct_cost", ""},
	{glEquipment, "Equipment Rental", "expense_direct_cost", ""},
	{glLabor, "Contract Labor", "expense_direct_cost", ""},
	{glOther, "Other Job Cost", "expense_direct_cost", ""},
	{glUtilities, "Job Utilities", "expense_direct_cost", "01 51 00.O"},
	{glFreight, "Freight In", "expense_direct_cost", ""},
	{glOverhead, "Office Expense", "expense", ""},
	{glInsurance, "Insurance and Surety", "expense", ""},
}

// supply is how a budget code is bought: what, in which unit, and within which limits.
type supply struct {
	product            string
	account            string
	qtyLow, qtyHigh    int64 // whole units
	priceLow, priceTop int64 // cents
	lump               bool  // billed by percentages of one
}

func supplyOf(code string) supply {
	switch code {
	case "03 30 00.M":
		return supply{"concrete", glMaterials, 20, 260, 13850, 18975, false}
	case "03 20 00.M":
		return supply{"rebar", glMaterials, 4, 40, 128500, 164900, false}
	case "32 12 00.M":
		return supply{"asphalt", glMaterials, 80, 900, 8425, 9960, false}
	case "33 41 00.M":
		return supply{"pipe", glMaterials, 6, 60, 31800, 54250, false}
	case "03 11 00.M":
		return supply{"forms", glMaterials, 20, 200, 3899, 8745, false}
	case "06 10 00.M":
		return supply{"lumber", glMaterials, 50, 400, 1249, 4795, false}
	case "08 11 00.M":
		return supply{"door", glMaterials, 4, 36, 41250, 98700, false}
	case "01 54 00.E", "31 23 00.E":
		return supply{"rental", glEquipment, 2, 30, 48500, 187500, false}
	case "03 30 00.L", "01 31 00.L":
		return supply{"labor", glLabor, 40, 320, 4650, 9875, false}
	case "01 51 00.O", "01 74 00.O":
		return supply{"site", glOther, 1, 1, 41275, 689340, true}
	default:
		return supply{"sub", glSubcontract, 1, 1, 850000, 18750000, true}
	}
}

func productOf(key string) product {
	for _, p := range products {
		if p.key == key {
			return p
		}
	}
	panic("firm: no product " + key)
}

// buy is a line for a budget code in the way that it is bought.
func buy(code, text string, qty milli, at price, to []share) line {
	s := supplyOf(code)
	return line{
		text: text, product: s.product, uom: productOf(s.product).uom,
		qty: qty, at: at, account: s.account, to: to,
	}
}
