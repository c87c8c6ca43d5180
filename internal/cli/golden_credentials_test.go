package cli

import (
	"bytes"
	"os"
	"strings"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"

	"github.com/ml-connector/odoo-procore/internal/secrets"
)

// badCredentials are key files and secrets.
func badCredentials() []badInput {
	key := func(w *world) string { return w.env["ML_KEY_FILE"] }
	set := func(name, system, stdin string) badInput {
		return badInput{name: "credentials-" + name, args: "credentials set acme " + system, stdin: stdin}
	}
	write := func(note, text string) func(*world) {
		return func(w *world) {
			w.note("%s", note)
			must(os.WriteFile(key(w), []byte(text), 0o600))
		}
	}
	another := func(w *world) {
		w.note("key.json holds another key set than the one that encrypted the credentials")
		must(os.Remove(key(w)))
		must(secrets.Generate(key(w)))
		box, err := secrets.Open(key(w))
		must(err)
		w.hides(box.KeyID(), "<other key>")
	}
	return []badInput{
		{name: "key-not-set", args: "ping acme", given: func(w *world) { w.set("ML_KEY_FILE", "") }},
		{name: "key-missing", args: "ping acme", given: func(w *world) {
			w.note("there is no key.json")
			must(os.Remove(key(w)))
		}},
		{name: "key-missing-worker", args: "worker", given: func(w *world) {
			w.note("there is no key.json")
			must(os.Remove(key(w)))
		}},
		{name: "key-directory", args: "ping acme", given: func(w *world) {
			must(os.Remove(key(w)))
			must(os.Mkdir(key(w), 0o700))
			w.note("key.json is a directory")
		}},
		{name: "key-readable-by-others", args: "ping acme", given: func(w *world) {
			w.note("key.json has mode 0644")
			must(os.Chmod(key(w), 0o644))
		}},
		{name: "key-readable-by-others-set", args: "credentials set acme odoo", stdin: "key\n", given: func(w *world) {
			w.note("key.json has mode 0644")
			must(os.Chmod(key(w), 0o644))
		}},
		{name: "key-empty", args: "ping acme", given: write("key.json is empty", "")},
		{name: "key-not-json", args: "ping acme", given: write("key.json is no JSON", "-----BEGIN PRIVATE KEY-----\n")},
		{name: "key-other-json", args: "ping acme", given: write("key.json is other JSON", `{"client_id": "x"}`)},
		{name: "key-of-another-kind", args: "ping acme", given: func(w *world) {
			handle, err := keyset.NewHandle(mac.HMACSHA256Tag256KeyTemplate())
			must(err)
			var out bytes.Buffer
			must(insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&out)))
			write("key.json holds keys that sign and do not encrypt", out.String())(w)
		}},
		{name: "key-another", args: "ping acme", given: another},
		{name: "key-another-map", args: "map import acme DIR/sheet.csv", given: func(w *world) {
			w.file("sheet.csv", goodHeader+goodRow)
			another(w)
		}},
		{name: "keygen-exists", args: "credentials keygen DIR/key.json"},
		{name: "keygen-no-directory", args: "credentials keygen DIR/no/key.json"},
		set("unknown-system", "sap", "key\n"),
		set("empty", "odoo", ""),
		set("blank", "odoo", "  \n\n"),
		set("two-lines", "odoo", "first\nsecond\n"),
		set("json", "odoo", `{"api_key": "x"}`+"\n"),
		set("blank-inside", "odoo", "my key\n"),
		set("byte-order-mark", "odoo", "\ufeff12345\n"),
		set("control-character", "odoo", "12\x0034\n"),
		set("too-long", "odoo", strings.Repeat("k", 70<<10)),
		set("procore-empty", "procore", ""),
		set("procore-no-secret", "procore", "id\n"),
		set("procore-blank-secret", "procore", "id\n\n"),
		set("procore-three-lines", "procore", "id\nsecret\nmore\n"),
		set("quotes", "odoo", `"12345"`+"\n"),
		set("procore-json", "procore", `{"client_id": "a", "client_secret": "b"}`),
		{name: "credentials-argument", args: "credentials set acme odoo 98765432", given: func(w *world) { w.note("a secret has no place among the arguments") }},
		{name: "keygen-directory", args: "credentials keygen DIR"},
	}
}
