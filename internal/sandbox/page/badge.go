package page

// Badge is a status in words, with the tone of its colour: good, wait, off, bad, or none.
type Badge struct{ Text, Tone string }

// BadgeOf looks a status up; one that is not known is shown as it stands.
func BadgeOf(table map[string]Badge, status string) Badge {
	if b, known := table[status]; known {
		return b
	}
	return Badge{Text: status}
}
