package crash

import (
	"context"
	"fmt"

	"github.com/ml-connector/odoo-procore/internal/rig"
)

// Stage is something that happens at the firm; cycles carry it over.
type Stage struct {
	name string
	do   func(ctx context.Context, p *play) error
}

// documents are the firm's, with what becomes of each.
type documents struct {
	// long has 30 lines, one of them on Mill, where Procore refuses to approve. Then Mill is not wanted any more, the
	// draft there is deleted (the retired part), and the rest is reopened: a line is priced anew, one recoded. At last all
	// of it moves to Mill, and its vendor has another name.
	long rig.Document
	// first and second are on a project that is mapped late: they are parked until then. For second the project has no
	// budget code. The vendor's reference of first changes, the header alone.
	first, second rig.Document

	// overTwo bills first and second, and waits with them. It loses second, is corrected on first and credited.
	overTwo rig.Document
	// direct is of no order. It is corrected, then credited.
	direct rig.Document
	// receipt gets another number, which makes it anew.
	receipt rig.Document
}

// longLines is the number of lines of the long order.
const longLines = 30

// Whole is a firm with one document of every kind, what people do with them, and what comes late. Where Procore does not
// have a vendor on a project, one document alone names it there first: two would race for who adds it, and the effects
// would differ from run to run.
func Whole() []Stage {
	return []Stage{{"load", load}, {"edits", edit}, {"late", late}}
}

func load(_ context.Context, p *play) error {
	d, f, docs := p.tenant.Desk(), p.tenant.Firm, &p.docs
	lines := []rig.Line{{Amount: 250.25, Project: f.Mill, Code: f.Labor}}
	for i := range longLines - 1 {
		lines = append(lines, rig.Line{Amount: 10 + float64(i)/4, Project: f.Tower, Code: f.Concrete})
	}
	docs.long = d.Order(f.Peak, lines...)
	p.gate.refuse(approval{subject: fmt.Sprintf("purchase.order/%d", docs.long.ID), part: fmt.Sprint(f.MillProject)})
	docs.first = d.Order(f.Boulder, rig.Line{Amount: 120.10, Project: f.Gym, Code: f.Concrete})
	docs.second = d.Order(f.Boulder, rig.Line{Amount: 80, Project: f.Gym, Code: f.Gypsum})

	docs.overTwo = d.Bill("in_invoice", f.Boulder, "INV-1", "2026-03-11", nil,
		rig.Line{Amount: 70, Project: f.Gym, Code: f.Concrete, Of: line(docs.first, 0)},
		rig.Line{Amount: 30, Project: f.Gym, Code: f.Gypsum, Of: line(docs.second, 0)})
	docs.direct = d.Bill("in_invoice", f.Boulder, "D-1", "2026-03-13", nil, rig.Line{Amount: 7.50, Project: f.Tower, Code: f.Labor})
	docs.receipt = d.Bill("in_receipt", f.Boulder, "R-1", "2026-03-14", nil, rig.Line{Amount: 19.99, Project: f.Mill, Code: f.Labor})
	return d.Err()
}

func edit(ctx context.Context, p *play) error {
	d, f, docs := p.tenant.Desk(), p.tenant.Firm, &p.docs
	d.Recode(line(docs.long, 0), f.Tower, f.Labor)
	d.Do("purchase.order", "write", docs.long.ID, rig.Price("order_line", "product_qty", line(docs.long, 1), 12.75))
	d.Recode(line(docs.long, longLines-1), f.Tower, f.Labor)
	d.Repost(docs.direct, rig.Price("invoice_line_ids", "quantity", line(docs.direct, 0), 8.25))
	d.Repost(docs.receipt, map[string]any{"ref": "R-1b"})
	if err := d.Err(); err != nil {
		return err
	}
	p.gate.refuse(approval{})
	return p.tenant.MapProject(ctx, f.Gym, f.GymProject)
}

func late(_ context.Context, p *play) error {
	d, f, docs := p.tenant.Desk(), p.tenant.Firm, &p.docs
	for _, l := range docs.long.Lines {
		d.Recode(l, f.Mill, f.Concrete)
	}
	d.Do("res.partner", "write", f.Peak, map[string]any{"name": "Peak Supply & Sons", "city": "Denver"})
	d.Do("purchase.order", "write", docs.first.ID, map[string]any{"partner_ref": "Q-77"})
	d.Repost(docs.overTwo, map[string]any{"invoice_line_ids": []any{
		[]any{2, line(docs.overTwo, 1), 0},
		[]any{1, line(docs.overTwo, 0), map[string]any{"price_unit": 65.5, "quantity": 1}},
	}})
	d.Bill("in_refund", f.Boulder, "CN-1", "2026-03-20", map[string]any{"reversed_entry_id": docs.overTwo.ID},
		rig.Line{Amount: 10.05, Project: f.Gym, Code: f.Concrete, Of: line(docs.first, 0)})
	d.Bill("in_refund", f.Boulder, "CN-2", "2026-03-21", map[string]any{"reversed_entry_id": docs.direct.ID},
		rig.Line{Amount: 5.25, Project: f.Tower, Code: f.Labor})
	return d.Err()
}

// Small is a firm in which one thing happens at a time: a killed worker has nothing else in hand, whose end Temporal would
// wait for. It is for a sample that must not take long.
func Small() []Stage {
	return []Stage{
		{"an order", func(_ context.Context, p *play) error {
			d, f := p.tenant.Desk(), p.tenant.Firm
			p.docs.first = d.Order(f.Peak, rig.Line{Amount: 120.10, Project: f.Mill, Code: f.Concrete})
			return d.Err()
		}},
		{"its bill", func(_ context.Context, p *play) error {
			d, f := p.tenant.Desk(), p.tenant.Firm
			p.docs.overTwo = d.Bill("in_invoice", f.Peak, "INV-1", "2026-03-11", nil,
				rig.Line{Amount: 70, Project: f.Mill, Code: f.Concrete, Of: line(p.docs.first, 0)},
				rig.Line{Amount: 7.50, Project: f.Mill, Code: f.Labor})
			return d.Err()
		}},
		{"no bill any more", func(_ context.Context, p *play) error {
			d := p.tenant.Desk()
			d.CancelBill(p.docs.overTwo)
			return d.Err()
		}},
		{"the order recoded", func(_ context.Context, p *play) error {
			d, f := p.tenant.Desk(), p.tenant.Firm
			d.Recode(line(p.docs.first, 0), f.Mill, f.Labor)
			return d.Err()
		}},
	}
}

// line is the id of a document's n-th line; 0 when making the document failed, which its desk has noted.
func line(d rig.Document, n int) int64 {
	if n >= len(d.Lines) {
		return 0
	}
	return d.Lines[n]
}
