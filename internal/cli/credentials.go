package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/internal/secrets"
)

func (a *App) credentialsCommand() *cobra.Command {
	return group(
		&cobra.Command{Use: "credentials", Short: "Credentials of tenants, stored encrypted"},
		&cobra.Command{
			Use:   "set TENANT odoo|procore",
			Short: "Store the Odoo API key, or the Procore app's client id and secret",
			Long: "Reads from the terminal without echo, or from standard input: for odoo the API key; for procore the client id on\n" +
				"the first line and the client secret on the second. Nothing is taken from arguments.",
			Example: "  ml-connector credentials set acme odoo\n  printf '%s\\n%s\\n' \"$ID\" \"$SECRET\" | ml-connector credentials set acme procore",
			Args:    noSecretArgs("TENANT", "odoo|procore"),
			RunE: func(cmd *cobra.Command, args []string) error {
				return a.credentialsSet(cmd.Context(), args[0], args[1])
			},
		},
		&cobra.Command{
			Use: "keygen FILE", Short: "Make a new key set (mode 0600) that encrypts credentials", Args: exactArgs("FILE"),
			Example: "  ml-connector credentials keygen ./key.json",
			RunE: func(_ *cobra.Command, args []string) error {
				if err := secrets.Generate(args[0]); err != nil {
					return err
				}
				a.say("Key set written to %s. Keep a copy apart from the database: without it the credentials must be entered again.", args[0])
				return nil
			},
		},
	)
}

// maxSecret is the longest secret, in characters.
const maxSecret = 1000

func (a *App) credentialsSet(ctx context.Context, tenant, system string) error {
	prompts := map[string][]string{"odoo": {"Odoo API key"}, "procore": {"Procore client id", "Procore client secret"}}[system]
	if prompts == nil {
		return errors.New("SYSTEM is odoo or procore; what was given is not repeated here, in case it is a secret")
	}
	s, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	if _, err := s.Tenant(ctx, tenant); err != nil {
		return err
	}
	box, err := a.openBox()
	if err != nil {
		return err
	}
	values, err := a.readSecrets(prompts)
	if err != nil {
		return err
	}
	var secret any = activities.OdooCredentials{APIKey: values[0]}
	if system == "procore" {
		secret = activities.ProcoreCredentials{ClientID: values[0], ClientSecret: values[1]}
	}
	plain, err := json.Marshal(secret)
	if err != nil {
		return errors.New("the credentials cannot be encoded")
	}
	sealed, err := box.Seal(tenant, system, plain)
	if err != nil {
		return err
	}
	if err := s.SaveCredential(ctx, tenant, system, sealed, box.KeyID()); err != nil {
		return fmt.Errorf("saving the credentials: %w", err)
	}
	a.say("Credentials of %s for %s stored, encrypted with key %s. Try them: ml-connector ping %s", tenant, system, box.KeyID(), tenant)
	return nil
}

// readSecrets reads one line for each prompt.
func (a *App) readSecrets(prompts []string) ([]string, error) {
	terminal, interactive := a.stdin.(*os.File)
	interactive = interactive && term.IsTerminal(int(terminal.Fd()))
	lines := bufio.NewReader(io.LimitReader(a.stdin, 64<<10))
	values := make([]string, 0, len(prompts))
	for _, prompt := range prompts {
		var line string
		if interactive {
			_, _ = fmt.Fprintf(a.stderr, "%s: ", prompt)
			secret, err := term.ReadPassword(int(terminal.Fd()))
			_, _ = fmt.Fprintln(a.stderr)
			if err != nil {
				return nil, fmt.Errorf("reading the %s: %w", prompt, err)
			}
			line = string(secret)
		} else {
			text, err := lines.ReadString('\n')
			if err != nil && !errors.Is(err, io.EOF) {
				return nil, fmt.Errorf("reading the %s: %w", prompt, err)
			}
			line = text
		}
		value, err := secretLine(prompt, line)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	if !interactive {
		if rest, err := io.ReadAll(lines); err != nil || strings.TrimSpace(string(rest)) != "" {
			return nil, fmt.Errorf("standard input goes on after the %s: give the %s, one line each, and nothing else",
				prompts[len(prompts)-1], strings.Join(prompts, " and the "))
		}
	}
	return values, nil
}

// secretLine is the secret of one line. What cannot be one is refused without repeating it.
func secretLine(prompt, line string) (string, error) {
	line = strings.TrimSpace(line)
	switch {
	case line == "":
		return "", fmt.Errorf("the %s is empty: give it on standard input, one line each", prompt)
	case len(line) > maxSecret:
		return "", fmt.Errorf("the %s has %d characters, more than %d: it is something else", prompt, len(line), maxSecret)
	case strings.ContainsAny(line[:1], "{[\"'"):
		return "", fmt.Errorf("the %s begins with %c: give it alone, without JSON or quotes", prompt, line[0])
	}
	for i, r := range []rune(line) {
		if r <= ' ' || r > '~' {
			return "", fmt.Errorf("the %s has a blank or a character that no secret has, at place %d: copy it again", prompt, i+1)
		}
	}
	return line, nil
}

// noSecretArgs is exactArgs without repeating what is too many: it may be a secret.
func noSecretArgs(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > len(names) {
			return fmt.Errorf("there is an argument too many: secrets are read from the terminal or standard input, never from arguments, "+
				"which others can see; if it was one, change it; usage: %s", cmd.UseLine())
		}
		return exactArgs(names...)(cmd, args)
	}
}
