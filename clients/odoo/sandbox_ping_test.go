package odoo_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
)

func checkOf(t *testing.T, p odoo.Ping, model string) odoo.ModelCheck {
	t.Helper()
	for _, m := range p.Models {
		if m.Model == model {
			return m
		}
	}
	require.Fail(t, "no such model was looked at", model)
	return odoo.ModelCheck{}
}

var pingedAt = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// pinged is what a user with a key finds on a server of his own, over each wire.
func pinged(t *testing.T, cfg odootest.Config, user odootest.User, check func(t *testing.T, w wire, p odoo.Ping, err error)) {
	t.Helper()
	for _, w := range wires {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			cfg, user := cfg, user
			user.Login, user.Key, user.KeyScopeOK = "bot", fullKey, true
			cfg.Version, cfg.Database, cfg.Users = w.version, "acme", []odootest.User{user}
			if cfg.Now == nil {
				cfg.Now = func() time.Time { return pingedAt }
			}
			s := odootest.New(cfg)
			for _, name := range []string{"Acme", "Acme Civil"} {
				_, err := s.Create("res.company", values{"name": name})
				require.NoError(t, err)
			}
			state := s.State()
			srv := httptest.NewServer(s)
			t.Cleanup(srv.Close)
			c, err := odoo.New(odoo.Config{
				URL: srv.URL, API: w.api, Database: "acme", Login: "bot", Key: fullKey, Companies: []int64{1}, Transport: &http.Transport{},
			})
			require.NoError(t, err)
			p, err := c.Ping(t.Context())
			check(t, w, p, err)
			require.LessOrEqual(t, c.Calls(), int64(50), "at one a second somebody waits for it")
			require.Equal(t, state, s.State())
			for _, call := range s.Journal() {
				require.Contains(t, []string{"context_get", "read", "search_read", "search_count", "fields_get", "has_access", "check_access_rights", "common"},
					call.Path[strings.LastIndexByte(call.Path, '/')+1:], "ping only reads")
			}
		})
	}
}

var reader = odootest.User{Groups: []string{"readonly", "analytic"}}

func with(u odootest.User, change func(*odootest.User)) odootest.User {
	change(&u)
	return u
}

func TestPingFindsAllThatIsNeeded(t *testing.T) {
	t.Parallel()
	pinged(t, odootest.Config{}, reader, func(t *testing.T, w wire, p odoo.Ping, err error) {
		require.NoError(t, err)
		require.Empty(t, p.Lacks())
		require.Equal(t, w.version, p.Version)
		require.Equal(t, []string{"Acme", "Acme Civil"}, []string{p.Companies[0].Name, p.Companies[1].Name})
		require.Equal(t, pingedAt, p.Clocks.Odoo)
		require.NotZero(t, p.Clocks.AheadSeconds, "the sandbox's clock stands")
		require.True(t, p.CreateAccounts.Allowed)
		require.Equal(t, odoo.Limits{Parallel: 4}, p.Limits)
		require.Equal(t, int64(2), checkOf(t, p, odoo.ModelCompany).InScope)
		require.Contains(t, checkOf(t, p, odoo.ModelPurchaseOrder).Fields, "partner_id")
		if w.version == "14.0" {
			checkOf(t, p, "account.analytic.group")
			checkOf(t, p, "account.analytic.tag")
			checkOf(t, p, "account.analytic.distribution")
			require.Equal(t, odoo.Keys{Listed: true, Keys: []odoo.Key{}}, p.Keys)
			return
		}
		require.Equal(t, odoo.Keys{Listed: true, CanEnd: true, Keys: []odoo.Key{{Name: "connector"}}}, p.Keys)
	})
}

