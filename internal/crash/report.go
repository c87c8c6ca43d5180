package crash

import (
	"encoding/json"
	"fmt"
	"os"
)

// Point is one disturbance of one effect.
type Point struct {
	N      int    `json:"n"`
	Effect string `json:"effect"`
	When   When   `json:"when"`
	// Odoo is the version of the sandbox; empty: the newest.
	Odoo string `json:"odoo,omitempty"`
	// PID is the process that was killed or frozen.
	PID int `json:"pid"`
}

// with tells the version of Odoo, where one was chosen.
func (p Point) with() string {
	if p.Odoo == "" {
		return ""
	}
	return "Odoo " + p.Odoo + ", "
}

// Difference is a document that is not as in the undisturbed run, or a failure of the point itself.
type Difference struct {
	N           int    `json:"n"` // the point
	Undisturbed string `json:"undisturbed,omitempty"`
	Here        string `json:"here,omitempty"`
	Failure     string `json:"failure,omitempty"`
}

// Report is what a run found out.
type Report struct {
	Points      []Point      `json:"points"`
	Equal       bool         `json:"equal"`
	Differences []Difference `json:"differences"`
}

// Write writes the report as JSON; no path, no file.
func (r Report) Write(path string) error {
	if path == "" {
		return nil
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the report: %w", err)
	}
	if err := os.WriteFile(path, append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
