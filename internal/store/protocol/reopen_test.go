package protocol

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The worlds of a commitment in which it must be carried through or put back. 9 cannot be carried.
var reopenings = map[string]reopening{
	"edited between reopening and Approve":           {edits: []uint8{2, 3}},
	"taken back between reopening and Approve":       {edits: []uint8{2, 1}, losses: 1},
	"no longer mapped between reopening and Approve": {edits: []uint8{2, 9}, unmapped: 9, crashes: 1},
	"terminated at any point":                        {edits: []uint8{2, 3}, terminations: 2},
	"terminated, then no longer mapped":              {edits: []uint8{2, 9}, unmapped: 9, terminations: 2},
	"terminated, the answer lost":                    {edits: []uint8{2, 1}, terminations: 1, losses: 1},
	"cancelled at any point":                         {edits: []uint8{2, 3}, cancels: 2},
	"cancelled, the way back waits for nobody":       {edits: []uint8{2, 1}, cancels: 1, crashes: 1, noWait: true},
	"cancelled, then terminated":                     {edits: []uint8{2, 1}, cancels: 1, terminations: 1},
	"cancelled, then no longer mapped":               {edits: []uint8{2, 9}, unmapped: 9, cancels: 1, crashes: 1},
	"a worker crashes twice":                         {edits: []uint8{2, 3}, crashes: 2},
	"a worker sleeps":                                {edits: []uint8{2, 3}, sleeps: 1},
	"a worker sleeps, the order is taken back":       {edits: []uint8{2, 1}, sleeps: 1, terminations: 1},
	"a worker sleeps, then crashes":                  {edits: []uint8{2}, sleeps: 1, crashes: 1},
	"a worker sleeps, terminated, not mapped":        {edits: []uint8{2, 9}, unmapped: 9, sleeps: 1, terminations: 1},
	"a worker sleeps, crashes, not mapped":           {edits: []uint8{2, 9}, unmapped: 9, sleeps: 1, crashes: 1},
	"a worker sleeps, cancelled, not mapped":         {edits: []uint8{2, 9}, unmapped: 9, sleeps: 1, cancels: 1},
	"a worker sleeps, terminated twice":              {edits: []uint8{2, 9}, unmapped: 9, sleeps: 1, terminations: 2},
	"a worker sleeps, crashes, terminated":           {edits: []uint8{2, 9}, unmapped: 9, sleeps: 1, crashes: 1, terminations: 1},
}

func TestReopen(t *testing.T) {
	t.Parallel()
	for name, o := range reopenings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := explore(approved(o), mostWorlds)
			require.Empty(t, r.violated, "after:\n%s", strings.Join(r.trace, "\n"))
			require.NotZero(t, r.ends)
			t.Logf("%d worlds, %d at rest", r.states, r.ends)
		})
	}
}

func TestReopenWithoutAPillar(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		world  reopening
		breaks string
	}{
		"only the newest plan carries through":  {reopening{edits: []uint8{2, 3}, terminations: 1, anyPlan: true}, "stale overwrite"},
		"a look ends the plans before it":       {reopening{edits: []uint8{2, 9}, unmapped: 9, sleeps: 1, terminations: 2, anyLook: true}, "stale overwrite"},
		"a plan ends with its Approve":          {reopening{edits: []uint8{2, 1}, sleeps: 1, terminations: 1, noEnd: true}, "committed cost is zero"},
		"only what is half written is put back": {reopening{edits: []uint8{2, 9}, unmapped: 9, sleeps: 1, terminations: 2, crashes: 1, anyBack: true}, "committed cost is zero"},
		"put back before parking":               {reopening{edits: []uint8{2, 9}, unmapped: 9, terminations: 1, noPutBack: true}, "committed cost is zero"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := explore(approved(c.world), mostWorlds)
			require.Contains(t, r.violated, c.breaks, strings.Join(r.trace, "\n"))
			t.Logf("%s after:\n%s", r.violated, strings.Join(r.trace, "\n"))
		})
	}
}
