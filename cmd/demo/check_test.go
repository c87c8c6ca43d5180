package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/firm"
)

func TestCompareLedger(t *testing.T) {
	t.Parallel()
	state := procoretest.State{
		Projects: []procoretest.ProjectState{{ID: 7, Number: "24-101"}},
		Commitments: []procoretest.CommitmentState{
			{ID: 1, ProjectID: 7, Status: "Approved", OriginID: "odoo:x:1", Lines: []procoretest.LineState{{BudgetCode: "03.M", Amount: "100.00"}}},
			{ID: 2, ProjectID: 7, Status: "Draft", OriginID: "odoo:x:2", Lines: []procoretest.LineState{{BudgetCode: "03.M", Amount: "5.00"}}},
			{ID: 3, ProjectID: 7, Status: "Approved", Lines: []procoretest.LineState{{BudgetCode: "03.M", Amount: "9.00"}}}, // typed by hand
		},
		Requisitions: []procoretest.RequisitionState{
			{ID: 4, ProjectID: 7, Status: "approved", OriginID: "odoo:x:3", Items: []procoretest.RequisitionItemState{{BudgetCode: "03.M", Amount: "40.01"}}},
		},
		DirectCosts: []procoretest.DirectCostState{
			{ID: 5, ProjectID: 7, Status: "approved", OriginID: "odoo:x:4", Lines: []procoretest.LineState{{BudgetCode: "09.S", Amount: "-2.50"}}},
			{ID: 6, ProjectID: 7, Status: "approved", Deleted: true, OriginID: "odoo:x:5", Lines: []procoretest.LineState{{BudgetCode: "09.S", Amount: "8.00"}}},
		},
	}
	sums, unreadable := figures(state)
	require.Empty(t, unreadable)
	ledger := []firm.LedgerRow{
		{Project: "24-101", BudgetCode: "03.M", Commitment: decimal.RequireFromString("100"), Invoiced: decimal.RequireFromString("40.01")},
		{Project: "24-101", BudgetCode: "09.S", DirectCost: decimal.RequireFromString("-2.50")},
	}
	require.Empty(t, compareLedger(ledger, sums))

	ledger[0].Invoiced = decimal.RequireFromString("40.02")
	require.Equal(t, []Mismatch{
		{Project: "24-101", BudgetCode: "03.M", Column: columnInvoiced, Expected: "40.02", Procore: "40.01"},
	}, compareLedger(ledger, sums))
	require.Equal(t, []Mismatch{
		{Project: "24-101", BudgetCode: "03.M", Column: columnCommitment, Expected: "0.00", Procore: "100.00"},
		{Project: "24-101", BudgetCode: "03.M", Column: columnInvoiced, Expected: "0.00", Procore: "40.01"},
	}, compareLedger(ledger[1:], sums), "money that nobody expects is a mismatch as well")
}

func TestCompareExceptions(t *testing.T) {
	t.Parallel()
	want := []firm.ExpectedException{{Ref: "PO1", Cause: "mapping.code"}, {Ref: "PO2", Cause: "po.parked"}}
	have := []Exception{{Ref: "PO1", Cause: "mapping.code"}, {Ref: "PO2", Cause: "vendor.parked"}}
	missing, extra := compareExceptions(want, have)
	require.Equal(t, want[1:], missing)
	require.Equal(t, have[1:], extra)

	missing, extra = compareExceptions(want[:1], []Exception{have[0], have[0]})
	require.Empty(t, missing)
	require.Len(t, extra, 1, "one is expected once")
}

