package procore

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

// MaxSync is the number of records that one sync action takes (Procore: using sync actions).
const MaxSync = 1000

// Synced is a record that a sync action answers with.
type Synced interface {
	// GetID is Procore's id.
	GetID() int64
	// GetOriginID is our id, "" when it has none.
	GetOriginID() string
}

// SyncResult is the answer of a sync action. The status is 200 also when every record was refused, and the order of
// the records is not promised: ask Find or FindID for each record that was sent.
type SyncResult[T Synced] struct {
	Entities []T         `json:"entities"`
	Errors   []SyncError `json:"errors"`

	operation string
	requestID string
	project   int64
}

// SyncError is a record that was refused.
type SyncError struct {
	// OriginID and ID are those that were sent.
	OriginID string
	ID       int64
	// Messages by field; those that name no field are under BaseField.
	Messages map[string][]string
}

// UnmarshalJSON reads what was sent plus "errors" (an object, an array or a string).
func (e *SyncError) UnmarshalJSON(b []byte) error {
	var raw struct {
		OriginID any         `json:"origin_id"`
		ID       json.Number `json:"id"`
		Errors   any         `json:"errors"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return fmt.Errorf("reading a sync error: %w", err)
	}
	e.OriginID, _ = raw.OriginID.(string)
	e.ID, _ = raw.ID.Int64()
	e.Messages = messages(raw.Errors)
	return nil
}

// MarshalJSON writes the shape that UnmarshalJSON reads.
func (e SyncError) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"origin_id": e.OriginID, "id": e.ID, "errors": e.Messages})
}

// Find tells what became of the record sent with originID: the entity, or an [*ErrorResponse] with Procore's messages,
// or an [*UnknownOutcomeError] when the answer does not name it (or names it twice).
func (r *SyncResult[T]) Find(originID string) (*T, error) {
	return r.find(&UnknownOutcomeError{Operation: r.operation, OriginID: originID},
		func(e T) bool { return originID != "" && e.GetOriginID() == originID },
		func(e SyncError) bool { return originID != "" && e.OriginID == originID })
}

// FindID is Find for a record that was sent with Procore's id.
func (r *SyncResult[T]) FindID(id int64) (*T, error) {
	return r.find(&UnknownOutcomeError{Operation: r.operation, ID: id},
		func(e T) bool { return id != 0 && e.GetID() == id },
		func(e SyncError) bool { return id != 0 && e.ID == id })
}

func (r *SyncResult[T]) find(unknown *UnknownOutcomeError, done func(T) bool, refused func(SyncError) bool) (*T, error) {
	for _, e := range r.Errors {
		if refused(e) {
			f := &ErrorResponse{
				Status: http.StatusOK, Operation: r.operation, RequestID: r.requestID, ProjectID: r.project,
				Fields: e.Messages, Message: fieldsText(e.Messages), Code: CodeValidation, Write: true,
			}
			if lockedText.MatchString(f.Message) {
				f.Code = CodeLocked
			}
			return nil, f
		}
	}
	var found *T
	for i := range r.Entities {
		switch {
		case !done(r.Entities[i]):
		case found != nil && (*found).GetID() != r.Entities[i].GetID():
			return nil, unknown
		default:
			found = &r.Entities[i]
		}
	}
	if found == nil {
		return nil, unknown
	}
	return found, nil
}

// syncKey is how a sync action will recognise a record.
type syncKey struct {
	originID string
	id       int64
}

// syncAction sends one batch. Records that a repetition would double (no id and no origin id), and two with the same
// id, are refused here, before anything is sent. An empty batch is no request.
func syncAction[T Synced](ctx context.Context, c *Client, k call, keys []syncKey) (SyncResult[T], *Response, error) {
	out := SyncResult[T]{operation: k.operation(), project: k.project}
	if err := checkBatch(k, keys); err != nil || len(keys) == 0 {
		return out, &Response{RequestID: requestID(ctx)}, err
	}
	resp, err := c.do(ctx, k, &out)
	out.requestID = resp.RequestID
	return out, resp, err
}

func checkBatch(k call, keys []syncKey) error {
	refuse := func(code, text string) error {
		return &ErrorResponse{Code: code, Operation: k.operation(), ProjectID: k.project, Message: text}
	}
	if len(keys) > MaxSync {
		return refuse(CodeTooLarge, fmt.Sprintf("%d records in one sync action; at most %d", len(keys), MaxSync))
	}
	origins, ids := map[string]bool{}, map[int64]bool{}
	for i, key := range keys {
		switch {
		case key.originID == "" && key.id == 0:
			return refuse(CodeBadRequest, fmt.Sprintf("record %d has neither id nor origin_id: a repetition would double it", i))
		case key.originID != "" && origins[key.originID], key.id != 0 && ids[key.id]:
			return refuse(CodeBadRequest, fmt.Sprintf("record %d is in the batch twice", i))
		}
		origins[key.originID], ids[key.id] = true, true
	}
	return nil
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

func patch(route string, ids []int64, project int64, q url.Values, body any) call {
	return call{method: http.MethodPatch, route: route, ids: ids, project: project, query: q, body: body}
}
