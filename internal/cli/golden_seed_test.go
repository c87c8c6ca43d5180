package cli

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/internal/secrets"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// databases gives cases a database of their own, a copy of a seeded one. A case that changed nothing in its database
// hands it on: making and dropping one takes longer than the case.
type databases struct {
	t    *testing.T
	keys []byte // the key set that opens the credentials
	free chan string

	server *url.URL
	source string
}

func newDatabases(t *testing.T, cases int) *databases {
	t.Helper()
	d := &databases{t: t, free: make(chan string, cases)}
	ctx := t.Context()
	seededURL := devtest.Database(t)
	require.NoError(t, store.Migrate(ctx, seededURL))
	path := filepath.Join(t.TempDir(), "key.json")
	require.NoError(t, secrets.Generate(path))
	var err error
	d.keys, err = os.ReadFile(path)
	require.NoError(t, err)
	box, err := secrets.Open(path)
	require.NoError(t, err)
	s, err := store.Open(ctx, seededURL)
	require.NoError(t, err)
	defer s.Close()
	seed(ctx, t, s, box)
	source, err := url.Parse(seededURL)
	require.NoError(t, err)
	d.source = strings.TrimPrefix(source.Path, "/")
	d.server, err = url.Parse(devtest.Postgres(t).DatabaseURL)
	require.NoError(t, err)
	return d
}

// take gives a database that no other case has.
func (d *databases) take(t *testing.T) string {
	t.Helper()
	select {
	case url := <-d.free:
		return url
	default:
	}
	name := "ml_golden_" + strings.ToLower(rand.Text()[:12])
	d.admin("CREATE DATABASE " + name + " TEMPLATE " + d.source)
	d.t.Cleanup(func() { d.admin("DROP DATABASE " + name + " WITH (FORCE)") })
	made := *d.server
	made.Path = "/" + name
	return made.String()
}

func (d *databases) admin(sql string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.t.Context()), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, d.server.String())
	require.NoError(d.t, err)
	_, err = conn.Exec(ctx, sql)
	require.NoError(d.t, err, sql)
	require.NoError(d.t, conn.Close(ctx))
}

// seed makes acme a tenant in the middle of its work: an order that is done and bound, one that is pending, a bill
// that waits for a mapping.
func seed(ctx context.Context, t *testing.T, s *store.Store, box *secrets.Box) {
	t.Helper()
	const acme = "acme"
	_, err := s.SaveTenant(ctx, store.TenantChange{Name: acme, Settings: []byte("{}"), State: store.StateActive, OriginPrefix: "x1", By: "ann"})
	require.NoError(t, err)
	saveCredentials(ctx, t, s, box, acme)
	_, err = s.SaveMappings(ctx, acme, "ann", []store.ProjectMapping{{OdooID: 1, OdooCode: "T", ProcoreProject: towerID}},
		[]store.CodeMapping{{OdooModel: odoo.ModelAnalyticAccount, OdooID: 3, CostCode: "03 30 00", CostType: "M"}})
	require.NoError(t, err)
	seedRecords(ctx, t, s, acme)
	_, err = s.ReplaceCodes(ctx, acme, store.CodeProject, 0, []store.Code{{ProcoreID: towerID, Code: "001", Name: "Tower", Active: true}})
	require.NoError(t, err)
	_, _, err = s.TakeBudget(ctx, goldenClient, goldenCompany, 1)
	require.NoError(t, err)
}

// saveCredentials are those that open both sandboxes.
func saveCredentials(ctx context.Context, t *testing.T, s *store.Store, box *secrets.Box, tenant string) {
	t.Helper()
	for system, secret := range map[string]any{
		"odoo": activities.OdooCredentials{APIKey: goldenKey}, "procore": activities.ProcoreCredentials{ClientID: goldenClient, ClientSecret: goldenSecret},
	} {
		plain, err := json.Marshal(secret)
		require.NoError(t, err)
		sealed, err := box.Seal(tenant, system, plain)
		require.NoError(t, err)
		require.NoError(t, s.SaveCredential(ctx, tenant, system, sealed, box.KeyID()))
	}
}

func seedRecords(ctx context.Context, t *testing.T, s *store.Store, tenant string) {
	t.Helper()
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	require.NoError(t, s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, r := range []struct {
			model, ref string
			id         int64
		}{{odoo.ModelPurchaseOrder, "PO00041", 41}, {odoo.ModelPurchaseOrder, "PO00042", 42}, {odoo.ModelMove, "BILL/2026/0007", 7}} {
			if err := tx.LockModel(ctx, tenant, r.model); err != nil {
				return err
			}
			if _, err := tx.UpsertSnapshots(ctx, tenant, []store.Snapshot{{
				Model: r.model, ID: r.id, Ref: r.ref, Company: 1, WriteDate: at, CreateDate: at, Content: []byte(`{"name": "` + r.ref + `"}`), Wanted: true,
			}}); err != nil {
				return err
			}
		}
		return tx.SaveCursor(ctx, tenant, odoo.ModelPurchaseOrder, store.Cursor{DoneTo: at})
	}))
	plan, _, err := s.SavePlan(ctx, tenant, odoo.ModelPurchaseOrder, 41, 1, 1, []byte("[]"))
	require.NoError(t, err)
	grant, err := s.BeginSend(ctx, store.SendIntent{
		Tenant: tenant, Subject: "purchase.order/41", Part: "7", Operation: "create commitment", Kind: store.KindCommitment,
		Model: odoo.ModelPurchaseOrder, OdooID: 41, Want: 1, PlanID: plan, Worker: "w1", Settle: time.Minute,
	})
	require.NoError(t, err)
	require.NoError(t, s.FinishSend(ctx, grant.ID, store.ResultOK, 201, 900, "", &store.BindingUpdate{Binding: store.Binding{
		Tenant: tenant, Model: odoo.ModelPurchaseOrder, OdooID: 41, Kind: store.KindCommitment, Part: "7", Project: 7, ProcoreID: 900,
		OriginID: "x1.purchase.order.41", Generation: 1, Status: "Approved", Content: []byte("{}"),
	}}))
	_, err = s.Finish(ctx, tenant, odoo.ModelPurchaseOrder, 41, 1, "synced", store.Audit{Actor: "worker", Action: "synced"})
	require.NoError(t, err)
	parked, err := s.Park(ctx, tenant, odoo.ModelMove, 7, 1, []store.Wait{{
		Cause: "mapping.project:account.analytic.account/2", Amount: decimal.NewNullDecimal(decimal.NewFromInt(120)), Currency: "USD",
	}})
	require.NoError(t, err)
	require.True(t, parked.Parked)
}
