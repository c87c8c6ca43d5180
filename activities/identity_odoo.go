package activities

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
)

const (
	// odooSample is how many of the documents that were written last are looked at in each cycle.
	odooSample = 20
	// goneLimit is how many of them may be gone: people delete drafts.
	goneLimit = 5
)

// documentWords are what people call a record.
var documentWords = map[string]string{
	odoo.ModelPartner: "partner", odoo.ModelPurchaseOrder: "purchase order", odoo.ModelMove: "vendor bill", odoo.ModelCompany: "company",
}

func documentName(model string, id int64, ref string) string {
	word := documentWords[model]
	if word == "" {
		word = model
	}
	return strings.TrimSpace(fmt.Sprintf("%s %d %s", word, id, ref))
}

// odooDiffers reads the database's identifier, where the user may, and the dates of the documents that were written
// last. Within one database a number is given once, and the write date of a record goes back no further than a clock is
// set back (Odoo: transactions are repeatable read); so one document that disagrees is a proof.
func (i *Identity) odooDiffers(ctx context.Context, c *Connection) (seen []string, books store.Books, err error) {
	before := c.Tenant.Books
	books = booksOf(c)
	if before == (store.Books{}) || before.OdooUUID != "" {
		if books.OdooUUID, err = c.Odoo.DatabaseUUID(ctx); err != nil {
			return nil, books, err
		}
		if before.OdooUUID != "" && books.OdooUUID != "" && before.OdooUUID != books.OdooUUID {
			seen = append(seen, fmt.Sprintf("Odoo's database has the identifier (database.uuid) %s, what was sent belongs to %s: it is a copy or another one",
				books.OdooUUID, before.OdooUUID))
		}
	}
	dates, err := i.datesDiffer(ctx, c)
	return append(seen, dates...), books, err
}

func (i *Identity) datesDiffer(ctx context.Context, c *Connection) ([]string, error) {
	var seen []string
	for _, model := range []string{odoo.ModelCompany, odoo.ModelPartner, odoo.ModelPurchaseOrder, odoo.ModelMove} {
		known, err := i.store.LastWritten(ctx, c.Tenant.Name, model, odooSample)
		if err != nil {
			return nil, err
		}
		ids := make([]int64, 0, len(known))
		for _, k := range known {
			ids = append(ids, k.ID)
		}
		live, err := c.Odoo.Stamps(ctx, model, ids)
		if err != nil {
			return nil, err
		}
		if differs := compareStamps(model, known, live); differs != "" {
			seen = append(seen, differs)
		}
	}
	return seen, nil
}

func compareStamps(model string, known []store.Stamped, live map[int64]odoo.Stamp) string {
	var older, again, gone int
	example := ""
	for _, k := range known {
		now, ok := live[k.ID]
		name := documentName(model, k.ID, k.Ref)
		switch {
		case !ok:
			gone++
		case !k.Created.IsZero() && !now.Created.IsZero() && !now.Created.Equal(k.Created):
			again++
			example = fmt.Sprintf("%s was created %s, now %s", name, day(k.Created), day(now.Created))
		case now.Written.Before(k.Written.Add(-store.ClockSlack)):
			older++
			example = fmt.Sprintf("%s was written %s, now %s", name, day(k.Written), day(now.Written))
		}
	}
	word := documentWords[model]
	switch {
	case older+again > 0:
		return fmt.Sprintf("of the %d %s records changed last in Odoo %d are older than they were, %d are other records with the same number and %d are gone (%s): "+
			"the database was restored from a backup, or is another one", len(known), word, older, again, gone, example)
	case gone > goneLimit:
		return fmt.Sprintf("of the %d %s records changed last in Odoo %d are gone: the database was restored from a backup, they were deleted, or the user may not see them any more",
			len(known), word, gone)
	}
	return ""
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }

// otherRecordsError says that a page holds records that contradict what was read before.
type otherRecordsError struct {
	model  string
	others []store.GivenAgain
}

// Error tells of the first.
func (e *otherRecordsError) Error() string {
	o := e.others[0]
	if o.Written {
		return fmt.Sprintf("%s was written %s, now %s: Odoo's database was restored from a backup, or is another one",
			documentName(e.model, o.ID, o.Ref), day(o.Before), day(o.Now))
	}
	return fmt.Sprintf("%s was created %s, now another record created %s has its number: Odoo's database was restored from a backup, or is another one",
		documentName(e.model, o.ID, o.Ref), day(o.Before), day(o.Now))
}
