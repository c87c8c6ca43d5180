package odootest

// touchLines14 gives every line of an order a new write date. Version 14 rewrites all of them where version 19 rewrites
// only what changed.
func (t *tx) touchLines14(o rec) {
	if !t.s.dialect.old || o.record == nil {
		return
	}
	lines := t.s.model("purchase.order.line")
	for _, id := range o.ids("order_line") {
		t.touch(lines, lines.get(id))
	}
}

// touchOrder14 is touchLines14 with the order itself.
func (t *tx) touchOrder14(o rec) {
	if t.s.dialect.old && o.record != nil {
		o.touch()
		t.touchLines14(o)
	}
}
