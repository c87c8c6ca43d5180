package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/ml-connector/odoo-procore/workflows"
)

// searchAttributes must be known to the namespace, as type Keyword.
var searchAttributes = []string{
	workflows.AttrTenant.GetName(), workflows.AttrOdooModel.GetName(), workflows.AttrOdooRef.GetName(), workflows.AttrOutcome.GetName(),
	workflows.AttrCause.GetName(), workflows.AttrProcoreProject.GetName(),
}

// openTemporal connects for a command: what the SDK has to say below a warning would only stand between its output.
func (a *App) openTemporal(ctx context.Context) (client.Client, error) {
	return a.dialTemporal(ctx, a.logger(max(a.cfg.LogLevel, slog.LevelWarn)))
}

// dialTemporal connects with an SDK that logs to logger: a worker's log is all there is to read of it, so it passes the
// one that it has itself. The namespace is looked at too, so that no command stops half way for want of it.
func (a *App) dialTemporal(ctx context.Context, logger *slog.Logger) (client.Client, error) {
	if a.temporal != nil {
		return a.temporal, nil
	}
	address := a.cfg.TemporalAddress
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" || port == "" || strings.Contains(address, "/") {
		return nil, fmt.Errorf("TEMPORAL_ADDRESS: %q is no address; write host:port, 127.0.0.1:7233", address)
	}
	options := client.Options{HostPort: address, Namespace: a.cfg.TemporalNamespace, Logger: log.NewStructuredLogger(logger)}
	if err := a.telemetry.Temporal(&options); err != nil {
		return nil, err
	}
	c, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("the Temporal server at %s (TEMPORAL_ADDRESS) cannot be reached (%s): check host and port, and that it runs", address, temporalReason(ctx, host, err))
	}
	if err := a.checkNamespace(ctx, c); err != nil {
		c.Close()
		return nil, err
	}
	a.temporal = c
	return c, nil
}

// temporalReason is the cause in plain words; gRPC tells it in a text alone, and an unknown host name not even there.
func temporalReason(ctx context.Context, host string, err error) string {
	var dns *net.DNSError
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, lookup := net.DefaultResolver.LookupHost(ctx, host); errors.As(lookup, &dns) {
		return "the host name is unknown"
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "connection refused"):
		return "the connection is refused"
	case strings.Contains(text, "server preface"), strings.Contains(text, "http2:"):
		return "what answers is no Temporal server"
	case strings.Contains(text, "tls:"), strings.Contains(text, "handshake"):
		return "it asks for TLS, or its certificate is not trusted"
	case errors.Is(err, context.DeadlineExceeded), strings.Contains(text, "deadline exceeded"):
		return "no answer in time"
	default:
		return text
	}
}

// checkNamespace refuses a namespace that is not there or does not know our search attributes. A server that does not
// let us ask (Temporal Cloud keeps operators apart) is believed.
func (a *App) checkNamespace(ctx context.Context, c client.Client) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	name := a.cfg.TemporalNamespace
	_, err := c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: name})
	if _, unknown := errors.AsType[*serviceerror.NamespaceNotFound](err); unknown {
		return fmt.Errorf("TEMPORAL_NAMESPACE: Temporal at %s has no namespace %q; correct it, or make it with `temporal operator namespace create`", a.cfg.TemporalAddress, name)
	}
	known, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: name})
	if err != nil {
		return nil //nolint:nilerr // not allowed to ask
	}
	missing := slices.DeleteFunc(slices.Clone(searchAttributes), func(name string) bool {
		_, there := known.GetCustomAttributes()[name]
		return there
	})
	if len(missing) > 0 {
		return fmt.Errorf("TEMPORAL_NAMESPACE: the namespace %q lacks the search attributes %s: make them with "+
			"`temporal operator search-attribute create --namespace %s --name NAME --type Keyword`", name, strings.Join(missing, ", "), name)
	}
	return nil
}
