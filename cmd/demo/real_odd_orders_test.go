package main

import (
	"fmt"
	"maps"
	"strings"
)

// on is a distribution over accounts by name; the first key may join several.
func (s *oddServer) on(percent float64, names ...string) map[string]any {
	key := ""
	for i, name := range names {
		if i > 0 {
			key += ","
		}
		key += fmt.Sprint(s.ids[name])
	}
	return map[string]any{key: percent}
}

func commands(lines []map[string]any) []any {
	out := make([]any, 0, len(lines))
	for _, l := range lines {
		out = append(out, []any{0, 0, l})
	}
	return out
}

// order makes an order and presses its buttons.
func (s *oddServer) order(name string, vals map[string]any, buttons []string, lines ...map[string]any) {
	s.t.Helper()
	all := map[string]any{"name": name, "partner_id": s.ids["Azure Interior"], "company_id": s.ids["home"], "order_line": commands(lines)}
	maps.Copy(all, vals)
	id := s.add(name, "purchase.order", all)
	for _, button := range buttons {
		s.do("purchase.order", button, id, nil)
	}
}

func (s *oddServer) orders() {
	confirm := []string{"button_confirm"}
	line := func(qty, price float64, distribution map[string]any) map[string]any {
		l := map[string]any{"product_id": s.ids["desk"], "product_qty": qty, "price_unit": price}
		if distribution != nil {
			l["analytic_distribution"] = distribution
		}
		return l
	}
	remark := func(display, text string) map[string]any {
		return map[string]any{"display_type": display, "name": text}
	}
	job := s.on(100, "Millennium Industries")
	s.order("P00001", nil, confirm, remark("line_section", "Furniture"), line(3, 1234.5678, job), remark("line_note", "Handle with care"), line(1, -50, job), line(0, 10, job))
	s.order("P00002", nil, confirm, line(1, 100, nil))
	s.order("P00003", nil, nil, line(1, 100, job))
	s.order("P00004", nil, []string{"button_confirm", "button_cancel"}, line(1, 100, job))
	s.order("P00005", map[string]any{"currency_id": s.ids["USD"]}, confirm, line(2, 99.99, job))
	s.order("P00006", map[string]any{"company_id": s.ids["abroad"]}, confirm, line(2, 99.99, s.on(100, "Chicago only")))
	thirds := map[string]any{}
	for i, name := range []string{"Millennium Industries", "Our Super Product", "=SUM(A1:A9)"} {
		thirds[fmt.Sprint(s.ids[name])] = []float64{33.33, 33.33, 33.34}[i]
	}
	s.order("P00007", nil, confirm, line(1, 0.02, thirds), line(7, 14.29, thirds))
	s.order("P00008", nil, confirm, line(1, 500, s.on(60, "Millennium Industries", "Administrative")))
	s.order("P00009", nil, confirm, line(1, 500, map[string]any{"9999": 100}))
	s.order("P00010", nil, confirm, line(1, 500, map[string]any{"abc": 100}))
	s.order("P00011", nil, confirm, line(1, 500, s.on(150, "Our Super Product")))
	s.order("P00012", map[string]any{"partner_id": s.ids["Marc Demo"]}, confirm, line(1, 80, job))
	s.order("P00013", nil, confirm, line(1, 500, s.on(100, "Administrative")))
	s.order("P00014", map[string]any{"partner_id": s.ids["Nicole Ford"]}, confirm, line(12, 8.333, s.on(100, "Old job")))
	s.order("P00015", map[string]any{"partner_id": s.ids["O'Brien & Søn <ltd>"]}, confirm, line(1, 250, s.on(100, "Our Super Product")))
	s.order("P00016", map[string]any{"currency_id": s.ids["JPY"]}, confirm, line(1, 1234, job))
	long := line(0.333, 1234.5, job)
	long["name"] = strings.Repeat("Ein sehr langer Text mit Zeilen\nund Zeichen: ü, 漢字, 🪑, \"quotes\" ", 40)
	long["discount"], long["tax_ids"] = 33.33, []any{[]any{6, 0, []any{s.ids["tax"]}}}
	s.order("P00017", nil, confirm, long)
	s.order("P00018", nil, confirm, line(-2, 40, job))
	s.order("P00019", nil, confirm, line(1, 0, job), line(0, 90, job))
	s.order("P00020", map[string]any{"partner_id": s.ids["closed vendor"]}, confirm, line(1, 65, job))
	// Each company has its own numbers.
	s.order("P00015", map[string]any{"company_id": s.ids["abroad"], "currency_id": s.ids["EUR"]}, confirm, line(1, 31, s.on(100, "Our Super Product")))
	s.order("P00015 'quoted'", nil, confirm, line(1, 60, job))
}
