package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

// checkJournal holds Procore's journal against the intent rows: each write names one, and is its only write but for
// one more after a 401.
func checkJournal(journal []procoretest.Request, sent map[string]string) []string {
	var findings []string
	writes := map[string][]procoretest.Request{}
	for _, r := range journal {
		if len(r.UnknownFields) > 0 {
			findings = append(findings, fmt.Sprintf("Procore ignored the unknown fields %v of %s (request %d).", r.UnknownFields, r.Operation, r.N))
		}
		if !r.Write {
			continue
		}
		switch _, known := sent[r.RequestID]; {
		case r.RequestID == "":
			findings = append(findings, fmt.Sprintf("The write %s (request %d) carries no X-Request-Id.", r.Operation, r.N))
		case !known:
			findings = append(findings, fmt.Sprintf("The write %s (request %d) names the intent row %s, which does not exist.", r.Operation, r.N, r.RequestID))
		default:
			writes[r.RequestID] = append(writes[r.RequestID], r)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(writes)) {
		all := writes[id]
		slices.SortFunc(all, func(a, b procoretest.Request) int { return a.N - b.N })
		if len(all) == 1 || len(all) == 2 && all[0].Status == http.StatusUnauthorized {
			continue
		}
		findings = append(findings, fmt.Sprintf("The intent row %s (%s) stands for %d writes: %s …", id, sent[id], len(all), all[0].Operation))
	}
	return findings
}
