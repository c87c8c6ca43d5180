package page_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

func TestNumbersAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ number, amount, quantity, price string }{
		{"0", "0.00", "0", "0.00"},
		{"999.995", "1,000.00", "999.995", "999.995"},
		{"1234567.8", "1,234,567.80", "1,234,567.8", "1,234,567.80"},
		{"-123456", "−123,456.00", "−123,456", "−123,456.00"},
		{"0.0125", "0.01", "0.0125", "0.0125"},
		{"-0.001", "0.00", "−0.001", "−0.001"},
	} {
		d := decimal.RequireFromString(c.number)
		require.Equal(t, c.amount, page.Amount(d), c.number)
		require.Equal(t, c.quantity, page.Quantity(d), c.number)
		require.Equal(t, c.price, page.Price(d), c.number)
	}
}
