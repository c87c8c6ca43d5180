//go:build browser

package browser_test

import (
	"cmp"
	"fmt"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/firm"
	"github.com/ml-connector/odoo-procore/internal/sandbox"
)

// bundle is both sandboxes with the firm in them.
type bundle struct {
	firm          *firm.Firm
	pair          *sandbox.Pair
	odoo, procore string
}

func setup(t *testing.T) *bundle {
	t.Helper()
	f := firm.New(1)
	b := &bundle{firm: f, pair: sandbox.New(f)}
	require.NoError(t, f.Load(t.Context(), b.pair.Odoo, b.pair.Procore, nil))
	odoo := httptest.NewServer(b.pair.OdooPages(b.pair.Odoo))
	t.Cleanup(odoo.Close)
	procore := httptest.NewServer(b.pair.ProcorePages(b.pair.Procore))
	t.Cleanup(procore.Close)
	b.odoo, b.procore = odoo.URL, procore.URL
	return b
}

// onlyOurs skips a test when there are only pages of others to look at.
func onlyOurs(t *testing.T) {
	t.Helper()
	if os.Getenv("ML_PAGES") != "" {
		t.Skip("ML_PAGES names the pages to look at")
	}
}

// screens are the windows that a page is looked at in.
var screens = []struct {
	name  string
	width int64
	dark  bool
}{{"desk", 1280, false}, {"dark", 1280, true}, {"phone", 390, false}}

var ids = regexp.MustCompile(`/\d+`)

// Every page that links lead to is well, three of each sort.
func TestEveryPage(t *testing.T) {
	onlyOurs(t)
	b := setup(t)
	for system, url := range map[string]string{"odoo": b.odoo, "procore": b.procore} {
		t.Run(system, func(t *testing.T) {
			tb := openTab(t)
			seen, sorts := map[string]bool{"/": true}, map[string]int{}
			for next := []string{"/"}; len(next) > 0; next = next[1:] {
				path, _, _ := strings.Cut(next[0], "?")
				sort := strings.Trim(strings.ReplaceAll(ids.ReplaceAllString(path, "/one"), "/", "-"), "-")
				if sorts[sort]++; sorts[sort] > 3 {
					continue
				}
				for _, link := range look(tb, url, next[0], system+"-"+cmp.Or(sort, "first"), sorts[sort] == 1) {
					if !seen[link] {
						seen[link] = true
						next = append(next, link)
					}
				}
			}
			t.Logf("%d links, pages by sort: %v", len(seen), sorts)
			require.Greater(t, len(sorts), 7, "links lead everywhere")
		})
	}
}

// look checks a page in every window and returns where it leads to.
func look(tb *tab, site, path, name string, shoot bool) []string {
	tb.t.Helper()
	for _, s := range screens {
		tb.screen(s.width, s.dark)
		require.EqualValues(tb.t, 200, tb.visit(site+path), path)
		seen := get(tb, chromedp.Evaluate[layout](`({
			wide: document.documentElement.scrollWidth, room: document.documentElement.clientWidth,
			unlabelled: [...document.querySelectorAll("input, select")].filter(e => e.labels.length === 0).map(e => e.name),
			headings: document.querySelectorAll("h1").length,
			titleless: [...document.querySelectorAll("table")].filter(e => !e.caption || !e.querySelector("thead th[scope=col]")).length,
		})`))
		where := fmt.Sprintf("%s on the %s screen", path, s.name)
		require.LessOrEqual(tb.t, seen.Wide, seen.Room, "%s scrolls sideways", where)
		require.Empty(tb.t, seen.Unlabelled, where)
		require.Equal(tb.t, 1, seen.Headings, where)
		require.Zero(tb.t, seen.Titleless, where)
		require.Empty(tb.t, tb.complaints(), where)
		if shoot {
			tb.shoot(name + "-" + s.name)
		}
	}
	return get(tb, chromedp.Evaluate[[]string](`[...document.querySelectorAll("a[href]")].filter(a => a.origin === location.origin && !a.hash)
		.map(a => a.pathname + a.search)`))
}

// layout is what a page looks like to a script.
type layout struct {
	// Wide is how much room the page takes, and Room what there is, in pixels.
	Wide       int      `json:"wide"`
	Room       int      `json:"room"`
	Unlabelled []string `json:"unlabelled"`
	Headings   int      `json:"headings"`
	// Titleless are tables without a caption or headed columns.
	Titleless int `json:"titleless"`
}

// A price is changed by an order's form, and seen on the page, in the list and in Odoo.
func TestChangeAnOrder(t *testing.T) {
	onlyOurs(t)
	b := setup(t)
	try := b.firm.Tries()
	tb := openTab(t)
	tb.screen(1280, false)
	require.EqualValues(t, 200, tb.visit(b.odoo+"/?q="+try.Order))
	field := fmt.Sprintf("#price_%d", try.LineID)
	require.EqualValues(t, 200, tb.follow(chromedp.Click(fmt.Sprintf(`//th/a[text()=%q]`, try.Order))))
	get(tb, chromedp.SetValue(chromedp.CSS(field), "1,112.75"))
	require.EqualValues(t, 200, tb.follow(chromedp.Click(`//button[text()="Save lines"]`)))
	note, total := get(tb, chromedp.Text(chromedp.CSS(".note"))), get(tb, chromedp.Text(chromedp.CSS(".facts .large")))
	require.Equal(t, "Saved.", note)
	lines, _ := b.pair.Odoo.State()["purchase.order.line"].([]any)
	line, _ := lines[try.LineID-1].(map[string]any)
	require.InDelta(t, 1112.75, line["price_unit"], 0)
	require.NotEmpty(t, total)
	require.Empty(t, tb.complaints())
}

// Procore refuses what its rules forbid, and the page says why.
func TestRefusedEdit(t *testing.T) {
	onlyOurs(t)
	b := setup(t)
	var approved procoretest.CommitmentState
	for _, cm := range b.pair.Procore.State().Commitments {
		if cm.Status == "Approved" {
			approved = cm
		}
	}
	require.NotZero(t, approved.ID)
	tb := openTab(t)
	tb.screen(390, false)
	require.EqualValues(t, 200, tb.visit(fmt.Sprintf("%s/commitments/%d", b.procore, approved.ID)))
	require.EqualValues(t, 422, tb.follow(chromedp.Click(chromedp.CSS(`button[name="delete"]`))))
	note := get(tb, chromedp.Text(chromedp.CSS(".note.bad")))
	require.Contains(t, note, "An Approved contract cannot be deleted.")
	tb.shoot("procore-refused-phone")
}

// Screenshots of any pages, for the documentation.
func TestGivenPages(t *testing.T) {
	given := strings.Fields(os.Getenv("ML_PAGES"))
	if len(given) == 0 {
		t.Skip("ML_PAGES names no page")
	}
	tb := openTab(t)
	for i, url := range given {
		tb.screen(1400, false)
		require.Less(t, tb.visit(url), int64(400), url)
		tb.quiet()
		tb.shoot(fmt.Sprintf("page-%d", i+1))
	}
}
