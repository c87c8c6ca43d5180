package odoo

import (
	"context"
	"errors"
	"time"
)

// modelParameter holds the system parameters; only administrators may read it.
const modelParameter = "ir.config_parameter"

// Stamp is when a record was created and last written, Odoo's clock, cut to seconds, UTC.
type Stamp struct {
	Created, Written time.Time
}

// Stamps tells of those of the ids that Odoo has, archived ones too, when they were created and last written. A record
// that the user may not see is absent like one that does not exist.
func (c *Client) Stamps(ctx context.Context, model string, ids []int64) (map[int64]Stamp, error) {
	if len(ids) == 0 {
		return map[int64]Stamp{}, nil
	}
	s := schema{names: map[string]string{"create_date": "create_date", "write_date": "write_date"}}
	rows, err := c.searchRead(ctx, query{model: model, domain: []any{term("id", "in", ids)}, context: includeArchived}, s)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]Stamp, len(rows))
	for _, r := range rows {
		out[r.integer("id")] = Stamp{Created: r.instant("create_date"), Written: r.instant("write_date")}
		if r.err != nil {
			return nil, r.err
		}
	}
	return out, nil
}

// DatabaseUUID is the parameter database.uuid, which Odoo gives a database when it is made or copied. It is empty when
// the user may not read it: an ordinary user may not.
func (c *Client) DatabaseUUID(ctx context.Context) (string, error) {
	s := schema{names: map[string]string{"value": "value"}}
	rows, err := c.searchRead(ctx, query{model: modelParameter, domain: []any{term("key", "=", "database.uuid")}, limit: 1}, s)
	var refused *Error
	if errors.As(err, &refused) && (refused.Code == CodeNoAccess || refused.Code == CodeRecordRule || refused.Code == CodeUnknownField) {
		return "", nil
	}
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return rows[0].text("value"), rows[0].err
}
