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

// pageSize is how many changed records one transaction reads.
const pageSize = 500

// tornReads is how often a document whose lines do not sum to its header is read again; the same difference once
// more is content (cash rounding, a tax entered by hand).
const tornReads = 2

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
	if err := p.fetchSources(ctx, connection, sources, result); err != nil {
		return err
	}
	for _, requested := range []struct {
		model string
		read  readByID
	}{{odoo.ModelPartner, partnersByID}, {odoo.ModelPurchaseOrder, ordersByID}, {odoo.ModelMove, billsByID}} {
		if err := p.fetchRequested(ctx, connection, requested.model, requested.read, result); err != nil {
			return err
		}
	}
	return nil
}

func (p *Polls) fetchSources(ctx context.Context, connection *Connection, list []source, result *FetchResult) error {
	clock, err := connection.Odoo.Clock(ctx)
	if err != nil {
		return err
	}
	result.Until = clock.Add(-time.Duration(connection.File.Odoo.SettleDelay)).UTC().Truncate(time.Second)
	for _, s := range list {
		if err := p.fetch(ctx, connection, s, result); err != nil {
			return err
		}
	}
	return nil
}

// fetchNamed reads what documents name, where no cycle has done so yet: without plans, accounts and partners all of them
// would park.
func (p *Polls) fetchNamed(ctx context.Context, connection *Connection) error {
	var last store.Cursor
	err := p.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		last, err = tx.Cursor(ctx, connection.Tenant.Name, odoo.ModelPartner)
		return err
	})
	if err != nil || !last.DoneTo.IsZero() {
		return err
	}
	named := slices.IndexFunc(sources, func(s source) bool { return s.model == odoo.ModelPurchaseOrder })
	return p.fetchSources(ctx, connection, sources[:named], &FetchResult{})
}

// fetchRequested reads records that others wait for and that no window has brought yet.
func (p *Polls) fetchRequested(ctx context.Context, connection *Connection, model string, read readByID, result *FetchResult) error {
	ids, err := p.store.Requested(ctx, connection.Tenant.Name, model, pageSize)
	if err != nil || len(ids) == 0 {
		return err
	}
	return p.fetchIDs(ctx, connection, FetchPeriodInput{Tenant: connection.Tenant.Name, Model: model}, ids, read, priorityScheduled, result)
}

// fetch reads one source up to result.Until; an unfinished window of an earlier attempt is finished first.
func (p *Polls) fetch(ctx context.Context, connection *Connection, s source, result *FetchResult) error {
	for {
		more, err := p.fetchPage(ctx, connection, s, result)
		if err != nil {
			return fmt.Errorf("reading %s: %w", s.cursor, err)
		}
		if !more {
			return nil
		}
	}
}

// errBoundAnew ends a reading that began before the tenant was held or rebound: its connection may be another Odoo's. The
// next attempt begins with what is the case now.
var errBoundAnew = errors.New("the tenant was held or rebound while its Odoo was read")

func lockModel(ctx context.Context, tx *store.Tx, c *Connection, model string) error {
	if err := tx.LockModel(ctx, c.Tenant.Name, model); err != nil {
		return err
	}
	if same, err := tx.StillBound(ctx, c.Tenant.Name, c.Tenant.Rebinds); err != nil || same {
		return err
	}
	return errBoundAnew
}

