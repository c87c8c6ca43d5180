package odootest

import (
	"slices"
	"strings"
)

// grant says which groups may read a model and which may write, create and delete. Everybody means any user.
type grant struct{ read, write string }

const everybody = "internal"

// grants follows what was measured on the real server: reading master data is free, documents need a group.
var grants = map[string]grant{
	"purchase.order":                {"purchase billing readonly", "purchase"},
	"purchase.order.line":           {"purchase billing readonly", "purchase"},
	"account.move":                  {"purchase billing readonly", "purchase billing"},
	"account.move.line":             {"purchase billing readonly", "purchase billing"},
	"account.analytic.account":      {everybody, "analytic"},
	"account.analytic.plan":         {"analytic", "analytic"},
	"account.analytic.group":        {"analytic", "analytic"},
	"account.analytic.tag":          {"analytic", "analytic"},
	"account.analytic.distribution": {"analytic", "analytic"},
	"account.account.type":          {everybody, ""},
	"decimal.precision":             {everybody, "system"},
	"uom.category":                  {everybody, ""},
	"account.analytic.line":         {"billing analytic readonly", "billing analytic"},
	"account.journal":               {"purchase billing readonly", ""},
	"account.payment.register":      {"billing", "billing"},
	"res.partner":                   {everybody, "contact"},
	"res.company":                   {everybody, ""},
	"res.currency":                  {everybody, ""},
	"res.currency.rate":             {everybody, ""},
	"res.country":                   {everybody, ""},
	"res.country.state":             {everybody, ""},
	"res.users":                     {everybody, ""},
	"res.users.apikeys":             {everybody, ""},
	"product.category":              {everybody, ""},
	"product.template":              {everybody, ""},
	"product.product":               {everybody, ""},
	"product.supplierinfo":          {"purchase", "purchase"},
	"uom.uom":                       {everybody, ""},
	"account.account":               {everybody, ""},
	"account.tax":                   {everybody, ""},
	"account.tax.group":             {everybody, ""},
	"account.tax.repartition.line":  {everybody, ""},
	"account.payment.term":          {everybody, ""},
	"account.payment.term.line":     {everybody, ""},
	"account.fiscal.position":       {"purchase billing readonly", ""},
	"project.project":               {everybody, ""},
	"ir.model.fields":               {"", ""},
	"ir.config_parameter":           {"system", "system"},
}

var groupTitles = map[string]string{
	"purchase": "Purchase/User",
	"billing":  "Accounting/Invoicing",
	"analytic": "Analytic Accounting",
	"contact":  "Contact/Creation",
	"readonly": "Show Accounting Features - Readonly",
	"internal": "Role / User",
	"system":   "Role / Administrator",
}

// titles14 are the groups' names in version 14.
var titles14 = map[string]string{
	"purchase": "Purchase/User",
	"billing":  "Invoicing/Billing",
	"analytic": "Technical/Analytic Accounting",
	"contact":  "Extra Rights/Contact Creation",
	"readonly": "Technical/Show Accounting Features - Readonly",
	"internal": "User types/Internal User",
	"system":   "Administration/Settings",
}

func (t *tx) may(m *model, operation string) bool {
	if t.user == nil {
		return true
	}
	if t.s.dialect.old && m.name == "ir.model.fields" && operation == "read" {
		return true
	}
	if t.user.KeysHidden && m.name == keyModel {
		return false
	}
	groups := grants[m.name].groups(operation)
	return slices.ContainsFunc(groups, func(g string) bool { return g == everybody || slices.Contains(t.user.Groups, g) })
}

func (g grant) groups(operation string) []string {
	if operation == "read" {
		return strings.Fields(g.read)
	}
	return strings.Fields(g.write)
}

// check refuses an operation that no group of the user allows.
func (t *tx) check(m *model, operation string) {
	if t.may(m, operation) {
		return
	}
	verbs := map[string]string{"read": "access", "write": "modify", "create": "create", "unlink": "delete"}
	text := "No group currently allows this operation."
	if groups := grants[m.name].groups(operation); len(groups) > 0 {
		titles := make([]string, len(groups))
		for i, g := range groups {
			titles[i] = "\t- " + t.s.dialect.groups[g]
		}
		slices.Sort(titles)
		text = "This operation is allowed for the following groups:\n" + strings.Join(titles, "\n")
	}
	accessError("You are not allowed to %s '%s' (%s) records.\n\n%s\n\nContact your administrator to request access if necessary.",
		verbs[operation], m.label, m.name, text)
}

// useContext reads the request's context: companies must be among the user's.
func (t *tx) useContext(v any) {
	if ctx, ok := v.(map[string]any); ok {
		t.ctx = ctx
	}
	allowed := t.s.model("res.company").ids
	if t.user != nil && len(t.user.CompanyIDs) > 0 {
		allowed = t.user.CompanyIDs
	}
	t.companies = slices.Clone(allowed)
	wanted := t.ctx["allowed_company_ids"]
	if isFalse(wanted) {
		return
	}
	ids := idList(wanted)
	if len(ids) == 0 {
		return
	}
	for _, id := range ids {
		if !slices.Contains(allowed, id) {
			accessError("Access to unauthorized or invalid companies.")
		}
	}
	t.companies = ids
}

// company is the one that new documents belong to: the first active one, made when there is none at all.
func (t *tx) company() int64 {
	if len(t.companies) > 0 {
		return t.companies[0]
	}
	m := t.s.model("res.company")
	if len(m.ids) == 0 {
		t.create(m, map[string]any{"name": "My Company"})
	}
	return m.ids[0]
}
