package procore_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore"
)

// pages answers n projects along next links made by link.
func pages(n int, link func(r *http.Request, next int) string) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		if page < n {
			rw.Header().Set("Link", link(r, page+1))
		}
		answer(rw, http.StatusOK, fmt.Sprintf(`[{"id":%d,"name":"P"}]`, 9007199254740993+page))
	}
}

func nextOn(host string) func(*http.Request, int) string {
	return func(r *http.Request, next int) string {
		q := r.URL.Query()
		q.Set("page", "1")
		first := host + r.URL.Path + "?" + q.Encode()
		q.Set("page", strconv.Itoa(next))
		return fmt.Sprintf(`<%s>; rel="first", <%s>; rel="next",<%s>; rel="last"`, first, host+r.URL.Path+"?"+q.Encode(), first)
	}
}

func TestListReadsAllPages(t *testing.T) {
	t.Parallel()
	g := &gate{}
	w := serve(t, pages(3, func(r *http.Request, next int) string { return nextOn("http://"+r.Host)(r, next) }), func(c *procore.Config) { c.Gate = g })
	got, resp, err := w.client.Projects.List(t.Context(), procore.ProjectListOptions{Status: "All"})
	require.NoError(t, err)
	require.Len(t, got, 3)
	require.EqualValues(t, 9007199254740996, got[2].ID, "ids are 64 bit")
	require.Equal(t, 3, resp.Pages)
	require.Equal(t, 3, resp.Requests)
	require.Equal(t, 3, g.acquired, "each page asks")
	seen, _ := w.seen()
	for _, r := range seen {
		require.Equal(t, "100", r.URL.Query().Get("per_page"))
		require.Equal(t, "All", r.URL.Query().Get("filters[by_status]"))
		require.Equal(t, strconv.FormatInt(company, 10), r.URL.Query().Get("company_id"))
		require.Equal(t, strconv.FormatInt(company, 10), r.Header.Get("Procore-Company-Id"))
	}

	got, resp, err = w.client.Projects.List(t.Context(), procore.ProjectListOptions{ListOptions: procore.ListOptions{Page: 2, PerPage: 7}})
	require.NoError(t, err)
	require.Len(t, got, 1)
	require.Equal(t, 1, resp.Requests)
}

func TestListFollowsRelativeLinks(t *testing.T) {
	t.Parallel()
	w := serve(t, pages(2, nextOn("")))
	got, _, err := w.client.Projects.List(t.Context(), procore.ProjectListOptions{})
	require.NoError(t, err)
	require.Len(t, got, 2)
}

func TestListRefusesForeignLinks(t *testing.T) {
	t.Parallel()
	other := serve(t, pages(1, nil))
	for name, link := range map[string]func(*http.Request, int) string{
		"other host":      nextOn(other.URL),
		"other scheme":    func(r *http.Request, n int) string { return nextOn("https://"+r.Host)(r, n) },
		"user in address": func(r *http.Request, n int) string { return nextOn("http://a@"+r.Host)(r, n) },
		"other list": func(r *http.Request, n int) string {
			return fmt.Sprintf(`<http://%s/rest/v1.0/me?page=%d>; rel="next"`, r.Host, n)
		},
	} {
		w := serve(t, pages(3, link))
		got, _, err := w.client.Projects.List(t.Context(), procore.ProjectListOptions{})
		require.ErrorIs(t, err, procore.ErrForeignLink, name)
		require.Nil(t, got, "half a list is no list")
	}
	seen, _ := other.seen()
	require.Empty(t, seen, "our token never left")
}

func TestListEndsWhenLinksDoNot(t *testing.T) {
	t.Parallel()
	w := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Link", fmt.Sprintf(`<http://%s%s>; rel="next"`, r.Host, r.URL.RequestURI()))
		answer(rw, http.StatusOK, `[{"id":1}]`)
	})
	_, _, err := w.client.Projects.List(t.Context(), procore.ProjectListOptions{})
	require.ErrorContains(t, err, "same page")

	w = serve(t, pages(5000, nextOn("")))
	_, resp, err := w.client.Projects.List(t.Context(), procore.ProjectListOptions{})
	require.ErrorContains(t, err, "more than 1000 pages")
	require.Equal(t, 1000, resp.Requests)
}

