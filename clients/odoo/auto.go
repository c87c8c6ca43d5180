package odoo

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// firstJSON2 is the Odoo that JSON-2 came with.
const firstJSON2 = 19

// auto asks the server once for its version, and then speaks JSON-2 where it exists, else XML-RPC.
type auto struct {
	json2  *json2
	xmlrpc *xmlRPC
	chosen *memo[choice]
}

type choice struct {
	transport
	said Protocol
}

func (a *auto) call(ctx context.Context, req request) (any, error) {
	c, err := a.chosen.get(ctx, a.choose)
	if err != nil {
		return nil, err
	}
	return c.call(ctx, req)
}

func (a *auto) version(ctx context.Context) (string, time.Time, error) {
	c, err := a.chosen.get(ctx, a.choose)
	if err != nil {
		return "", time.Time{}, err
	}
	return c.version(ctx)
}

func (a *auto) user(ctx context.Context) (int64, error) {
	c, err := a.chosen.get(ctx, a.choose)
	if err != nil {
		return 0, err
	}
	return c.user(ctx)
}

func (a *auto) may(ctx context.Context, model, operation string) (bool, error) {
	c, err := a.chosen.get(ctx, a.choose)
	if err != nil {
		return false, err
	}
	return c.may(ctx, model, operation)
}

func (a *auto) protocol(ctx context.Context) (Protocol, error) {
	c, err := a.chosen.get(ctx, a.choose)
	return c.said, err
}

// choose asks GET /web/version, which Odoo 19 answers. Where there is no such page it asks over XML-RPC, which all
// versions speak until now.
func (a *auto) choose(ctx context.Context) (choice, error) {
	version, _, err := a.json2.version(ctx)
	var e *Error
	if errors.As(err, &e) && (e.Code == CodeNotOdoo || e.Code == CodeWrongDatabase || e.Code == CodeInvalidRequest) {
		var older error
		if version, _, older = a.xmlrpc.version(ctx); !errors.Is(older, &Error{Code: CodeNotOdoo}) {
			err = older
		}
	}
	if err != nil {
		return choice{}, err
	}
	if major(version) >= firstJSON2 {
		return choice{a.json2, Protocol{nameJSON2, fmt.Sprintf("odoo.api is auto: from Odoo %d on", firstJSON2)}}, nil
	}
	return choice{a.xmlrpc, Protocol{nameXMLRPC, fmt.Sprintf("odoo.api is auto: before Odoo %d", firstJSON2)}}, nil
}

// major is 18 of "18.0" and of "saas~18.2"; 0 when it cannot be read.
func major(version string) int {
	digits, _, _ := strings.Cut(strings.TrimPrefix(version, "saas~"), ".")
	n, err := strconv.Atoi(strings.TrimRight(digits, "+abcdefghijklmnopqrstuvwxyz"))
	if err != nil {
		return 0
	}
	return n
}
