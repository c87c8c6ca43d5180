package procore

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
)

// PingResult is what a working connection shows.
type PingResult struct {
	// Environment is production, sandbox, monthly, federal or custom.
	Environment   string
	LoginURL      string
	APIURL        string
	User          User
	CompanyID     int64
	CompanyName   string
	CompanyActive bool
	Rate          Rate
}

// Ping checks hosts, login and company: it gets a token, asks who it belongs to, and looks for the company in the list
// of those that the login sees. What was learnt before a failure is in the result.
func (c *Client) Ping(ctx context.Context) (PingResult, error) {
	out := PingResult{
		Environment: c.EnvironmentName(), LoginURL: c.login.String(), APIURL: c.api.String(), CompanyID: c.cfg.CompanyID,
	}
	if _, err := c.tokens.get(ctx, c.http); err != nil {
		return out, fmt.Errorf("getting a token: %w", err)
	}
	me, _, err := c.Companies.Me(ctx)
	if err != nil {
		return out, fmt.Errorf("asking who the login is: %w", err)
	}
	out.User = *me
	companies, resp, err := c.Companies.List(ctx, ListOptions{})
	out.Rate = resp.Rate
	if err != nil {
		return out, fmt.Errorf("listing companies: %w", err)
	}
	for _, company := range companies {
		if company.ID == c.cfg.CompanyID {
			out.CompanyName, out.CompanyActive = company.Name, company.IsActive
			return out, nil
		}
	}
	return out, fmt.Errorf("looking for the company: %w", &ErrorResponse{
		Status: resp.Status, Code: CodeNotConnected, Operation: http.MethodGet + " /rest/v1.0/companies", RequestID: resp.RequestID,
		Message: "company " + strconv.FormatInt(c.cfg.CompanyID, 10) + " is not among those that this login sees: is the app installed there?",
	})
}
