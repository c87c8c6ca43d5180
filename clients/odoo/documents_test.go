package odoo

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func parse(t *testing.T, body string) *row {
	t.Helper()
	v, err := decodeJSON([]byte(body))
	require.NoError(t, err)
	rows, err := toRows("m", "read", schema{}, []any{v})
	require.NoError(t, err)
	return rows[0]
}

func TestFalseIsNullOfEveryType(t *testing.T) {
	t.Parallel()
	r := parse(t, `{"x": false}`)
	require.Empty(t, r.text("x"))
	require.False(t, r.flag("x"))
	require.Zero(t, r.id("x"))
	require.Nil(t, r.ids("x"))
	require.Zero(t, r.integer("x"))
	require.True(t, r.number("x").IsZero())
	require.True(t, r.instant("x").IsZero())
	require.Empty(t, r.date("x"))
	require.Nil(t, r.shares("x"))
	require.NoError(t, r.err)
}

func TestDistribution(t *testing.T) {
	t.Parallel()
	r := parse(t, `{"d": {"abc": 5, "37, 35": 40.0, "9": 33.33, "": 1, "35,-1": 2, "10": 66.67}}`)
	got := r.shares("d")
	require.NoError(t, r.err)
	same(t, []Share{
		{Accounts: []int64{9}, Percent: dec("33.33")},
		{Accounts: []int64{10}, Percent: dec("66.67")},
		{Accounts: []int64{35, 37}, Percent: dec("40")},
		{Accounts: []int64{}, Percent: dec("1")},
		{Accounts: []int64{}, Percent: dec("2"), Key: "35,-1"},
		{Accounts: []int64{}, Percent: dec("5"), Key: "abc"},
	}, got)
	r = parse(t, `{"d": [1]}`)
	r.shares("d")
	require.Error(t, r.err)
}

func TestNumbersKeepTheirDigits(t *testing.T) {
	t.Parallel()
	r := parse(t, `{"a": 1234.5678, "b": 101.24000000000001, "c": 1e3, "d": 12345678901234567, "e": 2.0}`)
	require.Equal(t, "1234.5678", r.number("a").String())
	require.Equal(t, "101.24", r.money("b", 2).String())
	require.Equal(t, "1000", r.number("c").String())
	require.Equal(t, int64(12345678901234567), r.integer("d"))
	require.Equal(t, int64(2), r.integer("e"))
	require.NoError(t, r.err)
}

func TestMalformedAnswers(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"x": NaN}`, `{} {}`, ``, `[`} {
		_, err := decodeJSON([]byte(body))
		require.Error(t, err, body)
	}
	r := parse(t, `{"x": "2026-11-23T07:00:00Z"}`)
	r.instant("x")
	require.Error(t, r.err)
}

func sample() PurchaseOrder {
	return PurchaseOrder{
		ID: 1, Name: "P1 <&>", State: "purchase", Partner: 2, Company: 1, Currency: 1, DateOrder: at("2026-01-02 03:04:05"),
		Untaxed: dec("30"), Tax: decimal.Zero, Total: dec("30.00"),
		Lines: []OrderLine{
			{ID: 1, Quantity: dec("1"), UnitPrice: dec("10"), Subtotal: dec("10"), Distribution: []Share{{Accounts: []int64{1}, Percent: dec("100")}}},
			{ID: 2, Quantity: dec("2"), UnitPrice: dec("10"), Subtotal: dec("20.00")},
			{ID: 3, DisplayType: "line_note", Name: "a note"},
		},
		CreateDate: at("2026-01-02 03:04:05"), WriteDate: at("2026-01-02 03:04:05"),
	}
}

func TestCanonicalCoversContentOnly(t *testing.T) {
	t.Parallel()
	bytesOf := func(o PurchaseOrder) string {
		b, err := o.Canonical()
		require.NoError(t, err)
		return string(b)
	}
	want := bytesOf(sample())
	for name, change := range map[string]func(*PurchaseOrder){
		"write date":     func(o *PurchaseOrder) { o.WriteDate = at("2027-01-01 00:00:00") },
		"create date":    func(o *PurchaseOrder) { o.CreateDate = time.Time{} },
		"order of lines": func(o *PurchaseOrder) { o.Lines[0], o.Lines[2] = o.Lines[2], o.Lines[0] },
		"trailing zeros": func(o *PurchaseOrder) { o.Untaxed = dec("30.000") },
		"time zone":      func(o *PurchaseOrder) { o.DateOrder = o.DateOrder.In(time.FixedZone("x", 3600)) },
	} {
		o := sample()
		change(&o)
		require.Equal(t, want, bytesOf(o), name)
	}
	for name, change := range map[string]func(*PurchaseOrder){
		"line removed": func(o *PurchaseOrder) { o.Lines = o.Lines[:2] },
		"price":        func(o *PurchaseOrder) { o.Lines[0].UnitPrice = dec("10.0001") },
		"split":        func(o *PurchaseOrder) { o.Lines[0].Distribution[0].Accounts = []int64{2} },
		"lock":         func(o *PurchaseOrder) { o.Locked = true },
	} {
		o := sample()
		change(&o)
		require.NotEqual(t, want, bytesOf(o), name)
	}
	var back PurchaseOrder
	require.NoError(t, json.Unmarshal([]byte(want), &back))
	require.Equal(t, want, bytesOf(back), "a stored snapshot hashes the same")
	empty := PurchaseOrder{}
	nothing := PurchaseOrder{Lines: []OrderLine{}}
	require.Equal(t, bytesOf(nothing), bytesOf(empty))
}

func TestCanonicalIgnoresOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfDistinct(rapid.Int64Range(1, 1000), func(i int64) int64 { return i }).Draw(t, "ids")
		b := VendorBill{ID: 1}
		for _, id := range ids {
			b.Lines = append(b.Lines, MoveLine{ID: id, Amount: decimal.NewFromInt(id)})
		}
		want, err := b.Canonical()
		require.NoError(t, err)
		b.Lines = rapid.Permutation(b.Lines).Draw(t, "lines")
		got, err := b.Canonical()
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	})
}

func TestTorn(t *testing.T) {
	t.Parallel()
	o := sample()
	require.False(t, o.Torn())
	o.Lines = o.Lines[:1]
	require.True(t, o.Torn())

	b := VendorBill{Type: "in_refund", Untaxed: dec("10.05"), Lines: []MoveLine{
		{DisplayType: "product", Amount: dec("-10.03")},
		{DisplayType: "rounding", Amount: dec("-0.02")},
		{DisplayType: "rounding", Amount: dec("-0.01"), TaxLine: 3},
		{DisplayType: "tax", Amount: dec("-1")},
		{DisplayType: "payment_term", Amount: dec("11.06")},
		{DisplayType: "line_note"},
	}}
	require.True(t, b.LinesSum().Equal(dec("10.05")))
	require.False(t, b.Torn())
}
