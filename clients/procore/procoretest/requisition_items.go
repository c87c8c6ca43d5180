package procoretest

import (
	"github.com/shopspring/decimal"
)

type requisitionItem struct {
	id    int64
	line  int64
	attrs attrs
}

var (
	itemMoney = []string{
		"work_completed_this_period", "materials_presently_stored", "materials_presently_stored_from_previous_progress",
		"new_materials", "stored_materials", "work_completed_retainage_retained_this_period",
		"materials_stored_retainage_currently_retained", "work_completed_retainage_released_this_period",
		"subcontractor_claimed_amount",
	}
	bulkItemSchema = schemaOf(
		fields(money, itemMoney...),
		fields(quantity, "work_completed_this_period_quantity"),
		fields(whole, "id"),
		fields(text, "comment"),
		choice("item_type", "contract_item", "contract_detail_item", "change_order_item"),
		choice("status", "approved", "rejected", "no_action"),
	)
	requisitionItemSchema = schemaOf(bulkItemSchema,
		fields(whole, "line_item_id", "detail_line_item_id"),
		fields(quantity, "new_materials_quantity", "stored_materials_quantity",
			"work_completed_retainage_percent_this_period", "materials_stored_retainage_percent_this_period"),
	)
)

// readItems reads a list of items; nothing is an empty list.
func (c *call) readItems(s schema, value any, prefix string) ([]attrs, faults) {
	if value == nil {
		return nil, faults{}
	}
	list, isList := value.([]any)
	if !isList {
		return nil, fault("items", "must be a list")
	}
	items, bad := make([]attrs, 0, len(list)), faults{}
	for _, element := range list {
		raw, isObject := element.(map[string]any)
		if !isObject {
			return nil, fault("items", "must hold objects")
		}
		in, badItem := c.read(s, raw, prefix)
		bad.merge(badItem)
		items = append(items, in)
	}
	return items, bad
}

// completed is what the item bills in its period: work and materials stored.
func (i *requisitionItem) completed() decimal.Decimal {
	return i.attrs.amount("work_completed_this_period").Add(i.attrs.amount("materials_presently_stored"))
}

// retained is what the item holds back, less what it releases.
func (i *requisitionItem) retained() decimal.Decimal {
	return i.attrs.amount("work_completed_retainage_retained_this_period").
		Add(i.attrs.amount("materials_stored_retainage_currently_retained")).
		Sub(i.attrs.amount("work_completed_retainage_released_this_period"))
}

func (rq *requisition) itemOf(lineID int64) *requisitionItem {
	for _, item := range rq.items {
		if item.line == lineID {
			return item
		}
	}
	return nil
}

func (rq *requisition) dropItemOf(lineID int64) {
	if item := rq.itemOf(lineID); item != nil {
		rq.items = dropOne(rq.items, item)
	}
}

// total is what the requisition bills before retainage.
func (rq *requisition) total() decimal.Decimal {
	sum := decimal.Zero
	for _, item := range rq.items {
		sum = sum.Add(item.completed())
	}
	return sum
}

func (rq *requisition) retainage() decimal.Decimal {
	sum := decimal.Zero
	for _, item := range rq.items {
		sum = sum.Add(item.retained())
	}
	return sum
}

func (rq *requisition) replace(changed []*requisitionItem) {
	for _, next := range changed {
		for i, item := range rq.items {
			if item.id == next.id {
				rq.items[i] = next
			}
		}
	}
}

// newItems are the items of a new requisition, one for each line of the commitment.
func (s *Server) newItems(cm *commitment, sent []attrs) ([]*requisitionItem, faults) {
	bad := faults{}
	byLine := map[int64]attrs{}
	for _, in := range sent {
		bad.merge(checkItemType(in))
		lineID := in.id("line_item_id")
		bad.merge(checkItemLine(cm, lineID))
		if _, twice := byLine[lineID]; twice {
			bad.add("line_item_id", "is named twice")
		}
		byLine[lineID] = in
	}
	items := make([]*requisitionItem, 0, len(cm.lines))
	for _, line := range cm.lines {
		item := &requisitionItem{line: line.id, attrs: attrs{"status": "no_action"}.with(byLine[line.id])}
		item.priceQuantity(cm, line)
		items = append(items, item)
	}
	return items, bad
}

// checkItemType: an item says what it stands for; only lines of the contract itself are kept here.
func checkItemType(in attrs) faults {
	switch in.text("item_type") {
	case "contract_item":
		return nil
	case "":
		return fault("item_type", "can't be blank")
	default:
		return fault("item_type", "has no such item on this commitment")
	}
}

// priceQuantity turns the quantity of a unit contract into its amount.
func (i *requisitionItem) priceQuantity(cm *commitment, line *commitmentLine) {
	if cm.attrs.text("accounting_method") == "unit" && i.attrs.has("work_completed_this_period_quantity") {
		i.attrs["work_completed_this_period"] = i.attrs.amount("work_completed_this_period_quantity").
			Mul(line.attrs.amount("unit_cost")).Round(2)
	}
}

// changedItems are copies of the items that the request names by id, changed.
func (s *Server) changedItems(cm *commitment, rq *requisition, sent []attrs) ([]*requisitionItem, faults) {
	var changed []*requisitionItem
	bad := faults{}
	for _, in := range sent {
		if in.has("item_type") {
			bad.merge(checkItemType(in))
		}
		item := rq.itemByID(in.id("id"))
		if item == nil {
			bad.add("id", "is not an item of this invoice")
			continue
		}
		if line := in.id("line_item_id"); line != 0 && line != item.line {
			bad.merge(checkItemLine(cm, line))
			bad.add("line_item_id", "cannot be changed")
			continue
		}
		next := &requisitionItem{id: item.id, line: item.line, attrs: item.attrs.with(in)}
		delete(next.attrs, "id")
		if line, found := s.lines[item.line]; found && in.has("work_completed_this_period_quantity") {
			next.priceQuantity(cm, line)
		}
		changed = append(changed, next)
	}
	return changed, bad
}

func (rq *requisition) itemByID(id int64) *requisitionItem {
	for _, item := range rq.items {
		if item.id == id {
			return item
		}
	}
	return nil
}
