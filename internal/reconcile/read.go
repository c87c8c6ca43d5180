package reconcile

import (
	"context"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/procore"
)

const (
	// page is how many documents one request to Odoo reads.
	page = 500
	// tornReads is how often a document whose lines do not sum to its header is read again.
	tornReads = 2
)

func readOrders(ctx context.Context, c *odoo.Client) ([]odoo.PurchaseOrder, error) {
	return documents(ctx, c, (*odoo.Client).PurchaseOrders, (*odoo.Client).PurchaseOrdersByID, odoo.PurchaseOrder.Torn)
}

func readBills(ctx context.Context, c *odoo.Client) ([]odoo.VendorBill, error) {
	return documents(ctx, c, (*odoo.Client).VendorBills, (*odoo.Client).VendorBillsByID, odoo.VendorBill.Torn)
}

// documents reads all documents of a model, and those again that were saved between header and lines.
func documents[T odoo.Dated](
	ctx context.Context, c *odoo.Client, list func(*odoo.Client, context.Context, odoo.Window) ([]T, error),
	byID func(*odoo.Client, context.Context, []int64) ([]T, error), torn func(T) bool,
) ([]T, error) {
	var all []T
	for after := int64(0); ; {
		docs, err := list(c, ctx, odoo.Window{After: after, Limit: page})
		if err != nil {
			return nil, err
		}
		all = append(all, docs...)
		if len(docs) < page {
			break
		}
		after = docs[len(docs)-1].OdooID()
	}
	for range tornReads {
		at := map[int64]int{}
		var ids []int64
		for i, d := range all {
			if torn(d) && len(ids) < page {
				at[d.OdooID()] = i
				ids = append(ids, d.OdooID())
			}
		}
		if len(ids) == 0 {
			break
		}
		again, err := byID(c, ctx, ids)
		if err != nil {
			return nil, err
		}
		for _, d := range again {
			all[at[d.OdooID()]] = d
		}
	}
	return all, nil
}

func readAnalytic(ctx context.Context, c *odoo.Client) ([]odoo.AnalyticLine, error) {
	var all []odoo.AnalyticLine
	for after := int64(0); ; {
		lines, err := c.AnalyticLines(ctx, "", "", after, page)
		if err != nil {
			return nil, err
		}
		all = append(all, lines...)
		if len(lines) < page {
			return all, nil
		}
		after = lines[len(lines)-1].ID
	}
}

// readProject reads what Procore holds of a project.
func readProject(ctx context.Context, c *procore.Client, id int64) (projectBooks, error) {
	d, err := c.Projects.Documents(ctx, id)
	return projectBooks{
		commitments: d.Commitments, requisitions: d.Requisitions, directCosts: d.DirectCosts, directCostLines: d.DirectCostLines,
	}, err
}
