package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// OdooServer is a real Odoo that the demo reads in place of the sandbox, as the flags say.
type OdooServer struct {
	// URL, Database and User are what a tenant file calls odoo.url, database and user.
	URL, Database, User string
	// KeyFile holds the user's API key and nothing else, mode 0600.
	KeyFile string
	// MapAll routes every account to a project or budget code of the Procore sandbox; otherwise none is mapped.
	MapAll bool
}

func (o OdooServer) given() bool { return o.URL != "" }

// check finds flags that do not fit together.
func (o OdooServer) check() error {
	flags := []struct{ name, value string }{
		{"-odoo-url", o.URL}, {"-odoo-db", o.Database}, {"-odoo-user", o.User}, {"-odoo-key-file", o.KeyFile},
	}
	var there, missing []string
	for _, f := range flags {
		if f.value == "" {
			missing = append(missing, f.name)
		} else {
			there = append(there, f.name)
		}
	}
	switch {
	case len(there) == 0 && o.MapAll:
		return fmt.Errorf("-map-all routes the accounts of a real Odoo: give %s too", strings.Join(missing, ", "))
	case len(there) == 0:
		return nil
	case len(missing) > 0:
		return fmt.Errorf("a real Odoo takes -odoo-url, -odoo-db, -odoo-user and -odoo-key-file; missing: %s", strings.Join(missing, ", "))
	}
	if _, err := odoo.BaseURL(o.URL); err != nil {
		return fmt.Errorf("-odoo-url: it %w", err)
	}
	return nil
}

// realOdoo is that server, and what was found there.
type realOdoo struct {
	OdooServer
	key    string
	guard  *readOnly
	client *odoo.Client

	version       string
	companies     []odoo.Company
	currency      string // ISO 4217, of the first company
	project, cost string // names of the root plans; cost may be empty
	documents     bool   // there is a purchase order or a vendor bill
}

// meet reads the key, and asks the server who and what is there. Nothing is started before.
func meet(ctx context.Context, o OdooServer) (*realOdoo, error) {
	r := &realOdoo{OdooServer: o}
	var err error
	if r.key, err = readKey(o.KeyFile); err != nil {
		return nil, err
	}
	base, err := odoo.BaseURL(o.URL)
	if err != nil {
		return nil, fmt.Errorf("-odoo-url: it %w", err)
	}
	r.URL = base
	target, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("-odoo-url: %w", err)
	}
	r.guard = &readOnly{target: target, key: r.key, next: http.DefaultTransport}
	r.client, err = odoo.New(odoo.Config{
		URL: base, Database: o.Database, Login: o.User, Key: r.key, HTTPTimeout: 30 * time.Second, UserAgent: "ml-connector/demo",
		Transport: r.guard,
	})
	if err != nil {
		return nil, err
	}
	return r, r.explained(r.look(ctx))
}

func (r *realOdoo) look(ctx context.Context) error {
	ping, err := r.client.Ping(ctx)
	if err != nil {
		return err
	}
	if lacks := ping.Lacks(); lacks != "" {
		return fmt.Errorf("the Odoo at %s: %s", r.URL, lacks)
	}
	r.version, r.companies = ping.Version, ping.Companies
	if len(r.companies) == 0 {
		return nil
	}
	if err := r.lookAtPlans(ctx); err != nil {
		return err
	}
	currencies := map[int64]string{}
	err = odoo.Each(ctx, r.client.Currencies, 1, math.MaxInt64, func(c odoo.Record[odoo.Currency]) { currencies[c.ID] = c.Doc.Name })
	if err != nil {
		return err
	}
	r.currency = currencies[r.companies[0].Currency]
	orders, err := r.client.PurchaseOrderIDsInPeriod(ctx, "", "", 0, 1)
	if err != nil {
		return err
	}
	bills, err := r.client.VendorBillIDsInPeriod(ctx, "", "", 0, 1)
	r.documents = len(orders)+len(bills) > 0
	return err
}

// explained says which flag an error of the server is about.
func (r *realOdoo) explained(err error) error {
	var e *odoo.Error
	if !errors.As(err, &e) {
		return err
	}
	about, known := map[string]struct{ flag, way string }{
		odoo.CodeBadKey:        {"-odoo-key-file " + r.KeyFile, "make a key in Odoo as the user " + r.User + " (Preferences, Security, New API Key), or correct -odoo-user"},
		odoo.CodeWrongDatabase: {"-odoo-db", "give the name of a database of that server"},
		odoo.CodeNotOdoo:       {"-odoo-url", "give the address of an Odoo 14 or newer"},
		odoo.CodeUnavailable:   {"-odoo-url", "see whether the server is up and this machine reaches it"},
		odoo.CodeMaintenance:   {"-odoo-url", "try again when the server is up"},
		odoo.CodeTLS:           {"-odoo-url", "give the address that the certificate is for, or install its authority on this machine"},
		odoo.CodeRedirect:      {"-odoo-url", "give the address that it moved to"},
	}[e.Code]
	if !known {
		return fmt.Errorf("looking at the Odoo at %s: %w", r.URL, err)
	}
	return fmt.Errorf("%s: %s: %s", about.flag, strings.TrimRight(e.Message, "."), about.way)
}

// keyLike is an API key, which somebody gave in place of its file.
var keyLike = regexp.MustCompile(`^[0-9a-fA-F]{32,}$`)

// longestKey is more than any API key has, in bytes.
const longestKey = 1000

// readKey reads a file that holds an API key. What is in it is never repeated.
func readKey(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && keyLike.MatchString(path):
		return "", errors.New("-odoo-key-file takes the name of a file that holds the key; what was given looks like a key: " +
			"make another one in Odoo, other programs saw this one")
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("-odoo-key-file: the file %s does not exist", path)
	case err != nil:
		return "", fmt.Errorf("-odoo-key-file: reading the file %s: %w", path, errors.Unwrap(err))
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("-odoo-key-file: %s is no file: it must name the file that holds the key", path)
	case info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows":
		return "", fmt.Errorf("-odoo-key-file: the file %s can be read by others (mode %04o): run chmod 600 on it", path, info.Mode().Perm())
	}
	f, err := os.Open(path) //nolint:gosec // G304: the user names the path
	if err != nil {
		return "", fmt.Errorf("-odoo-key-file: reading the file %s: %w", path, errors.Unwrap(err))
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, longestKey+1))
	if err != nil {
		return "", fmt.Errorf("-odoo-key-file: reading the file %s: %w", path, errors.Unwrap(err))
	}
	key := strings.TrimSpace(string(data))
	switch {
	case key == "":
		return "", fmt.Errorf("-odoo-key-file: the file %s is empty: it must hold the API key", path)
	case len(data) > longestKey, strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", fmt.Errorf("-odoo-key-file: the file %s holds more than an API key: it must hold the key alone, on one line", path)
	}
	return key, nil
}
