package odoo

import (
	"cmp"
	"context"
)

// Partners reads one window page of partners, archived ones too.
func (c *Client) Partners(ctx context.Context, w Window) ([]Partner, error) {
	rows, err := c.page(ctx, ModelPartner, w)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return c.partners(ctx, rows)
}

// PartnersByID reads these partners, archived ones too. Deleted, merged and hidden ones are absent.
func (c *Client) PartnersByID(ctx context.Context, ids []int64) ([]Partner, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return c.Partners(ctx, Window{IDs: ids})
}

// partners reads what partners name.
func (c *Client) partners(ctx context.Context, rows []*row) ([]Partner, error) {
	countries, err := c.names(ctx, modelCountry, "code", column(rows, "country_id"))
	if err != nil {
		return nil, err
	}
	states, err := c.names(ctx, modelState, "code", column(rows, "state_id"))
	if err != nil {
		return nil, err
	}
	return decode(rows, func(r *row) Partner {
		id := r.integer("id")
		return Partner{
			ID:         id,
			Name:       r.text("name"),
			Commercial: cmp.Or(r.id("commercial_partner_id"), id),
			Parent:     r.id("parent_id"),
			IsCompany:  r.flag("is_company"),
			VAT:        r.text("vat"),
			Ref:        r.text("ref"),
			Email:      r.text("email"),
			Phone:      cmp.Or(r.text("phone"), r.text("mobile")),
			Street:     r.text("street"),
			Street2:    r.text("street2"),
			City:       r.text("city"),
			Zip:        r.text("zip"),
			State:      states[r.id("state_id")],
			Country:    countries[r.id("country_id")],
			Employee:   r.flag("employee"),
			Active:     r.flag("active"),
			CreateDate: r.instant("create_date"),
			WriteDate:  r.instant("write_date"),
		}
	})
}