func TestListWithTotalButNoLinks(t *testing.T) {
	t.Parallel()
	w := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Total", "3")
		if r.URL.Query().Get("page") == "1" {
			answer(rw, http.StatusOK, `[{"id":1},{"id":2}]`)
			return
		}
		answer(rw, http.StatusOK, `[{"id":3}]`)
	})
	got, resp, err := w.client.CostCodes.List(t.Context(), 9, procore.ListOptions{PerPage: 2})
	require.NoError(t, err)
	require.Len(t, got, 3)
	require.Equal(t, 3, resp.Total)
}

// A row that goes while a list is read takes another one over the edge of a page, unseen: the list is read again.
func TestListThatChanges(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string]int{"once": 1, "always": 1000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := []int{1, 2, 3, 4, 5}
			w := serve(t, func(rw http.ResponseWriter, r *http.Request) {
				page, _ := strconv.Atoi(r.URL.Query().Get("page"))
				from := min((page-1)*2, len(rows))
				part := rows[from:min(from+2, len(rows))]
				rw.Header().Set("Total", strconv.Itoa(len(rows)))
				raw := make([]string, len(part))
				for i, id := range part {
					raw[i] = fmt.Sprintf(`{"id":%d}`, id)
				}
				if page == 1 && changes > 0 {
					changes--
					rows = append(rows[1:], rows[len(rows)-1]+1, rows[len(rows)-1]+2)
				}
				answer(rw, http.StatusOK, "["+strings.Join(raw, ",")+"]")
			})
			got, resp, err := w.client.CostCodes.List(t.Context(), 9, procore.ListOptions{PerPage: 2})
			if name == "always" {
				require.ErrorIs(t, err, procore.ErrListChanges)
				require.Equal(t, procore.Transient, procore.Classify(err), "a later read may find it at rest")
				require.Nil(t, got)
				require.Equal(t, 6, resp.Requests, "three times two pages")
				return
			}
			require.NoError(t, err)
			var ids []int64
			for _, c := range got {
				ids = append(ids, c.ID)
			}
			require.Equal(t, []int64{2, 3, 4, 5, 6, 7}, ids)
			require.Equal(t, 5, resp.Requests)
		})
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	w := serve(t, func(rw http.ResponseWriter, _ *http.Request) { answer(rw, http.StatusOK, `[]`) })
	since := time.Date(2026, 1, 2, 3, 4, 5, 999, time.FixedZone("", 3600))
	_, _, err := w.client.Commitments.List(t.Context(), 9, procore.CommitmentListOptions{
		OriginIDs: []string{"odoo:a:1:purchase.order:1", "b"}, UpdatedSince: &since, Extended: true, Deleted: true, Status: procore.CommitmentApproved,
	})
	require.NoError(t, err)
	_, _, err = w.client.Requisitions.List(t.Context(), 9, 8, procore.RequisitionListOptions{OriginID: "r", Last: true, Items: true, PeriodID: 4})
	require.NoError(t, err)
	_, _, err = w.client.DirectCosts.ListLines(t.Context(), 9, procore.DirectCostLineListOptions{DirectCostID: 3})
	require.NoError(t, err)

	seen, _ := w.seen()
	q := seen[0].URL.Query()
	require.Equal(t, "9", q.Get("project_id"))
	require.Equal(t, "[odoo:a:1:purchase.order:1,b]", q.Get("filters[origin_id]"))
	require.Regexp(t, `^2026-01-02T02:04:05Z\.\.\.\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`, q.Get("filters[updated_at]"))
	require.Equal(t, "extended", q.Get("view"))
	require.Equal(t, "with", q.Get("filters[include_deleted]"))
	require.Equal(t, "Approved", q.Get("filters[status]"))
	q = seen[1].URL.Query()
	require.Equal(t, "8", q.Get("filters[commitment_id]"))
	require.Equal(t, "4", q.Get("filters[period_id]"))
	require.Equal(t, "true", q.Get("filters[is_last]"))
	require.Equal(t, "items", q.Get("view"))
	require.Equal(t, "3", seen[2].URL.Query().Get("filters[direct_cost_id]"))
	require.Equal(t, "/rest/v1.0/projects/9/direct_costs/line_items", seen[2].URL.Path)
}
