package odootest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// listed are the keys that a user sees, who is named by his own.
func (b *bundle) listed(secret string) []any {
	b.t.Helper()
	status, _, v := b.post("/json/2/res.users.apikeys/search_read", map[string]string{
		"Content-Type": "application/json", "Authorization": "bearer " + secret, "X-Odoo-Database": "acme",
	}, `{"fields": ["name", "user_id", "scope", "expiration_date"], "order": "id", "load": ""}`)
	require.Equal(b.t, 200, status, v)
	rows, ok := v.([]any)
	require.True(b.t, ok)
	return rows
}

func TestKeysAreListedToTheirUser(t *testing.T) {
	t.Parallel()
	ends := time.Date(2026, 12, 1, 7, 30, 0, 0, time.UTC)
	b := setup(t,
		User{Login: "bot", Key: key, KeyScopeOK: true, KeyName: "sync", KeyEnds: ends, OtherKeys: []Key{{Name: "old", Scope: "rpc"}}},
		User{Login: "admin", Key: "admin", KeyScopeOK: true, Groups: []string{"system"}},
	)
	mine := []any{
		map[string]any{"id": 1.0, "name": "sync", "user_id": 2.0, "scope": false, "expiration_date": "2026-12-01 07:30:00"},
		map[string]any{"id": 2.0, "name": "old", "user_id": 2.0, "scope": "rpc", "expiration_date": false},
	}
	require.Equal(t, mine, b.listed(key))
	require.Len(t, b.listed("admin"), 3)

	b.clock.Advance(ends.Sub(b.clock.Now()) - time.Second)
	require.Len(t, b.listed(key), 2)
	b.clock.Advance(time.Second)
	status, _, _ := b.post("/json/2/res.users/context_get", authorized(), "{}")
	require.Equal(t, 401, status, "it is over")
}

func TestKeysCanBeHidden(t *testing.T) {
	t.Parallel()
	b := setup(t, User{Login: "bot", Key: key, KeyScopeOK: true, KeysHidden: true})
	status, _, v := b.post("/json/2/res.users.apikeys/search_count", authorized(), `{"domain": []}`)
	require.Equal(t, 403, status)
	require.Contains(t, v.(map[string]any)["message"], "(res.users.apikeys)")
}

func TestKeysOf14DoNotEnd(t *testing.T) {
	t.Parallel()
	b := setupVersion(t, "14.0", User{Login: "bot", Key: key, KeyScopeOK: true, KeyEnds: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)})
	fields := b.do("res.users.apikeys", "fields_get", nil, map[string]any{"allfields": []string{"name", "expiration_date"}})
	require.Contains(t, fields, "name")
	require.NotContains(t, fields, "expiration_date")
	uid, failure := b.s.rpcAuthenticate(&rpcCall{params: []any{"acme", "bot", key, map[string]any{}}, note: &Call{}})
	require.Nil(t, failure)
	require.Equal(t, int64(2), uid)
}

func TestFieldsCanBeHiddenFromAUser(t *testing.T) {
	t.Parallel()
	b := setup(t, User{Login: "bot", Key: key, KeyScopeOK: true, HiddenFields: []string{"res.partner.vat"}})
	_, _, fields := b.post("/json/2/res.partner/fields_get", authorized(), `{"allfields": ["name", "vat"], "attributes": ["type"]}`)
	require.Equal(t, map[string]any{"name": map[string]any{"type": "char"}}, fields)
	status, _, _ := b.post("/json/2/res.partner/read", authorized(), `{"ids": [1], "fields": ["vat"]}`)
	require.Equal(t, 403, status)
	_, _, rows := b.post("/json/2/res.partner/read", authorized(), `{"ids": [1]}`)
	require.NotContains(t, rows.([]any)[0], "vat")
	require.Contains(t, b.read("res.partner", 1), "vat", "others see it")
}
