package page

import (
	"strings"

	"github.com/shopspring/decimal"
)

// Money is an amount with the code of its currency. The template "money" shows it.
type Money struct {
	Amount   decimal.Decimal
	Currency string
}

// Amount writes an amount with two decimals and a comma at each thousand; what is below zero gets a minus sign.
func Amount(d decimal.Decimal) string { return grouped(d.Round(2).StringFixed(2)) }

// Quantity writes as many decimals as there are.
func Quantity(d decimal.Decimal) string { return grouped(d.String()) }

// Price writes two decimals, or more where there are more.
func Price(d decimal.Decimal) string {
	return grouped(d.StringFixed(max(2, -d.Exponent())))
}

func grouped(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "−", s[1:]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + whole + fraction
}
