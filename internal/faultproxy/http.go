package faultproxy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"time"
)

// web is the server for HTTP and gRPC: they differ in the version of HTTP and in what is read whole.
type web struct {
	p         *Proxy
	http      *http.Server
	transport *http.Transport
}

// Keys of a request's context.
type (
	connKey    struct{}
	messageKey struct{}
)

var errCut = errors.New("the connection is cut")

func newHTTP(p *Proxy) *web {
	// A new connection for each request: one that the target cuts must not be made good by a silent second request.
	w := newWeb(p, &http.Transport{DisableKeepAlives: true, DisableCompression: true})
	reverse := w.reverse(func(answer *http.Response) error {
		whole, err := io.ReadAll(answer.Body)
		if err != nil {
			return fmt.Errorf("reading the answer: %w", err)
		}
		answer.Body = io.NopCloser(bytes.NewReader(whole))
		return nil
	})
	w.http.Handler = http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		c := connOf(r.Context())
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		// The connection's life, not the request's: that one ends when the client leaves.
		w.forward(context.WithValue(c.ctx, connKey{}, c), reverse, out, r, r.Method+" "+r.URL.Path)
	})
	return w
}

func newGRPC(p *Proxy) *web {
	cleartext := new(http.Protocols)
	cleartext.SetUnencryptedHTTP2(true)
	w := newWeb(p, &http.Transport{Protocols: cleartext, DisableCompression: true})
	w.http.Protocols = cleartext
	// Answers without a length flow at once; one without a body stays a single header, as gRPC sends an error.
	reverse := w.reverse(func(*http.Response) error { return nil })
	w.http.Handler = http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.forward(r.Context(), reverse, out, r, r.URL.Path)
	})
	return w
}

func newWeb(p *Proxy, transport *http.Transport) *web {
	transport.DialContext = func(context.Context, string, string) (net.Conn, error) { return p.dial(p.ctx) }
	return &web{p: p, transport: transport, http: &http.Server{
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
	}}
}

func connOf(ctx context.Context) *conn {
	c, _ := ctx.Value(connKey{}).(*conn)
	return c
}

// forward asks the rule and passes the request on under ctx.
func (w *web) forward(ctx context.Context, reverse *httputil.ReverseProxy, out http.ResponseWriter, r *http.Request, text string) {
	if !w.p.begin() {
		panic(http.ErrAbortHandler)
	}
	defer w.p.running.Done()
	c := connOf(ctx)
	m := w.p.message(c, text)
	if !w.p.passes(Before, m, c) {
		panic(http.ErrAbortHandler)
	}
	reverse.ServeHTTP(out, r.WithContext(context.WithValue(ctx, messageKey{}, m)))
}

func (w *web) reverse(read func(*http.Response) error) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport: w.transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", w.p.target, r.In.Host
			r.Out.URL.RawQuery = r.In.URL.RawQuery
		},
		ModifyResponse: func(answer *http.Response) error {
			if err := read(answer); err != nil {
				return err
			}
			ctx := answer.Request.Context()
			m, _ := ctx.Value(messageKey{}).(Message)
			if !w.p.passes(After, m, connOf(ctx)) {
				return errCut
			}
			return nil
		},
		ErrorHandler: func(_ http.ResponseWriter, r *http.Request, _ error) {
			if r.Context().Err() == nil { // not the client gave up, the target did
				connOf(r.Context()).cut()
			}
			panic(http.ErrAbortHandler)
		},
		ErrorLog: w.http.ErrorLog,
	}
}

func (w *web) serve(l net.Listener) { _ = w.http.Serve(l) } // it ends by close

func (w *web) close() {
	_ = w.http.Close() // the listener and its connections are closed already
	w.transport.CloseIdleConnections()
}
