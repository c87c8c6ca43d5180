package tenant

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// decode reads data into file and names every key that is unknown or twice and every value of a wrong type. The YAML
// library alone would stop at the first one, name Go types, quote the lines around it, and cut 45.67 to 45.
func decode(data []byte, file *File) ([]Problem, error) {
	tree, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, syntaxError(err)
	}
	var body ast.Node
	for _, doc := range tree.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType {
			continue
		}
		if body != nil {
			return []Problem{{Line: line(doc.Body), Field: "---", Message: "a second document begins here: a tenant file holds one"}}, nil
		}
		body = doc.Body
	}
	if body == nil {
		return nil, errors.New("the tenant file is empty: it needs at least tenant, odoo, procore and settings")
	}
	var c checker
	c.check(body, reflect.TypeFor[File](), "")
	if len(c.problems) > 0 {
		return c.problems, nil
	}
	if err := yaml.NodeToValue(body, file); err != nil {
		return nil, syntaxError(err)
	}
	return nil, nil
}

var afterPosition = regexp.MustCompile(`^\[\d+:\d+\] `)

// syntaxError says where the file is no YAML. It quotes no lines: somebody may have put a secret there.
func syntaxError(err error) error {
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil {
		return errors.New("the tenant file is no YAML: " + afterPosition.ReplaceAllString(yaml.FormatError(err, false, false), ""))
	}
	return fmt.Errorf("line %d of the tenant file is no YAML (%s): check indentation, quotes and brackets there and just above",
		e.GetToken().Position.Line, printable(e.GetMessage()))
}

// printable shows tabs and the like, which the message may quote.
func printable(text string) string {
	return strings.TrimSuffix(strings.TrimPrefix(strconv.Quote(text), `"`), `"`)
}

// checker walks the file beside the type that it is read into.
type checker struct{ problems []Problem }

func (c *checker) add(n ast.Node, field, format string, args ...any) {
	c.problems = append(c.problems, Problem{Line: line(n), Field: field, Message: fmt.Sprintf(format, args...)})
}

func line(n ast.Node) int {
	if n == nil || n.GetToken() == nil {
		return 0
	}
	return n.GetToken().Position.Line
}

func (c *checker) check(n ast.Node, t reflect.Type, field string) {
	switch at := n.(type) {
	case *ast.AnchorNode:
		n = at.Value
	case *ast.TagNode:
		n = at.Value
	case *ast.NullNode: // as if it were not there
		return
	case *ast.AliasNode: // what it names is checked where it stands
		return
	}
	switch {
	case t == reflect.TypeFor[Duration]():
		c.duration(n, field)
	case t.Kind() == reflect.Struct:
		c.section(n, t, field)
	case t.Kind() == reflect.Slice:
		list, ok := n.(*ast.SequenceNode)
		if !ok {
			example := strings.Trim(shown(n), `"`)
			c.add(n, field, "%s is no list; write [%s]", shown(n), example)
			return
		}
		for _, item := range list.Values {
			c.check(item, t.Elem(), field)
		}
	default:
		c.scalar(n, t.Kind(), field)
	}
}

// section checks the keys of a section and what is under them.
func (c *checker) section(n ast.Node, t reflect.Type, field string) {
	section, ok := n.(ast.MapNode)
	if !ok {
		name := field
		if field == "" {
			name = "the file"
		}
		c.add(n, name, "%s is no section with keys; it takes %s", shown(n), strings.Join(keys(t), ", "))
		return
	}
	first := map[string]int{}
	for pairs := section.MapRange(); pairs.Next(); {
		key, inside := pairs.Key().String(), strings.TrimPrefix(field+"."+pairs.Key().String(), ".")
		if earlier, twice := first[key]; twice {
			c.add(pairs.Key(), inside, "is there twice, first on line %d: keep one of them", earlier)
			continue
		}
		first[key] = line(pairs.Key())
		known, ok := fieldOf(t, key)
		if !ok {
			c.add(pairs.Key(), inside, "is not known; use %s%s", strings.Join(keys(t), ", "), secretHint(key))
			continue
		}
		c.check(pairs.Value(), known, inside)
	}
}

var secretLike = regexp.MustCompile(`(?i)key|secret|password|token|client_id`)

func secretHint(key string) string {
	if secretLike.MatchString(key) {
		return " (secrets are never in this file: `ml-connector credentials set` takes them; change the one that was here)"
	}
	return ""
}

func keys(t reflect.Type) []string {
	out := make([]string, 0, t.NumField())
	for f := range t.Fields() {
		out = append(out, f.Tag.Get("yaml"))
	}
	return out
}

func fieldOf(t reflect.Type, key string) (reflect.Type, bool) {
	for f := range t.Fields() {
		if f.Tag.Get("yaml") == key {
			return f.Type, true
		}
	}
	return nil, false
}

func (c *checker) duration(n ast.Node, field string) {
	text, ok := scalarText(n)
	if _, err := time.ParseDuration(text); !ok || err != nil {
		c.add(n, field, "%s is no duration; write 90s, 15m or 1h", shown(n))
	}
}

func (c *checker) scalar(n ast.Node, kind reflect.Kind, field string) {
	text, ok := scalarText(n)
	if !ok {
		c.add(n, field, "%s stands where a single value belongs", shown(n))
		return
	}
	switch kind {
	case reflect.Int64:
		if _, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 10, 64); err != nil {
			c.add(n, field, "%s is no whole number, or too large a one", shown(n))
		}
	case reflect.Float64:
		if v, err := strconv.ParseFloat(text, 64); err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
			c.add(n, field, "%s is no number", shown(n))
		}
	default: // text takes every scalar as it is written
	}
}

// scalarText is a single value as it is written, without its quotes.
func scalarText(n ast.Node) (string, bool) {
	switch at := n.(type) {
	case *ast.StringNode:
		return at.Value, true
	case *ast.LiteralNode:
		return at.Value.Value, true
	case ast.ScalarNode:
		return strings.TrimSpace(n.GetToken().Value), true
	default:
		return "", false
	}
}

// shown is a value for a message.
func shown(n ast.Node) string {
	if text, ok := scalarText(n); ok {
		return strconv.Quote(text)
	}
	if _, list := n.(*ast.SequenceNode); list {
		return "a list"
	}
	return "a section"
}