func TestDuplicates(t *testing.T) {
	t.Parallel()
	before := baseline{1: true, 2: true}
	require.Empty(t, duplicates(procoretest.State{
		Vendors: []procoretest.VendorState{{ID: 1, Name: "Summit"}, {ID: 2, Name: "Summit"}, {ID: 3, Name: "Peak", TaxID: "84-1"}},
		Commitments: []procoretest.CommitmentState{
			{ID: 10, ProjectID: 7, Number: "PO00042", OriginID: "a"},
			{ID: 11, ProjectID: 8, Number: "PO00042", OriginID: "b"},
			{ID: 12, ProjectID: 7, Number: "PO00042", OriginID: "a", Deleted: true},
		},
	}, before), "what Procore had twice before is not ours; one number on two projects is the rule")
	called := func(number, origin string) procoretest.CommitmentState {
		return procoretest.CommitmentState{ID: int64(len(number) + len(origin)), ProjectID: 7, Number: number, OriginID: origin}
	}
	require.Empty(t, duplicates(procoretest.State{Commitments: []procoretest.CommitmentState{
		called("101-12", "odoo:x:1:purchase.order:5:commitment:7"), called("1011-2", "odoo:x:1:purchase.order:61:commitment:7"),
	}}, before), "Odoo has two orders that are called nearly the same")
	require.Len(t, duplicates(procoretest.State{Commitments: []procoretest.CommitmentState{
		called("101-12", "odoo:x:1:purchase.order:5:commitment:7"), called("101-12", "odoo:x:1:purchase.order:5:commitment:7:2"),
	}}, before), 1, "one order twice")

	for name, state := range map[string]procoretest.State{
		"vendor's name":     {Vendors: []procoretest.VendorState{{ID: 1, Name: "Summit, Inc."}, {ID: 3, Name: "SUMMIT INC"}}},
		"tax number":        {Vendors: []procoretest.VendorState{{ID: 1, Name: "A", TaxID: "84-1234567"}, {ID: 3, Name: "B", TaxID: "841234567"}}},
		"commitment number": {Commitments: []procoretest.CommitmentState{{ID: 10, ProjectID: 7, Number: "PO 42"}, {ID: 11, ProjectID: 7, Number: "PO00042"}}},
		"origin id":         {DirectCosts: []procoretest.DirectCostState{{ID: 10, ProjectID: 7, OriginID: "a"}, {ID: 11, ProjectID: 8, OriginID: "a"}}},
		"invoice number": {DirectCosts: []procoretest.DirectCostState{
			{ID: 10, ProjectID: 7, VendorID: 1, InvoiceNumber: "77-1"}, {ID: 11, ProjectID: 7, VendorID: 1, InvoiceNumber: "771"},
		}},
		"line": {Commitments: []procoretest.CommitmentState{{ID: 10, Lines: []procoretest.LineState{{ID: 20, OriginID: "l"}, {ID: 21, OriginID: "l"}}}}},
	} {
		require.Len(t, duplicates(state, before), 1, name)
	}
}

func TestCheckJournal(t *testing.T) {
	t.Parallel()
	sent := map[string]string{"1": "create", "2": "approve"}
	write := func(n int, id string, status int) procoretest.Request {
		return procoretest.Request{N: n, RequestID: id, Status: status, Write: true, Operation: "PATCH x"}
	}
	require.Empty(t, checkJournal([]procoretest.Request{
		{N: 1, RequestID: "", Operation: "GET y"}, write(3, "1", 200), write(2, "1", http.StatusUnauthorized), write(4, "2", 200),
	}, sent))
	for name, journal := range map[string][]procoretest.Request{
		"no id":       {write(1, "", 200)},
		"no row":      {write(1, "9", 200)},
		"twice":       {write(1, "1", 200), write(2, "1", 200)},
		"thrice":      {write(1, "1", http.StatusUnauthorized), write(2, "1", 200), write(3, "1", 200)},
		"odd field":   {{N: 1, Operation: "GET y", UnknownFields: []string{"colour"}}},
		"after a 503": {write(1, "1", http.StatusServiceUnavailable), write(2, "1", 200)},
	} {
		require.Len(t, checkJournal(journal, sent), 1, name)
	}
}

func TestErrorLines(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "worker.log")
	require.NoError(t, os.WriteFile(log, []byte(`{"level":"INFO","msg":"a"}
{"level":"ERROR","msg":"b"}
panic: c
{"level":"WARN","msg":"d"}
`), 0o600))
	lines, err := errorLines(log, 2)
	require.NoError(t, err)
	require.Equal(t, []string{"panic: c", `{"level":"WARN","msg":"d"}`}, lines)
	lines, err = errorLines(log+".none", 2)
	require.NoError(t, err)
	require.Empty(t, lines)
}
