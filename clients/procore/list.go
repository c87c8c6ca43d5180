package procore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	defaultPerPage = 100
	// maxPages ends a list that never ends.
	maxPages = 1000
	// maxReads is how often a list is read that changes meanwhile.
	maxReads = 3
)

// ErrListChanges is a list that changed each time that it was read.
var ErrListChanges = errors.New("the list changes while it is read")

// ListOptions are for all lists. The zero value reads all pages, 100 records each.
type ListOptions struct {
	// PerPage is the size of a page. Default 100.
	PerPage int
	// Page, when not 0, reads this page (from 1) and no other.
	Page int
}

func (o ListOptions) values() url.Values {
	per := o.PerPage
	if per <= 0 {
		per = defaultPerPage
	}
	return url.Values{"per_page": {strconv.Itoa(per)}, "page": {strconv.Itoa(max(o.Page, 1))}}
}

// list reads a page, or all of them. A row that comes or goes meanwhile shifts the others over the pages' edges: one is
// read twice, or not at all. Then Total is another one than on the first page, and the list is read again.
func list[T any](ctx context.Context, c *Client, route string, ids []int64, project int64, q url.Values, o ListOptions) ([]T, *Response, error) {
	requests := 0
	for read := 1; ; read++ {
		all, resp, err := readList[T](ctx, c, route, ids, project, q, o)
		requests += resp.Requests
		resp.Requests = requests
		if !errors.Is(err, ErrListChanges) || read == maxReads {
			return all, resp, err
		}
	}
}

// readList follows the next links, and where a list has a Total but no links, the numbers of the pages.
func readList[T any](ctx context.Context, c *Client, route string, ids []int64, project int64, q url.Values, o ListOptions) ([]T, *Response, error) {
	k := call{method: http.MethodGet, route: route, ids: ids, query: o.values(), project: project}
	maps.Copy(k.query, q)
	first := *c.api
	first.Path = k.path()
	first.RawQuery = k.query.Encode()

	all := []T{}
	requests, total := 0, 0
	for page, target := max(o.Page, 1), first.String(); ; page++ {
		var part []T
		resp, err := c.doURL(ctx, k, target, &part)
		requests += resp.Requests
		resp.Requests = requests
		resp.Pages = page - max(o.Page, 1) + 1
		if err != nil {
			return nil, resp, err
		}
		all = append(all, part...)
		if resp.Pages == 1 {
			total = resp.Total
		}
		if resp.Total != total && resp.Total != 0 && total != 0 {
			return nil, resp, fmt.Errorf("procore: %s: %w", k.operation(), ErrListChanges)
		}
		if o.Page > 0 || len(part) == 0 {
			return all, resp, nil
		}
		next, err := c.following(k, &first, target, resp, page, len(all))
		if err != nil {
			return nil, resp, err
		}
		if next == "" {
			return all, resp, nil
		}
		if resp.Pages >= maxPages {
			return nil, resp, fmt.Errorf("procore: %s: more than %d pages", k.operation(), maxPages)
		}
		target = next
	}
}

// following is the address of the page after this one, "" at the end. A link to another host or another list is an
// error: our token would go there, or the list would be cut short.
func (c *Client) following(k call, first *url.URL, current string, resp *Response, page, have int) (string, error) {
	if resp.next == "" {
		if have >= resp.Total {
			return "", nil
		}
		u := *first
		q := u.Query()
		q.Set("page", strconv.Itoa(page+1))
		u.RawQuery = q.Encode()
		return u.String(), nil
	}
	u, err := first.Parse(resp.next)
	if err != nil {
		return "", fmt.Errorf("procore: %s: reading the next link: not an address", k.operation())
	}
	if u.Scheme != c.api.Scheme || !strings.EqualFold(u.Host, c.api.Host) || u.User != nil || u.Path != first.Path {
		return "", fmt.Errorf("procore: %s: %w", k.operation(), ErrForeignLink)
	}
	if u.String() == current {
		return "", fmt.Errorf("procore: %s: the next link leads to the same page", k.operation())
	}
	return u.String(), nil
}

var linkForm = regexp.MustCompile(`<([^>]*)>([^<]*)`)

// nextLink finds rel="next" in Link headers (RFC 8288).
func nextLink(headers []string) string {
	for _, h := range headers {
		for _, link := range linkForm.FindAllStringSubmatch(h, -1) {
			for p := range strings.SplitSeq(strings.TrimRight(link[2], ", "), ";") {
				name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
				if strings.EqualFold(name, "rel") && strings.Trim(value, `" `) == "next" {
					return link[1]
				}
			}
		}
	}
	return ""
}

// filter sets filters[name] unless the value is empty.
func filter(q url.Values, name, value string) {
	if value != "" {
		q.Set("filters["+name+"]", value)
	}
}

// updatedSince sets the documented form, a range with three dots; its end lies ahead of any clock difference.
func updatedSince(q url.Values, since *time.Time) {
	if since == nil {
		return
	}
	const form = "2006-01-02T15:04:05Z"
	filter(q, "updated_at", since.UTC().Format(form)+"..."+time.Now().UTC().Add(24*time.Hour).Format(form))
}

func inProject(id int64) url.Values { return url.Values{"project_id": {strconv.FormatInt(id, 10)}} }
