package cli

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// volatile is a value that differs from run to run, and what stands for it in a golden file.
type volatile struct{ value, placeholder string }

// moment is a time of the machine's clock in what a command says, tenMinutes a distance between two of them, cut to
// seconds.
var (
	moment     = regexp.MustCompile(`\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d UTC|T\d\d:\d\d:\d\dZ)`)
	tenMinutes = regexp.MustCompile(`is (599|600|601) s |"ahead_seconds": -?(599|600|601)\b`)
)

// hide replaces the world's volatile values and proves that it replaced nothing else: putting the values back gives
// the text again.
func (w *world) hide(text string) string {
	w.t.Helper()
	list := slices.Clone(w.volatile)
	var seen []string // in the order in which they appear: <now>, <now 2>
	for _, found := range moment.FindAllString(text, -1) {
		if slices.Contains(seen, found) {
			continue
		}
		seen = append(seen, found)
		name := "<now>"
		if len(seen) > 1 {
			name = fmt.Sprintf("<now %d>", len(seen))
		}
		list = append(list, volatile{found, name})
	}
	if found := tenMinutes.FindStringSubmatch(text); found != nil {
		list = append(list, volatile{found[1] + found[2], "<600>"})
	}
	hidden, err := replaced(text, list)
	require.NoError(w.t, err)
	return hidden
}

func replaced(text string, list []volatile) (string, error) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b volatile) int { return cmp.Compare(len(b.value), len(a.value)) }) // <odoo> before its port
	var there, back []string
	for _, v := range list {
		if strings.Contains(text, v.placeholder) {
			return "", errPlaceholder(v.placeholder)
		}
		there = append(there, v.value, v.placeholder)
		back = append(back, v.placeholder, v.value)
	}
	hidden := strings.NewReplacer(there...).Replace(text)
	if strings.NewReplacer(back...).Replace(hidden) != text {
		return "", errPlaceholder("placeholders do not lead back to the text")
	}
	return hidden, nil
}

type errPlaceholder string

func (e errPlaceholder) Error() string { return "replacing volatile values: " + string(e) }

func TestPlaceholdersHideNothingElse(t *testing.T) {
	t.Parallel()
	list := []volatile{{"127.0.0.1:4711", "<odoo>"}, {"4711", "<port>"}, {"/tmp/x1", "<dir>"}}
	text, err := replaced("Error: http://127.0.0.1:4711 and 4711 in /tmp/x1/key.json, not 4712 or /tmp/x2\n", list)
	require.NoError(t, err)
	require.Equal(t, "Error: http://<odoo> and <port> in <dir>/key.json, not 4712 or /tmp/x2\n", text)

	_, err = replaced("somebody wrote <odoo>", list)
	require.ErrorContains(t, err, "<odoo>")
	_, err = replaced("a and b", []volatile{{"a", "<x>"}, {"b", "<x>"}})
	require.Error(t, err, "two values behind one placeholder could be swapped unseen")

	// One byte more or less in what is said is seen.
	said := "Error: tenant acme: 3 records"
	same, err := replaced(said, list)
	require.NoError(t, err)
	for i := range said {
		other, err := replaced(said[:i]+"~"+said[i+1:], list)
		require.NoError(t, err)
		require.NotEqual(t, same, other)
	}
}
