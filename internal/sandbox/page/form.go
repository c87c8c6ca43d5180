package page

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Option is an entry of a choice in a form.
type Option struct {
	Value, Text string
	Chosen      bool
}

// OptionOf is an entry that stands for a document; it is chosen when it was before a refusal.
func OptionOf(r *http.Request, field string, id int64, text string) Option {
	value := strconv.FormatInt(id, 10)
	return Option{Value: value, Text: text, Chosen: Entered(r, field, "") == value}
}

// Entered is what was typed into a field before it was refused, else usual.
func Entered(r *http.Request, name, usual string) string {
	if r.PostForm.Has(name) {
		return r.PostForm.Get(name)
	}
	return usual
}

// Number reads a number from a form; commas at the thousands are fine. what names the field. The error is a [*Refusal].
func Number(r *http.Request, name, what string) (decimal.Decimal, error) {
	typed := strings.TrimSpace(r.PostForm.Get(name))
	d, err := decimal.NewFromString(strings.ReplaceAll(typed, ",", ""))
	if err != nil || strings.ContainsAny(typed, "eE") || len(typed) > 20 {
		return decimal.Zero, &Refusal{fmt.Sprintf("%s %q is not a number. Write it as 1234.50.", what, typed)}
	}
	return d, nil
}

// Required reads a text from a form. what names the field. The error is a [*Refusal].
func Required(r *http.Request, name, what string) (string, error) {
	typed := strings.TrimSpace(r.PostForm.Get(name))
	if typed == "" {
		return "", &Refusal{what + " is empty."}
	}
	return typed, nil
}

// ID reads the id in the path. what names the kind of document. The error is a [*Missing].
func ID(r *http.Request, what string) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, &Missing{what + " " + strconv.Quote(r.PathValue("id"))}
	}
	return id, nil
}

// Chosen reads the id that a choice of a form has. what names the field. The error is a [*Refusal].
func Chosen(r *http.Request, name, what string) (int64, error) {
	id, err := strconv.ParseInt(r.PostForm.Get(name), 10, 64)
	if err != nil {
		return 0, &Refusal{what + " is not chosen."}
	}
	return id, nil
}

// Field is a field of a form with its label. The template "field" shows an input, "select" a choice of Options.
type Field struct {
	Name, Label, Value string
	// Type is that of an input: text, date, number. Empty is text.
	Type     string
	Required bool
	Options  []Option
}
