package cli

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// formulaStarts are the characters with which a spreadsheet may begin a formula when it opens a CSV (OWASP, "CSV
// Injection"); some read the full-width ones as the others.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// guarded puts an apostrophe before a text that a spreadsheet would carry out as a formula.
func guarded(text string) string {
	if startsFormula(text) {
		return "'" + text
	}
	return text
}

// unguarded takes it off again: unguarded(guarded(t)) is t for every t.
func unguarded(text string) string {
	if rest, found := strings.CutPrefix(text, "'"); found && startsFormula(rest) {
		return rest
	}
	return text
}

// startsFormula also looks behind apostrophes, so that a text that has one of its own gets it back, and behind blanks.
func startsFormula(text string) bool {
	text = strings.TrimLeft(text, " '")
	first, _ := utf8.DecodeRuneInString(text)
	return text != "" && strings.ContainsRune(formulaStarts, first)
}

// cell is the text of a field as an import reads it.
func cell(field string) string { return strings.TrimSpace(unguarded(strings.TrimSpace(field))) }

// sameCode says whether a cell holds a code of Odoo, as it comes back from an export. Blanks and line ends do not
// count: Odoo keeps what was typed, spreadsheets and CSV do not.
func sameCode(read, odoo string) bool {
	return slices.Equal(strings.Fields(read), strings.Fields(cell(guarded(odoo))))
}
