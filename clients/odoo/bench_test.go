package odoo

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// page1000 is an answer of 1000 orders, as search_read gives them with plain ids.
func page1000() []any {
	rows := make([]any, 1000)
	for i := range rows {
		rows[i] = map[string]any{
			"id": i + 1, "name": fmt.Sprintf("P%05d", i+1), "state": "purchase", "locked": false, "partner_id": 2000 + i%97, "partner_ref": false,
			"origin": "RFQ/9 & more", "company_id": 1, "currency_id": 1, "date_order": "2026-11-23 07:09:53", "date_approve": "2026-11-23 07:09:54",
			"amount_untaxed": 4628.94 + float64(i)/7, "amount_tax": 656.8, "amount_total": 5285.74,
			"create_date": "2026-11-23 07:09:53", "write_date": "2026-11-23 07:09:54",
		}
	}
	return rows
}

// Decode 1000 orders, from the bytes of the answer to the documents.
func BenchmarkDecode1000Orders(b *testing.B) {
	raw, err := json.Marshal(page1000())
	require.NoError(b, err)
	for _, bench := range []struct {
		name   string
		body   []byte
		decode func([]byte) (any, error)
	}{
		{"JSON-2", raw, decodeJSON},
		{"XML-RPC", []byte(encodeAnswer(page1000())), func(body []byte) (any, error) {
			v, _, err := decodeXML(body)
			return v, err
		}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bench.body)))
			for b.Loop() {
				v, err := bench.decode(bench.body)
				require.NoError(b, err)
				rows, err := toRows(ModelPurchaseOrder, "search_read", schema{}, v)
				require.NoError(b, err)
				orders, err := decode(rows, func(r *row) PurchaseOrder { return decodeOrder(r, 2) })
				require.NoError(b, err)
				require.Len(b, orders, 1000)
			}
			b.ReportMetric(1000*float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
