package odootest

import (
	"encoding/json"

	"github.com/shopspring/decimal"
)

const (
	one  = json.Number("1")
	cent = json.Number("0.01")
)

func (s *Server) installCurrencies() {
	m := s.model("res.currency")
	m.defaults = func(_ *tx, vals map[string]any) {
		setDefault(vals, "rounding", cent)
		setDefault(vals, "decimal_places", json.Number("2"))
		setDefault(vals, "rate", one)
		setDefault(vals, "position", "after")
		if isFalse(vals["symbol"]) {
			setDefault(vals, "symbol", vals["name"])
		}
	}
	places := func(t *tx, r *record, vals map[string]any) {
		c := rec{t, m, r}
		if _, ok := vals["rounding"]; ok {
			c.put("decimal_places", int64(-decimal.NewFromFloat(c.num("rounding")).Exponent()))
		} else if _, ok := vals["decimal_places"]; ok {
			f, _ := decimal.New(1, -int32(c.num("decimal_places"))).Float64()
			c.put("rounding", f)
		}
	}
	m.wrote = places
	m.created = func(t *tx, r *record) {
		c := rec{t, m, r}
		if d := c.num("decimal_places"); d != 2 && c.num("rounding") == 0.01 {
			places(t, r, map[string]any{"decimal_places": d})
		}
	}
	m.computed("inverse_rate", func(t *tx, r *record) any {
		if rate := (rec{t, m, r}).num("rate"); rate != 0 {
			return 1 / rate
		}
		return 1.0
	})
	rates := s.model("res.currency.rate")
	rates.display = func(_ *tx, r *record) string { return str(r.at(rates.field("name").slot)) }
	rates.defaults = func(t *tx, vals map[string]any) { setDefault(vals, "name", t.today()) }
	current := func(t *tx, r *record) {
		if c, ok := (rec{t, rates, r}).follow("currency_id"); ok {
			f, _ := t.rate(c.id, t.today(), 0).Float64()
			c.put("rate", f)
		}
	}
	rates.created = current
	rates.wrote = func(t *tx, r *record, _ map[string]any) { current(t, r) }
	s.model("res.country.state").display = func(t *tx, r *record) string {
		st := rec{t, s.model("res.country.state"), r}
		if c, ok := st.follow("country_id"); ok && c.str("code") != "" {
			return st.str("name") + " (" + c.str("code") + ")"
		}
		return st.str("name")
	}
}

func (t *tx) currencyNamed(name string) int64 {
	m := t.s.model("res.currency")
	for _, r := range m.recs {
		if r.at(m.field("name").slot) == name {
			return r.id
		}
	}
	return t.create(m, map[string]any{"name": name, "symbol": "$"}).id
}

// rate is units of a currency per unit of the base, on a date: the newest rate not after it, else the oldest, else the
// currency's own field.
func (t *tx) rate(currency int64, date string, company int64) decimal.Decimal {
	m := t.s.model("res.currency.rate")
	var best, oldest rec
	for _, id := range m.index[m.field("currency_id").slot][currency] {
		r := t.rec("res.currency.rate", id)
		if co := r.ref("company_id"); co != 0 && company != 0 && co != company {
			continue
		}
		day := r.str("name")
		if day <= date && (best.record == nil || day >= best.str("name")) {
			best = r
		}
		if oldest.record == nil || day < oldest.str("name") {
			oldest = r
		}
	}
	v := 0.0
	switch {
	case best.record != nil:
		v = best.num("rate")
	case oldest.record != nil:
		v = oldest.num("rate")
	default:
		v = t.rec("res.currency", currency).num("rate")
	}
	if v == 0 {
		v = 1
	}
	return decimal.NewFromFloat(v)
}

// conversion is units of the currency per unit of the company's currency.
func (t *tx) conversion(currency, company int64, date string) decimal.Decimal {
	home := t.rec("res.company", company).ref("currency_id")
	if home == currency || home == 0 || currency == 0 {
		return decimal.NewFromInt(1)
	}
	return t.rate(currency, date, company).Div(t.rate(home, date, company))
}

// round rounds half away from zero to the currency's unit.
func (t *tx) round(currency int64, d decimal.Decimal) decimal.Decimal {
	return d.Round(t.places(currency))
}

func (t *tx) places(currency int64) int32 {
	r := t.s.model("res.currency").get(currency)
	if r == nil {
		return 2
	}
	return int32(rec{t, t.s.model("res.currency"), r}.num("decimal_places"))
}

func dec(f float64) decimal.Decimal { return decimal.NewFromFloat(f) }

func flt(d decimal.Decimal) float64 {
	f, _ := d.Float64()
	return f
}
