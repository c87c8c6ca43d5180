package protocol

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const mostWorlds = 3_000_000

// The worlds in which the protocol must keep all properties. Each has its own stress, since their product is too large.
var worlds = map[string]options{
	"order waits for vendor, changes":          {vendor: true, edits: [2]uint8{1, 1}, saves: 1},
	"order waits for vendor, crash and change": {vendor: true, edits: [2]uint8{0, 1}, saves: 1, crashes: 1},
	"order waits for vendor, crashes":          {vendor: true, saves: 1, crashes: 2},
	"order waits for vendor, lost answer":      {vendor: true, edits: [2]uint8{1, 0}, saves: 1, losses: 1},
	"order waits for vendor, lost and crashed": {vendor: true, saves: 1, crashes: 1, losses: 1},
	"bill waits for order, changes":            {edits: [2]uint8{1, 1}, saves: 1},
	"bill waits for order, rule changes":       {edits: [2]uint8{1, 0}, saves: 2},
	"bill waits for order, crash and change":   {edits: [2]uint8{0, 1}, saves: 1, crashes: 1},
	"bill waits for order, crashes":            {saves: 1, crashes: 2},
	"bill waits for order, lost answer":        {edits: [2]uint8{1, 0}, saves: 1, losses: 1},
	"bill waits for order, lost and crashed":   {saves: 1, crashes: 1, losses: 1},
	"a stopped worker goes on, unique origin":  {upsert: true, edits: [2]uint8{1, 0}, saves: 1, stopped: 1},
	"a stopped worker goes on or dies":         {saves: 1, crashes: 1, stopped: 1},
	"a stopped worker goes on, vendor":         {vendor: true, upsert: true, edits: [2]uint8{0, 1}, saves: 1, stopped: 1},
}

func TestProtocol(t *testing.T) {
	t.Parallel()
	for name, o := range worlds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := explore(waiting(o), mostWorlds)
			require.Empty(t, r.violated, "after:\n%s", strings.Join(r.trace, "\n"))
			require.NotZero(t, r.ends)
			t.Logf("%d worlds, %d at rest", r.states, r.ends)
		})
	}
}

// Each pillar is needed: without it a property breaks.
func TestWithoutAPillar(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		world  options
		breaks string
	}{
		"intent row":                           {options{saves: 1, crashes: 1, noIntent: true}, "double create"},
		"intent row, two children":             {options{saves: 1, noIntent: true}, "double create"},
		"look at the cause, vendor":            {options{vendor: true, saves: 1, noLook: true}, "lost wake-up"},
		"look at the cause, order":             {options{saves: 1, noLook: true}, "lost wake-up"},
		"compare-and-set":                      {options{edits: [2]uint8{1, 0}, saves: 1, noCompare: true}, "lost change"},
		"look before another plan's create":    {options{saves: 1, noPlanCheck: true}, "double create"},
		"one reader of a model at a time":      {options{edits: [2]uint8{1, 0}, noModelLock: true}, "lost change"},
		"one more look after a stopped worker": {options{saves: 1, stopped: 1, noSecondLook: true}, "double create"},
		"one more look at an overwritten part": {options{upsert: true, edits: [2]uint8{1, 0}, saves: 1, stopped: 1, noSecondLook: true}, "lost change"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := explore(waiting(c.world), mostWorlds)
			require.NotEmpty(t, r.violated)
			require.Contains(t, r.violated, c.breaks, strings.Join(r.trace, "\n"))
			t.Logf("%s after:\n%s", r.violated, strings.Join(r.trace, "\n"))
		})
	}
}
