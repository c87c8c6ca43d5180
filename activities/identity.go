package activities

import (
	"context"
	"fmt"
	"strings"

	"go.temporal.io/sdk/client"

	"github.com/ml-connector/odoo-procore/internal/store"
)

// Identity tells whether the systems of a tenant, and the connector's own database, are those that its bindings belong
// to. What differs holds the tenant: it is paused with what was seen, and nothing is written, not even by what is under
// way (the trigger on sends refuses the intent), until a person rebinds it.
type Identity struct {
	store   *store.Store
	witness witness
}

// NewIdentity returns one that keeps its witness in Temporal; without a client there is none.
func NewIdentity(s *store.Store, temporal client.Client, taskQueue string) *Identity {
	return &Identity{store: s, witness: witness{temporal: temporal, taskQueue: taskQueue}}
}

// Admit runs at the start of each cycle and backfill, before anything is read. It looks at the database, the settings and, where
// there is work left that could be written meanwhile, at Odoo; looked tells that it did. held says that something
// differs: the tenant is held, and tells what.
func (i *Identity) Admit(ctx context.Context, c *Connection) (held, looked bool, err error) {
	seen, err := i.oursDiffers(ctx, c)
	if err != nil {
		return false, false, err
	}
	books := booksOf(c)
	if looked, err = i.store.OpenWork(ctx, c.Tenant.Name); err != nil {
		return false, false, err
	}
	if len(seen) == 0 && (looked || c.Tenant.Books == (store.Books{})) {
		if seen, books, err = i.odooDiffers(ctx, c); err != nil {
			return false, false, err
		}
	}
	if len(seen) > 0 {
		return true, looked, i.hold(ctx, c.Tenant.Name, seen)
	}
	cycle, err := i.store.Admit(ctx, c.Tenant.Name, c.Tenant.Rebinds, books)
	if err != nil {
		return false, false, err
	}
	return false, looked, i.witness.tell(ctx, c.Tenant, cycle)
}

// HoldIfExchanged runs at the end of each cycle's reading. Where there is something to write it looks at Odoo, unless
// that was done already, and whether Procore still holds what was written last.
func (i *Identity) HoldIfExchanged(ctx context.Context, c *Connection, looked bool) (held bool, err error) {
	pending, _, _, err := i.store.Pending(ctx, c.Tenant.Name)
	if err != nil || pending == 0 {
		return false, err
	}
	var seen []string
	if !looked {
		if seen, _, err = i.odooDiffers(ctx, c); err != nil {
			return false, err
		}
	}
	if len(seen) == 0 {
		if seen, err = i.procoreDiffers(ctx, c); err != nil || len(seen) == 0 {
			return false, err
		}
	}
	return true, i.hold(ctx, c.Tenant.Name, seen)
}

// Differences are all that is not as it was, each as a sentence without its stop, and what is to be remembered of the
// two systems.
func (i *Identity) Differences(ctx context.Context, c *Connection) ([]string, store.Books, error) {
	seen, err := i.oursDiffers(ctx, c)
	if err != nil || len(seen) > 0 {
		return seen, booksOf(c), err
	}
	seen, books, err := i.odooDiffers(ctx, c)
	if err != nil {
		return nil, books, err
	}
	procore, err := i.procoreDiffers(ctx, c)
	return append(seen, procore...), books, err
}

// oursDiffers is what can be told without a request to Odoo or Procore.
func (i *Identity) oursDiffers(ctx context.Context, c *Connection) ([]string, error) {
	seen, err := i.databaseDiffers(ctx, c.Tenant.Name)
	return append(seen, booksDiffer(c.Tenant.Books, booksOf(c))...), err
}