func TestPingCountsWhatIsPolled(t *testing.T) {
	t.Parallel()
	overEveryWire(t, func(t *testing.T, s *sandbox) {
		vendor := s.create(t, odoo.ModelPartner, values{"name": "Vendor"})
		s.create(t, odoo.ModelPartner, values{"name": "Gone", "active": false})
		mine := s.order(t, vendor, false)
		product := s.create(t, odoo.ModelProduct, values{"name": "Steel", "type": "service"})
		other := s.create(t, odoo.ModelCompany, values{"name": "Other"})
		s.create(t, odoo.ModelPurchaseOrder, values{"partner_id": vendor, "company_id": other, "order_line": []any{
			add(values{"name": "Steel", "product_id": product, "product_qty": 1, "price_unit": 5}),
		}})
		s.create(t, odoo.ModelMove, values{"move_type": "entry"})
		orders, err := s.client(t).PurchaseOrdersByID(t.Context(), []int64{mine})
		require.NoError(t, err)
		p, err := s.client(t, func(c *odoo.Config) { c.Companies = []int64{orders[0].Company} }).Ping(t.Context())
		require.NoError(t, err)
		require.Equal(t, int64(1), checkOf(t, p, odoo.ModelPurchaseOrder).InScope)
		require.Equal(t, int64(len(orders[0].Lines)), checkOf(t, p, odoo.ModelOrderLine).InScope)
		require.Zero(t, checkOf(t, p, odoo.ModelMove).InScope, "a journal entry is no bill")
		partners, err := s.client(t).Partners(t.Context(), odoo.Window{})
		require.NoError(t, err)
		require.Equal(t, int64(len(partners)), checkOf(t, p, odoo.ModelPartner).InScope, "archived ones are read too")
	})
}

func TestPingTellsWhatIsMissing(t *testing.T) {
	t.Parallel()
	t.Run("plan", func(t *testing.T) {
		t.Parallel()
		pinged(t, odootest.Config{}, odootest.User{Groups: []string{"readonly"}}, func(t *testing.T, w wire, p odoo.Ping, err error) {
			require.NoError(t, err)
			plan, group := odoo.ModelAnalyticPlan, "Analytic Accounting"
			if w.version == "14.0" {
				plan, group = "account.analytic.group", "Technical / Analytic Accounting"
			}
			m := checkOf(t, p, plan)
			require.False(t, m.Readable)
			require.Contains(t, m.Message, "("+plan+")")
			require.Equal(t, "ask an Odoo administrator to give the user the group "+group, m.WayOut)
			require.Equal(t, odoo.Permission{WayOut: m.WayOut}, p.CreateAccounts)
			require.Contains(t, p.Lacks(), plan)
		})
	})
	t.Run("app", func(t *testing.T) {
		t.Parallel()
		pinged(t, odootest.Config{WithoutApps: []string{"purchase"}}, reader, func(t *testing.T, _ wire, p odoo.Ping, err error) {
			require.NoError(t, err)
			for _, model := range []string{odoo.ModelPurchaseOrder, odoo.ModelOrderLine} {
				m := checkOf(t, p, model)
				require.False(t, m.Installed)
				require.Equal(t, "ask an Odoo administrator to install the app Purchase", m.WayOut)
			}
			require.NotContains(t, checkOf(t, p, odoo.ModelMoveLine).Fields, "purchase_line_id")
			require.Equal(t, "the server has no purchase.order, purchase.order.line: install the apps Purchase and Accounting", p.Lacks())
		})
	})
	t.Run("field", func(t *testing.T) {
		t.Parallel()
		hidden := with(reader, func(u *odootest.User) {
			u.HiddenFields = []string{"purchase.order.amount_total", "purchase.order.origin"}
		})
		pinged(t, odootest.Config{}, hidden, func(t *testing.T, _ wire, p odoo.Ping, err error) {
			require.NoError(t, err)
			m := checkOf(t, p, odoo.ModelPurchaseOrder)
			require.Equal(t, []string{"amount_total"}, m.Missing, "without the origin it works")
			require.NotContains(t, m.Fields, "origin")
			require.False(t, m.OK())
			require.Contains(t, p.Lacks(), "the user bot does not see purchase.order.amount_total")
		})
	})
	t.Run("company", func(t *testing.T) {
		t.Parallel()
		pinged(t, odootest.Config{}, with(reader, func(u *odootest.User) { u.CompanyIDs = []int64{2} }), func(t *testing.T, _ wire, p odoo.Ping, err error) {
			require.ErrorIs(t, err, &odoo.Error{Code: odoo.CodeNoAccess})
			require.ErrorContains(t, err, "may not see the company 1")
			require.Len(t, p.Companies, 1)
			require.NotEmpty(t, p.Models, "what was found out is returned all the same")
		})
	})
}

