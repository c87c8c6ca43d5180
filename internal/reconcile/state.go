package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// progress is what the store knows of the records at one moment.
type progress struct {
	records  map[subject]store.Record // without content
	bindings map[subject][]mapping.Binding
	// parked are the exceptions: causes and since when, this machine's database clock.
	parked map[subject][]store.Exception
	// polled is until when changes of a model were read, Odoo's clock.
	polled map[string]time.Time
}

var models = []string{odoo.ModelPurchaseOrder, odoo.ModelMove}

// chunk is how many records one query asks for.
const chunk = 1000

func readProgress(ctx context.Context, s *store.Store, tenant string, ids map[string][]int64) (progress, error) {
	p := progress{
		records: map[subject]store.Record{}, bindings: map[subject][]mapping.Binding{},
		parked: map[subject][]store.Exception{}, polled: map[string]time.Time{},
	}
	err := s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, model := range models {
			cursor, err := tx.Cursor(ctx, tenant, model)
			if err != nil {
				return err
			}
			p.polled[model] = cursor.DoneTo
		}
		return nil
	})
	if err != nil {
		return p, err
	}
	asked := map[subject]bool{}
	for model, list := range ids {
		for _, id := range list {
			asked[subject{model, id}] = true
		}
	}
	for _, kind := range []string{mapping.KindCommitment, mapping.KindRequisition, mapping.KindDirectCost} {
		rows, err := s.BindingsByKind(ctx, tenant, kind)
		if err != nil {
			return p, err
		}
		for _, b := range rows {
			key := subject{b.Model, b.OdooID}
			asked[key] = true
			p.bindings[key] = append(p.bindings[key], mapping.Binding{
				Kind: b.Kind, Part: b.Part, Project: b.Project, ProcoreID: b.ProcoreID, OriginID: b.OriginID,
				Generation: b.Generation, Status: b.Status, Content: b.Content, Lines: b.Lines,
			})
		}
	}
	for _, model := range models {
		var list []int64
		for key := range asked {
			if key.model == model {
				list = append(list, key.id)
			}
		}
		slices.Sort(list)
		for part := range slices.Chunk(list, chunk) {
			rows, err := s.Records(ctx, tenant, model, part)
			if err != nil {
				return p, err
			}
			for _, r := range rows {
				r.Content = nil
				p.records[subject{model, r.ID}] = r
			}
		}
	}
	exceptions, err := s.Exceptions(ctx, tenant)
	if err != nil {
		return p, err
	}
	for _, e := range exceptions {
		key := subject{e.Model, e.ID}
		p.parked[key] = append(p.parked[key], e)
	}
	return p, nil
}

// stateOf tells how far a record is. before and after are what the store knew before and after both systems were read;
// written is the write_date of the document as it was read live, zero when it is gone from Odoo.
func stateOf(key subject, written time.Time, before, after progress, at time.Time) state {
	was, known := before.records[key]
	is, still := after.records[key]
	unread := !written.IsZero() && !written.Before(after.polled[key.model])
	switch {
	case !known && !still:
		if unread {
			return state{line: inFlight("not read yet", written, at), pending: true}
		}
		return state{}
	case is.Want > is.Done && len(after.parked[key]) > 0:
		return state{line: parked(after.parked[key], at), pending: true}
	case is.Want > is.Done:
		return state{line: inFlight("", is.ReadAt, at), pending: true}
	case !known || was.Want != is.Want || was.Done != is.Done || !was.FinishedAt.Equal(is.FinishedAt):
		return state{line: inFlight("moved while reading", is.FinishedAt, at)}
	case written.After(is.WriteDate) && unread:
		return state{line: inFlight("not read yet", written, at), pending: true}
	}
	return state{}
}

// parked names the causes and the age of the oldest.
func parked(list []store.Exception, at time.Time) string {
	codes := map[string]bool{}
	since := at
	for _, e := range list {
		codes[e.Code] = true
		if e.Since.Before(since) {
			since = e.Since
		}
	}
	return fmt.Sprintf("%s (%s; %s)", LineParked, strings.Join(slices.Sorted(maps.Keys(codes)), ", "), age(at.Sub(since)))
}

func inFlight(why string, since, at time.Time) string {
	if why != "" {
		why += "; "
	}
	return fmt.Sprintf("%s (%s%s)", LineInFlight, why, age(at.Sub(since)))
}

// age is a duration as people say it.
func age(d time.Duration) string {
	switch {
	case d < time.Hour:
		return fmt.Sprintf("%d min", max(int(d/time.Minute), 0))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d/time.Hour))
	}
	return fmt.Sprintf("%d days", int(d/(24*time.Hour)))
}
