package odootest

// installPrecision14 makes the digits of unit prices a setting: two, until somebody changes it.
func (s *Server) installPrecision14() {
	m := s.model("decimal.precision")
	prices := []*field{s.model("purchase.order.line").field("price_unit"), s.model("account.move.line").field("price_unit")}
	m.wrote = func(t *tx, r *record, _ map[string]any) {
		for _, price := range prices {
			old := price.digits
			t.undo = append(t.undo, func() { price.digits = old })
			price.digits = int32((rec{t, m, r}).num("digits"))
		}
	}
	const digits = 2
	m.insert(s.installed(m, 1, map[string]any{"name": "Product Price", "digits": int64(digits)}))
	m.seq = 1
	for _, price := range prices {
		price.digits = digits
	}
}
