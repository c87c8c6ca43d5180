package procore

import (
	"context"
	"net/http"
	"net/url"
	"sync"
)

// Client talks to one company of one Procore environment. It may be used by several goroutines at once.
type Client struct {
	cfg    Config
	login  *url.URL
	api    *url.URL
	http   *http.Client
	tokens *tokens

	Companies       *CompaniesService
	Projects        *ProjectsService
	Vendors         *VendorsService
	ProjectVendors  *ProjectVendorsService
	CostCodes       *CostCodesService
	CostTypes       *CostTypesService
	BudgetCodes     *BudgetCodesService
	Commitments     *CommitmentsService
	CommitmentLines *CommitmentLinesService
	Requisitions    *RequisitionsService
	BillingPeriods  *BillingPeriodsService
	DirectCosts     *DirectCostsService
	Currency        *CurrencyService
}

type service struct{ client *Client }

var sharedTransport = sync.OnceValue(func() http.RoundTripper {
	base, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	t := base.Clone()
	t.MaxIdleConnsPerHost = 16
	return t
})

// New checks cfg and makes a client. It does no I/O: the first call asks for a token.
func New(cfg Config) (*Client, error) {
	login, api, err := cfg.check()
	if err != nil {
		return nil, err
	}
	if cfg.HTTPTimeout <= 0 {
		cfg.HTTPTimeout = defaultTimeout
	}
	if cfg.MaxBody <= 0 {
		cfg.MaxBody = defaultMaxBody
	}
	if cfg.UserAgent == "" {
		cfg.UserAgent = defaultUserAgent
	}
	transport := cfg.Transport
	if transport == nil {
		transport = sharedTransport()
	}
	if cfg.WrapTransport != nil {
		transport = cfg.WrapTransport(transport)
	}
	c := &Client{cfg: cfg, login: login, api: api}
	c.http = &http.Client{
		Transport: transport,
		Timeout:   cfg.HTTPTimeout,
		// A redirected write would become a GET, and a redirected host would see what is not its own.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.tokens = tokensFor(cfg, login)

	s := service{c}
	c.Companies = (*CompaniesService)(&s)
	c.Projects = (*ProjectsService)(&s)
	c.Vendors = (*VendorsService)(&s)
	c.ProjectVendors = (*ProjectVendorsService)(&s)
	c.CostCodes = (*CostCodesService)(&s)
	c.CostTypes = (*CostTypesService)(&s)
	c.BudgetCodes = (*BudgetCodesService)(&s)
	c.Commitments = (*CommitmentsService)(&s)
	c.CommitmentLines = (*CommitmentLinesService)(&s)
	c.Requisitions = (*RequisitionsService)(&s)
	c.BillingPeriods = (*BillingPeriodsService)(&s)
	c.DirectCosts = (*DirectCostsService)(&s)
	c.Currency = (*CurrencyService)(&s)
	return c, nil
}

// CompanyID is the company that all calls are made into.
func (c *Client) CompanyID() int64 { return c.cfg.CompanyID }

// EnvironmentName is production, sandbox, monthly, federal, or custom for any other pair of hosts.
func (c *Client) EnvironmentName() string {
	return environmentName(c.login.String(), c.api.String())
}

// CloseIdleConnections gives back idle connections; clients without a Transport of their own share them.
func (c *Client) CloseIdleConnections() { c.http.CloseIdleConnections() }

type requestIDKey struct{}

// WithRequestID has the id sent as X-Request-Id with the calls made under the context. For writes it is the id of our
// row in sends: use it for one write; the repetition after a 401 carries it again.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
