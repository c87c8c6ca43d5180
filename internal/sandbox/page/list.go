package page

import (
	"net/http"
	"net/url"
	"strconv"
)

// PageSize is how many rows a list shows at once.
const PageSize = 40

// List is the part of a list that is shown: rows From to To of Total, counted from 1, and what was searched for. The
// template "pager" shows it.
type List struct {
	From, To, Total int
	Search          string

	r *http.Request
}

// Offset is the number of rows before the part that r asks for.
func Offset(r *http.Request) int {
	from, err := strconv.Atoi(r.URL.Query().Get("from"))
	if err != nil || from < 1 || from > 1_000_000_000 {
		return 0
	}
	return from - 1
}

// ListOf describes the part of total rows that starts after offset rows and has shown ones.
func ListOf(r *http.Request, offset, shown, total int) List {
	return List{From: offset + 1, To: offset + shown, Total: total, Search: r.URL.Query().Get("q"), r: r}
}

// Cut is the part of rows that r asks for.
func Cut[T any](r *http.Request, rows []T) ([]T, List) {
	from := min(Offset(r), len(rows))
	to := min(from+PageSize, len(rows))
	return rows[from:to], ListOf(r, from, to-from, len(rows))
}

// Earlier is the address of the part before, empty where there is none.
func (l List) Earlier() string {
	if l.From <= 1 {
		return ""
	}
	return l.at(max(1, l.From-PageSize))
}

// Later is the address of the part behind, empty where there is none.
func (l List) Later() string {
	if l.To >= l.Total {
		return ""
	}
	return l.at(l.To + 1)
}

func (l List) at(from int) string {
	q := l.r.URL.Query()
	q.Del("done")
	q.Set("from", strconv.Itoa(from))
	return l.r.URL.Path + "?" + q.Encode()
}

// Choice narrows a list down. The template "choices" shows a row of them.
type Choice struct {
	Name    string
	Count   int
	Address string
	Chosen  bool
}

// Choose makes the address of a list with one thing chosen, keeping what was searched for.
func Choose(r *http.Request, key, value string) string {
	q := url.Values{}
	if search := r.URL.Query().Get("q"); search != "" {
		q.Set("q", search)
	}
	if value != "" {
		q.Set(key, value)
	}
	if len(q) == 0 {
		return r.URL.Path
	}
	return r.URL.Path + "?" + q.Encode()
}
