package odoo

import (
	"context"

	"github.com/shopspring/decimal"
)

// PurchaseOrders reads one window page of orders with all their lines: two requests, or one when
// nothing changed.
func (c *Client) PurchaseOrders(ctx context.Context, w Window) ([]PurchaseOrder, error) {
	rows, err := c.page(ctx, ModelPurchaseOrder, w)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return c.orders(ctx, rows)
}

// PurchaseOrdersByID reads these orders, of any company that the user sees. Deleted and hidden ones are absent.
func (c *Client) PurchaseOrdersByID(ctx context.Context, ids []int64) ([]PurchaseOrder, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return c.PurchaseOrders(ctx, Window{IDs: ids})
}

// orders reads the lines of orders, and what else they name.
func (c *Client) orders(ctx context.Context, rows []*row) ([]PurchaseOrder, error) {
	digits, err := c.digits(ctx, column(rows, "currency_id"))
	if err != nil {
		return nil, err
	}
	orders, err := decode(rows, func(r *row) PurchaseOrder { return decodeOrder(r, digits[r.id("currency_id")]) })
	if err != nil {
		return nil, err
	}
	lines, err := c.lines(ctx, ModelOrderLine, "order_id", rows)
	if err != nil {
		return nil, err
	}
	units, err := c.names(ctx, modelUnit, "name", column(lines, "product_uom_id"))
	if err != nil {
		return nil, err
	}
	distribution, err := c.distributions(ctx, lines, "account_analytic_id")
	if err != nil {
		return nil, err
	}
	index := make(map[int64]*PurchaseOrder, len(orders))
	for i := range orders {
		index[orders[i].ID] = &orders[i]
	}
	for _, r := range lines {
		o := index[r.id("order_id")]
		if o == nil {
			continue // moved to another order between the two requests
		}
		o.Lines = append(o.Lines, decodeOrderLine(r, digits[o.Currency], units, distribution))
		if r.err != nil {
			return nil, r.err
		}
	}
	return orders, nil
}

// lines reads all lines of the given documents, by id.
func (c *Client) lines(ctx context.Context, model, parent string, docs []*row) ([]*row, error) {
	return c.rows(ctx, query{model: model, domain: []any{term(parent, "in", column(docs, "id"))}})
}

// column collects a field of all rows: ids and many2one, without empty ones.
func column(rows []*row, name string) []int64 {
	out := make([]int64, 0, len(rows))
	for _, r := range rows {
		if id := r.id(name); id != 0 {
			out = append(out, id)
		}
	}
	return out
}

func decodeOrder(r *row, digits int32) PurchaseOrder {
	o := PurchaseOrder{
		ID:         r.integer("id"),
		Name:       r.text("name"),
		State:      r.text("state"),
		Locked:     r.flag("locked"),
		Partner:    r.id("partner_id"),
		PartnerRef: r.text("partner_ref"),
		Origin:     r.text("origin"),
		Company:    r.id("company_id"),
		Currency:   r.id("currency_id"),
		DateOrder:  r.instant("date_order"),
		Approved:   r.instant("date_approve"),
		Untaxed:    r.money("amount_untaxed", digits),
		Tax:        r.money("amount_tax", digits),
		Total:      r.money("amount_total", digits),
		Lines:      []OrderLine{},
		CreateDate: r.instant("create_date"),
		WriteDate:  r.instant("write_date"),
	}
	if o.State == "done" { // before 19: confirmed and locked
		o.State, o.Locked = "purchase", true
	}
	return o
}

func decodeOrderLine(r *row, digits int32, units map[int64]string, distribution func(*row) []Share) OrderLine {
	return OrderLine{
		ID:           r.integer("id"),
		Sequence:     r.integer("sequence"),
		Name:         r.text("name"),
		DisplayType:  r.text("display_type"),
		Product:      r.id("product_id"),
		Quantity:     r.number("product_qty"),
		UnitPrice:    r.number("price_unit"),
		Discount:     r.number("discount"),
		UnitName:     units[r.id("product_uom_id")],
		Taxes:        r.ids("tax_ids"),
		Subtotal:     r.money("price_subtotal", digits),
		TaxAmount:    r.money("price_tax", digits),
		DownPayment:  r.flag("is_downpayment"),
		Distribution: distribution(r),
		WriteDate:    r.instant("write_date"),
	}
}

// LinesSum is the sum of the lines' subtotals, in the order's currency.
func (o PurchaseOrder) LinesSum() decimal.Decimal {
	sum := decimal.Zero
	for _, l := range o.Lines {
		if l.DisplayType == "" {
			sum = sum.Add(l.Subtotal)
		}
	}
	return sum
}

// Torn reports that the lines do not sum to the header's untaxed amount. The same difference at the
// next read is content: with global tax rounding Odoo rounds the sum, not each line.
func (o PurchaseOrder) Torn() bool { return !o.LinesSum().Equal(o.Untaxed) }
