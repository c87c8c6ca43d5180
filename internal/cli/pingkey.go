package cli

import (
	"fmt"
	"time"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// soon is from when on a key that ends is worth a warning: a working fortnight to make another.
const soon = 14 * 24 * time.Hour

// keySentence says when the API key ends, as far as Odoo tells.
func keySentence(p odoo.Ping) string {
	k := p.Keys
	switch {
	case !k.CanEnd:
		return "does not end (before Odoo 18 no key does)"
	case !k.Listed:
		return "its end is not readable: keys of ordinary users end after at most 90 days"
	case len(k.Keys) == 0:
		return "Odoo lists no key of the user that opens the API: a password is used, or a key that was deleted just now"
	}
	first := k.Keys[0]
	text := fmt.Sprintf("%q does not end", first.Name)
	if !first.Ends.IsZero() {
		text = fmt.Sprintf("%q ends %s, %s", first.Name, clockTime(first.Ends), inDays(first.Ends.Sub(p.Clocks.Odoo)))
	}
	if len(k.Keys) > 1 {
		text += fmt.Sprintf(" (the first of %d to end; which of them is used Odoo does not tell)", len(k.Keys))
	}
	return text
}

func inDays(left time.Duration) string {
	switch days := int(left / (24 * time.Hour)); days {
	case 0:
		return "in less than a day"
	case 1:
		return "in 1 day"
	default:
		return fmt.Sprintf("in %d days", days)
	}
}

// keyWarnings tell how to change the key while the old one still opens.
func keyWarnings(p odoo.Ping, tenant string) []string {
	if len(p.Keys.Keys) == 0 {
		return nil
	}
	first := p.Keys.Keys[0]
	left := first.Ends.Sub(p.Clocks.Odoo)
	if first.Ends.IsZero() || left >= soon {
		return nil
	}
	perhaps := ""
	if len(p.Keys.Keys) > 1 {
		perhaps = ", perhaps the one in use,"
	}
	return []string{fmt.Sprintf("the API key %q%s ends %s: make a new one in Odoo as %s (Preferences, Account Security), and store it with `ml-connector credentials set %s odoo`",
		first.Name, perhaps, inDays(left), p.Login, tenant)}
}
