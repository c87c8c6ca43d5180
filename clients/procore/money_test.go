package procore_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ml-connector/odoo-procore/clients/procore"
)

func TestMoneyIsAStringOrANumberAsProcoreWants(t *testing.T) {
	t.Parallel()
	d := decimal.RequireFromString("-1234567890123.45")
	require.JSONEq(t, `{"amount":"-1234567890123.45"}`, toJSON(t, procore.CommitmentLineUpdate{Amount: new(procore.NewMoney(d))}))
	require.Equal(t, `{"manual_amount":-1234567890123.45}`, toJSON(t, procore.DirectCostLineWrite{ManualAmount: new(procore.NewNumberMoney(d))}))
	require.Equal(t, `{"item_type":"contract_item","work_completed_this_period":"0"}`,
		toJSON(t, procore.RequisitionItemWrite{ItemType: procore.ItemContract, WorkCompletedThisPeriod: new(procore.Money{})}),
		"a zero that is meant is sent")
}

func TestMoneyReadsBothForms(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`"12.50"`: "12.5", `12.50`: "12.5", `-0.1`: "-0.1", `null`: "0", `""`: "0", `" 7 "`: "7", `1e3`: "1000", `"1234567890123456789.01"`: "1234567890123456789.01",
	} {
		var m procore.Money
		require.NoError(t, json.Unmarshal([]byte(in), &m), in)
		require.True(t, m.Equal(decimal.RequireFromString(want)), "%s gives %s", in, m)
		var n procore.NumberMoney
		require.NoError(t, json.Unmarshal([]byte(in), &n), in)
		require.True(t, n.Equal(decimal.RequireFromString(want)), "%s gives %s", in, n)
	}
	for _, in := range []string{`"abc"`, `true`, `{}`, `1e900000000`} {
		var m procore.Money
		require.Error(t, json.Unmarshal([]byte(in), &m), in)
	}
}

func TestMoneyKeepsEveryDigit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := decimal.New(rapid.Int64().Draw(t, "units"), -rapid.Int32Range(0, 6).Draw(t, "places"))
		b, err := json.Marshal([]any{procore.NewMoney(d), procore.NewNumberMoney(d)})
		require.NoError(t, err)
		var back []procore.Money
		require.NoError(t, json.Unmarshal(b, &back))
		require.True(t, d.Equal(back[0].Decimal) && d.Equal(back[1].Decimal), "%s became %v", d, back)
	})
}

func TestDates(t *testing.T) {
	t.Parallel()
	evening := time.Date(2026, 3, 31, 22, 30, 0, 0, time.FixedZone("MST", -7*3600))
	require.Equal(t, `"2026-03-31"`, toJSON(t, procore.NewDate(evening)), "the day of its own zone")
	for in, want := range map[string]string{
		`"2026-03-31"`: "2026-03-31", `"2026-03-31T23:00:00Z"`: "2026-03-31", `null`: "", `""`: "",
	} {
		var d procore.Date
		require.NoError(t, json.Unmarshal([]byte(in), &d), in)
		require.Equal(t, want, d.String())
	}
	for _, in := range []string{`"31/03/2026"`, `"2026-13-01"`, `"2026-03-311"`} {
		var d procore.Date
		require.Error(t, json.Unmarshal([]byte(in), &d), in)
	}
	require.Equal(t, `{}`, toJSON(t, procore.RequisitionWrite{}), "nothing that was not set is sent")
}
