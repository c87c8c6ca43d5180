package procoretest

import (
	"errors"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// finding is one thing that the document does not allow.
type finding struct {
	pointer string // "/updates/0/id"
	keyword string // of the schema: enum, required, properties, type
	text    string
}

func (f finding) String() string {
	if f.pointer == "" {
		return f.text
	}
	return f.pointer + ": " + f.text
}

// findings flattens a validation error.
func findings(err error) []finding {
	var many openapi3.MultiError
	if errors.As(err, &many) && isMulti(err) {
		var all []finding
		for _, one := range many {
			all = append(all, findings(one)...)
		}
		return all
	}
	switch e := err.(type) { //nolint:errorlint // the chain is walked by hand, level by level
	case *openapi3filter.RequestError:
		return within(e.Err, e.Reason, err)
	case *openapi3filter.ResponseError:
		return within(e.Err, e.Reason, err)
	case *openapi3.SchemaError:
		return []finding{{
			pointer: "/" + strings.Join(e.JSONPointer(), "/"), keyword: e.SchemaField, text: e.Reason,
		}}
	}
	return []finding{{text: err.Error()}}
}

func isMulti(err error) bool {
	_, multi := err.(openapi3.MultiError) //nolint:errorlint // only this level counts
	return multi
}

func within(inner error, reason string, whole error) []finding {
	if inner == nil {
		return []finding{{text: whole.Error()}}
	}
	all := findings(inner)
	for i := range all {
		if all[i].pointer == "" && reason != "" {
			all[i].text = reason + ": " + all[i].text
		}
	}
	return all
}
