package odootest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRelationsNameModelsOfTheServer(t *testing.T) {
	t.Parallel()
	s := New(Config{})
	for _, m := range s.models {
		for _, f := range m.fields {
			if !f.relational() {
				continue
			}
			rel := s.model(f.rel)
			require.NotNil(t, rel, "%s.%s", m.name, f.name)
			if f.kind == kOne2many {
				inverse := rel.byName[f.inverse]
				require.NotNil(t, inverse, "%s.%s", m.name, f.name)
				require.True(t, inverse.idx, "%s.%s needs an index", rel.name, f.inverse)
				require.Equal(t, m.name, inverse.rel)
			}
		}
		for _, f := range m.fields {
			require.NotEmpty(t, f.label, "%s.%s", m.name, f.name)
		}
	}
}

func TestEveryFieldOfEveryDocumentReads(t *testing.T) {
	t.Parallel()
	b := setup(t)
	po := b.order(seedLines(b.recoverable(15))...)
	b.do("purchase.order", "button_confirm", []int64{po}, nil)
	b.do("purchase.order", "action_create_invoice", []int64{po}, nil)
	b.do("account.move", "write", []int64{1}, vals("invoice_date", "2026-11-20"))
	b.do("account.move", "action_post", []int64{1}, nil)
	for name, m := range b.s.models {
		if len(m.ids) > 0 {
			rows, ok := b.do(name, "search_read", nil, map[string]any{"domain": []any{}, "fields": []string{}}).([]any)
			require.True(t, ok)
			require.Len(t, rows, len(m.ids), name)
		}
	}
	v := b.do("purchase.order", "web_search_read", nil, map[string]any{"domain": []any{}, "specification": map[string]any{
		"name": map[string]any{}, "partner_id": map[string]any{"fields": map[string]any{"display_name": map[string]any{}}},
		"order_line": map[string]any{"fields": map[string]any{"name": map[string]any{}}},
	}})
	require.Equal(t, map[string]any{"id": int64(2), "display_name": "Vendor"}, v.(map[string]any)["records"].([]any)[0].(map[string]any)["partner_id"])
}

func TestEncodingIsPythons(t *testing.T) {
	t.Parallel()
	require.Equal(t, `{"a": 3.0, "b": [1, true, null, "\u00e9\ud83d\ude00\u0001\"\\\n"], "c": 1e-07, "d": 0.0}`, encode(object{
		{"a", 3.0}, {"b", []any{int64(1), true, nil, "é😀\x01\"\\\n"}}, {"c", 1e-7}, {"d", 0.0},
	}))
	require.Equal(t, `{"9": 1.5, "35": 2.0}`, encode(map[string]float64{"35": 2, "9": 1.5}))
}
