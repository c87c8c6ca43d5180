package cause_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/cause"
)

var update = flag.Bool("update", false, "write docs/exceptions.md")

// TestExceptionsDocument keeps docs/exceptions.md equal to the catalogue.
func TestExceptionsDocument(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "docs", "exceptions.md")
	want := exceptionsDocument()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o600))
		return
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "docs/exceptions.md is stale: run go test ./internal/cause -update and look at the difference")
}

const introduction = `# Exceptions

<!-- Written by go test ./internal/cause -update from internal/cause/catalogue.go. Change that file, not this one. -->

What ` + "`ml-connector exceptions list`" + ` can show: the cause, its sentence and the way out. Words in *italics* are filled in for
each record. A record can have several causes at once; it goes on when all of them are settled.

"Looks again" is after what time the next cycle tries by itself, with one record for each cause; when that one gets through,
the others follow. "On a change" means: when the document changes in Odoo, when the mapping, setting or record that the cause
names is settled, or when a person runs ` + "`ml-connector sync start`" + ` with the record's number.

| cause | what it says | way out | looks again |
|---|---|---|---|
`

// warning is a cause that holds nothing up.
const warning = "bill.unmatched_po"

func exceptionsDocument() string {
	var rows, others strings.Builder
	for _, e := range cause.All() {
		switch {
		case e.Waiting:
			others.WriteString("\nNot an exception, but a wait that ends by itself: `" + e.Code + "`. " + cell(e.Sentence) + "\n")
			continue
		case e.Code == warning:
			others.WriteString("\nA warning, listed by `ml-connector audit show`, while the bill is sent: `" + e.Code + "`. " +
				cell(e.Sentence) + " " + cell(e.WayOut) + "\n")
			continue
		}
		rows.WriteString("| `" + e.Code + "` | " + cell(e.Sentence) + " | " + cell(e.WayOut) + " | " + again(e.Recheck) + " |\n")
	}
	return introduction + rows.String() + others.String()
}

var braces = regexp.MustCompile(`\{([a-z_]+)\}`)

// cell is text for a cell of a table: names of details in italics, no bar that ends the cell.
func cell(text string) string {
	text = braces.ReplaceAllStringFunc(text, func(name string) string {
		return "*" + strings.ReplaceAll(strings.Trim(name, "{}"), "_", " ") + "*"
	})
	return strings.ReplaceAll(text, "|", `\|`)
}

func again(every time.Duration) string {
	words := map[time.Duration]string{0: "on a change", 5 * time.Minute: "5 minutes", time.Hour: "an hour", 24 * time.Hour: "a day"}
	if text, ok := words[every]; ok {
		return text
	}
	return every.String()
}
