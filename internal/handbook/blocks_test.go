package handbook

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// block is a code block of a document: indented ones are commands, fenced ones say what they are.
type block struct {
	place string // file:line
	file  string
	kind  string // language of a fenced block; empty: commands
	text  string
}

// blocks reads the code blocks of a document, in order.
func blocks(t *testing.T, root, file string) (found []block) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root, file))
	require.NoError(t, err)
	err = ast.Walk(goldmark.DefaultParser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || n.Type() != ast.TypeBlock || n.Lines().Len() == 0 {
			return ast.WalkContinue, nil
		}
		b := block{file: file}
		switch n := n.(type) {
		case *ast.CodeBlock:
		case *ast.FencedCodeBlock:
			b.kind = string(n.Language(source))
		default:
			return ast.WalkContinue, nil
		}
		first := n.Lines().At(0)
		b.place = fmt.Sprintf("%s:%d", file, bytes.Count(source[:first.Start], []byte("\n"))+1)
		b.text = string(n.Lines().Value(source))
		found = append(found, b)
		return ast.WalkContinue, nil
	})
	require.NoError(t, err)
	return found
}

// inline are our commands within the sentences and tables of a document.
func inline(t *testing.T, root, file string) (commands []string) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root, file))
	require.NoError(t, err)
	err = ast.Walk(goldmark.DefaultParser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if span, ok := n.(*ast.CodeSpan); ok && entering {
			var command []byte
			for part := span.FirstChild(); part != nil; part = part.NextSibling() {
				if piece, ok := part.(*ast.Text); ok {
					command = append(command, piece.Value(source)...)
				}
			}
			if bytes.HasPrefix(command, []byte("ml-connector ")) {
				commands = append(commands, string(command))
			}
		}
		return ast.WalkContinue, nil
	})
	require.NoError(t, err)
	return commands
}

// links are the targets of a document's links.
func links(t *testing.T, root, file string) (found []string) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root, file))
	require.NoError(t, err)
	err = ast.Walk(goldmark.New(goldmark.WithExtensions(extension.Table)).Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Link:
			if entering {
				found = append(found, string(n.Destination))
			}
		case *ast.Image:
			if entering {
				found = append(found, string(n.Destination))
			}
		}
		return ast.WalkContinue, nil
	})
	require.NoError(t, err)
	return found
}

var notInAnchor = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)

// anchors are the names under which a repository's viewer knows the headings of a document.
func anchors(source []byte) (found []string) {
	for line := range strings.Lines(string(source)) {
		if title, isHeading := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); isHeading && strings.HasPrefix(line, "#") {
			name := notInAnchor.ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), "")
			found = append(found, strings.ReplaceAll(name, " ", "-"))
		}
	}
	return found
}
