package mapping

import (
	"strconv"
	"strings"
)

// The kinds of bindings, which are also the kinds in origin ids.
const (
	KindVendor      = "vendor"
	KindCommitment  = "commitment"
	KindRequisition = "requisition"
	KindDirectCost  = "direct_cost"
)

// VendorPart is the part of a vendor's binding: vendors belong to the company, not to a project.
const VendorPart = "company"

// The states of bindings that the comparison looks at.
const (
	StatusDraft    = "draft"
	StatusApproved = "approved"
	StatusClosed   = "closed"
	StatusDeleted  = "deleted"
	StatusLinked   = "linked"
)

// OriginID returns odoo:<prefix>:<epoch>:<model>:<id>:<kind>:<part>[:<generation>], the only idempotency
// key of a Procore document. The generation is named from the second on.
func OriginID(s Settings, model string, id int64, kind, part string, generation int64) string {
	parts := []string{
		"odoo", s.OriginPrefix, strconv.FormatInt(s.OriginEpoch, 10),
		model, strconv.FormatInt(id, 10), kind, part,
	}
	if generation > 1 {
		parts = append(parts, strconv.FormatInt(generation, 10))
	}
	return strings.Join(parts, ":")
}

// Origin is what a document's origin id says.
type Origin struct {
	Epoch      int64
	Model      string
	ID         int64
	Kind, Part string
	Generation int64 // 1 when it names none
}

// ParseOriginID reads an origin id of a document; ok only for one with this prefix.
func ParseOriginID(originID, prefix string) (o Origin, ok bool) {
	parts := strings.Split(originID, ":")
	if len(parts) < 7 || len(parts) > 8 || parts[0] != "odoo" || parts[1] != prefix {
		return Origin{}, false
	}
	epoch, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return Origin{}, false
	}
	id, err := strconv.ParseInt(parts[4], 10, 64)
	if err != nil {
		return Origin{}, false
	}
	return Origin{Epoch: epoch, Model: parts[3], ID: id, Kind: parts[5], Part: parts[6], Generation: Generation(originID)}, true
}

// Generation reads the generation out of a document's origin id; 1 when it names none.
func Generation(originID string) int64 {
	if parts := strings.Split(originID, ":"); len(parts) == 8 {
		if n, err := strconv.ParseInt(parts[7], 10, 64); err == nil {
			return n
		}
	}
	return 1
}

// LineOriginID returns the origin id of a line: that of its document and the line's key.
func LineOriginID(parent, lineKey string) string { return parent + ":" + lineKey }

// LineKey is the identity of a line in Procore: the Odoo line and the budget code. It survives a changed
// percentage.
func LineKey(line int64, budgetCode string) string {
	return strconv.FormatInt(line, 10) + ":" + budgetCode
}

// ProjectPart is the part of a commitment or direct cost.
func ProjectPart(project int64) string { return strconv.FormatInt(project, 10) }

// RequisitionPart is the part of a requisition: one bill bills each order once per project.
func RequisitionPart(order, project int64) string {
	return strconv.FormatInt(order, 10) + "@" + strconv.FormatInt(project, 10)
}

// record names a record the way cause keys do: "purchase.order/42".
func record(model string, id int64) string { return model + "/" + strconv.FormatInt(id, 10) }
