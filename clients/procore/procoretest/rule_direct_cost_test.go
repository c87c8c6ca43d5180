package procoretest_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

func (b *bundle) costs() string { return fmt.Sprintf("/rest/v1.1/projects/%d/direct_costs", b.project) }

func (b *bundle) postCost(t *testing.T, cost m) result {
	t.Helper()
	return b.call(t, http.MethodPost, b.costs(), m{"direct_cost": cost})
}

func (b *bundle) patchCost(t *testing.T, id int64, cost m) result {
	t.Helper()
	return b.call(t, http.MethodPatch, fmt.Sprintf("%s/%d", b.costs(), id), m{"direct_cost": cost})
}

func (b *bundle) syncCosts(t *testing.T, what string, updates ...m) result {
	t.Helper()
	return b.call(t, http.MethodPatch, fmt.Sprintf("/rest/v1.0/projects/%d/direct_costs/%s", b.project, what), m{"updates": updates})
}

func TestDirectCostTypeIsGivenOnce(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.postCost(t, m{"description": "x"}).refused(t, 422, "direct_cost_type", "can't be blank")
	b.postCost(t, m{"direct_cost_type": "gift"}).refused(t, 422, "direct_cost_type", "not included")
	id := b.postCost(t, m{"direct_cost_type": "expense", "origin_id": "e1"}).id(t, "id")
	b.patchCost(t, id, m{"direct_cost_type": "payroll"}).refused(t, 422, "direct_cost_type", "cannot be changed")
	b.syncCosts(t, "sync", m{"origin_id": "e1", "direct_cost_type": "payroll"}).failed(t, "direct_cost_type", "cannot be changed")
	b.syncCosts(t, "sync", m{"origin_id": "s1", "direct_cost_type": "subcontractor_invoice"}).failed(t, "direct_cost_type", "not included")
	require.Equal(t, http.StatusCreated, b.postCost(t, m{"direct_cost_type": "subcontractor_invoice", "vendor_id": b.vendor}).status)
}

func TestInvoicesNeedNumberAndVendor(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.postCost(t, m{"direct_cost_type": "invoice"})
	r.refused(t, 422, "invoice_number", "can't be blank")
	r.refused(t, 422, "vendor", "can't be blank")
	require.Equal(t, http.StatusCreated, b.postCost(t, m{"direct_cost_type": "payroll"}).status)
}

func TestDirectCostVendorMustBeOnTheProject(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.postCost(t, m{"direct_cost_type": "expense", "vendor_id": b.stranger}).refused(t, 422, "vendor_id", "has not been added to this project")
}

func TestDirectCostStatusesAreExact(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.postCost(t, m{"direct_cost_type": "expense", "status": "Approved"}).refused(t, 422, "status", "not included")
	require.Equal(t, "draft", b.postCost(t, m{"direct_cost_type": "expense"}).text(t, "status"))
	require.Equal(t, "revise_and_resubmit", b.postCost(t, m{"direct_cost_type": "expense", "status": "revise_and_resubmit"}).text(t, "status"))
}

func TestDirectCostLines(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	post := func(line m) result {
		return b.postCost(t, m{"direct_cost_type": "expense", "line_items": []m{line}})
	}
	post(m{"manual_amount": 1}).refused(t, 422, "line_items.wbs_code_id", "can't be blank")
	post(m{"manual_amount": 1, "wbs_code_id": b.foreignCode}).refused(t, 422, "line_items.wbs_code_id", "is invalid")
	post(m{"manual_amount": "1.00", "wbs_code_id": b.concrete}).refused(t, 422, "manual_amount", "must be a number")
	post(m{"manual_amount": 1.001, "wbs_code_id": b.concrete}).refused(t, 422, "manual_amount", "two decimals")
	require.Empty(t, b.server.State().DirectCosts, "a refused line takes the whole cost with it")
	require.Equal(t, "-1.50", post(m{"manual_amount": -1.5, "wbs_code_id": b.concrete}).text(t, "grand_total"))
	require.Equal(t, "6.67", post(m{"quantity": 2, "unit_cost": 3.333, "wbs_code_id": b.concrete}).text(t, "grand_total"))
}