// MayWrite tells, before a record is resolved, whether its tenant may write. What can be told without a request to
// Odoo or Procore is looked at anew: the worker may have come back to another database than it left.
func (i *Identity) MayWrite(ctx context.Context, c *Connection) (bool, error) {
	why, err := i.store.WhyHeld(ctx, c.Tenant.Name)
	switch {
	case err != nil || why == "":
		return err == nil, err
	case why == store.HeldDiffers, why == store.HeldLinking:
		return false, nil
	}
	seen, err := i.oursDiffers(ctx, c)
	switch {
	case err != nil:
		return false, err
	case len(seen) > 0:
		return false, i.hold(ctx, c.Tenant.Name, seen)
	case why != store.HeldRestart:
		return false, nil // the settings were changed while we looked
	}
	_, err = i.store.Admit(ctx, c.Tenant.Name, c.Tenant.Rebinds, store.Books{})
	return err == nil, err
}

// Reconsider lets a held tenant go on when everything is again as it was: a wrong file was taken back, a server is the
// right one again. Otherwise it returns what still differs.
func (i *Identity) Reconsider(ctx context.Context, c *Connection) ([]string, error) {
	seen, books, err := i.Differences(ctx, c)
	if err != nil || len(seen) > 0 {
		return seen, err
	}
	_, err = i.store.Admit(ctx, c.Tenant.Name, c.Tenant.Rebinds, books)
	return nil, err
}

func (i *Identity) hold(ctx context.Context, tenant string, seen []string) error {
	return i.store.Hold(ctx, tenant, strings.Join(seen, "; "), "worker")
}

// databaseDiffers holds the connector's own database against what it says of itself, and against what Temporal
// remembers: a dump that is loaded elsewhere is another database, and an older one has seen fewer cycles. The witness
// is read first: a cycle that ends in between makes it smaller, never larger.
func (i *Identity) databaseDiffers(ctx context.Context, tenant string) ([]string, error) {
	row, err := i.store.Tenant(ctx, tenant)
	if err != nil {
		return nil, err
	}
	remembered, err := i.witness.recall(ctx, row)
	if err != nil {
		return nil, err
	}
	if row, err = i.store.Tenant(ctx, tenant); err != nil {
		return nil, err
	}
	if remembered > row.Cycle {
		return []string{fmt.Sprintf("the connector's own database has seen %d cycles of this tenant and Temporal remembers %d: it was restored to an older state", row.Cycle, remembered)}, nil
	}
	if home, err := i.store.IsHome(ctx, tenant); err != nil || home {
		return nil, err
	}
	return []string{fmt.Sprintf("the connector's own database is not the one in which cycle %d of this tenant ran: it was restored, copied or moved", row.Cycle)}, nil
}

// booksOf is what the settings and credentials say.
func booksOf(c *Connection) store.Books {
	return store.Books{
		OdooURL: c.File.Odoo.URL, OdooDatabase: c.File.Odoo.Database, ProcoreEnvironment: c.File.Procore.Environment,
		ProcoreAPI: c.File.Procore.APIURL, ProcoreCompany: c.File.Procore.CompanyID, ProcoreApp: c.App,
	}
}

// booksDiffer tells each field that is not as it was remembered; nothing is remembered before the first cycle.
func booksDiffer(before, now store.Books) []string {
	if before == (store.Books{}) {
		return nil
	}
	var seen []string
	for _, f := range []struct {
		what        string
		before, now any
	}{
		{"the Odoo server", before.OdooURL, now.OdooURL},
		{"the Odoo database", before.OdooDatabase, now.OdooDatabase},
		{"the Procore environment", before.ProcoreEnvironment, now.ProcoreEnvironment},
		{"the Procore server", before.ProcoreAPI, now.ProcoreAPI},
		{"the Procore company", before.ProcoreCompany, now.ProcoreCompany},
		{"the Procore app", before.ProcoreApp, now.ProcoreApp},
	} {
		if f.before != f.now {
			seen = append(seen, fmt.Sprintf("%s is now %v, what was sent belongs to %v", f.what, f.now, f.before))
		}
	}
	return seen
}
