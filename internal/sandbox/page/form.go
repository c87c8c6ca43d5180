package page

import (
	"fmt"
	"net/http"
	"regexp"
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

// Edited is a field of a form that shows what a document holds. Such a form also carries what it was made with, in the
// hidden field was_<name>, so that an old page undoes nobody's work. The template "was" shows that field.
type Edited struct{ Name, Typed, Was, Now string }

// EditedField reads a field whose document holds now. Of a page that is not sent yet, and of a form without was_<name>, what
// it was made with is now.
func EditedField(r *http.Request, name, now string) Edited {
	e := Edited{Name: name, Now: now, Was: Entered(r, "was_"+name, now)}
	e.Typed = Entered(r, name, e.Was)
	return e
}

// Touched says that the user changed the field.
func (e Edited) Touched() bool { return e.Typed != e.Was }

// Stale says that somebody else changed it since the form was made.
func (e Edited) Stale() bool { return e.Was != e.Now }

// Shown is the field in a form that is shown, for the first time or after a refusal.
func (e Edited) Shown() string {
	if e.Touched() {
		return e.Typed
	}
	return e.Now
}

// MadeWith is what goes into was_<name> beside [Edited.Shown].
func (e Edited) MadeWith() string {
	if e.Touched() {
		return e.Was
	}
	return e.Now
}

// numeral is a number as people write it; commas stand at the thousands or nowhere.
var numeral = regexp.MustCompile(`^-?([0-9]*|[1-9][0-9]{0,2}(,[0-9]{3})+)(\.[0-9]+)?$`)

// Number reads a number from a form: 1234.5 or 1,234.5. what names the field. The error is a [*Refusal].
func Number(r *http.Request, name, what string) (decimal.Decimal, error) {
	typed := strings.TrimSpace(r.PostForm.Get(name))
	d, err := decimal.NewFromString(strings.ReplaceAll(typed, ",", ""))
	if err == nil && numeral.MatchString(typed) && len(typed) <= 20 {
		return d, nil
	}
	way := ". Write it as 1234.50."
	if strings.Contains(typed, ",") {
		way = ": commas may stand at the thousands only, and a point before the decimals. Write it as 1234.50 or 1,234.50."
	}
	return decimal.Zero, &Refusal{fmt.Sprintf("%s %q is not a number%s", what, typed, way)}
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
