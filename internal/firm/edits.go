package firm

import (
	"context"
	"fmt"
	"slices"
)

// Edit is one thing that the firm's people do on the scripted day.
type Edit struct {
	// Name is short and stable; Say is a sentence for the screen.
	Name, Say string
	// Apply does it in the Odoo sandbox; it does nothing when there is only a sheet.
	Apply func(ctx context.Context) error
	// Sheet are mapping rows (CSV) for `map import`, nil when there are none.
	Sheet []byte
}

const newName = "Thin Air Mechanical & Controls, Inc."

// planEdits writes into the plan what the day changes: the ledger after it counts these lines.
func (f *Firm) planEdits() {
	amend := f.order["edit-amend"]
	amend.after = slices.Clone(amend.lines)
	amend.after[0].qty = units(285)
	amend.after[1].at = centsPrice(10990)

	f.order["edit-cancel"].cancelled = true

	move := f.order["edit-move"]
	move.after = slices.Clone(move.lines)
	move.after[0].to = all(lincoln, "09 29 00.S")

	reset := f.bill["edit-reset"]
	reset.after = slices.Clone(reset.lines)
	reset.after[0].qty = milli(275)

	late := f.billOf("late", "edit-late", "2026-08-20", tied(f.order["edit-late"], 0, milli(150)))
	late.late = true

	recut := f.order["edit-split"]
	recut.after = slices.Clone(recut.lines)
	recut.after[0].to = []share{{riverside, "03 30 00.M", 5000}, {riverside, "03 30 00.L", 5000}}

	billed := f.order["edit-billed"]
	billed.after = slices.Clone(billed.lines)
	billed.after[0].at = dollars(58100)
}

// Edits is the scripted day, in its order. [Firm.Load] comes first.
func (f *Firm) Edits() []Edit {
	amend, cancel, move := f.order["edit-amend"], f.order["edit-cancel"], f.order["edit-move"]
	recut, billed := f.order["edit-split"], f.order["edit-billed"]
	reset, late := f.bill["edit-reset"], f.bill["late"]
	return []Edit{
		{
			Name:  "change an order",
			Say:   fmt.Sprintf("%s is changed after its commitment was Approved: 285 TON instead of 260, and a new price for patching.", amend.name),
			Apply: func(ctx context.Context) error { return f.rewriteOrder(ctx, amend) },
		},
		{
			Name: "cancel an order",
			Say:  cancel.name + " is cancelled; nothing was billed on it.",
			Apply: func(ctx context.Context) error {
				return f.do(ctx, "purchase.order", "button_cancel", cancel.id, nil)
			},
		},
		{
			Name:  "move an order",
			Say:   fmt.Sprintf("%s moves from %s to %s.", move.name, riverside, lincoln),
			Apply: func(ctx context.Context) error { return f.recode(ctx, move, 0) },
		},
		{
			Name:  "reset a bill",
			Say:   reset.name + " is reset to draft, corrected and posted again; it is the newest invoice of its commitment.",
			Apply: func(ctx context.Context) error { return f.repost(ctx, reset) },
		},
		{
			Name:  "enter a late bill",
			Say:   late.name + " arrives late: its date lies before invoices that were sent.",
			Apply: func(ctx context.Context) error { return f.makeBill(ctx, late) },
		},
		{
			Name: "rename a vendor",
			Say:  fmt.Sprintf("%s changes its name to %q.", hvac, newName),
			Apply: func(ctx context.Context) error {
				return f.do(ctx, "res.partner", "write", f.ids.partner[hvac], map[string]any{"vals": map[string]any{"name": newName}})
			},
		},
		{
			Name:  "change a split",
			Say:   recut.name + ": its line is split 50/50 over other codes; Odoo does not touch the order itself.",
			Apply: func(ctx context.Context) error { return f.recode(ctx, recut, 0) },
		},
		{
			Name:  "supply a mapping",
			Say:   fmt.Sprintf("The account %s is mapped to project %s; what waited for it goes.", gym, lincoln),
			Apply: func(ctx context.Context) error { return ctx.Err() },
			Sheet: f.sheet(func(j job) bool { return j.later }, false),
		},
		{
			Name:  "change a billed order",
			Say:   billed.name + " gets a higher price after it was billed: an exception, Procore keeps the old amount.",
			Apply: func(ctx context.Context) error { return f.rewriteOrder(ctx, billed) },
		},
	}
}

// rewriteOrder writes quantity and price of an order's lines as its header's form does. Both go together:
// Odoo 19 may take the vendor's list price when only the quantity is written.
func (f *Firm) rewriteOrder(ctx context.Context, o *order) error {
	var commands []any
	for i, l := range o.after {
		commands = append(commands, []any{1, o.lineIDs[i], map[string]any{"product_qty": l.qty.float(), "price_unit": l.at.float()}})
	}
	return f.do(ctx, "purchase.order", "write", o.id, map[string]any{"vals": map[string]any{"order_line": commands}})
}

// recode writes the analytic distribution of one line.
func (f *Firm) recode(ctx context.Context, o *order, at int) error {
	return f.do(ctx, "purchase.order.line", "write", o.lineIDs[at], map[string]any{
		"vals": map[string]any{"analytic_distribution": f.distribution(o.after[at])},
	})
}

func (f *Firm) repost(ctx context.Context, b *bill) error {
	if err := f.do(ctx, "account.move", "button_draft", b.id, nil); err != nil {
		return err
	}
	var commands []any
	for i, l := range b.after {
		commands = append(commands, []any{1, b.lineIDs[i], map[string]any{"quantity": l.qty.float(), "price_unit": l.at.float()}})
	}
	err := f.do(ctx, "account.move", "write", b.id, map[string]any{"vals": map[string]any{"invoice_line_ids": commands}})
	if err != nil {
		return err
	}
	return f.do(ctx, "account.move", "action_post", b.id, nil)
}

func (f *Firm) do(ctx context.Context, model, method string, id int64, args map[string]any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := f.odoo.Do(model, method, []int64{id}, args); err != nil {
		return fmt.Errorf("calling %s of %s %d: %w", method, model, id, err)
	}
	return nil
}
