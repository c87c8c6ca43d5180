package odoopages

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// newOrder is the form of an order with one line.
type newOrder struct {
	Fields  []page.Field
	Confirm bool
	// Lacks says what the database holds none of, so that no order can be made.
	Lacks string
}

// planField is the name of the field for an account of a plan.
func planField(id int64) string { return fmt.Sprintf("plan_%d", id) }

func (p *pages) newOrder(r *http.Request) (page.View, error) {
	body := newOrder{Confirm: r.Method == http.MethodGet || r.PostForm.Has("confirm")}
	for _, c := range []struct {
		field, label, model, lacks string
		domain                     []any
	}{
		{"company", "Company", "res.company", "company", nil},
		{"vendor", "Vendor", "res.partner", "vendor", []any{term("active", "=", true), term("is_company", "=", true)}},
		{"product", "Product", "product.product", "product", []any{term("active", "=", true)}},
	} {
		rows, err := p.find(c.model, query{domain: c.domain, fields: []any{"display_name"}})
		if err != nil {
			return page.View{}, err
		}
		if len(rows) == 0 && body.Lacks == "" {
			body.Lacks = c.lacks
		}
		field := page.Field{Name: c.field, Label: c.label, Required: true}
		for _, row := range rows {
			field.Options = append(field.Options, page.OptionOf(r, c.field, row.id(), row.text("display_name")))
		}
		body.Fields = append(body.Fields, field)
	}
	plans, err := p.plans()
	if err != nil {
		return page.View{}, err
	}
	for _, plan := range plans {
		field := page.Field{Name: planField(plan.id), Label: plan.Name, Options: []page.Option{{Text: "none"}}}
		for _, a := range plan.Accounts {
			field.Options = append(field.Options, page.OptionOf(r, field.Name, a.id, strings.TrimSpace(a.Code+" "+a.Name)))
		}
		body.Fields = append(body.Fields, field)
	}
	for _, f := range []page.Field{
		{Name: "text", Label: "Description (empty: the product's)"},
		{Name: "quantity", Label: "Quantity", Value: "1", Required: true},
		{Name: "price", Label: "Unit price", Required: true},
	} {
		f.Value = page.Entered(r, f.Name, f.Value)
		body.Fields = append(body.Fields, f)
	}
	return page.View{Template: "neworder", Tab: tabOrders, Title: "New purchase order", Body: body}, nil
}

func (p *pages) makeOrder(r *http.Request) (string, error) {
	ids := map[string]int64{}
	for _, field := range []string{"company", "vendor", "product"} {
		id, err := page.Chosen(r, field, "The "+field)
		if err != nil {
			return "", err
		}
		ids[field] = id
	}
	qty, err := page.Number(r, "quantity", "The quantity")
	if err != nil {
		return "", err
	}
	price, err := page.Number(r, "price", "The price")
	if err != nil {
		return "", err
	}
	distribution, err := p.distribution(r)
	if err != nil {
		return "", err
	}
	line := map[string]any{
		"product_id": ids["product"], "product_qty": exact(qty), "price_unit": exact(price), "analytic_distribution": distribution,
	}
	if text := strings.TrimSpace(r.PostForm.Get("text")); text != "" {
		line["name"] = text
	}
	answer, err := p.do("purchase.order", "create", nil, map[string]any{"vals_list": []any{map[string]any{
		"company_id": ids["company"], "partner_id": ids["vendor"], "order_line": []any{[]any{0, 0, line}},
	}}})
	if err != nil {
		return "", err
	}
	made, _ := answer.([]any)
	id, _ := made[0].(int64)
	if r.PostForm.Has("confirm") {
		if _, err := p.do("purchase.order", "button_confirm", []int64{id}, nil); err != nil {
			return "", err
		}
	}
	return page.Done(orderPath(id), "made"), nil
}

// distribution is all of a line on one account of each plan that was chosen; false where none was.
func (p *pages) distribution(r *http.Request) (any, error) {
	plans, err := p.plans()
	if err != nil {
		return nil, err
	}
	var accounts []string
	for _, plan := range plans {
		if r.PostForm.Get(planField(plan.id)) == "" {
			continue
		}
		id, err := page.Chosen(r, planField(plan.id), "The account of "+plan.Name)
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, strconv.FormatInt(id, 10))
	}
	if accounts == nil {
		return false, nil
	}
	return map[string]any{strings.Join(accounts, ","): 100}, nil
}
