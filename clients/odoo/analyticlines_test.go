package odoo_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

func TestSandboxAnalyticLines(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	projects := s.create(t, odoo.ModelAnalyticPlan, values{"name": "Projects"})
	codes := s.create(t, odoo.ModelAnalyticPlan, values{"name": "Codes"})
	tower := s.create(t, odoo.ModelAnalyticAccount, values{"name": "Tower", "plan_id": projects})
	concrete := s.create(t, odoo.ModelAnalyticAccount, values{"name": "Concrete", "plan_id": codes})
	fields, ok := s.do(t, odoo.ModelAnalyticLine, "fields_get", values{"attributes": []any{"type"}}).(map[string]any)
	require.True(t, ok)
	columnOf := func(plan int64) string {
		if name := fmt.Sprintf("x_plan%d_id", plan); fields[name] != nil {
			return name
		}
		return "account_id"
	}
	require.NotEqual(t, columnOf(projects), columnOf(codes))
	line := func(date string, amount float64, vals values) int64 {
		vals["name"], vals["date"], vals["amount"] = "Entry", date, amount
		return s.create(t, odoo.ModelAnalyticLine, vals)
	}
	second := columnOf(codes)
	first := line("2026-03-01", -10.5, values{columnOf(projects): tower, second: concrete})
	last := line("2026-04-01", -0.1-0.2, values{second: concrete})

	c := s.client(t)
	lines, err := c.AnalyticLines(t.Context(), "", "", 0, 1)
	require.NoError(t, err)
	require.Len(t, lines, 1)
	require.Equal(t, first, lines[0].ID)
	require.Equal(t, []int64{tower, concrete}, lines[0].Accounts)
	require.Equal(t, "-10.5", lines[0].Amount.String())
	require.Equal(t, odoo.Date("2026-03-01"), lines[0].Date)

	lines, err = c.AnalyticLines(t.Context(), "", "", first, 500)
	require.NoError(t, err)
	require.Len(t, lines, 1)
	require.Equal(t, last, lines[0].ID)
	require.Equal(t, "-0.3", lines[0].Amount.String())

	lines, err = c.AnalyticLines(t.Context(), "2026-03-01", "2026-03-31", 0, 0)
	require.NoError(t, err)
	require.Len(t, lines, 1)
}