func TestAHundredLinesPerRequest(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	var lines []m
	for range 101 {
		lines = append(lines, m{"manual_amount": 1, "wbs_code_id": b.concrete})
	}
	b.postCost(t, m{"direct_cost_type": "expense", "line_items": lines}).refused(t, 422, "line_items", "100")
	made := b.postCost(t, m{"direct_cost_type": "expense", "line_items": lines[:100]})
	require.Equal(t, "100.00", made.text(t, "grand_total"))
	require.Equal(t, "101.00", b.patchCost(t, made.id(t, "id"), m{"line_items": lines[:1]}).text(t, "grand_total"), "the rest follows by PATCH")
}

func TestNestedLinesAreUpdatedByID(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	made := b.postCost(t, m{"direct_cost_type": "expense", "line_items": []m{
		{"manual_amount": 1, "wbs_code_id": b.concrete, "origin_id": "l1"}, {"manual_amount": 2, "wbs_code_id": b.concrete},
	}})
	id, line := made.id(t, "id"), made.id(t, "line_items", 0, "id")
	r := b.patchCost(t, id, m{"line_items": []m{{"id": line, "manual_amount": 5}}})
	require.Equal(t, "7.00", r.text(t, "grand_total"), "lines that are not mentioned stay")
	b.patchCost(t, id, m{"line_items": []m{{"manual_amount": 1, "wbs_code_id": b.concrete, "origin_id": "l1"}}}).
		refused(t, 422, "line_items.origin_id", "has already been taken")
	other := b.postCost(t, m{"direct_cost_type": "expense"}).id(t, "id")
	b.patchCost(t, other, m{"line_items": []m{{"id": line, "manual_amount": 5}}}).refused(t, 422, "line_items.id", "not a line of this")
}

func TestOriginDirectCostsAreOpenUnlessLocked(t *testing.T) {
	t.Parallel()
	open := newBundle(t)
	id := open.postCost(t, m{"direct_cost_type": "expense", "origin_id": "e1"}).id(t, "id")
	require.Equal(t, http.StatusOK, open.patchCost(t, id, m{"description": "x"}).status)

	b := newBundle(t, func(c *procoretest.Config) { c.LockOriginDirectCosts = true })
	made := b.postCost(t, m{"direct_cost_type": "expense", "origin_id": "e1", "line_items": []m{{"manual_amount": 1, "wbs_code_id": b.concrete}}})
	id, line := made.id(t, "id"), made.id(t, "line_items", 0, "id")
	b.patchCost(t, id, m{"description": "x"}).refused(t, 422, "base", "cannot be changed")
	b.syncCosts(t, "sync", m{"origin_id": "e1", "description": "x"}).failed(t, "base", "cannot be changed")
	b.syncCosts(t, "line_items/sync", m{"id": line, "description": "x"}).failed(t, "base", "cannot be changed")
	b.syncCosts(t, "line_items/sync", m{"direct_cost_id": id, "wbs_code_id": b.concrete}).failed(t, "base", "cannot be changed")
	b.call(t, http.MethodDelete, fmt.Sprintf("%s/%d", b.costs(), id), nil).refused(t, 422, "base", "cannot be changed")
	b.call(t, http.MethodDelete, fmt.Sprintf("/rest/v1.0/projects/%d/direct_costs/%d/line_items/%d", b.project, id, line), nil).
		refused(t, 422, "base", "cannot be changed")
	free := b.postCost(t, m{"direct_cost_type": "expense"}).id(t, "id")
	require.Equal(t, http.StatusOK, b.patchCost(t, free, m{"description": "x"}).status)
}

