package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
)

func main() { os.Exit(run()) }

func run() (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cfg, err := ParseFlags(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return 2 // the flag package has said why
	}
	d := &Demo{cfg: cfg, out: os.Stdout}
	defer func() {
		if err := d.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "demo: stopping:", err)
			code = max(code, 1)
		}
	}()
	if err := d.Run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		return 1
	}
	return 0
}

// Config is what the flags say.
type Config struct {
	// Once ends the demo after its check; otherwise it stays up until Ctrl-C.
	Once bool
	// Report is the file that gets the report as JSON; empty: none.
	Report string
	// Seed makes the firm; the expected files are those of seed 1.
	Seed int64
	// Keep leaves the log files in .demo/logs.
	Keep bool
	// Histories is a directory that gets one recorded workflow history for each path that a run took; empty: none.
	Histories string
	// Version is that of the Odoo sandbox; empty: 19.
	Version string
	// Odoo is a real server in place of the sandbox; its zero value is none.
	Odoo OdooServer
}

// ParseFlags reads the command line. It prints usage and errors itself.
func ParseFlags(args []string) (Config, error) {
	var cfg Config
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.BoolVar(&cfg.Once, "once", false, "run once, then stop; exit 0 only when the result is right")
	flags.StringVar(&cfg.Report, "report", "", "write the report (JSON) to this `file`")
	flags.Int64Var(&cfg.Seed, "seed", 1, "seed of the firm")
	flags.BoolVar(&cfg.Keep, "keep", false, "keep the log files, in .demo/logs")
	flags.StringVar(&cfg.Histories, "histories", "", "record workflow histories for the replay tests into this `directory`")
	flags.Func("odoo", "`version` of the Odoo sandbox, 14 or 19 (default 19)", func(text string) (err error) {
		cfg.Version, err = odootest.ParseVersion(text)
		return err
	})
	flags.StringVar(&cfg.Odoo.URL, "odoo-url", "", "read the real Odoo (14 or newer) at this `URL` in place of the sandbox; it is never written to")
	flags.StringVar(&cfg.Odoo.Database, "odoo-db", "", "`name` of its database")
	flags.StringVar(&cfg.Odoo.User, "odoo-user", "", "`login` of the user that the API key belongs to")
	flags.StringVar(&cfg.Odoo.KeyFile, "odoo-key-file", "", "`file` (mode 0600) with the API key alone in it")
	flags.BoolVar(&cfg.Odoo.MapAll, "map-all", false, "route each account of the real Odoo to a project or budget code of the Procore sandbox")
	if err := flags.Parse(args); err != nil {
		return cfg, err
	}
	err := cfg.Odoo.check()
	switch {
	case flags.NArg() > 0:
		err = fmt.Errorf("argument %q is not understood", flags.Arg(0))
	case err == nil && cfg.Odoo.given() && cfg.Version != "":
		err = errors.New("-odoo is the version of the sandbox, and a real Odoo says its own: leave -odoo out, or the flags of a real Odoo")
	case err == nil && cfg.Odoo.given() && cfg.Histories != "":
		err = errors.New("-histories records the sandbox firm's day: leave out the flags of a real Odoo")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
	}
	return cfg, err
}
