package activities

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/mapping"
)

// sightingsAge is how long this process believes what it last read in Procore's lists. It is used only to notice what
// people do there (a commitment typed by hand, an opened period); what the connector itself writes is fenced by sends.
const sightingsAge = time.Minute

// directoryAge is when the company directory is read whole again; in between only what was updated.
const directoryAge = 10 * time.Minute

// sightings are the last reads of Procore's lists, by company and project.
type sightings struct {
	mu          sync.Mutex
	periods     map[string]*sighting[procore.BillingPeriod]
	vendors     map[string]*sighting[procore.Vendor]
	commitments map[string]*sighting[procore.Commitment]
	directories map[string]*directory
}

// sighting is one list; its own lock lets one caller read while the others of the same list wait for it.
type sighting[T any] struct {
	mu   sync.Mutex
	at   time.Time
	list []T
}

func sightingOf[T any](s *sightings, in *map[string]*sighting[T], key string) *sighting[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if *in == nil {
		*in = map[string]*sighting[T]{}
	}
	if (*in)[key] == nil {
		(*in)[key] = &sighting[T]{}
	}
	return (*in)[key]
}

func (s *sighting[T]) get(ctx context.Context, read func(context.Context) ([]T, error)) ([]T, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.at) < sightingsAge {
		return s.list, nil
	}
	list, err := read(ctx)
	if err != nil {
		return nil, err
	}
	s.list, s.at = list, time.Now()
	return list, nil
}

// forget makes the next get read again.
func (s *sighting[T]) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = time.Time{}
}

// projectKey names a list; after a rebind it is another Procore's, whatever the ids.
func projectKey(c *Connection, project int64) string {
	return fmt.Sprintf("%s/%d/%d/%d", c.Tenant.Name, c.Tenant.Rebinds, c.File.Procore.CompanyID, project)
}

func (s *sightings) openPeriods(ctx context.Context, c *Connection, project int64) ([]procore.BillingPeriod, error) {
	return sightingOf(s, &s.periods, projectKey(c, project)).get(ctx, func(ctx context.Context) ([]procore.BillingPeriod, error) {
		list, _, err := c.Procore.BillingPeriods.List(ctx, project, procore.BillingPeriodListOptions{Status: procore.BillingPeriodOpen})
		return list, err
	})
}

func (s *sightings) projectVendors(c *Connection, project int64) *sighting[procore.Vendor] {
	return sightingOf(s, &s.vendors, projectKey(c, project))
}

func (s *sightings) projectCommitments(ctx context.Context, c *Connection, project int64) ([]procore.Commitment, error) {
	return sightingOf(s, &s.commitments, projectKey(c, project)).get(ctx, func(ctx context.Context) ([]procore.Commitment, error) {
		list, _, err := c.Procore.Commitments.List(ctx, project, procore.CommitmentListOptions{})
		return list, err
	})
}

// directory is Procore's company directory: read whole once, then by what was updated since.
type directory struct {
	mu      sync.Mutex
	full    time.Time // our clock
	newest  time.Time // Procore's clock: the newest updated_at seen
	vendors map[int64]mapping.VendorCandidate
	fields  map[int64]procore.Vendor
}

func (s *sightings) directory(c *Connection) *directory {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.directories == nil {
		s.directories = map[string]*directory{}
	}
	key := projectKey(c, 0)
	if s.directories[key] == nil {
		s.directories[key] = &directory{}
	}
	return s.directories[key]
}

// refresh reads what changed since the last refresh; it runs right before each decision to link or create.
func (d *directory) refresh(ctx context.Context, client *procore.Client) ([]mapping.VendorCandidate, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	options := procore.VendorListOptions{}
	whole := time.Since(d.full) > directoryAge
	if !whole && !d.newest.IsZero() {
		since := d.newest.Add(-2 * time.Minute)
		options.UpdatedSince = &since
	}
	list, _, err := client.Vendors.List(ctx, options)
	if err != nil {
		return nil, err
	}
	if whole {
		inactive, _, err := client.Vendors.ListInactive(ctx, procore.ListOptions{})
		if err != nil {
			return nil, err
		}
		d.vendors, d.fields = map[int64]mapping.VendorCandidate{}, map[int64]procore.Vendor{}
		for _, v := range inactive {
			v.IsActive = false
			d.see(v)
		}
		d.full = time.Now()
	}
	for _, v := range list {
		d.see(v)
	}
	out := make([]mapping.VendorCandidate, 0, len(d.vendors))
	for _, v := range d.vendors {
		out = append(out, v)
	}
	return out, nil
}

func (d *directory) see(v procore.Vendor) {
	candidate := mapping.VendorCandidate{ID: v.ID, Name: v.Name, OriginID: v.OriginID, Inactive: !v.IsActive}
	if v.BusinessRegister != nil {
		candidate.TaxID = v.BusinessRegister.Identifier
	}
	d.vendors[v.ID], d.fields[v.ID] = candidate, v
	if v.UpdatedAt.After(d.newest) {
		d.newest = v.UpdatedAt
	}
}

// vendor is what was last read of one.
func (d *directory) vendor(id int64) procore.Vendor {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.fields[id]
}
