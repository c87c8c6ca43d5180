package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/internal/firm"
	"github.com/ml-connector/odoo-procore/internal/sandbox"
)

// Config is what the command line says.
type Config struct {
	// System is odoo or procore.
	System string
	// Addr is the host:port to answer on.
	Addr string
	// Seed makes the firm.
	Seed int64
	// Version is that of Odoo. The ids in mapping.csv depend on it too, so both processes of a pair must be given it.
	Version string
	// Empty leaves the firm out: the system has its users only.
	Empty bool
	// Files is a directory that gets tenant.yaml, mapping.csv and what `credentials set` reads for each system; empty: none.
	Files string
	// TLS is a second host:port to answer on, over TLS; empty: none. Authority is the file that gets the certificate which
	// clients must trust there.
	TLS, Authority string
	// Odoo and Procore are the URLs in tenant.yaml.
	Odoo, Procore string
}

// addrs are where the systems answer unless -addr says otherwise.
var addrs = map[string]string{"odoo": "127.0.0.1:8069", "procore": "127.0.0.1:8070"}

// ParseArgs reads the command line. out gets the usage.
func ParseArgs(args []string, out io.Writer) (Config, error) {
	var cfg Config
	flags := flag.NewFlagSet("sandbox odoo|procore", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&cfg.Addr, "addr", "", "answer on this `host:port`; Odoo's default is "+addrs["odoo"]+", Procore's "+addrs["procore"])
	flags.Int64Var(&cfg.Seed, "seed", 1, "seed of the firm")
	flags.Func("odoo", "`version` of Odoo, 14 or 19, the same for both systems of a pair (default 19)", func(text string) (err error) {
		cfg.Version, err = odootest.ParseVersion(text)
		return err
	})
	flags.BoolVar(&cfg.Empty, "empty", false, "leave the firm out")
	flags.StringVar(&cfg.Files, "files", "", "write tenant.yaml, mapping.csv, odoo.credentials and procore.credentials to this `directory`")
	flags.StringVar(&cfg.TLS, "tls", "", "answer on this `host:port` too, over TLS, as the host of its URL in tenant.yaml")
	flags.StringVar(&cfg.Authority, "authority", "", "write the certificate that clients of -tls must trust to this `file`")
	flags.StringVar(&cfg.Odoo, "odoo-url", "http://"+addrs["odoo"], "`URL` of Odoo in tenant.yaml")
	flags.StringVar(&cfg.Procore, "procore-url", "http://"+addrs["procore"], "`URL` of Procore in tenant.yaml")
	if len(args) > 0 && addrs[args[0]] != "" {
		cfg.System, args = args[0], args[1:]
	}
	if err := flags.Parse(args); err != nil {
		return cfg, err
	}
	switch {
	case cfg.System == "":
		return cfg, errors.New("say which system first: sandbox odoo, or sandbox procore")
	case flags.NArg() > 0:
		return cfg, fmt.Errorf("argument %q is not understood", flags.Arg(0))
	case (cfg.TLS == "") != (cfg.Authority == ""):
		return cfg, errors.New("-tls and -authority go together")
	case cfg.Empty && cfg.Files != "":
		return cfg, errors.New("-files describes the firm, which -empty leaves out")
	}
	if cfg.Addr == "" {
		cfg.Addr = addrs[cfg.System]
	}
	return cfg, nil
}

// Run serves the system until ctx is done.
func Run(ctx context.Context, cfg Config, out io.Writer) error {
	f := firm.New(cfg.Seed)
	pair := sandbox.NewVersion(f, cfg.Version)
	if !cfg.Empty {
		if err := f.Load(ctx, pair.Odoo, pair.Procore, nil); err != nil {
			return err
		}
	}
	if err := write(cfg, f); err != nil {
		return err
	}
	handler := map[string]http.Handler{"odoo": pair.OdooPages(pair.Odoo), "procore": pair.ProcorePages(pair.Procore)}[cfg.System]
	served, err := sandbox.Serve(ctx, cfg.Addr, handler)
	if err != nil {
		return err
	}
	secure, err := serveTLS(ctx, cfg, handler)
	if err != nil {
		return errors.Join(err, served.Close())
	}
	describe(cfg, f, pair.Odoo.Version(), served.URL, out)
	if secure == nil {
		<-ctx.Done()
		return served.Close()
	}
	_, _ = fmt.Fprintf(out, "Over TLS at %s, for clients that trust %s.\n", secure.URL, cfg.Authority)
	<-ctx.Done()
	return errors.Join(secure.Close(), served.Close())
}

// serveTLS is nil without -tls.
func serveTLS(ctx context.Context, cfg Config, handler http.Handler) (*sandbox.Served, error) {
	if cfg.TLS == "" {
		return nil, nil
	}
	known := map[string]string{"odoo": cfg.Odoo, "procore": cfg.Procore}[cfg.System]
	at, err := url.Parse(known)
	if err != nil || at.Hostname() == "" {
		return nil, fmt.Errorf("-%s-url: %q is no URL; write https://host:port", cfg.System, known)
	}
	certificate, err := sandbox.NewCertificate(at.Hostname(), "localhost", "127.0.0.1")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(cfg.Authority, certificate.PEM, 0o644); err != nil { //nolint:gosec // G306: everybody may know it
		return nil, fmt.Errorf("writing the certificate: %w", err)
	}
	return sandbox.ServeTLS(ctx, cfg.TLS, handler, certificate)
}

func write(cfg Config, f *firm.Firm) error {
	if cfg.Files == "" {
		return nil
	}
	if err := os.MkdirAll(cfg.Files, 0o750); err != nil {
		return fmt.Errorf("making the directory for the files: %w", err)
	}
	_, _, key := f.OdooUser()
	clientID, secret, _, _ := f.ProcoreApp()
	for name, data := range map[string][]byte{
		"tenant.yaml": f.TenantYAML(cfg.Odoo, cfg.Procore), "mapping.csv": f.MappingSheet(),
		"odoo.credentials": []byte(key + "\n"), "procore.credentials": []byte(clientID + "\n" + secret + "\n"),
	} {
		if err := os.WriteFile(filepath.Join(cfg.Files, name), data, 0o600); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return nil
}

// describe says where it answers and to whom. The credentials are the sandbox's own, and open nothing else.
func describe(cfg Config, f *firm.Firm, version, url string, out io.Writer) {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) }
	if cfg.System == "odoo" {
		database, login, key := f.OdooUser()
		say("Odoo sandbox at %s: version %s, database %s, user %s, API key %s", url, version, database, login, key)
	} else {
		clientID, secret, company, name := f.ProcoreApp()
		say("Procore sandbox at %s: company %d (%s), client id %s, client secret %s", url, company, name, clientID, secret)
	}
	say("Look at it, and change it, in a browser: %s/. Ctrl-C stops it.", url)
	if cfg.Files != "" {
		say("The firm's tenant.yaml and mapping.csv are in %s.", cfg.Files)
	}
}
