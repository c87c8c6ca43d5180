package mapping

import (
	"encoding/json"
	"errors"
	"fmt"
)

// ErrNoContent is returned for a binding that has no content yet.
var ErrNoContent = errors.New("binding has no content")

// DecodeContent reads what a binding last wrote: T is [Vendor], [Commitment], [Requisition] or [DirectCost].
func DecodeContent[T any](b Binding) (T, error) {
	var content T
	if len(b.Content) == 0 {
		return content, ErrNoContent
	}
	if err := json.Unmarshal(b.Content, &content); err != nil {
		return content, fmt.Errorf("decoding content of binding %s: %w", b.OriginID, err)
	}
	return content, nil
}
