package odootest

import (
	"fmt"
	"slices"
	"strings"
)

// appModels are the starts of the names of the models that an app brings.
var appModels = map[string]string{"purchase": "purchase."}

// uninstall takes an app away: its models, and the fields of others that lead there.
func (s *Server) uninstall(app string) {
	prefix := appModels[app]
	if prefix == "" {
		panic(fmt.Sprintf("odootest: no app %q to leave out", app))
	}
	for _, m := range s.models {
		if strings.HasPrefix(m.name, prefix) {
			m.internal = true
			continue
		}
		for _, f := range m.fields {
			if strings.HasPrefix(f.rel, prefix) {
				m.hide(f)
			}
		}
	}
}

// hides tells that a field is for groups that the user has not.
func (t *tx) hides(m *model, f *field) bool {
	return t.user != nil && slices.Contains(t.user.HiddenFields, m.name+"."+f.name)
}
