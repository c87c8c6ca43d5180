package sandbox_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/firm"
	"github.com/ml-connector/odoo-procore/internal/sandbox"
)

// bundle is both sandboxes with their pages and, unless it is to be empty, the firm in them.
type bundle struct {
	t             *testing.T
	firm          *firm.Firm
	pair          *sandbox.Pair
	odoo, procore http.Handler
}

func setup(t *testing.T, empty bool) *bundle {
	t.Helper()
	return setupVersion(t, "19.0", empty)
}

func setupVersion(t *testing.T, odoo string, empty bool) *bundle {
	t.Helper()
	f := firm.New(1)
	b := &bundle{t: t, firm: f, pair: sandbox.NewVersion(f, odoo)}
	if !empty {
		require.NoError(t, f.Load(t.Context(), b.pair.Odoo, b.pair.Procore, nil))
	}
	b.odoo, b.procore = b.pair.OdooPages(b.pair.Odoo), b.pair.ProcorePages(b.pair.Procore)
	return b
}

// answer is what came back: the status, the body, and where a redirect goes.
type answer struct {
	status   int
	body, to string
}

// get asks for a page as a browser does.
func (b *bundle) get(site http.Handler, path string) answer {
	b.t.Helper()
	return b.send(site, httptest.NewRequestWithContext(b.t.Context(), http.MethodGet, path, http.NoBody), "text/html,*/*")
}

// post sends a form from one of the site's own pages; fields are name and value by turns.
func (b *bundle) post(site http.Handler, path string, fields ...string) answer {
	b.t.Helper()
	r := form(b.t, path, fields...)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(site, r, "text/html")
}

func form(t *testing.T, path string, fields ...string) *http.Request {
	t.Helper()
	values := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func (b *bundle) send(site http.Handler, r *http.Request, accept string) answer {
	b.t.Helper()
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Body)
	require.NoError(b.t, err)
	return answer{w.Code, string(body), w.Header().Get("Location")}
}

// shows asks for a page, and holds it against what must stand on it.
func (b *bundle) shows(site http.Handler, path string, wanted ...string) {
	b.t.Helper()
	page := b.get(site, path)
	require.Equal(b.t, http.StatusOK, page.status, "%s: %s", path, page.body)
	for _, text := range wanted {
		require.Contains(b.t, page.body, text, path)
	}
}

// odooID is the id of the record of a model whose field has a value.
func (b *bundle) odooID(model, field, value string) int64 {
	b.t.Helper()
	rows, _ := b.pair.Odoo.State()[model].([]any)
	for _, r := range rows {
		if row, _ := r.(map[string]any); row[field] == value {
			id, _ := row["id"].(int64)
			return id
		}
	}
	require.Failf(b.t, "no such record", "%s with %s %q", model, field, value)
	return 0
}

// odooRecord is a record as it stands.
func (b *bundle) odooRecord(model string, id int64) map[string]any {
	b.t.Helper()
	rows, _ := b.pair.Odoo.State()[model].([]any)
	for _, r := range rows {
		if row, _ := r.(map[string]any); row["id"] == id {
			return row
		}
	}
	require.Failf(b.t, "no such record", "%s %d", model, id)
	return nil
}

func (b *bundle) project(number string) procoretest.ProjectState {
	b.t.Helper()
	for _, p := range b.pair.Procore.State().Projects {
		if p.Number == number {
			return p
		}
	}
	require.Failf(b.t, "no such project", "%s", number)
	return procoretest.ProjectState{}
}

func (b *bundle) commitment(number string) procoretest.CommitmentState {
	b.t.Helper()
	for _, cm := range b.pair.Procore.State().Commitments {
		if cm.Number == number && !cm.Deleted {
			return cm
		}
	}
	require.Failf(b.t, "no such commitment", "%s", number)
	return procoretest.CommitmentState{}
}

func at(format string, id int64) string { return fmt.Sprintf(format, id) }

