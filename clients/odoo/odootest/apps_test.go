package odootest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWithoutAnApp(t *testing.T) {
	t.Parallel()
	for _, version := range Versions() {
		s := New(Config{Version: version, WithoutApps: []string{"purchase"}})
		for _, model := range []string{"purchase.order", "purchase.order.line"} {
			_, err := s.Do(model, "search", nil, map[string]any{"domain": []any{}})
			require.ErrorContains(t, err, "the model '"+model+"' does not exist")
		}
		fields, err := s.Do("account.move.line", "fields_get", nil, nil)
		require.NoError(t, err)
		require.NotContains(t, fields, "purchase_line_id")
		vendor, err := s.Create("res.partner", map[string]any{"name": "Vendor"})
		require.NoError(t, err)
		bill, err := s.Create("account.move", map[string]any{
			"move_type": "in_invoice", "partner_id": vendor, "invoice_date": "2026-11-20",
			"invoice_line_ids": []any{[]any{0, 0, map[string]any{"name": "Steel", "quantity": 1, "price_unit": 5}}},
		})
		require.NoError(t, err)
		_, err = s.Do("account.move", "action_post", []int64{bill}, nil)
		require.NoError(t, err, "bills work without orders")
	}
}

func TestRelease(t *testing.T) {
	t.Parallel()
	for release, want := range map[string][]any{
		"":             {"19.0", "19.0", []any{int64(19), int64(0), int64(0), "final", int64(0), ""}},
		"saas~19.1+e":  {"saas~19.1+e", "saas~19.1", []any{"saas~19", int64(1), int64(0), "final", int64(0), "e"}},
		"19.0+e-alpha": {"19.0+e-alpha", "19.0", []any{int64(19), int64(0), int64(0), "final", int64(0), "e-alpha"}},
	} {
		version, series, info := New(Config{Release: release}).release()
		require.Equal(t, want, []any{version, series, info})
	}
	b := setup(t)
	b.s.cfg.Release = "saas~19.1+e"
	_, _, v := b.send("GET", "/web/version", nil, "")
	require.Equal(t, map[string]any{"version": "saas~19.1+e", "version_info": []any{"saas~19", 1.0, 0.0, "final", 0.0, "e"}}, v)
}
