package firm

import (
	"bytes"
	_ "embed" // the expected files travel with the package
	"encoding/csv"
)

//go:generate go test -run TestExpectedFiles -update .

// ExpectedLedger is expected/ledger.csv: the ledger of seed 1 after the scripted day.
//
//go:embed expected/ledger.csv
var ExpectedLedger []byte

// ExpectedExceptions is expected/exceptions.csv: the exceptions of seed 1 after the scripted day.
//
//go:embed expected/exceptions.csv
var ExpectedExceptions []byte

// LedgerCSV writes rows in the form of expected/ledger.csv.
func LedgerCSV(ledger []LedgerRow) ([]byte, error) {
	rows := [][]string{{"project", "budget_code", "commitment", "invoiced", "direct_cost"}}
	for _, r := range ledger {
		rows = append(rows, []string{
			r.Project, r.BudgetCode, r.Commitment.StringFixed(2), r.Invoiced.StringFixed(2), r.DirectCost.StringFixed(2),
		})
	}
	return writeCSV(rows)
}

// ExceptionsCSV writes exceptions in the form of expected/exceptions.csv.
func ExceptionsCSV(exceptions []ExpectedException) ([]byte, error) {
	rows := [][]string{{"ref", "cause"}}
	for _, e := range exceptions {
		rows = append(rows, []string{e.Ref, e.Cause})
	}
	return writeCSV(rows)
}

func writeCSV(rows [][]string) ([]byte, error) {
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