// fetchPage is one transaction: lock, read, upsert, cursor. An older read can never overwrite a newer one.
func (p *Polls) fetchPage(ctx context.Context, connection *Connection, s source, result *FetchResult) (more bool, err error) {
	tenant := connection.Tenant.Name
	var count FetchCount
	err = p.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := lockModel(ctx, tx, connection, s.model); err != nil {
			return err
		}
		cursor, err := tx.Cursor(ctx, tenant, s.cursor)
		if err != nil {
			return err
		}
		if cursor.WindowTo.IsZero() {
			if cursor.DoneTo.IsZero() && s.lines {
				cursor.DoneTo = result.Until // the documents themselves are read whole the first time
			}
			if !cursor.DoneTo.Before(result.Until) {
				cursor.DoneTo = maxTime(cursor.DoneTo, result.Until)
				return tx.SaveCursor(ctx, tenant, s.cursor, cursor)
			}
			cursor.WindowFrom = windowFrom(cursor.DoneTo, result.Until, time.Duration(connection.File.Odoo.Overlap))
			cursor.WindowTo, cursor.LastID = result.Until, 0
		}
		page, err := s.read(ctx, connection.Odoo, odoo.Window{
			From: cursor.WindowFrom, To: cursor.WindowTo, After: cursor.LastID, Limit: pageSize,
		})
		if err != nil {
			return err
		}
		activity.RecordHeartbeat(ctx, s.cursor, page.last)
		changed, unchanged, err := upsert(ctx, tx, tenant, s.model, page.snapshots)
		if err != nil {
			return err
		}
		count = FetchCount{Fetched: len(page.snapshots), Changed: changed, Unchanged: unchanged}
		cursor.LastID = page.last
		if page.full {
			more = true
		} else {
			more = cursor.WindowTo.Before(result.Until)
			cursor.DoneTo, cursor.WindowFrom, cursor.WindowTo, cursor.LastID = cursor.WindowTo, time.Time{}, time.Time{}, 0
		}
		return tx.SaveCursor(ctx, tenant, s.cursor, cursor)
	})
	if err == nil {
		result.count(s.model, count)
	}
	return more, err
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
	if err := p.fetchNamed(ctx, connection); err != nil {
		return p.refused(ctx, connection, result, err)
	}
	list, read := connection.Odoo.PurchaseOrderIDsInPeriod, ordersByID
	if in.Model == odoo.ModelMove {
		list, read = connection.Odoo.VendorBillIDsInPeriod, billsByID
	}
	var after int64
	if activity.HasHeartbeatDetails(ctx) {
		if err := activity.GetHeartbeatDetails(ctx, &after); err != nil {
			after = 0
		}
	}
	for {
		ids, err := list(ctx, since, until, after, pageSize)
		if err != nil {
			return result, odooError(ctx, err)
		}
		if len(ids) == 0 {
			break
		}
		if err := p.fetchIDs(ctx, connection, in, ids, read, priorityBackfill, &result); err != nil {
			return p.refused(ctx, connection, result, err)
		}
		after = ids[len(ids)-1]
		activity.RecordHeartbeat(ctx, after)
	}
	result.OdooCalls = connection.Odoo.Calls() - before
	return result, nil
}

func (p *Polls) fetchIDs(ctx context.Context, connection *Connection, in FetchPeriodInput, ids []int64, read readByID, priority int, result *FetchResult) error {
	var count FetchCount
	err := p.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := lockModel(ctx, tx, connection, in.Model); err != nil {
			return err
		}
		snapshots, err := read(ctx, connection.Odoo, ids)
		if err != nil {
			return err
		}
		for i := range snapshots {
			snapshots[i].Priority = priority
		}
		changed, unchanged, err := upsert(ctx, tx, in.Tenant, in.Model, snapshots)
		count = FetchCount{Fetched: len(snapshots), Changed: changed, Unchanged: unchanged}
		return err
	})
	if err != nil {
		return err
	}
	result.count(in.Model, count)
	if !in.Again {
		return nil
	}
	_, err = p.store.RaiseWant(ctx, in.Tenant, in.Model, ids, "backfill", priorityBackfill)
	return err
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

// longOverlap is for transactions that run long, an import or a mass posting: once an hour so much is read again.
const longOverlap = 2 * time.Hour

// windowFrom begins a little before the last window's end: a transaction that committed late has an older write_date.
func windowFrom(doneTo, until time.Time, overlap time.Duration) time.Time {
	if doneTo.IsZero() {
		return time.Time{}
	}
	if !doneTo.Truncate(time.Hour).Equal(until.Truncate(time.Hour)) {
		overlap = max(overlap, longOverlap)
	}
	return doneTo.Add(-overlap).Truncate(time.Second)
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
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
