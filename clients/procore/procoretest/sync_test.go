package procoretest_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func (b *bundle) syncVendors(t *testing.T, updates ...m) result {
	t.Helper()
	if updates == nil {
		updates = []m{}
	}
	return b.call(t, http.MethodPatch, "/rest/v1.0/vendors/sync", m{"company_id": companyID, "updates": updates})
}

// TestSyncTable is FACTS §6, row by row.
func TestSyncTable(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	count := func() int { return len(b.server.State().Vendors) }
	start := count()

	b.syncVendors(t, m{"name": "twin"})
	b.syncVendors(t, m{"name": "twin"})
	require.Equal(t, start+2, count(), "neither id nor origin_id: a retry doubles")

	b.syncVendors(t, m{"id": 12345, "name": "x"}).failed(t, "id", "not found")
	require.Equal(t, start+2, count(), "an unknown id is an error")

	r := b.syncVendors(t, m{"id": b.vendor, "name": "renamed"})
	require.Equal(t, "renamed", r.text(t, "entities", 0, "name"), "a known id updates")

	r = b.syncVendors(t, m{"origin_id": "o1", "name": "one"})
	made := r.id(t, "entities", 0, "id")
	require.Equal(t, start+3, count(), "an unknown origin_id creates")

	r = b.syncVendors(t, m{"origin_id": "o1", "name": "uno"})
	require.Equal(t, made, r.id(t, "entities", 0, "id"), "a known origin_id updates")
	require.Equal(t, start+3, count())

	r = b.syncVendors(t, m{"id": made, "origin_id": "o2"})
	require.Equal(t, "o2", r.text(t, "entities", 0, "origin_id"), "id with a new origin_id changes it")
	require.Equal(t, "uno", r.text(t, "entities", 0, "name"), "what is not sent stays")
}

func TestSyncAnswersInAnotherOrder(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.syncVendors(t, m{"origin_id": "a", "name": "a"}, m{"origin_id": "b", "name": "b"}, m{"origin_id": "c", "name": "c"})
	require.NotEqual(t, "a", r.text(t, "entities", 0, "origin_id"))
}

func TestSyncAnswers200WithEveryRecordFailed(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.syncVendors(t, m{"origin_id": "a", "abbreviated_name": "A"})
	r.failed(t, "name", "can't be blank")
	require.Equal(t, "a", r.text(t, "errors", 0, "origin_id"), "what was sent comes back")
	require.Equal(t, http.StatusBadRequest, b.call(t, http.MethodPatch, "/rest/v1.0/vendors/sync", m{"company_id": companyID}).status)
}

func TestSyncTakesAThousandRecords(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	var updates []m
	for i := range 1001 {
		updates = append(updates, m{"origin_id": fmt.Sprint(i), "name": "x"})
	}
	require.Equal(t, http.StatusRequestEntityTooLarge, b.syncVendors(t, updates...).status)
	require.Equal(t, 1000, b.syncVendors(t, updates[:1000]...).len(t, "entities"))
}

func TestOriginIDIsUniqueInTheCompany(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.server.AddVendorToProject(b.other, b.vendor)
	sync := func(project int64, origin string) result {
		return b.call(t, http.MethodPatch, "/rest/v1.0/purchase_order_contracts/sync",
			m{"project_id": project, "updates": []m{{"origin_id": origin, "title": "x", "vendor_id": b.vendor}}})
	}
	require.Equal(t, 1, sync(b.project, "same").len(t, "entities"))
	sync(b.other, "same").failed(t, "origin_id", "has already been taken")
	require.Equal(t, 1, b.syncVendors(t, m{"origin_id": "same", "name": "another type"}).len(t, "entities"))
	b.call(t, http.MethodPost, "/rest/v1.0/vendors", m{"company_id": companyID, "vendor": m{"name": "x", "origin_id": "same"}}).
		refused(t, 422, "origin_id", "has already been taken")
}
