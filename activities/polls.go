package activities

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// Polls read Odoo into PostgreSQL.
type Polls struct {
	store       *store.Store
	connections *Connections
	identity    *Identity
	temporal    client.Client
	taskQueue   string
}

// FetchInput names the tenant to poll.
type FetchInput struct {
	Tenant string `json:"tenant"`
}

// FetchResult counts what was read.
type FetchResult struct {
	Models map[string]FetchCount `json:"models,omitempty"`
	// OdooCalls is the number of requests to Odoo.
	OdooCalls int64 `json:"odoo_calls"`
	// Until is the end of the window, by Odoo's clock.
	Until  time.Time `json:"until,omitzero"`
	Paused bool      `json:"paused,omitempty"`
}

// FetchCount counts the records of one model.
type FetchCount struct {
	Fetched   int `json:"fetched"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
}

func (r *FetchResult) count(model string, c FetchCount) {
	if r.Models == nil {
		r.Models = map[string]FetchCount{}
	}
	sum := r.Models[model]
	sum.Fetched += c.Fetched
	sum.Changed += c.Changed
	sum.Unchanged += c.Unchanged
	r.Models[model] = sum
}

// FetchChanges reads what changed in Odoo since the last cycle, model by model and page by page. All models are read
// up to the same moment of Odoo's clock, so that what a document names is there when the document is. Before and after
// it looks whether both systems are those that the bindings belong to.
func (p *Polls) FetchChanges(ctx context.Context, in FetchInput) (FetchResult, error) {
	var result FetchResult
	connection, before, looked, err := p.admit(ctx, in.Tenant, &result)
	if err != nil || result.Paused {
		return result, err
	}
	if err := p.fetchAll(ctx, connection, &result); err != nil {
		return p.refused(ctx, connection, result, err)
	}
	if connection.Tenant.State == store.StateLinking {
		if err := p.store.Linked(ctx, in.Tenant, connection.Tenant.Rebinds); err != nil {
			return result, err
		}
	}
	result.Paused, err = p.identity.HoldIfExchanged(ctx, connection, looked)
	result.OdooCalls = connection.Odoo.Calls() - before
	return result, odooError(ctx, err)
}

// admit opens a tenant and looks whether it may go on; otherwise result is paused. calls is how many requests its Odoo
// client had made before; looked tells that Odoo was looked at.
func (p *Polls) admit(ctx context.Context, tenant string, result *FetchResult) (c *Connection, calls int64, looked bool, err error) {
	if c, err = p.connections.Get(ctx, tenant); err != nil {
		return nil, 0, false, setupError(err)
	}
	if c.Tenant.State == store.StatePaused {
		result.Paused = true
		return c, 0, false, nil
	}
	calls = c.Odoo.Calls()
	result.Paused, looked, err = p.identity.Admit(ctx, c)
	return c, calls, looked, odooError(ctx, err)
}

// refused holds the tenant when what was read belongs to another database; other errors are Odoo's.
func (p *Polls) refused(ctx context.Context, connection *Connection, result FetchResult, err error) (FetchResult, error) {
	var others *otherRecordsError
	if !errors.As(err, &others) {
		return result, odooError(ctx, err)
	}
	result.Paused = true
	return result, p.identity.hold(ctx, connection.Tenant.Name, []string{others.Error()})
}

// fetchAll reads every model up to the same moment.
func (p *Polls) fetchAll(ctx context.Context, connection *Connection, result *FetchResult) error {
	r, err := p.begin(ctx, connection, result)
	if err != nil {
		return err
	}
	if err := r.fetch(ctx, sources); err != nil {
		return err
	}
	for _, s := range carried {
		if err := r.fetchRequested(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// carried are the sources of the records that have runs of their own.
var carried = []source{partners, orders, bills}

// fetchNamed reads what documents name, where no cycle has done so yet: without plans, accounts and partners all of them
// would park.
func (r *reading) fetchNamed(ctx context.Context) error {
	var last store.Cursor
	err := r.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		last, err = tx.Cursor(ctx, r.Tenant.Name, odoo.ModelPartner)
		return err
	})
	if err != nil || !last.DoneTo.IsZero() {
		return err
	}
	named := slices.IndexFunc(sources, func(s source) bool { return s.polled == odoo.ModelPurchaseOrder })
	return r.fetch(ctx, sources[:named])
}

// fetchRequested reads records that others wait for and that no window has brought yet.
func (r *reading) fetchRequested(ctx context.Context, s source) error {
	ids, err := r.store.Requested(ctx, r.Tenant.Name, s.model, pageSize)
	if err != nil {
		return err
	}
	return r.fetchIDs(ctx, s, ids, priorityScheduled)
}

// FetchPeriodInput names the documents of a period.
type FetchPeriodInput struct {
	Tenant string `json:"tenant"`
	Model  string `json:"model"`
	Since  string `json:"since"` // inclusive
	Until  string `json:"until"` // inclusive
	Again  bool   `json:"again,omitempty"`
}

// FetchPeriod reads the documents of a period, by order date or accounting date. It looks first, as FetchChanges does.
func (p *Polls) FetchPeriod(ctx context.Context, in FetchPeriodInput) (FetchResult, error) {
	var result FetchResult
	since, until, err := period(in)
	if err != nil {
		return result, temporal.NewNonRetryableApplicationError(err.Error(), "input.period", nil)
	}
	connection, before, _, err := p.admit(ctx, in.Tenant, &result)
	if err != nil || result.Paused {
		return result, err
	}
	r, err := p.begin(ctx, connection, &result)
	if err != nil {
		return result, odooError(ctx, err)
	}
	if err := r.fetchNamed(ctx); err != nil {
		return p.refused(ctx, connection, result, err)
	}
	list, s := connection.Odoo.PurchaseOrderIDsInPeriod, orders
	if in.Model == odoo.ModelMove {
		list, s = connection.Odoo.VendorBillIDsInPeriod, bills
	}
	var after int64
	if activity.HasHeartbeatDetails(ctx) {
		if err := activity.GetHeartbeatDetails(ctx, &after); err != nil {
			after = 0
		}
	}
	for {
		ids, err := list(ctx, since, until, after, connection.sizes.size(in.Model))
		if err != nil {
			return result, odooError(ctx, err)
		}
		if len(ids) == 0 {
			break
		}
		if err := r.fetchIDs(ctx, s, ids, priorityBackfill); err != nil {
			return p.refused(ctx, connection, result, err)
		}
		if in.Again {
			if _, err := p.store.RaiseWant(ctx, in.Tenant, in.Model, ids, "backfill", priorityBackfill); err != nil {
				return result, err
			}
		}
		after = ids[len(ids)-1]
		activity.RecordHeartbeat(ctx, after)
	}
	result.OdooCalls = connection.Odoo.Calls() - before
	return result, nil
}

// Priorities of records: what a person asked for goes before the schedule, a backfill behind it.
const (
	PrioritySyncNow   = 1
	priorityScheduled = 3
	priorityBackfill  = 5
)

func period(in FetchPeriodInput) (since, until odoo.Date, err error) {
	from, err := time.Parse(time.DateOnly, in.Since)
	if err != nil {
		return "", "", fmt.Errorf("since: %q is no date; write 2026-01-01", in.Since)
	}
	to, err := time.Parse(time.DateOnly, in.Until)
	if err != nil {
		return "", "", fmt.Errorf("until: %q is no date; write 2026-03-31", in.Until)
	}
	if to.Before(from) {
		return "", "", fmt.Errorf("until: %s is before since %s", in.Until, in.Since)
	}
	return odoo.Date(in.Since), odoo.Date(in.Until), nil
}

// longestAbsence is the longest time that a server can keep us away by Retry-After; after that we look for ourselves.
const longestAbsence = 15 * time.Minute

// odooError tells Temporal which failures no retry can mend, and when the server asks to come back.
func odooError(ctx context.Context, err error) error {
	refused, ok := errors.AsType[*odoo.Error](err)
	if !ok {
		return err
	}
	if !refused.Transient() {
		return temporal.NewNonRetryableApplicationError(refused.Error(), "odoo."+refused.Code, err)
	}
	options := temporal.ApplicationErrorOptions{Cause: err}
	if refused.RetryAfter > 0 {
		options.NextRetryDelay = max(min(refused.RetryAfter, longestAbsence), backoff(ctx))
	}
	return temporal.NewApplicationErrorWithOptions(refused.Error(), "odoo."+refused.Code, options)
}

// setupError is for a tenant that cannot be opened: a person must act, but the schedule tries again by itself.
func setupError(err error) error {
	if errors.Is(err, store.ErrUnknownTenant) || errors.Is(err, store.ErrNoCredential) {
		return temporal.NewNonRetryableApplicationError(err.Error(), typeSetup, err)
	}
	return err
}
