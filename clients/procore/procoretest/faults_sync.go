package procoretest

import (
	"bytes"
	"encoding/json"
	"slices"
)

// leaveUndone takes a record out of a sync action before it is carried out.
func leaveUndone(_ *Server, f *FaultRule, c *call, _ reply) *reply {
	updates, _ := c.body["updates"].([]any)
	if f.Item < len(updates) {
		c.body["updates"] = slices.Delete(slices.Clone(updates), f.Item, f.Item+1)
	}
	return nil
}

// leaveOut takes a record out of the answer of a sync action that was carried out. It is found by its id or origin_id.
func leaveOut(_ *Server, f *FaultRule, c *call, answered reply) *reply {
	updates, _ := c.body["updates"].([]any)
	if f.Item >= len(updates) {
		return nil
	}
	sent, _ := updates[f.Item].(map[string]any)
	var said map[string][]map[string]any
	d := json.NewDecoder(bytes.NewReader(answered.body))
	d.UseNumber()
	if d.Decode(&said) != nil {
		return nil // refused as a whole
	}
	for list, records := range said {
		said[list] = slices.DeleteFunc(records, func(r map[string]any) bool {
			return sent["id"] != nil && sent["id"] == r["id"] || sent["origin_id"] != nil && sent["origin_id"] == r["origin_id"]
		})
	}
	return new(jsonReply(answered.status, said, ""))
}
