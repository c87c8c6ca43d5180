package cli

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Config is read from the environment.
type Config struct {
	// DatabaseURL is a PostgreSQL URL.
	DatabaseURL string `env:"DATABASE_URL"`
	// TemporalAddress is host:port of the Temporal frontend.
	TemporalAddress string `env:"TEMPORAL_ADDRESS" envDefault:"127.0.0.1:7233"`
	// TemporalNamespace must exist and know the search attributes (see docs/operations.md).
	TemporalNamespace string `env:"TEMPORAL_NAMESPACE" envDefault:"default"`
	// KeyFile is the Tink key set that encrypts credentials, mode 0600.
	KeyFile string `env:"ML_KEY_FILE"`
	// TaskQueue is the Temporal task queue of the workers.
	TaskQueue string `env:"ML_TASK_QUEUE" envDefault:"ml-connector"`
	// Worker names this process in the audit trail; default host and process id.
	Worker string `env:"ML_WORKER"`
	// HTTPTimeout bounds one request to Odoo or Procore.
	HTTPTimeout time.Duration `env:"ML_HTTP_TIMEOUT" envDefault:"30s"`
	// ActivityTimeout bounds one attempt of a Procore step; longer than HTTPTimeout.
	ActivityTimeout time.Duration `env:"ML_ACTIVITY_TIMEOUT" envDefault:"2m"`
	// Settle is how long the open intent of another worker is respected; longer than HTTPTimeout.
	Settle time.Duration `env:"ML_SETTLE" envDefault:"1m"`
	// Attempts of a Procore step before its record is parked (36 are about an hour).
	Attempts int32 `env:"ML_ATTEMPTS" envDefault:"36"`
	// StopTimeout is how long the worker may take to end once it is told to: what is under way has four fifths of it to
	// finish, then its requests are cut off and what is not known of them is written down.
	StopTimeout time.Duration `env:"ML_STOP_TIMEOUT" envDefault:"25s"`
	// SlowAfter is how long a record's run holds its place among those that run side by side.
	SlowAfter time.Duration `env:"ML_SLOW_AFTER" envDefault:"2m"`
	// MetricsAddr is host:port of the worker's Prometheus listener; empty: none.
	MetricsAddr string `env:"ML_METRICS_ADDR"`
	// Concurrency is the number of activities that this worker runs at once.
	Concurrency int `env:"ML_CONCURRENCY" envDefault:"40"`
	// LogLevel is debug, info, warn or error.
	LogLevel slog.Level `env:"ML_LOG_LEVEL" envDefault:"info"`
}

// forms say how values of a type are written.
var forms = map[reflect.Type]string{
	reflect.TypeFor[time.Duration](): "is no duration; write 90s, 2m or 1h",
	reflect.TypeFor[int]():           "is no whole number, or too large a one",
	reflect.TypeFor[int32]():         "is no whole number, or too large a one",
	reflect.TypeFor[slog.Level]():    "is no level; use debug, info, warn or error",
}

// readEnvironment fills the configuration. Each wrong value is named by its variable.
func (a *App) readEnvironment() error {
	err := env.ParseWithOptions(&a.cfg, env.Options{Environment: a.environ})
	if err == nil {
		return a.cfg.check()
	}
	var all env.AggregateError
	if !errors.As(err, &all) {
		return fmt.Errorf("reading the environment: %w", err)
	}
	var wrong []error
	for _, one := range all.Errors {
		var value env.ParseError
		if !errors.As(one, &value) {
			wrong = append(wrong, one)
			continue
		}
		field, _ := reflect.TypeFor[Config]().FieldByName(value.Name)
		variable := field.Tag.Get("env")
		wrong = append(wrong, fmt.Errorf("%s: %q %s", variable, a.environ[variable], forms[value.Type]))
	}
	return together(wrong)
}

// together is one error of several, a line each.
func together(list []error) error {
	if len(list) < 2 {
		return errors.Join(list...)
	}
	lines := make([]string, 0, len(list))
	for _, err := range list {
		lines = append(lines, err.Error())
	}
	return errors.New("the environment has wrong values:\n  " + strings.Join(lines, "\n  "))
}

// isAddress reports whether a listener can be asked for there.
func isAddress(address string) bool {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

// check looks at each value, then at what belongs together.
func (c Config) check() error {
	var wrong []error
	add := func(ok bool, format string, args ...any) {
		if !ok {
			wrong = append(wrong, fmt.Errorf(format, args...))
		}
	}
	for _, d := range []struct {
		name  string
		value time.Duration
	}{{"ML_HTTP_TIMEOUT", c.HTTPTimeout}, {"ML_ACTIVITY_TIMEOUT", c.ActivityTimeout}, {"ML_SETTLE", c.Settle}, {"ML_SLOW_AFTER", c.SlowAfter}, {"ML_STOP_TIMEOUT", c.StopTimeout}} {
		add(d.value > 0, "%s: %s is no time that can be waited; write 90s, 2m or 1h", d.name, d.value)
	}
	add(c.Attempts > 0, "ML_ATTEMPTS: %d; give at least 1", c.Attempts)
	add(c.MetricsAddr == "" || isAddress(c.MetricsAddr), "ML_METRICS_ADDR: %q is no address; write host:port, 127.0.0.1:9464, or :9464 for all interfaces", c.MetricsAddr)
	add(c.Concurrency > 0, "ML_CONCURRENCY: %d; give at least 1", c.Concurrency)
	if len(wrong) > 0 {
		return together(wrong)
	}
	add(c.Settle > c.HTTPTimeout, "ML_SETTLE (%s) must be longer than ML_HTTP_TIMEOUT (%s): a request of a lost worker may still be under way", c.Settle, c.HTTPTimeout)
	add(c.ActivityTimeout > c.HTTPTimeout, "ML_ACTIVITY_TIMEOUT (%s) must be longer than ML_HTTP_TIMEOUT (%s): a step would be given up while its request is under way", c.ActivityTimeout, c.HTTPTimeout)
	return together(wrong)
}
