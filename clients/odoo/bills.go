package odoo

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"
)

// billTypes are the account.move types of vendors.
var billTypes = []string{"in_invoice", "in_refund", "in_receipt"}

// VendorBills reads one window page of bills, refunds and receipts with all their lines: two requests, one
// when nothing changed, and one more when lines come from purchase orders.
func (c *Client) VendorBills(ctx context.Context, w Window) ([]VendorBill, error) {
	rows, err := c.page(ctx, ModelMove, w)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return c.bills(ctx, rows)
}

// VendorBillsByID reads these bills, of any company that the user sees. Deleted and hidden ones and moves that
// are no vendor bills are absent.
func (c *Client) VendorBillsByID(ctx context.Context, ids []int64) ([]VendorBill, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return c.VendorBills(ctx, Window{IDs: ids})
}

// bills reads the lines of bills, and what else they name.
func (c *Client) bills(ctx context.Context, rows []*row) ([]VendorBill, error) {
	digits, err := c.digits(ctx, column(rows, "currency_id"))
	if err != nil {
		return nil, err
	}
	own, err := c.companyDigits(ctx, column(rows, "company_id"))
	if err != nil {
		return nil, err
	}
	bills, err := decode(rows, func(r *row) VendorBill { return decodeBill(r, digits[r.id("currency_id")]) })
	if err != nil {
		return nil, err
	}
	lines, err := c.lines(ctx, ModelMoveLine, "move_id", rows)
	if err != nil {
		return nil, err
	}
	orders, err := c.ordersOfLines(ctx, column(lines, "purchase_line_id"))
	if err != nil {
		return nil, err
	}
	distribution, err := c.distributions(ctx, lines, "analytic_account_id")
	if err != nil {
		return nil, err
	}
	index := make(map[int64]*VendorBill, len(bills))
	for i := range bills {
		index[bills[i].ID] = &bills[i]
	}
	for _, r := range lines {
		b := index[r.id("move_id")]
		if b == nil {
			continue
		}
		l := decodeMoveLine(r, digits[b.Currency], own[b.Company], distribution)
		l.PurchaseOrder = orders[l.PurchaseLine]
		if r.err != nil {
			return nil, r.err
		}
		b.Lines = append(b.Lines, l)
	}
	return bills, nil
}

// ordersOfLines maps order lines to their orders.
func (c *Client) ordersOfLines(ctx context.Context, lines []int64) (map[int64]int64, error) {
	if len(lines) == 0 {
		return nil, nil
	}
	slices.Sort(lines)
	v, err := c.rpc.call(ctx, request{
		model: ModelOrderLine, method: "read", ids: slices.Compact(lines), onRecords: true,
		args: map[string]any{"fields": []string{"id", "order_id"}, "load": ""},
	})
	if err != nil {
		return nil, err
	}
	rows, err := toRows(ModelOrderLine, "read", schema{}, v)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]int64, len(rows))
	for _, r := range rows {
		out[r.integer("id")] = r.id("order_id")
		if r.err != nil {
			return nil, r.err
		}
	}
	return out, nil
}

func decodeBill(r *row, digits int32) VendorBill {
	b := VendorBill{
		ID:            r.integer("id"),
		Name:          r.text("name"),
		Type:          r.text("move_type"),
		State:         r.text("state"),
		Ref:           r.text("ref"),
		Partner:       r.id("partner_id"),
		Company:       r.id("company_id"),
		Currency:      r.id("currency_id"),
		InvoiceDate:   r.date("invoice_date"),
		Date:          r.date("date"),
		ReversedEntry: r.id("reversed_entry_id"),
		Untaxed:       r.money("amount_untaxed", digits),
		Tax:           r.money("amount_tax", digits),
		Total:         r.money("amount_total", digits),
		Lines:         []MoveLine{},
		CreateDate:    r.instant("create_date"),
		WriteDate:     r.instant("write_date"),
	}
	if b.Name == "/" { // before 19: a draft
		b.Name = ""
	}
	return b
}

func decodeMoveLine(r *row, digits, companyDigits int32, distribution func(*row) []Share) MoveLine {
	return MoveLine{
		ID:           r.integer("id"),
		Sequence:     r.integer("sequence"),
		DisplayType:  displayType(r),
		Name:         r.text("name"),
		Product:      r.id("product_id"),
		Account:      r.id("account_id"),
		Quantity:     r.number("quantity"),
		UnitPrice:    r.number("price_unit"),
		Taxes:        r.ids("tax_ids"),
		TaxLine:      r.id("tax_line_id"),
		Subtotal:     r.money("price_subtotal", digits),
		Amount:       r.money("amount_currency", digits),
		Balance:      r.money("balance", companyDigits),
		PurchaseLine: r.id("purchase_line_id"),
		Distribution: distribution(r),
		WriteDate:    r.instant("write_date"),
	}
}

// displayType is what a line is. Before Odoo 16 only sections and notes have a type; what is not on the invoice's own list
// of lines was made by Odoo.
func displayType(r *row) string {
	given := r.text("display_type")
	switch {
	case given != "" || !r.schema.has("exclude_from_invoice_tab"):
		return given
	case r.flag("is_rounding_line"):
		return "rounding"
	case !r.flag("exclude_from_invoice_tab"):
		return "product"
	case r.flag("is_anglo_saxon_line"):
		return "cogs"
	case r.id("tax_line_id") != 0:
		return "tax"
	default:
		return "payment_term"
	}
}

// untaxedTypes are the lines that Odoo sums into amount_untaxed; a rounding line of a tax counts as tax.
var untaxedTypes = []string{"product", "rounding", "non_deductible_product", "non_deductible_product_total"}

// LinesSum is what Odoo computes the untaxed amount from: the booked amounts of the lines, positive for
// a bill and for a refund, in the bill's currency. (Subtotals differ by cents under global tax rounding.)
func (b VendorBill) LinesSum() decimal.Decimal {
	sum := decimal.Zero
	for _, l := range b.Lines {
		if slices.Contains(untaxedTypes, l.DisplayType) && l.TaxLine == 0 {
			sum = sum.Add(l.Amount)
		}
	}
	if b.Type == "in_refund" {
		sum = sum.Neg()
	}
	return sum
}

// Torn reports that the lines do not sum to the header's untaxed amount. The same difference at the
// next read is content.
func (b VendorBill) Torn() bool { return !b.LinesSum().Equal(b.Untaxed) }
