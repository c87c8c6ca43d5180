package mapping

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// VendorCandidate is a vendor of Procore's company directory.
type VendorCandidate struct {
	ID       int64
	Name     string
	TaxID    string
	OriginID string
	Inactive bool
}

// VendorMatch says which vendor of Procore a supplier is. No candidates: there is none, create it.
type VendorMatch struct {
	Candidates []VendorCandidate
	Why        string // origin_id, tax_number, name
}

// MatchVendor looks by origin id, then by tax number, then by exact normalised name; the first that finds anything
// decides. Exactly one candidate is strong enough to link.
func MatchVendor(want Vendor, directory []VendorCandidate) VendorMatch {
	tax, name := NormalTaxID(want.TaxID), NormalName(want.Name)
	for _, rule := range []struct {
		why  string
		same func(VendorCandidate) bool
	}{
		{"origin_id", func(c VendorCandidate) bool { return c.OriginID == want.OriginID }},
		{"tax_number", func(c VendorCandidate) bool { return tax != "" && NormalTaxID(c.TaxID) == tax }},
		{"name", func(c VendorCandidate) bool {
			theirs := NormalTaxID(c.TaxID)
			return name != "" && NormalName(c.Name) == name && (tax == "" || theirs == "" || theirs == tax)
		}},
	} {
		var found []VendorCandidate
		for _, c := range directory {
			if rule.same(c) {
				found = append(found, c)
			}
		}
		if len(found) > 0 {
			slices.SortFunc(found, func(a, b VendorCandidate) int { return cmp.Compare(a.ID, b.ID) })
			return VendorMatch{Candidates: found, Why: rule.why}
		}
	}
	return VendorMatch{}
}

// legalForms are words that two spellings of one company differ by.
var legalForms = map[string]bool{
	"inc": true, "incorporated": true, "llc": true, "ltd": true, "limited": true, "corp": true, "corporation": true,
	"co": true, "company": true, "lp": true, "llp": true, "plc": true, "gmbh": true, "ag": true, "sarl": true, "sa": true,
	"bv": true, "nv": true, "srl": true, "spa": true, "kg": true, "the": true,
}

// NormalName is a company name without case, accents, punctuation and legal form: "Béton & Cie, Inc." → "beton cie".
func NormalName(name string) string {
	plain, _, err := transform.String(transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), name)
	if err != nil {
		plain = name
	}
	plain = strings.ToLower(strings.ReplaceAll(plain, ".", ""))
	words := strings.FieldsFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	kept := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return legalForms[w] })
	if len(kept) == 0 {
		kept = words
	}
	return strings.Join(kept, " ")
}

// NormalTaxID is a tax number without separators and case.
func NormalTaxID(id string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, id)
}

// SameNumber tells whether two document numbers are the same as people write them: "PO 42" = "PO00042".
func SameNumber(a, b string) bool {
	a, b = normalNumber(a), normalNumber(b)
	return a != "" && a == b
}

// normalNumber drops case, separators and the leading zeros of each run of digits. A separator between two digits is
// kept, so that 1-23 and 12-3 stay different.
func normalNumber(s string) string {
	var out strings.Builder
	var previous rune
	separated, zeros := false, false
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			if unicode.IsDigit(previous) && separated {
				closeZeros(&out, &zeros)
				out.WriteByte('-')
			}
			if r == '0' && (!unicode.IsDigit(previous) || separated || zeros) {
				zeros = true
			} else {
				zeros = false
				out.WriteRune(r)
			}
		case unicode.IsLetter(r):
			closeZeros(&out, &zeros)
			out.WriteRune(unicode.ToUpper(r))
		default:
			separated = true
			continue
		}
		previous, separated = r, false
	}
	closeZeros(&out, &zeros)
	return out.String()
}

// closeZeros keeps one zero of a run that was zeros only.
func closeZeros(out *strings.Builder, zeros *bool) {
	if *zeros {
		out.WriteByte('0')
		*zeros = false
	}
}