func TestSyncedLineWithoutExtendedTypeIsZero(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id := b.postCost(t, m{"direct_cost_type": "expense"}).id(t, "id")
	line := m{"direct_cost_id": id, "amount": 5, "wbs_code_id": b.concrete, "origin_id": "l1"}
	require.Equal(t, "0.00", b.syncCosts(t, "line_items/sync", line).text(t, "entities", 0, "amount"))
	line["extended_type"] = "manual"
	require.Equal(t, "5.00", b.syncCosts(t, "line_items/sync", line).text(t, "entities", 0, "amount"))
	b.syncCosts(t, "line_items/sync", m{"amount": 1, "wbs_code_id": b.concrete}).failed(t, "direct_cost_id", "is invalid")
	other := b.postCost(t, m{"direct_cost_type": "expense"}).id(t, "id")
	b.syncCosts(t, "line_items/sync", m{"origin_id": "l1", "direct_cost_id": other}).failed(t, "direct_cost_id", "cannot be changed")
}

func TestParallelWritesOnOneDirectCostConflict(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id := b.postCost(t, m{"direct_cost_type": "expense", "origin_id": "e1"}).id(t, "id")
	other := b.postCost(t, m{"direct_cost_type": "expense"}).id(t, "id")
	entered, leave := make(chan struct{}), make(chan struct{})
	b.server.SetHook(procoretest.Hook{Before: func(r procoretest.Request) *procoretest.Fault {
		if r.RequestID == "slow" {
			close(entered)
			<-leave
		}
		return nil
	}})
	slow := b.request(t, http.MethodPatch, fmt.Sprintf("%s/%d", b.costs(), id), m{"direct_cost": m{"description": "slow"}})
	slow.Header.Set("X-Request-Id", "slow")
	done := make(chan error, 1)
	go func() {
		response, err := http.DefaultClient.Do(slow)
		if err == nil {
			err = response.Body.Close()
		}
		done <- err
	}()
	<-entered
	require.Equal(t, http.StatusConflict, b.patchCost(t, id, m{"description": "fast"}).status)
	require.Equal(t, http.StatusConflict, b.syncCosts(t, "sync", m{"origin_id": "e1"}).status)
	require.Equal(t, http.StatusConflict, b.syncCosts(t, "line_items/sync", m{"direct_cost_id": id, "wbs_code_id": b.concrete}).status)
	require.Equal(t, http.StatusOK, b.patchCost(t, other, m{"description": "fast"}).status)
	close(leave)
	require.NoError(t, <-done)
	require.Equal(t, http.StatusOK, b.patchCost(t, id, m{"description": "later"}).status)
}

func TestDeletedDirectCostIsGone(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	made := b.postCost(t, m{"direct_cost_type": "expense", "origin_id": "e1", "line_items": []m{{"manual_amount": 1, "wbs_code_id": b.concrete}}})
	one := fmt.Sprintf("%s/%d", b.costs(), made.id(t, "id"))
	require.Equal(t, made.id(t, "id"), b.call(t, http.MethodDelete, one, nil).id(t, "id"))
	require.Equal(t, http.StatusNotFound, b.get(t, one).status)
	require.Zero(t, b.get(t, fmt.Sprintf("/rest/v1.0/projects/%d/direct_costs/line_items", b.project)).len(t))
	b.postCost(t, m{"direct_cost_type": "expense", "origin_id": "e1"}).refused(t, 422, "origin_id", "has already been taken")
}

func TestDirectCostDates(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.postCost(t, m{"direct_cost_type": "expense", "received_date": "2026-02-30"}).refused(t, 422, "received_date", "not a date")
	b.postCost(t, m{"direct_cost_type": "expense", "received_date": "2026-03-04T00:00:00Z"})
	r := b.get(t, b.costs()+"?filters[received_date]=2026-03-01...2026-03-31")
	require.Equal(t, "2026-03-04", listText(t, r, "received_date"))
	require.Zero(t, b.get(t, b.costs()+"?filters[received_date]=2026-03-05").len(t))
}
