package sandbox_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var inputs = regexp.MustCompile(`<input [^>]*name="([^"]+)"[^>]*value="([^"]*)"`)

// fieldsOf are the fields of the forms on a page, as a browser sends them.
func (b *bundle) fieldsOf(path string) []string {
	b.t.Helper()
	a := b.get(b.odoo, path)
	require.Equal(b.t, http.StatusOK, a.status)
	var out []string
	for _, m := range inputs.FindAllStringSubmatch(a.body, -1) {
		out = append(out, m[1], m[2])
	}
	return out
}

// lineOf names the fields of the first line on a page.
func (b *bundle) lineOf(fields []string) (qty, price string) {
	b.t.Helper()
	for i := 0; i < len(fields); i += 2 {
		if id, is := strings.CutPrefix(fields[i], "quantity_"); is {
			return "quantity_" + id, "price_" + id
		}
	}
	require.Fail(b.t, "there is no line")
	return "", ""
}

// A page that was opened before somebody else's edit undoes nothing of it.
func TestStalePages(t *testing.T) {
	t.Parallel()
	b := setup(t, false)
	order := at("/orders/%d", b.odooID("purchase.order", "name", b.firm.Tries().Order))
	bill := at("/bills/%d", b.draftBill())
	for _, path := range []string{order, bill} {
		old := b.fieldsOf(path)
		qty, price := b.lineOf(old)
		require.Contains(t, old, "was_"+qty)
		lines := path + "/lines"
		form := func(changes ...string) []string { return append(append([]string{}, old...), changes...) }

		b.done(b.odoo, "Saved.", lines, form(qty, "21", price, "31.50")...)
		b.done(b.odoo, "Nothing was changed.", lines, old...)
		b.refused(b.odoo, "Somebody else changed line", lines, form(price, "99.00")...)
		fresh := b.fieldsOf(path)
		require.Subset(t, fresh, []string{qty, "21", price, "31.50"})
		a := b.post(b.odoo, lines, form(price, "99.00")...)
		require.Contains(t, a.body, "its quantity is 21 now, and its price 31.50. Open the document again")
		require.Contains(t, a.body, `value="99.00"`, "what was typed stays")
		b.done(b.odoo, "Saved.", lines, append(fresh, price, "99.00")...)
		b.done(b.odoo, "Nothing was changed.", lines, form(qty, "21", price, "99.00")...)
		require.Subset(t, b.fieldsOf(path), []string{qty, "21", price, "99.00"})
	}

	old := b.fieldsOf(bill)
	b.done(b.odoo, "Saved.", bill+"/lines", append(b.fieldsOf(bill), "reference", "theirs")...)
	b.refused(b.odoo, "Somebody else changed the vendor’s number meanwhile: it is theirs now.", bill+"/lines", append(old, "reference", "mine")...)
	b.done(b.odoo, "Saved.", bill+"/lines", append(old, "date", "2026-11-21")...)
	require.Subset(t, b.fieldsOf(bill), []string{"theirs", "2026-11-21"})
}

// draftBill is a bill of the firm that can be changed.
func (b *bundle) draftBill() int64 {
	b.t.Helper()
	rows, _ := b.pair.Odoo.State()["account.move"].([]any)
	for _, r := range rows {
		values, _ := r.(map[string]any)
		if id, ok := values["id"].(int64); ok && values["state"] == "draft" && values["move_type"] == "in_invoice" {
			return id
		}
	}
	require.Fail(b.t, "the firm has no draft bill")
	return 0
}
