package procore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// call is one request of the API.
type call struct {
	method string
	// route is the path as Procore documents it; ids fill its {placeholders} in order.
	route string
	ids   []int64
	query url.Values
	body  any
	// project is the project that the call is about, 0 for company calls: it tells what a 403 means.
	project int64
}

func (k call) operation() string { return k.method + " " + k.route }

func (k call) write() bool { return k.method != http.MethodGet }

func (k call) path() string {
	var b strings.Builder
	rest := k.route
	for _, id := range k.ids {
		before, after, _ := strings.Cut(rest, "{")
		_, after, _ = strings.Cut(after, "}")
		b.WriteString(before)
		b.WriteString(strconv.FormatInt(id, 10))
		rest = after
	}
	b.WriteString(rest)
	return b.String()
}

// Response is what came beside the answer. It is never nil, also not with an error.
type Response struct {
	// Status is the HTTP status of the last request, 0 when no answer came.
	Status int
	// Rate is what the last answer said about the rate limit.
	Rate Rate
	// RequestID is the X-Request-Id of the last answer, else the one that was sent.
	RequestID string
	// Requests counts the API requests of this call: pages, and the repetition after a 401.
	Requests int
	// Pages and Total are for lists: pages read, and Procore's count of all (0 when not told).
	Pages, Total int

	next string
}

// reply is an answer that was read whole.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// do sends k, repeats it once with a new token after a 401, and decodes the answer into out (nil: body ignored).
func (c *Client) do(ctx context.Context, k call, out any) (*Response, error) {
	u := *c.api
	u.Path = k.path()
	u.RawQuery = k.query.Encode()
	return c.doURL(ctx, k, u.String(), out)
}

func (c *Client) doURL(ctx context.Context, k call, target string, out any) (*Response, error) {
	resp := &Response{RequestID: requestID(ctx)}
	var payload []byte
	if k.body != nil {
		var err error
		if payload, err = json.Marshal(k.body); err != nil {
			return resp, fmt.Errorf("procore: %s: encoding the body: %w", k.operation(), err)
		}
	}
	for attempt := 1; ; attempt++ {
		access, err := c.tokens.get(ctx, c.http)
		if err != nil {
			return resp, err
		}
		answer, err := c.send(ctx, k, target, payload, access, resp)
		if err != nil {
			return resp, err
		}
		if answer.status == http.StatusUnauthorized {
			c.tokens.drop(access)
			if attempt == 1 {
				continue
			}
		}
		if answer.status < 200 || answer.status > 299 {
			return resp, c.refused(k, answer, resp, access)
		}
		if out == nil {
			return resp, nil
		}
		if err := json.Unmarshal(answer.body, out); err != nil {
			return resp, &DecodeError{Operation: k.operation(), Write: k.write(), Err: err}
		}
		return resp, nil
	}
}

// send makes one HTTP request and reads its answer whole.
func (c *Client) send(ctx context.Context, k call, target string, payload []byte, access string, resp *Response) (*reply, error) {
	if c.cfg.Gate != nil {
		if err := c.cfg.Gate.Acquire(ctx); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, &NetworkError{Operation: k.operation(), Write: k.write(), Err: err}
	}
	var asked, got atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { got.Store(true) },
	})
	var reader io.Reader
	if payload != nil {
		reader = bytes.NewReader(payload)
	}
	req, err := http.NewRequestWithContext(ctx, k.method, target, reader)
	if err != nil {
		return nil, fmt.Errorf("procore: %s: making the request: %w", k.operation(), withoutURL(err))
	}
	c.header(ctx, req, access, payload != nil)

	resp.Requests++
	answer, err := c.http.Do(req)
	if err != nil {
		// Only a request that never had a connection is known not to have been sent.
		sent := !notDialled(err) && (got.Load() || !asked.Load())
		return nil, &NetworkError{Operation: k.operation(), Write: k.write(), Sent: sent, Err: withoutURL(err)}
	}
	defer func() { _ = answer.Body.Close() }() // what was read is kept or refused below
	body, err := readAll(answer.Body, c.cfg.MaxBody)
	out := &reply{status: answer.StatusCode, header: answer.Header, body: body}
	c.note(ctx, out, resp)
	if err != nil {
		return nil, &NetworkError{Operation: k.operation(), Write: k.write(), Sent: true, Err: err}
	}
	return out, nil
}

func (c *Client) header(ctx context.Context, req *http.Request, access string, body bool) {
	h := req.Header
	h.Set("Authorization", "Bearer "+access)
	h.Set("Accept", "application/json")
	h.Set("User-Agent", c.cfg.UserAgent)
	h.Set("Procore-Company-Id", strconv.FormatInt(c.cfg.CompanyID, 10))
	if body {
		h.Set("Content-Type", "application/json")
	}
	if id := requestID(ctx); id != "" {
		h.Set("X-Request-Id", id)
	}
}

// note fills resp and tells the gate.
func (c *Client) note(ctx context.Context, answer *reply, resp *Response) {
	resp.Status = answer.status
	resp.Rate = parseRate(answer.header, time.Now())
	if id := answer.header.Get("X-Request-Id"); id != "" {
		resp.RequestID = cut(id, 100)
	}
	resp.Total, _ = strconv.Atoi(answer.header.Get("Total"))
	resp.next = nextLink(answer.header.Values("Link"))
	if c.cfg.Gate != nil {
		c.cfg.Gate.Observe(ctx, resp.Rate, answer.status)
	}
}

func readAll(r io.Reader, most int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if int64(len(body)) > most {
		return nil, fmt.Errorf("reading the answer: more than %d bytes", most)
	}
	return body, nil
}

// withoutURL takes the address out of an error: our operation names the call.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
