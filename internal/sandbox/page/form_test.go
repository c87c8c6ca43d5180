package page_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

func TestNumbersAsTheyAreRead(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"1112.75": "1112.75", "1,112.75": "1112.75", " 12,500 ": "12500", "1,234,567.8": "1234567.8", "-1,000": "-1000", "-3": "-3",
		"0": "0", "0.05": "0.05", ".5": "0.5", "007": "7",
		"112,50": "", "1,5": "", "1,2,3": "", "1234,567": "", "1,234,56": "", "1,2345": "", ",5": "", ",500": "", "0,500": "", "1,,000": "",
		"1,000,": "", "1.000,50": "", "1.234,567": "", "1.5.2": "", "1e3": "", "1E3": "", "0x10": "", "": "", "-": "", "--1": "", "1 000": "", "1.": "",
		"much": "", "123456789012345678901": "",
	} {
		d, err := page.Number(&http.Request{PostForm: url.Values{"price": {typed}}}, "price", "The price")
		if want != "" {
			require.NoError(t, err, typed)
			require.Equal(t, want, d.String(), typed)
			continue
		}
		require.ErrorContains(t, err, "is not a number", typed)
		require.ErrorContains(t, err, "Write it as 1234.50", typed)
	}
}
