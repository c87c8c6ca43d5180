package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// procoreWaysOut say who can do what about a refusal, by its code.
var procoreWaysOut = map[string]string{
	procore.CodeUnauthorized: "check procore.environment, then store client id and secret again with `ml-connector credentials set TENANT procore`",
	procore.CodeNotConnected: "a company administrator installs the app there, or correct procore.company_id",
	procore.CodeForbidden:    "a company administrator gives the app's service account the permission",
	procore.CodeProjectForbidden: "a company administrator adds the project to the app's permitted projects; " +
		"if it is among them, a tool of the project is off",
	procore.CodeBadRequest:  "check procore.environment, or login_url and api_url",
	procore.CodeUnavailable: "look at status.procore.com if it lasts; cycles try it again",
	procore.CodeRateLimited: "try again then; cycles wait by themselves",
}

// checkProcoreHost is for answers that are none of Procore's, and for none.
const checkProcoreHost = "check procore.environment (or login_url and api_url) and the network; cycles try it again"

// withWayOut adds what to do to an error that many commands can end with.
func withWayOut(err error) error {
	if errors.Is(err, store.ErrUnknownTenant) {
		return fmt.Errorf("%w: `ml-connector tenant list` shows those that there are, `ml-connector tenant apply -f FILE` makes one", err)
	}
	if way := procoreWayOut(err); way != "" {
		return &errWithWayOut{err: err, way: way}
	}
	return err
}

// errWithWayOut is an error followed by its way out.
type errWithWayOut struct {
	err error
	way string
}

func (e *errWithWayOut) Error() string {
	return strings.TrimRight(e.err.Error(), ".?! ") + ": " + e.way
}
func (e *errWithWayOut) Unwrap() error { return e.err }

func procoreWayOut(err error) string {
	var (
		network *procore.NetworkError
		decode  *procore.DecodeError
		refused *procore.ErrorResponse
	)
	switch {
	case errors.As(err, &network), errors.As(err, &decode):
		return checkProcoreHost
	case errors.As(err, &refused):
		return procoreWaysOut[refused.Code]
	default:
		return ""
	}
}