// What a page shows of the firm, for each sort of page.
func TestPagesShowTheFirm(t *testing.T) {
	t.Parallel()
	b := setup(t, false)
	order, bill := b.odooID("purchase.order", "name", "PO00076"), b.odooID("account.move", "name", "BILL/2026/08/0008")
	vendor := b.odooID("res.partner", "name", "Thin Air Mechanical")
	b.shows(b.odoo, "/", "PO00085", "Thin Air Mechanical", "24-101", "96,500.00", "Purchase order", "1 to 40 of 120", "All <span class=\"soft\">120")
	b.shows(b.odoo, "/?from=81", "81 to 120 of 120", "Earlier rows")
	b.shows(b.odoo, "/?show=cancelled", "Cancelled", "1 to 1 of 1")
	b.shows(b.odoo, "/?q=PO00076", "PO00076", "1 to 1 of 1")
	b.shows(b.odoo, "/?q=nobody", "No purchase order has “nobody”")
	b.shows(b.odoo, at("/orders/%d", order), "PO00076", "129,000.00", "Lincoln Elementary Addition", "BILL/2026/08/0008", "Cancel order", "Save lines")
	b.shows(b.odoo, "/orders/new", "Cordillera Building Co.", "24-101 Riverside Medical Office", "Unit price")
	b.shows(b.odoo, "/bills", "CBILL/2026/11/0001", "no number yet", "PO00077", "1 to 40 of 199")
	b.shows(b.odoo, "/bills?show=credit", "RBILL", "−")
	b.shows(b.odoo, at("/bills/%d", bill), "BILL/2026/08/0008", "PO00076", "38,700.00", "Reset to draft")
	b.shows(b.odoo, "/vendors", "Alpenglow Roofing", "Purchase orders")
	b.shows(b.odoo, at("/vendors/%d", vendor), "Thin Air Mechanical", "PO00085", "Change the name")
	b.shows(b.odoo, "/requests", "Nobody has asked anything yet.")

	project, fence := b.project("24-101"), b.commitment("FENCE-1")
	state := b.pair.Procore.State()
	b.shows(b.procore, "/", "Riverside Medical Office", "22,256.00", "4,900.00", "Not permitted", "Inactive")
	b.shows(b.procore, at("/projects/%d", project.ID), "FENCE-1", "Foothills Fence &amp; Gate", "9,800.00", "by hand", "Add a commitment by hand")
	b.shows(b.procore, at("/projects/%d/invoices", project.ID), "0001", "FENCE-1", "4,900.00", "Approved")
	b.shows(b.procore, at("/projects/%d/costs", project.ID), "WL-77120", "3,729.15")
	b.shows(b.procore, at("/projects/%d/budget", project.ID), "01 74 00.O", "All codes", "22,256.00", "25,985.15")
	b.shows(b.procore, at("/projects/%d/settings", project.ID), "2026-01-31", "Close", "The project is active")
	b.shows(b.procore, at("/projects/%d/commitments/new", project.ID), "Budget code", "CO Rebar Fab", "03 30 00.L Cast-in-Place Concrete, Labor")
	b.shows(b.procore, at("/commitments/%d", fence.ID), "Schedule of values", "9,800.00", "4,900.00")
	b.shows(b.procore, at("/invoices/%d", state.Requisitions[0].ID), "Completed this period", "4,900.00", "Retainage")
	b.shows(b.procore, at("/costs/%d", state.DirectCosts[0].ID), "WL-77120", "03 11 00.M")
	b.shows(b.procore, "/vendors", "Foothills Fence &amp; Gate", "24-101")
	b.shows(b.procore, at("/vendors/%d", fence.VendorID), "FENCE-1", "Make inactive")
	b.shows(b.procore, "/requests", "Nobody has asked anything yet.")
}

// What the connector wrote shows its origin id.
func TestOriginIsShown(t *testing.T) {
	t.Parallel()
	b := setup(t, false)
	project, fence := b.project("24-101"), b.commitment("FENCE-1")
	_, err := b.pair.Procore.Edit(procoretest.Edit{Resource: "commitments", Project: project.ID, Create: map[string]any{
		"number": "PO7", "title": "Written", "vendor_id": fence.VendorID, "origin_id": "odoo:acme:7",
	}})
	require.NoError(t, err)
	b.shows(b.procore, at("/projects/%d", project.ID), `<code class="origin">odoo:<wbr>acme:<wbr>7<wbr></code>`)
}

// Without the firm every page says in words that there is nothing.
func TestEmptyPages(t *testing.T) {
	t.Parallel()
	b := setup(t, true)
	for path, says := range map[string]string{
		"/": "There is no purchase order here.", "/bills": "There is no vendor bill here.", "/vendors": "There is no vendor here.",
		"/orders/new": "An order needs a company, and there is none here.",
	} {
		b.shows(b.odoo, path, says)
	}
	b.shows(b.procore, "/", "There is no project here.")
	b.shows(b.procore, "/vendors", "The company directory is empty.")
	id := b.pair.Procore.AddProject(procoretest.Project{Name: "Bare", Number: "1", Active: true, Permitted: true})
	for part, says := range map[string]string{
		"": "no commitment yet", "/invoices": "Nobody has billed", "/costs": "no direct cost yet", "/budget": "No budget code", "/settings": "no billing period",
	} {
		b.shows(b.procore, at("/projects/%d", id)+part, says)
	}
}
