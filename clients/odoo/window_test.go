package odoo

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each record comes once and in order, however the pages fall.
func TestEach(t *testing.T) {
	t.Parallel()
	for _, total := range []int64{0, 1, defaultPage - 1, defaultPage, defaultPage + 1, 2 * defaultPage} {
		pages := 0
		read := func(_ context.Context, w Window) ([]Record[int64], error) {
			pages++
			var out []Record[int64]
			for id := w.After + 1; id <= total && len(out) < w.Limit; id++ {
				out = append(out, Record[int64]{ID: id, Doc: id})
			}
			return out, nil
		}
		var got []int64
		require.NoError(t, Each(t.Context(), read, 1, 1<<62, func(r Record[int64]) { got = append(got, r.Doc) }))
		require.Len(t, got, int(total))
		for i, id := range got {
			require.EqualValues(t, i+1, id)
		}
		require.EqualValues(t, total/defaultPage+1, pages)

		got = nil
		require.NoError(t, Each(t.Context(), read, 3, 2, func(r Record[int64]) { got = append(got, r.Doc) }))
		require.Empty(t, got, "there is nothing from 3 to 2")
	}
}

func TestRootPlan(t *testing.T) {
	t.Parallel()
	plans := map[int64]AnalyticPlan{
		4: {ID: 4, Name: "Projects", Root: 4}, 2: {ID: 2, Name: " projects", Root: 2}, 1: {ID: 1, Name: "Projects", Parent: 4, Root: 4},
	}
	require.EqualValues(t, 2, RootPlan(plans, "PROJECTS"), "the oldest root plan")
	require.Zero(t, RootPlan(plans, "Cost Codes"))
	require.Zero(t, RootPlan(plans, ""))
}
