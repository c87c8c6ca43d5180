package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"unicode"
)

// print writes value as JSON, or header and rows as a table, as -o says.
func (a *App) print(value any, header []string, rows [][]string) error {
	if a.output == "json" {
		encoder := json.NewEncoder(a.stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(value)
	}
	w := tabwriter.NewWriter(a.stdout, 0, 4, 2, ' ', 0)
	if _, err := fmt.Fprintln(w, strings.Join(header, "\t")); err != nil {
		return err
	}
	for _, row := range rows {
		for i := range row {
			row[i] = plain(row[i])
		}
		if _, err := fmt.Fprintln(w, strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	return w.Flush()
}

// say writes one line for a person; JSON output has none. Line ends are those of format alone.
func (a *App) say(format string, args ...any) {
	if a.output == "json" {
		return
	}
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = plain(text)
		}
	}
	_, _ = fmt.Fprintf(a.stdout, format+"\n", args...)
}

// plain is a text without what would steer a terminal: names come from Odoo, and may hold anything.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, text)
}
