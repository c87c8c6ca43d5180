package activities

import (
	"context"
	"fmt"
	"slices"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// RebindOptions say how to rebind.
type RebindOptions struct {
	// NewEpoch lets everything go that was made so far: documents made from now on have origin ids of their own. It is
	// for a copy of a system, whose documents are still the original's.
	NewEpoch bool
	By       string
}

// Survey is what a rebind found in both systems, and what it does.
type Survey struct {
	Tenant  string `json:"tenant"`
	Company string `json:"company"` // of Procore, its name
	// Seen is what is not as it was.
	Seen []string `json:"seen"`
	// Kinds count by kind of document.
	Kinds []SurveyKind `json:"kinds"`
	// Gone is how many records Odoo has no more, Again how many numbers belong to other records now.
	Gone  int `json:"gone"`
	Again int `json:"again"`
	// Raised is how many records are looked at again.
	Raised int `json:"raised"`
	// LetGo are documents that stay in Procore and are nobody's from now on.
	LetGo []SurveyDocument `json:"let_go"`
	// Unknown carry an origin id of this tenant, but no record of Odoo stands behind them.
	Unknown []SurveyDocument `json:"unknown"`
	// MissingProjects are mapped, but the company does not have them, or the app may not see them.
	MissingProjects []int64 `json:"missing_projects"`

	change store.Rebind
}

// SurveyKind counts the documents of one kind.
type SurveyKind struct {
	Kind string `json:"kind"`
	// Bound are known here; of these Found are in Procore as they were sent, Corrected are there but otherwise, Missing
	// are not there, LetGo belong to no record any more.
	Bound     int `json:"bound"`
	Found     int `json:"found"`
	Corrected int `json:"corrected"`
	Missing   int `json:"missing"`
	LetGo     int `json:"let_go"`
	// Adopted are in Procore and were not known here; OtherEpoch are of an earlier epoch and are not touched.
	Adopted    int `json:"adopted"`
	OtherEpoch int `json:"other_epoch"`
}

// SurveyDocument names a document of Procore.
type SurveyDocument struct {
	Kind     string `json:"kind"`
	Record   string `json:"record"` // of Odoo
	Project  int64  `json:"project"`
	ID       int64  `json:"id"`
	OriginID string `json:"origin_id"`
	Why      string `json:"why"`
}

// surveyor holds both systems against the bindings.
type surveyor struct {
	c         *Connection
	options   RebindOptions
	out       *Survey
	samePlace bool // the same company of the same Procore as before: an id means the same document

	bindings []store.Binding
	gone     map[string]bool // origin ids that an earlier rebind let go
	refs     map[store.RecordKey]string
	stamps   map[store.RecordKey]odoo.Stamp // of those that Odoo has
	live     map[store.PartKey]liveDocument
	vendors  map[int64]bool // of Procore's directory, inactive ones too
	counts   map[string]*SurveyKind
	raised   map[store.RecordKey]bool
	again    map[store.RecordKey]bool // whose number is another record's by now
}

// Survey reads both systems and says what a rebind would do. It changes nothing.
func (i *Identity) Survey(ctx context.Context, c *Connection, options RebindOptions) (*Survey, error) {
	s := &surveyor{
		c: c, options: options, refs: map[store.RecordKey]string{}, live: map[store.PartKey]liveDocument{},
		counts: map[string]*SurveyKind{}, raised: map[store.RecordKey]bool{}, again: map[store.RecordKey]bool{}, vendors: map[int64]bool{}, gone: map[string]bool{},
		out: &Survey{Tenant: c.Tenant.Name, change: store.Rebind{By: options.By, Reason: c.Tenant.PausedReason, NewEpoch: options.NewEpoch}},
	}
	for _, source := range sources {
		s.out.change.Models = append(s.out.change.Models, source.model)
	}
	for _, kind := range []string{mapping.KindVendor, mapping.KindCommitment, mapping.KindRequisition, mapping.KindDirectCost} {
		s.counts[kind] = &SurveyKind{Kind: kind}
	}
	ping, err := c.Procore.Ping(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking at the Procore company: %w", err)
	}
	s.out.Company = ping.CompanyName
	var books store.Books
	if s.out.Seen, books, err = i.Differences(ctx, c); err != nil {
		return nil, err
	}
	if books.OdooUUID, err = c.Odoo.DatabaseUUID(ctx); err != nil {
		return nil, fmt.Errorf("reading the identifier of Odoo's database: %w", err)
	}
	s.out.change.Books = books
	before := c.Tenant.Books
	s.samePlace = before.ProcoreCompany == books.ProcoreCompany && before.ProcoreAPI == books.ProcoreAPI && before.ProcoreEnvironment == books.ProcoreEnvironment
	if s.out.change.Cycle, err = i.witness.recall(ctx, c.Tenant); err != nil {
		return nil, err
	}
	if s.bindings, err = i.store.AllBindings(ctx, c.Tenant.Name); err != nil {
		return nil, err
	}
	gone, err := i.store.LetGo(ctx, c.Tenant.Name)
	if err != nil {
		return nil, err
	}
	for _, originID := range gone {
		s.gone[originID] = true
	}
	mapped, err := i.store.ProjectMappings(ctx, c.Tenant.Name)
	if err != nil {
		return nil, fmt.Errorf("reading the project mappings: %w", err)
	}
	if err := s.readProcore(ctx, mapped); err != nil {
		return nil, err
	}
	known, err := i.store.KnownDocuments(ctx, c.Tenant.Name)
	if err != nil {
		return nil, err
	}
	if err := s.readOdoo(ctx, known); err != nil {
		return nil, err
	}
	return s.decide(ctx, known)
}

// readOdoo asks for the dates of every record that is known, or that a document of Procore names.
func (s *surveyor) readOdoo(ctx context.Context, known []store.Stamped) error {
	ids := map[string]map[int64]bool{}
	add := func(model string, id int64) {
		if ids[model] == nil {
			ids[model] = map[int64]bool{}
		}
		ids[model][id] = true
	}
	for _, k := range known {
		s.refs[store.RecordKey{Model: k.Model, OdooID: k.ID}] = k.Ref
		add(k.Model, k.ID)
	}
	for _, b := range s.bindings {
		add(b.Model, b.OdooID)
	}
	for key := range s.live {
		add(key.Model, key.OdooID)
	}
	s.stamps = map[store.RecordKey]odoo.Stamp{}
	for model, set := range ids {
		for chunk := range slices.Chunk(keys(set), pageSize) {
			stamps, err := s.c.Odoo.Stamps(ctx, model, chunk)
			if err != nil {
				return fmt.Errorf("reading %s: %w", model, err)
			}
			for id, stamp := range stamps {
				s.stamps[store.RecordKey{Model: model, OdooID: id}] = stamp
			}
		}
	}
	return nil
}

// Rebind holds the tenant, looks at both systems, and makes what it found the truth. Killed anywhere before the end it
// leaves the tenant held and everything else as it was; running it again begins anew.
func (i *Identity) Rebind(ctx context.Context, c *Connection, options RebindOptions) (*Survey, error) {
	if !c.Tenant.Held {
		c.Tenant.PausedReason = "it is being rebound by " + options.By
		if err := i.store.Hold(ctx, c.Tenant.Name, c.Tenant.PausedReason, options.By); err != nil {
			return nil, err
		}
	}
	survey, err := i.Survey(ctx, c, options)
	if err != nil {
		return nil, err
	}
	_, err = i.store.Rebind(ctx, c.Tenant.Name, survey.change)
	return survey, err
}
