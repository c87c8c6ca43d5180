package procorepages

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// What could not be taken back is told beside the refusal, which is what people see.
func TestTakeBack(t *testing.T) {
	t.Parallel()
	p := &pages{procoretest.New(procoretest.Config{CompanyID: 1})}
	refusal := &page.Refusal{Sentence: "The status is not known."}
	project := p.server.AddProject(procoretest.Project{Name: "Mill", Number: "1", Active: true, Permitted: true})
	id, err := p.edit(procoretest.Edit{Resource: "commitments", Project: project, Create: map[string]any{"title": "Scaffold"}})
	require.NoError(t, err)
	require.Equal(t, refusal, p.takeBack(id, refusal))
	require.True(t, p.look().commitments[id].Deleted)

	err = p.takeBack(7, refusal)
	require.IsType(t, refusal, err)
	require.EqualError(t, err, "The status is not known. What was made of it is left as commitment 7: no record 7.")
}
