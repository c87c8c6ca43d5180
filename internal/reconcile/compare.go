package reconcile

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/mapping"
)

// compare makes the rows of both sides' books.
func compare(b books) ([]Row, error) {
	c := newComparison(b)
	for record, list := range b.bindings {
		if err := c.sent(record, list); err != nil {
			return nil, err
		}
	}
	for _, o := range b.orders {
		c.order(o)
	}
	for _, bill := range b.bills {
		c.bill(bill)
	}
	o := newOwners(b)
	for project, p := range b.procore {
		c.procoreSide(project, p, o)
	}
	for _, d := range c.documents {
		c.explain(d)
	}
	c.costToDate()
	return c.rows(), nil
}

// explain breaks the difference of one record down, cell by cell.
func (c *comparison) explain(d *document) {
	cells := map[cell]bool{}
	for _, side := range []amounts{d.odoo, d.want, d.sent, d.bound, d.loose} {
		for at := range side {
			cells[at] = true
		}
	}
	for at := range cells {
		row := c.ledger.at(at)
		row.odoo = row.odoo.Add(d.odoo[at])
		c.ledger.explain(at, d.unwanted, d.ref, d.odoo[at].Sub(d.want[at]))
		left := d.want[at].Sub(d.bound[at]).Sub(d.loose[at])
		switch {
		case left.IsZero():
		case d.state.line != "":
			c.ledger.explain(at, d.state.line, d.ref, left)
		case d.linked[at]:
			c.ledger.explain(at, LineLinked, d.ref, left)
		default:
			changed := d.sent[at].Sub(d.bound[at])
			c.ledger.explain(at, LineChanged, d.ref, changed)
			c.ledger.leave(at, d.ref, left.Sub(changed))
		}
	}
}

// rows turns the ledger into sorted rows; rows without any amount are left out, and so are projects that were not read.
func (c *comparison) rows() []Row {
	rows := []Row{}
	for at, l := range c.ledger {
		if _, read := c.procore[at.project]; !read && (at.project != 0 || !c.whole) {
			continue
		}
		explained := gathered(l.explained)
		difference := l.odoo.Sub(l.procore)
		row := Row{
			BudgetCode: at.code, Test: at.test, Type: at.kind, Odoo: Amount{l.odoo}, Procore: Amount{l.procore},
			Difference: Amount{difference}, Unexplained: Amount{difference.Sub(total(explained))},
			ExplainedBy: explained, UnexplainedBy: gathered(l.open), project: at.project,
		}
		if at.project != 0 {
			row.Project = cmp.Or(c.rules.Procore[at.project].Number, strconv.FormatInt(at.project, 10))
		}
		if row.Odoo.IsZero() && row.Procore.IsZero() && row.Unexplained.IsZero() && len(explained) == 0 {
			continue
		}
		rows = append(rows, row)
	}
	sortRows(rows)
	return rows
}

// unexplained sums without signs; cost_to_date counts only what the other tests of its project do not show.
func unexplained(rows []Row) decimal.Decimal {
	repeated := map[int64]decimal.Decimal{}
	for _, r := range rows {
		if r.Test == TestInvoices || r.Test == TestDirectCosts {
			repeated[r.project] = repeated[r.project].Add(r.Unexplained.Decimal)
		}
	}
	sum := decimal.Zero
	for _, r := range rows {
		amount := r.Unexplained.Decimal
		if r.Test == TestCostToDate && r.project != 0 {
			amount = amount.Sub(repeated[r.project])
		}
		sum = sum.Add(amount.Abs())
	}
	return sum
}

// sortedProjects are the projects that were read.
func (c *comparison) sortedProjects() []int64 { return slices.Sorted(maps.Keys(c.procore)) }

func newComparison(b books) *comparison {
	c := &comparison{
		books: b, documents: map[subject]*document{}, ledger: ledger{},
		orders: map[int64]odoo.PurchaseOrder{}, bills: map[int64]odoo.VendorBill{},
		commitments: map[int64]map[int64]mapping.Binding{},
	}
	for _, o := range b.orders {
		c.orders[o.ID] = o
	}
	for _, bill := range b.bills {
		c.bills[bill.ID] = bill
	}
	for record, list := range b.bindings {
		for _, binding := range list {
			if record.model != odoo.ModelPurchaseOrder || binding.Kind != mapping.KindCommitment {
				continue
			}
			if c.commitments[record.id] == nil {
				c.commitments[record.id] = map[int64]mapping.Binding{}
			}
			c.commitments[record.id][binding.Project] = binding
		}
	}
	return c
}
