package procore

import (
	"bytes"
	"fmt"

	"github.com/shopspring/decimal"
)

// Money is an amount, quantity or price that Procore wants as a JSON string (contracts, requisitions: a number there
// is answered 422). It reads a string or a number; null and "" are zero. The currency is the project's.
type Money struct{ decimal.Decimal }

// NumberMoney is an amount, quantity or price that Procore wants as a JSON number (direct cost lines).
// It reads a string or a number; null and "" are zero.
type NumberMoney struct{ decimal.Decimal }

// NewMoney wraps d.
func NewMoney(d decimal.Decimal) Money { return Money{d} }

// NewNumberMoney wraps d.
func NewNumberMoney(d decimal.Decimal) NumberMoney { return NumberMoney{d} }

// MarshalJSON writes a JSON string.
func (m Money) MarshalJSON() ([]byte, error) { return []byte(`"` + m.Decimal.String() + `"`), nil }

// UnmarshalJSON reads a string or a number.
func (m *Money) UnmarshalJSON(b []byte) (err error) {
	m.Decimal, err = parseMoney(b)
	return err
}

// MarshalJSON writes a JSON number.
func (m NumberMoney) MarshalJSON() ([]byte, error) { return []byte(m.Decimal.String()), nil }

// UnmarshalJSON reads a string or a number.
func (m *NumberMoney) UnmarshalJSON(b []byte) (err error) {
	m.Decimal, err = parseMoney(b)
	return err
}

func parseMoney(b []byte) (decimal.Decimal, error) {
	b = bytes.TrimSpace(b)
	if n := len(b); n >= 2 && b[0] == '"' && b[n-1] == '"' {
		b = bytes.TrimSpace(b[1 : n-1])
	}
	if len(b) == 0 || string(b) == "null" {
		return decimal.Zero, nil
	}
	if len(b) > 64 {
		return decimal.Zero, fmt.Errorf("reading an amount: %d characters", len(b))
	}
	d, err := decimal.NewFromString(string(b))
	if err != nil {
		return decimal.Zero, fmt.Errorf("reading an amount: %q is not a number", b)
	}
	if e := d.Exponent(); e > 30 || e < -60 {
		return decimal.Zero, fmt.Errorf("reading an amount: exponent %d", e)
	}
	return d, nil
}
