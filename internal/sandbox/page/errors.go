package page

import "errors"

// Refusal is what the system, or the form itself, says against an edit.
type Refusal struct{ Sentence string }

func (r *Refusal) Error() string { return r.Sentence }

// Missing says that a document does not exist.
type Missing struct{ What string }

func (m *Missing) Error() string { return "There is no " + m.What + " here." }

func asRefusal(err error) *Refusal {
	refusal, _ := errors.AsType[*Refusal](err)
	return refusal
}

func asMissing(err error) *Missing {
	missing, _ := errors.AsType[*Missing](err)
	return missing
}
