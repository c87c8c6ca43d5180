package odoo

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// readRows lets every getter and every document see the rows of a decoded answer.
func readRows(v any) {
	rows, err := toRows(ModelMove, "read", schema{}, v)
	if err != nil {
		return
	}
	for _, r := range rows {
		shares := func(r *row) []Share { return r.shares("analytic_distribution") }
		o := decodeOrder(r, 2)
		o.Lines = append(o.Lines, decodeOrderLine(r, 2, nil, shares))
		b := decodeBill(r, 2)
		b.Lines = append(b.Lines, decodeMoveLine(r, 2, 2, shares))
		_, _ = o.Torn(), b.Torn()
		if r.err == nil {
			_, _ = o.Canonical()
			_, _ = b.Canonical()
		}
	}
}

// allowed: a decoder gives only what the transport promises.
func allowed(t *testing.T, v any, depth int) {
	switch v := v.(type) {
	case nil, bool, string:
	case json.Number:
		require.NotEmpty(t, v)
	case []any:
		for _, item := range v {
			allowed(t, item, depth+1)
		}
	case map[string]any:
		for _, item := range v {
			allowed(t, item, depth+1)
		}
	default:
		t.Fatalf("%T", v)
	}
}

func FuzzJSON2(f *testing.F) {
	for _, seed := range []string{
		`[{"id": 1, "name": "P1", "analytic_distribution": {"35,36": 60.0}, "amount_untaxed": 101.24000000000001, "write_date": "2026-11-23 07:00:00"}]`,
		`[{"id": 1e999999999, "price_unit": 1e-5, "partner_id": [1, "A"], "tax_ids": [2, 1]}]`, `false`, `null`, `{"name": "x"}`, `[`, `"\u0001"`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := decodeJSON(body)
		if err != nil {
			return
		}
		allowed(t, v, 0)
		readRows(v)
	})
}

func FuzzXMLRPC(f *testing.F) {
	row := map[string]any{
		"id": 1, "name": "P1 & <x>", "analytic_distribution": map[string]any{"35,36": 60.5}, "partner_id": []any{1, "A"}, "locked": false,
		"write_date": "2026-11-23 07:00:00",
	}
	for _, seed := range []string{
		encodeAnswer([]any{row}), encodeAnswer(false), faultAnswer(4, "no"), faultAnswer(1, "Traceback (most recent call last):\n  File \"x\"\nValueError: x\n"),
		"<methodResponse><params><param><value><i8>1</i8></value></param></params></methodResponse>", "<methodResponse>", "\x01",
		"<methodResponse><params><param><value>a<![CDATA[b]]></value></param></params></methodResponse>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		v, refused, err := decodeXML(body)
		if err != nil {
			return
		}
		if refused != nil {
			f := failure{xml: true, fault: refused.code}
			f.name, f.text = refused.exception()
			require.NotEmpty(t, f.classify().Code)
			require.Equal(t, refused.isNone(), f.name == "builtins.TypeError" && unmarshalled.MatchString(f.text) && refused.code == unforeseen)
			return
		}
		allowed(t, v, 0)
		readRows(v)
	})
}
