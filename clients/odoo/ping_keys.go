package odoo

import (
	"context"
	"errors"
	"slices"
	"time"
)

const modelKey = "res.users.apikeys"

// Keys is what Odoo tells about when the API key ends. Which of a user's keys is the one in use it does not tell.
type Keys struct {
	// Listed is false when the user may not read the list of his own keys.
	Listed bool `json:"listed"`
	// CanEnd is false when keys of this server do not end: before Odoo 18.
	CanEnd bool `json:"can_end"`
	// Keys are those that may be the one in use, the first to end first, those without an end last.
	Keys []Key `json:"keys"`
}

// Key is an API key of the user, by the name that he gave it.
type Key struct {
	Name string `json:"name"`
	// Ends is by Odoo's clock, UTC; zero when it does not end.
	Ends time.Time `json:"ends,omitzero"`
}

// firstEnding is the Odoo from which on keys end.
const firstEnding = 18

// keyScopes are those of keys that open the API; an empty one is for everything (Odoo: _check_credentials).
var keyScopes = []string{"", "rpc"}

// pingKeys reads the user's own keys, which Odoo lets every internal user do unless somebody took the right away.
func (c *Client) pingKeys(ctx context.Context, p *Ping) error {
	p.Keys = Keys{Keys: []Key{}, CanEnd: major(p.Version) >= firstEnding || major(p.Version) == 0}
	s, missing, err := c.askFields(ctx, modelKey, []string{"name", "user_id", "scope", "?expiration_date"})
	if err == nil && len(missing) > 0 {
		return nil
	}
	var rows []*row
	if err == nil {
		rows, err = c.searchRead(ctx, query{model: modelKey, domain: []any{term("user_id", "=", p.UserID)}}, s)
	}
	if _, refused := asRefusal(err); refused || errors.Is(err, &Error{Code: CodeInvalidRequest}) {
		return nil
	}
	if err != nil {
		return err
	}
	p.Keys.Listed = true
	if !s.has("expiration_date") {
		return nil
	}
	p.Keys.CanEnd = true
	p.Keys.Keys, err = usableKeys(rows, p.Clocks.Odoo)
	return err
}

// usableKeys leaves out what cannot be the key in use: one that has ended, or opens something else.
func usableKeys(rows []*row, now time.Time) ([]Key, error) {
	keys := []Key{}
	for _, r := range rows {
		k := Key{Name: r.text("name"), Ends: r.instant("expiration_date")}
		usable := slices.Contains(keyScopes, r.text("scope")) && (k.Ends.IsZero() || k.Ends.After(now))
		if r.err != nil {
			return nil, r.err
		}
		if usable {
			keys = append(keys, k)
		}
	}
	slices.SortStableFunc(keys, func(a, b Key) int {
		switch {
		case a.Ends.IsZero() != b.Ends.IsZero():
			if a.Ends.IsZero() {
				return 1
			}
			return -1
		default:
			return a.Ends.Compare(b.Ends)
		}
	})
	return keys, nil
}
