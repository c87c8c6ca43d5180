package odoo

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func answerOf(value string) []byte {
	return []byte("<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n" + value + "\n</param>\n</params>\n</methodResponse>\n")
}

func TestXMLValues(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{
		"<value><int>7</int></value>":                                   json.Number("7"),
		"<value><i4> -7\n</i4></value>":                                 json.Number("-7"),
		"<value><i8>9007199254740993</i8></value>":                      json.Number("9007199254740993"),
		"<value><double>101.24000000000001</double></value>":            json.Number("101.24000000000001"),
		"<value><double>1e+16</double></value>":                         json.Number("1e+16"),
		"<value><boolean>1</boolean></value>":                           true,
		"<value><boolean>0</boolean></value>":                           false,
		"<value><nil/></value>":                                         nil,
		"<value></value>":                                               "",
		"<value/>":                                                      "",
		"<value> no type </value>":                                      " no type ",
		"<value>\n<string> kept </string>\n</value>":                    " kept ",
		"<value><string>B&amp;C &lt;&#233;&gt; &quot;</string></value>": `B&C <é> "`,
		"<value><string>a<![CDATA[<b>]]>c<!-- no -->d</string></value>": "a<b>cd",
		"<value><string>tab\tline\r\nline\rend</string></value>":        "tab\tline\nline\nend",
		"<value><string>a\x01b\x00c\ufffed</string></value>":            "abcd",
		"<value><base64>QUJD</base64></value>":                          "QUJD",
		"<value><array><data></data></array></value>":                   []any{},
		"<value><array><data><value><int>1</int></value><value><nil/></value></data></array></value>": []any{
			json.Number("1"), nil,
		},
		"<value><struct></struct></value>": map[string]any{},
		"<value><struct><member><name>35,36</name><value><double>60.0</double></value></member></struct></value>": map[string]any{
			"35,36": json.Number("60.0"),
		},
	} {
		got, refused, err := decodeXML(answerOf(text))
		require.NoError(t, err, text)
		require.Nil(t, refused)
		require.Equal(t, want, got, text)
	}
}

func TestXMLThatIsRefused(t *testing.T) {
	t.Parallel()
	deep := func(n int) string {
		return strings.Repeat("<value><array><data>", n) + "<value><int>1</int></value>" + strings.Repeat("</data></array></value>", n)
	}
	_, _, err := decodeXML(answerOf(deep(maxDepth)))
	require.NoError(t, err)
	for text, says := range map[string]string{
		deep(maxDepth + 1):            "deep",
		deep(10_000):                  "deep",
		"<value><int>x</int></value>": "64 bits",
		"<value><int>99999999999999999999</int></value>":                                  "64 bits",
		"<value><double>nan</double></value>":                                             "decimal",
		"<value><double>0x1p-2</double></value>":                                          "decimal",
		"<value><double></double></value>":                                                "decimal",
		"<value><boolean>true</boolean></value>":                                          "neither",
		"<value><date>2026</date></value>":                                                "no type",
		"<value>text<int>1</int></value>":                                                 "follows",
		"<value><int>1</int><int>2</int></value>":                                         "follows",
		"<value><int>1<b/></int></value>":                                                 "stands in",
		"<value><int>1</int>text</value>":                                                 "a text",
		"<value><array><value/></array></value>":                                          "expected",
		"<value><array><data><int/></data></array></value>":                               "stands in",
		"<value><struct><name/></struct></value>":                                         "stands in",
		"<value><struct><member><value/></member></struct></value>":                       "expected",
		"<value><struct><member><name>a</name></member></struct></value>":                 "expected",
		"<value><struct><member><name>a</name><value/><value/></member></struct></value>": "follows",
		"<value><string>&#1;</string></value>":                                            "illegal",
		"<value><string>&nbsp;</string></value>":                                          "entity",
		"<value><string>x</value></string>":                                               "stands in",
		"<value/><value/>":                                                                "follows",
	} {
		_, _, err := decodeXML(answerOf(text))
		require.ErrorContains(t, err, says, text[:min(len(text), 80)])
	}
	for text, says := range map[string]string{
		"<html/>":           "expected",
		"<methodResponse/>": "stands in",
		"<methodResponse><fault/></methodResponse>":                                             "expected",
		"<methodResponse><params/></methodResponse>":                                            "expected",
		"<methodResponse><fault><value>x</value></fault></methodResponse>":                      "no struct",
		"<methodResponse><fault><value><struct></struct></value></fault></methodResponse>":      "the code",
		"<methodResponse><params><param><value/></param><param/></params></methodResponse>":     "follows",
		"<!DOCTYPE x><methodResponse><params><param><value/></param></params></methodResponse>": "document type",
		`<?xml version="1.0" encoding="latin1"?><methodResponse/>`:                              "encoding",
	} {
		_, _, err := decodeXML([]byte(text))
		require.ErrorContains(t, err, says, text)
	}
	for _, text := range []string{"", " ", "<methodResponse>", string(answerOf("<value><string>text</string>"))[:90]} {
		_, _, err := decodeXML([]byte(text))
		require.Error(t, err, text)
		e := badBody(request{}, 200, "XML-RPC", err)
		require.Equal(t, CodeUnavailable, e.Code, "%q: %v", text, err)
	}
}

// What the encoder writes the decoder reads, whatever the texts.
func TestXMLRoundTrip(t *testing.T) {
	t.Parallel()
	texts := rapid.Map(rapid.String(), func(s string) string { return cleanText(strings.ToValidUTF8(s, "")) })
	leaf := rapid.OneOf(
		rapid.Map(texts, func(s string) any { return s }), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.Int64(), func(n int64) any { return n }),
	)
	list := rapid.Map(rapid.SliceOfN(leaf, 0, 5), func(l []any) any { return append([]any{}, l...) })
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.MapOfN(rapid.StringMatching(`[a-z_]{1,8}`), rapid.OneOf(leaf, list), 0, 5).Draw(t, "v")
		got, refused, err := decodeXML([]byte(encodeAnswer(v)))
		require.NoError(t, err)
		require.Nil(t, refused)
		require.Equal(t, numbers(v), got)
	})
}

// numbers writes integers as the decoders give them.
func numbers(v any) any {
	switch v := v.(type) {
	case int64:
		raw, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return json.Number(raw)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = numbers(v[i])
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k := range v {
			out[k] = numbers(v[k])
		}
		return out
	}
	return v
}

func TestTextsAreTheSameOverBothProtocols(t *testing.T) {
	t.Parallel()
	j := parse(t, `{"x": "a\u0001b\r\nc\rd\te é \ufffe"}`)
	v, _, err := decodeXML(answerOf("<value><array><data><value><struct><member><name>x</name><value><string>a\x01b\r\nc\rd\te é \ufffe</string></value></member></struct></value></data></array></value>"))
	require.NoError(t, err)
	rows, err := toRows("m", "read", schema{}, v)
	require.NoError(t, err)
	require.Equal(t, "ab\nc\nd\te é ", j.text("x"))
	require.Equal(t, j.text("x"), rows[0].text("x"))
}

func TestHugeNumbersAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"1e999999999", "1e-999999999", "1" + strings.Repeat("0", 500)} {
		r := parse(t, `{"x": `+text+`}`)
		r.money("x", 2)
		require.Error(t, r.err, text)
		r = parse(t, `{"x": `+text+`}`)
		r.integer("x")
		require.Error(t, r.err, text)
	}
	r := parse(t, `{"x": 1.7976931348623157e+308}`)
	require.False(t, r.number("x").IsZero())
	r.integer("x")
	require.Error(t, r.err)
}
