package procore

import (
	"bytes"
	"fmt"
	"time"
)

// Date is a calendar day, held as its UTC midnight. It is written as YYYY-MM-DD, and read from that or from a full
// timestamp (of which the written day counts); null and "" are the zero Date.
type Date struct{ time.Time }

// NewDate is the calendar day that t shows in its own zone.
func NewDate(t time.Time) Date {
	y, m, d := t.Date()
	return Date{time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

// ParseDate reads YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("reading a date: %q is not YYYY-MM-DD", s)
	}
	return Date{t}, nil
}

// String is YYYY-MM-DD, or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Format(time.DateOnly)
}

// MarshalJSON writes "YYYY-MM-DD", the zero Date as null.
func (d Date) MarshalJSON() ([]byte, error) {
	if d.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + d.String() + `"`), nil
}

// UnmarshalJSON reads a day or a timestamp.
func (d *Date) UnmarshalJSON(b []byte) error {
	s := string(bytes.Trim(bytes.TrimSpace(b), `"`))
	if s == "" || s == "null" {
		*d = Date{}
		return nil
	}
	if len(s) > len(time.DateOnly) {
		if s[len(time.DateOnly)] != 'T' && s[len(time.DateOnly)] != ' ' {
			return fmt.Errorf("reading a date: %q", s[:min(len(s), 40)])
		}
		s = s[:len(time.DateOnly)]
	}
	parsed, err := ParseDate(s)
	*d = parsed
	return err
}
