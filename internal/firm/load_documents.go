package firm

import (
	"context"
	"fmt"
)

// distribution codes a line's shares as the firm's people do.
func (f *Firm) distribution(l line) map[string]any {
	if len(l.to) == 0 {
		return nil
	}
	out := map[string]any{}
	for _, s := range l.to {
		out[f.analyticKey(l.coding, s)] = s.of.float()
	}
	return out
}

func (f *Firm) analyticKey(how coding, s share) string {
	job, code := f.ids.account[s.job], f.ids.account[s.code]
	switch {
	case s.code == "":
		return fmt.Sprint(job)
	case how == byReversed:
		return fmt.Sprintf("%d,%d", code, job)
	case how == byOffice:
		return fmt.Sprintf("%d,%d,%d", job, code, f.ids.account[desk])
	case how == byProduct, how == byAccount:
		return fmt.Sprint(job)
	case how == byUnmapped:
		return fmt.Sprintf("%d,%d", job, f.ids.account[unmappedAccount])
	default:
		return fmt.Sprintf("%d,%d", job, code)
	}
}

func (f *Firm) taxesOf(company int, l line) []any {
	taxes := []any{}
	if l.tax != untaxed {
		taxes = append(taxes, f.ids.tax[company][l.tax])
	}
	return []any{[]any{6, 0, taxes}}
}

func (f *Firm) loadOrders(ctx context.Context) error {
	for _, o := range f.orders {
		if err := f.makeOrder(ctx, o); err != nil {
			return fmt.Errorf("making %s: %w", o.name, err)
		}
	}
	return nil
}

func (f *Firm) makeOrder(ctx context.Context, o *order) error {
	var lines []any
	for i, l := range o.lines {
		lines = append(lines, []any{0, 0, f.orderLine(o, i, l)})
	}
	id, err := f.create(ctx, "purchase.order", map[string]any{
		"name": o.name, "partner_id": f.ids.partner[o.vendor], "company_id": f.ids.company[o.company],
		"currency_id": f.ids.currency["USD"], "date_order": o.day + " 15:00:00", "order_line": lines,
	})
	if err != nil {
		return err
	}
	o.id = id
	if o.lineIDs, err = f.children(ctx, "purchase.order", id, "order_line"); err != nil {
		return err
	}
	if len(o.lineIDs) != len(o.lines) {
		return fmt.Errorf("%d lines came out of %d", len(o.lineIDs), len(o.lines))
	}
	for _, method := range o.steps() {
		if err := f.do(ctx, "purchase.order", method, id, nil); err != nil {
			return err
		}
	}
	if o.state != "purchase" {
		return nil
	}
	// The confirmation is the day's, not the loading's.
	return f.do(ctx, "purchase.order", "write", id, map[string]any{"vals": map[string]any{"date_approve": o.day + " 16:30:00"}})
}

// steps are the buttons that bring an order to its state.
func (o *order) steps() []string {
	switch {
	case o.state == "draft":
		return nil
	case o.state == "cancel":
		return []string{"button_confirm", "button_cancel"}
	case o.again:
		return []string{"button_confirm", "button_cancel", "button_draft", "button_confirm"}
	default:
		return []string{"button_confirm"}
	}
}

func (f *Firm) orderLine(o *order, i int, l line) map[string]any {
	vals := map[string]any{"name": l.text, "sequence": 10 * (i + 1)}
	if l.display != "" {
		vals["display_type"] = l.display
		return vals
	}
	vals["product_id"], vals["product_uom_id"] = f.ids.product[l.product], f.ids.unit[l.uom]
	vals["product_qty"], vals["price_unit"], vals["discount"] = l.qty.float(), l.at.float(), l.less.float()
	vals["tax_ids"] = f.taxesOf(o.company, l)
	vals["is_downpayment"] = l.deposit
	vals["date_planned"] = o.day + " 18:00:00"
	if d := f.distribution(l); d != nil {
		vals["analytic_distribution"] = d
	}
	return vals
}

func (f *Firm) loadBills(ctx context.Context) error {
	for _, b := range f.bills {
		if b.late {
			continue
		}
		if err := f.makeBill(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

func (f *Firm) makeBill(ctx context.Context, b *bill) error {
	if err := f.enterBill(ctx, b); err != nil {
		return fmt.Errorf("making bill %s: %w", b.name, err)
	}
	return nil
}

func (f *Firm) enterBill(ctx context.Context, b *bill) error {
	currency := b.currency
	if currency == "" {
		currency = "USD"
	}
	var lines []any
	for i, l := range b.lines {
		lines = append(lines, []any{0, 0, f.billLine(b, i, l)})
	}
	vals := map[string]any{
		"move_type": b.kind, "partner_id": f.ids.partner[b.vendor], "company_id": f.ids.company[b.company],
		"journal_id": f.ids.journal[b.company], "currency_id": f.ids.currency[currency],
		"invoice_date": b.day, "date": b.booked, "ref": falsy(b.ref), "invoice_line_ids": lines,
	}
	if b.name != "" {
		vals["name"] = b.name
	}
	if b.reverses != nil {
		vals["reversed_entry_id"] = b.reverses.id
	}
	id, err := f.create(ctx, "account.move", vals)
	if err != nil {
		return err
	}
	b.id = id
	if b.lineIDs, err = f.children(ctx, "account.move", id, "invoice_line_ids"); err != nil {
		return err
	}
	if len(b.lineIDs) != len(b.lines) {
		return fmt.Errorf("%d lines came out of %d", len(b.lineIDs), len(b.lines))
	}
	switch b.state {
	case "draft":
		return nil
	case "cancel":
		return f.do(ctx, "account.move", "button_cancel", id, nil)
	default:
		return f.do(ctx, "account.move", "action_post", id, nil)
	}
}

func (f *Firm) billLine(b *bill, i int, l line) map[string]any {
	vals := map[string]any{"name": l.text, "sequence": 10 * (i + 1)}
	if l.display != "" {
		vals["display_type"] = l.display
		return vals
	}
	if l.product != "" {
		vals["product_id"], vals["product_uom_id"] = f.ids.product[l.product], f.ids.unit[l.uom]
	}
	vals["account_id"] = f.ids.gl[b.company][l.account]
	vals["quantity"], vals["price_unit"], vals["discount"] = l.qty.float(), l.at.float(), l.less.float()
	vals["tax_ids"] = f.taxesOf(b.company, l)
	if l.order != nil {
		vals["purchase_line_id"] = l.order.lineIDs[l.of]
	}
	if d := f.distribution(l); d != nil {
		vals["analytic_distribution"] = d
	}
	return vals
}
