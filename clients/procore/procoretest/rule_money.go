package procoretest

import "github.com/shopspring/decimal"

// hasWholeCents: amounts have at most two decimals.
func hasWholeCents(d decimal.Decimal) bool { return d.Equal(d.Round(2)) }
