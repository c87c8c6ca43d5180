package mapping

import "github.com/ml-connector/odoo-procore/clients/odoo"

// object is an Odoo object that a code rule can name.
type object struct {
	model string
	id    int64
}

// codeObjects lists what can give a line its budget code, most specific first: the account of the cost
// plan, the product's category and its parents, the G/L account.
func (r Rules) codeObjects(codeAccount, product, account int64) []object {
	var list []object
	if codeAccount != 0 {
		list = append(list, object{odoo.ModelAnalyticAccount, codeAccount})
	}
	seen := map[int64]bool{0: true}
	for id := r.Products[product].Category; !seen[id]; id = r.Categories[id].Parent {
		seen[id] = true
		list = append(list, object{odoo.ModelCategory, id})
	}
	if account != 0 {
		list = append(list, object{odoo.ModelAccount, account})
	}
	return list
}

// code finds the budget code of a line in a project: the first rule with a cost code wins, a rule of the
// project before the company's default; a cost type that it lacks comes from the first rule that has one.
func (r Rules) code(project int64, objects []object) (CodeTarget, bool) {
	var target CodeTarget
	var costType string
	for _, o := range objects {
		for _, scope := range []int64{project, 0} {
			rule, ok := r.Codes[CodeKey{Model: o.model, ID: o.id, Project: scope}]
			if !ok {
				continue
			}
			if target.CostCode == "" && rule.CostCode != "" {
				target = rule
			}
			if costType == "" {
				costType = rule.CostType
			}
		}
	}
	if target.CostType == "" {
		target.CostType = costType
	}
	return target, target.CostCode != "" && target.CostType != ""
}

// String is the budget code as Procore writes it: [sub job.]cost code.cost type.
func (c CodeTarget) String() string {
	code := c.CostCode + "." + c.CostType
	if c.SubJob != "" {
		code = c.SubJob + "." + code
	}
	return code
}

// missing says how a budget code that a project lacks is made; false when its parts do not exist, when it
// has a sub job (whose existence the cache does not tell), or when the tenant wants to be asked.
func (r Rules) missing(p ProcoreProject, c CodeTarget) (MissingCode, bool) {
	costCode, hasCode := p.CostCodes[c.CostCode]
	costType, hasType := r.CostTypes[c.CostType]
	if !hasCode || !hasType || c.SubJob != "" || r.Settings.MissingBudgetCode == "park" {
		return MissingCode{}, false
	}
	return MissingCode{Project: p.ID, Code: c.String(), CostCode: costCode, CostType: costType}, true
}

// objectName is what people call a code object.
func (r Rules) objectName(o object) string {
	switch o.model {
	case odoo.ModelAnalyticAccount:
		return r.Accounts[o.id].Name
	case odoo.ModelCategory:
		return r.Categories[o.id].Name
	case odoo.ModelAccount:
		return r.GL[o.id].Code + " " + r.GL[o.id].Name
	default:
		return ""
	}
}
