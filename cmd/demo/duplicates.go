package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

// baseline are the ids that Procore had before the connector came.
type baseline map[int64]bool

func newBaseline(state procoretest.State) baseline {
	b := baseline{}
	for _, v := range state.Vendors {
		b[v.ID] = true
	}
	for _, c := range state.Commitments {
		b[c.ID] = true
	}
	for _, r := range state.Requisitions {
		b[r.ID] = true
	}
	for _, c := range state.DirectCosts {
		b[c.ID] = true
	}
	return b
}

// twins collects documents under keys that only one of them may have.
type twins struct {
	before baseline
	seen   map[string][]int64
	// of is the Odoo record that a document says it comes from, "model:id"; empty: of nobody.
	of map[int64]string
}

func (t *twins) add(id int64, key string, parts ...string) {
	if slices.Contains(parts, "") {
		return // a document without the thing has no twin by it
	}
	key = fmt.Sprintf(key, anys(parts)...)
	t.seen[key] = append(t.seen[key], id)
}

func anys(parts []string) []any {
	out := make([]any, len(parts))
	for i, p := range parts {
		out[i] = p
	}
	return out
}

// found are the keys that several documents have, at least one of them not from before.
func (t *twins) found() []string {
	out := []string{}
	for _, key := range slices.Sorted(maps.Keys(t.seen)) {
		ids := t.seen[key]
		if len(ids) > 1 && slices.ContainsFunc(ids, func(id int64) bool { return !t.before[id] }) && !t.ofSeveral(ids) {
			out = append(out, fmt.Sprintf("%s: %s", key, strings.Trim(fmt.Sprint(ids), "[]")))
		}
	}
	return out
}

// ofSeveral: the documents come from as many records of Odoo, which has two that are called nearly the same.
func (t *twins) ofSeveral(ids []int64) bool {
	records := map[string]bool{}
	for _, id := range ids {
		if t.of[id] == "" || records[t.of[id]] {
			return false
		}
		records[t.of[id]] = true
	}
	return true
}

// recordOf is model:id in an origin id, "odoo:prefix:epoch:model:id:…".
func recordOf(origin string) string {
	parts := strings.Split(origin, ":")
	if len(parts) < 5 {
		return ""
	}
	return strings.Join(parts[3:5], ":")
}

// duplicates looks for documents and vendors that are in Procore twice.
func duplicates(state procoretest.State, before baseline) []string {
	t := &twins{before: before, seen: map[string][]int64{}, of: map[int64]string{}}
	for _, v := range state.Vendors {
		t.add(v.ID, "vendors with the origin id %s", v.OriginID)
		t.add(v.ID, "vendors named %s", normalName(v.Name))
		t.add(v.ID, "vendors with the tax number %s", notInKey.ReplaceAllString(strings.ToLower(v.TaxID), ""))
	}
	for _, c := range state.Commitments {
		if c.Deleted {
			continue
		}
		t.of[c.ID] = recordOf(c.OriginID)
		t.add(c.ID, "commitments with the origin id %s", c.OriginID)
		t.add(c.ID, "commitments on project %s with the number %s", fmt.Sprint(c.ProjectID), normalNumber(c.Number))
		t.lines(c.Lines, "lines of commitment %s with the origin id %s", c.ID)
	}
	for _, r := range state.Requisitions {
		t.of[r.ID] = recordOf(r.OriginID)
		t.add(r.ID, "subcontractor invoices with the origin id %s", r.OriginID)
		t.add(r.ID, "subcontractor invoices on commitment %s with the number %s", fmt.Sprint(r.CommitmentID), normalNumber(r.InvoiceNumber))
	}
	for _, c := range state.DirectCosts {
		if c.Deleted {
			continue
		}
		t.of[c.ID] = recordOf(c.OriginID)
		t.add(c.ID, "direct costs with the origin id %s", c.OriginID)
		t.add(c.ID, "direct costs on project %s of vendor %s with the number %s",
			fmt.Sprint(c.ProjectID), fmt.Sprint(c.VendorID), normalNumber(c.InvoiceNumber))
		t.lines(c.Lines, "lines of direct cost %s with the origin id %s", c.ID)
	}
	return t.found()
}

func (t *twins) lines(lines []procoretest.LineState, key string, document int64) {
	for _, l := range lines {
		t.add(l.ID, key, fmt.Sprint(document), l.OriginID)
	}
}

var (
	notInKey = regexp.MustCompile(`[^a-z0-9]+`)
	forms    = map[string]bool{"inc": true, "llc": true, "co": true, "corp": true, "ltd": true, "company": true, "lp": true, "llp": true}
)

// normalName is a name without case, punctuation and legal form.
func normalName(name string) string {
	words := strings.Fields(notInKey.ReplaceAllString(strings.ToLower(name), " "))
	words = slices.DeleteFunc(words, func(w string) bool { return forms[w] })
	return strings.Join(words, " ")
}

// normalNumber is a document's number as people compare it: "PO 42" is "PO00042".
func normalNumber(number string) string {
	number = notInKey.ReplaceAllString(strings.ToLower(number), "")
	letters := strings.TrimRight(number, "0123456789")
	digits := strings.TrimLeft(number[len(letters):], "0")
	return letters + digits
}