func TestPingTellsWhenTheKeyEnds(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	keys := with(reader, func(u *odootest.User) {
		u.KeyEnds = pingedAt.Add(80 * day)
		u.OtherKeys = []odootest.Key{
			{Name: "for ever"},
			{Name: "soon", Scope: "rpc", Ends: pingedAt.Add(5 * day)},
			{Name: "over", Ends: pingedAt.Add(-day)},
			{Name: "of a plugin", Scope: "odoo.plugin.outlook", Ends: pingedAt.Add(day)},
		}
	})
	t.Run("listed", func(t *testing.T) {
		t.Parallel()
		pinged(t, odootest.Config{}, keys, func(t *testing.T, w wire, p odoo.Ping, err error) {
			require.NoError(t, err)
			want := odoo.Keys{Listed: true, CanEnd: true, Keys: []odoo.Key{
				{Name: "soon", Ends: pingedAt.Add(5 * day)}, {Name: "connector", Ends: pingedAt.Add(80 * day)}, {Name: "for ever"},
			}}
			if w.version == "14.0" {
				want = odoo.Keys{Listed: true, Keys: []odoo.Key{}}
			}
			require.Equal(t, want, p.Keys)
		})
	})
	t.Run("hidden", func(t *testing.T) {
		t.Parallel()
		pinged(t, odootest.Config{}, with(keys, func(u *odootest.User) { u.KeysHidden = true }), func(t *testing.T, w wire, p odoo.Ping, err error) {
			require.NoError(t, err)
			require.Equal(t, odoo.Keys{CanEnd: w.version != "14.0", Keys: []odoo.Key{}}, p.Keys)
		})
	})
	t.Run("over", func(t *testing.T) {
		t.Parallel()
		over := with(reader, func(u *odootest.User) { u.KeyEnds = pingedAt })
		pinged(t, odootest.Config{}, over, func(t *testing.T, w wire, p odoo.Ping, err error) {
			if w.version == "14.0" {
				require.NoError(t, err, "there keys do not end")
				return
			}
			require.ErrorIs(t, err, &odoo.Error{Code: odoo.CodeBadKey})
			require.Equal(t, "19.0", p.Version)
		})
	})
}

func TestPingComparesClocks(t *testing.T) {
	t.Parallel()
	for name, ahead := range map[string]time.Duration{"right": 0, "ahead": 10 * time.Minute, "behind": -10 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pinged(t, odootest.Config{Now: func() time.Time { return time.Now().Add(ahead) }}, reader, func(t *testing.T, _ wire, p odoo.Ping, err error) {
				require.NoError(t, err)
				require.InDelta(t, ahead.Seconds(), p.Clocks.AheadSeconds, 1)
				require.WithinDuration(t, time.Now(), p.Clocks.Here, time.Minute)
				if ahead == 0 {
					require.Zero(t, p.Clocks.AheadSeconds)
				}
			})
		})
	}
}

func TestPingOfOdooOnline(t *testing.T) {
	t.Parallel()
	for release, protocol := range map[string]string{"saas~19.1+e": "JSON-2", "saas~18.2+e": "XML-RPC"} {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			s := odootest.New(odootest.Config{Release: release, Database: "acme", Users: []odootest.User{
				with(reader, func(u *odootest.User) { u.Login, u.Key, u.KeyScopeOK = "bot", fullKey, true }),
			}})
			srv := httptest.NewServer(s)
			t.Cleanup(srv.Close)
			c, err := odoo.New(odoo.Config{URL: srv.URL, Database: "acme", Login: "bot", Key: fullKey, Transport: &http.Transport{}})
			require.NoError(t, err)
			p, err := c.Ping(t.Context())
			require.NoError(t, err)
			require.Equal(t, release, p.Version)
			require.Equal(t, protocol, p.Protocol.Name)
			require.True(t, p.Keys.CanEnd)
		})
	}
}
