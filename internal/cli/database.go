package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ml-connector/odoo-procore/internal/store"
)

func (a *App) databaseURL() (string, error) {
	if a.cfg.DatabaseURL == "" {
		return "", errors.New("DATABASE_URL is not set: give the PostgreSQL URL of the connector's database, postgres://user:password@host:5432/database")
	}
	return a.cfg.DatabaseURL, nil
}

func (a *App) openStore(ctx context.Context) (*store.Store, error) {
	if a.store != nil {
		return a.store, nil
	}
	url, err := a.databaseURL()
	if err != nil {
		return nil, err
	}
	s, err := store.OpenWatched(ctx, url, a.telemetry.Watch())
	if err != nil {
		return nil, databaseError(err)
	}
	if err := s.CheckVersion(ctx); err != nil {
		s.Close()
		return nil, err
	}
	a.store = s
	return s, nil
}

// refusals are what PostgreSQL answers to who connects, by SQLSTATE.
var refusals = map[string]string{
	"28P01": "refuses the password of user %q: correct user and password",
	"28000": "does not let user %q in: correct the user, or let him in (pg_hba.conf)",
	"3D000": "has no database %q: correct its name, or make it",
	"42501": "does not let user %q into the database: grant him CONNECT",
	"53300": "takes no more connections at the moment (user %q): raise max_connections, or run fewer workers",
	"57P03": "is starting up or shutting down: try again in a moment",
}

// databaseError says in plain words why the database cannot be opened. Other errors stay as they are.
func databaseError(err error) error {
	if parse, ok := errors.AsType[*pgconn.ParseConfigError](err); ok { // the library quotes the URL; what it takes for a password depends on where the URL is wrong
		return errors.New("DATABASE_URL cannot be read" + urlFault(parse.ConnString) + ": write postgres://user:password@host:5432/database; " +
			"in user and password write / as %2F, @ as %40, % as %25")
	}
	connect, ok := errors.AsType[*pgconn.ConnectError](err)
	if !ok {
		return err
	}
	at := net.JoinHostPort(connect.Config.Host, strconv.Itoa(int(connect.Config.Port)))
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		text, known := refusals[refused.Code]
		if !known {
			return fmt.Errorf("the database server at %s (DATABASE_URL) refuses: %s (SQLSTATE %s)", at, refused.Message, refused.Code)
		}
		if strings.Contains(text, "%q") {
			name := connect.Config.User
			if refused.Code == "3D000" {
				name = connect.Config.Database
			}
			text = fmt.Sprintf(text, name)
		}
		return fmt.Errorf("the database server at %s (DATABASE_URL) %s", at, text)
	}
	return fmt.Errorf("the database server at %s (DATABASE_URL) cannot be reached (%s): check host and port, and that PostgreSQL runs there", at, connectReason(err))
}

func urlFault(url string) string {
	if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return " (it does not begin with postgres://)"
	}
	return ""
}

func connectReason(err error) string {
	var (
		dns     *net.DNSError
		timeout net.Error
		dial    *net.OpError
	)
	switch {
	case errors.As(err, &dns):
		return "the host name is unknown"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection is refused"
	case strings.Contains(err.Error(), "refused TLS"):
		return "it does not speak TLS: sslmode in the URL asks for it"
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &dial) && dial.Op == "dial":
		return dial.Err.Error()
	default:
		return "it does not answer as PostgreSQL does"
	}
}
