package procoretest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// paging is the page size of a list: without per_page, and at most.
type paging struct{ usual, most int }

var ordinaryPaging = paging{usual: 100, most: 2000}

// page cuts the page out of rows and sets Link, Per-Page and Total.
func page[T any](c *call, rows []T, size paging) ([]T, *problem) {
	number, p := positive(c.query, "page", 1)
	if p != nil {
		return nil, p
	}
	per, p := positive(c.query, "per_page", size.usual)
	if p != nil {
		return nil, p
	}
	per = min(per, size.most)
	last := max((len(rows)+per-1)/per, 1)
	c.header.Set("Total", strconv.Itoa(len(rows)))
	c.header.Set("Per-Page", strconv.Itoa(per))
	if link := links(c.r, number, last); link != "" {
		c.header.Set("Link", link)
	}
	if number > last {
		return []T{}, nil
	}
	from := (number - 1) * per
	return rows[from:min(from+per, len(rows))], nil
}

func positive(q url.Values, name string, usual int) (int, *problem) {
	value := q.Get(name)
	if value == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		return 0, badRequest(name, name+" must be a positive integer")
	}
	return n, nil
}

func links(r *http.Request, number, last int) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	at := func(n int, rel string) string {
		q := r.URL.Query()
		q.Set("page", strconv.Itoa(n))
		u := url.URL{Scheme: scheme, Host: r.Host, Path: r.URL.Path, RawQuery: q.Encode()}
		return fmt.Sprintf("<%s>; rel=%q", u.String(), rel)
	}
	var parts []string
	if number > 1 {
		parts = append(parts, at(1, "first"), at(min(number-1, last), "prev"))
	}
	if number < last {
		parts = append(parts, at(number+1, "next"), at(last, "last"))
	}
	return strings.Join(parts, ", ")
}

// filterValues reads filters[name], filters[name][] and the list form [A,B].
func filterValues(q url.Values, name string) ([]string, bool) {
	raw := slices.Concat(q["filters["+name+"]"], q["filters["+name+"][]"])
	if len(raw) == 0 {
		return nil, false
	}
	var values []string
	for _, value := range raw {
		inner, isList := strings.CutPrefix(value, "[")
		if !isList || !strings.HasSuffix(value, "]") {
			values = append(values, value)
			continue
		}
		values = append(values, listOf(value, strings.TrimSuffix(inner, "]"))...)
	}
	return values, true
}

func listOf(whole, inner string) []string {
	var decoded []any
	d := json.NewDecoder(strings.NewReader(whole))
	d.UseNumber()
	if d.Decode(&decoded) == nil {
		values := make([]string, 0, len(decoded))
		for _, v := range decoded {
			values = append(values, fmt.Sprint(v))
		}
		return values
	}
	values := strings.Split(inner, ",")
	for i := range values {
		values[i] = strings.Trim(strings.TrimSpace(values[i]), `"`)
	}
	return values
}

// filter keeps the rows that a filter names; a list without the filter stays whole.
func filter[T any](c *call, rows []T, name string, of func(T) string) []T {
	values, given := filterValues(c.query, name)
	if !given {
		return rows
	}
	return keep(rows, func(row T) bool { return slices.Contains(values, of(row)) })
}

func keep[T any](rows []T, want func(T) bool) []T {
	kept := make([]T, 0, len(rows))
	for _, row := range rows {
		if want(row) {
			kept = append(kept, row)
		}
	}
	return kept
}

// filterRange keeps rows whose time lies in filters[name], two ends joined by three dots.
func filterRange[T any](c *call, rows []T, name string, of func(T) time.Time) ([]T, *problem) {
	value := c.query.Get("filters[" + name + "]")
	if value == "" {
		return rows, nil
	}
	from, to, p := timeRange(name, value)
	if p != nil {
		return nil, p
	}
	return keep(rows, func(row T) bool {
		at := of(row).UTC().Truncate(time.Second)
		return !at.Before(from) && !at.After(to)
	}), nil
}

func timeRange(name, value string) (from, to time.Time, p *problem) {
	left, right, ok := strings.Cut(strings.Trim(value, `"`), "...")
	if !ok {
		return from, to, badRequest(name, name+" must be a range of two ISO 8601 datetimes joined by three dots")
	}
	from, errFrom := rangeEnd(left, false)
	to, errTo := rangeEnd(right, true)
	if errFrom != nil || errTo != nil {
		return from, to, badRequest(name, name+" must be a range of two ISO 8601 datetimes joined by three dots")
	}
	return from, to, nil
}

// rangeEnd reads a timestamp or a date; a date as the end means its last second.
func rangeEnd(s string, end bool) (time.Time, error) {
	if dayForm.MatchString(s) {
		t, err := time.Parse(time.DateOnly, s)
		if err == nil && end {
			t = t.Add(24*time.Hour - time.Second)
		}
		return t, err
	}
	t, err := time.Parse(time.RFC3339, s)
	return t.UTC(), err
}

// filterDay keeps rows whose date attribute equals the filter or lies in its range.
func filterDay[T any](c *call, rows []T, name string, of func(T) string) ([]T, *problem) {
	value := c.query.Get("filters[" + name + "]")
	if value == "" {
		return rows, nil
	}
	if dayForm.MatchString(value) {
		value += "..." + value
	}
	from, to, p := timeRange(name, value)
	if p != nil {
		return nil, p
	}
	return keep(rows, func(row T) bool {
		at, err := time.Parse(time.DateOnly, of(row))
		return err == nil && !at.Before(from.Truncate(24*time.Hour)) && !at.After(to)
	}), nil
}

func idText(id int64) string { return strconv.FormatInt(id, 10) }

// commonFilters are id, origin_id and the two time ranges, on lists that offer them.
func commonFilters[T any](c *call, rows []T, of func(T) *record) ([]T, *problem) {
	rows = filter(c, rows, "id", func(row T) string { return idText(of(row).id) })
	rows = filter(c, rows, "origin_id", func(row T) string { return of(row).origin() })
	rows, p := filterRange(c, rows, "updated_at", func(row T) time.Time { return of(row).updated })
	if p != nil {
		return nil, p
	}
	return filterRange(c, rows, "created_at", func(row T) time.Time { return of(row).created })
}
