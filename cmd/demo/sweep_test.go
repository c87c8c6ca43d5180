package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckSweep(t *testing.T) {
	t.Parallel()
	clean := Cycle{Name: "sweep", Swept: []Swept{{Model: "res.partner", Compared: 43}}}
	require.Empty(t, checkSweep([]Cycle{{Name: "quiet"}, clean}))
	for says, cycles := range map[string][]Cycle{
		"no sweep":           {{Name: "quiet"}},
		"compared nothing":   {{Name: "sweep"}},
		"1 calls to Procore": {{Name: "sweep", ProcoreCalls: 1, Swept: clean.Swept}},
		"started 2 record":   {{Name: "sweep", ChildrenStarted: 2, Swept: clean.Swept}},
		"Read:1":             {{Name: "sweep", Swept: []Swept{{Model: "res.partner", Read: 1}}}},
		"Missing:3":          {{Name: "sweep", Swept: []Swept{{Model: "res.partner", Missing: 3}}}},
		"odoo.visibility":    {{Name: "sweep", Swept: []Swept{{Model: "res.partner", Alert: "odoo.visibility:res.partner"}}}},
	} {
		failures := checkSweep(cycles)
		require.Len(t, failures, 1, says)
		require.Contains(t, failures[0], says)
	}
}
