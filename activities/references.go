package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// upsert stores what was read, unless it contradicts what was read before: then it belongs to another database.
func (r *reading) upsert(ctx context.Context, tx *store.Tx, s source, page []store.Snapshot) (FetchCount, error) {
	others, err := tx.GivenAgain(ctx, r.Tenant.Name, s.model, page)
	if err != nil {
		return FetchCount{}, err
	}
	if len(others) > 0 {
		return FetchCount{}, &otherRecordsError{model: s.model, others: others}
	}
	meant, err := r.newMeanings(ctx, tx, s.model, page)
	if err != nil {
		return FetchCount{}, err
	}
	changed, err := tx.UpsertSnapshots(ctx, r.Tenant.Name, page)
	if err != nil {
		return FetchCount{}, err
	}
	if len(changed) > 0 {
		if err := noteTrace(ctx, tx, r.Tenant.Name, s.model, page); err != nil {
			return FetchCount{}, err
		}
	}
	if err := r.raiseNaming(ctx, tx, s.model, meant, "changed"); err != nil {
		return FetchCount{}, err
	}
	return FetchCount{Fetched: len(page), Changed: len(changed), Unchanged: len(page) - len(changed)}, nil
}

// meanings are what the rules take from a record that documents name. A change of it changes what the documents mean,
// though nothing touches them in Odoo. (Of an analytic account also the name: exceptions show it.)
var meanings = map[string]func(content []byte) ([]byte, error){
	odoo.ModelAnalyticPlan:    meaning(func(p odoo.AnalyticPlan) any { return p.Root }),
	odoo.ModelAnalyticAccount: meaning(func(a odoo.AnalyticAccount) any { return a }),
	odoo.ModelProduct:         meaning(func(p odoo.Product) any { return p.Category }),
	odoo.ModelPartner:         meaning(func(p odoo.Partner) any { return p.Commercial }),
}

// raiseNaming wants the documents once more that name records to which something happened. They name no plan, but its
// accounts.
func (r *reading) raiseNaming(ctx context.Context, tx *store.Tx, model string, ids []int64, happened string) error {
	if len(ids) == 0 {
		return nil
	}
	reason := fmt.Sprintf("%s %d was %s", model, ids[0], happened)
	if model == odoo.ModelAnalyticPlan {
		rows, err := tx.AllContent(ctx, r.Tenant.Name, odoo.ModelAnalyticAccount)
		if err != nil {
			return err
		}
		accounts, err := decodeAll[odoo.AnalyticAccount](odoo.ModelAnalyticAccount, rows)
		if err != nil {
			return err
		}
		maps.DeleteFunc(accounts, func(_ int64, a odoo.AnalyticAccount) bool { return !slices.Contains(ids, a.Plan) })
		model, ids = odoo.ModelAnalyticAccount, slices.Sorted(maps.Keys(accounts))
	}
	return tx.RaiseNaming(ctx, r.Tenant.Name, model, ids, reason)
}

func meaning[T any](of func(T) any) func([]byte) ([]byte, error) {
	return func(content []byte) ([]byte, error) {
		var doc T
		if err := json.Unmarshal(content, &doc); err != nil {
			return nil, err
		}
		return json.Marshal(of(doc))
	}
}

// newMeanings are the records of a page that are stored and mean something else from now on.
func (r *reading) newMeanings(ctx context.Context, tx *store.Tx, model string, page []store.Snapshot) ([]int64, error) {
	of := meanings[model]
	if of == nil || len(page) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(page))
	for i, s := range page {
		ids[i] = s.ID
	}
	before, err := tx.Records(ctx, r.Tenant.Name, model, ids)
	if err != nil {
		return nil, err
	}
	was := make(map[int64]store.Record, len(before))
	for _, b := range before {
		was[b.ID] = b
	}
	var changed []int64
	for _, s := range page {
		b, known := was[s.ID]
		if !known {
			continue
		}
		same, err := means(of, b.Content, s.Content)
		if err != nil {
			return nil, fmt.Errorf("comparing %s/%d: %w", model, s.ID, err)
		}
		if !same || b.Deleted != s.Deleted {
			changed = append(changed, s.ID)
		}
	}
	return changed, nil
}

func means(of func([]byte) ([]byte, error), a, b []byte) (bool, error) {
	left, err := of(a)
	if err != nil {
		return false, err
	}
	right, err := of(b)
	return bytes.Equal(left, right), err
}
