package mapping

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSameNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"PO 42", "PO00042", true},
		{"po-42", "PO 0042", true},
		{"BILL/2026/0007", "bill 2026 7", true},
		{"INV-1-23", "INV-12-3", false},
		{"100", "10", false},
		{"A0", "A00", true},
		{"A0", "A", false},
		{"", "", false},
		{"-", " ", false},
	} {
		require.Equal(t, c.same, SameNumber(c.a, c.b), "%q %q", c.a, c.b)
	}
}

func TestMatchVendor(t *testing.T) {
	t.Parallel()
	directory := []VendorCandidate{
		{ID: 3, Name: "Béton & Cie, Inc."},
		{ID: 1, Name: "Rocky Steel LLC", TaxID: "84-1234567"},
		{ID: 2, Name: "Rocky Steel", TaxID: "84-7654321"},
		{ID: 4, Name: "Twin Co"},
		{ID: 5, Name: "The Twin Company"},
		{ID: 6, Name: "renamed", OriginID: "odoo:x:1:res.partner:9:vendor:"},
	}
	for name, c := range map[string]struct {
		want Vendor
		why  string
		ids  []int64
	}{
		"origin id first":           {Vendor{OriginID: "odoo:x:1:res.partner:9:vendor:", Name: "Twin"}, "origin_id", []int64{6}},
		"tax number over the name":  {Vendor{Name: "Rocky Steel", TaxID: "841234567"}, "tax_number", []int64{1}},
		"name without legal form":   {Vendor{Name: "BETON CIE"}, "name", []int64{3}},
		"two of a name":             {Vendor{Name: "Twin"}, "name", []int64{4, 5}},
		"another tax number is not": {Vendor{Name: "Rocky Steel", TaxID: "11-1111111"}, "", nil},
		"none":                      {Vendor{Name: "Nobody"}, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.want.OriginID == "" {
				c.want.OriginID = "odoo:x:1:res.partner:1:vendor:"
			}
			match := MatchVendor(c.want, directory)
			require.Equal(t, c.why, match.Why)
			var ids []int64
			for _, candidate := range match.Candidates {
				ids = append(ids, candidate.ID)
			}
			require.Equal(t, c.ids, ids)
		})
	}
}
