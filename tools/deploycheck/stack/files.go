package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/compose-spec/compose-go/v2/types"
)

// filesAreThere: the containers' users are others than this tree's, and the database that PostgreSQL makes while it cannot
// read its script stays without our roles.
func filesAreThere(s *stack, _ string, c types.ServiceConfig) string {
	for _, v := range c.Volumes {
		if v.Type != types.VolumeTypeBind {
			continue
		}
		info, err := os.Stat(v.Source)
		inside, _ := filepath.Rel(s.project.WorkingDir, v.Source)
		switch {
		case !filepath.IsLocal(inside):
			return fmt.Sprintf("mounts %s, which is not of this tree", v.Source)
		case err != nil:
			return fmt.Sprintf("mounts %s, which is not there: Docker would make a folder of that name", v.Source)
		case !v.ReadOnly:
			return fmt.Sprintf("may write to %s of this tree", v.Source)
		case info.Mode().Perm()&0o004 == 0:
			return fmt.Sprintf("cannot read %s, whose mode is %#o: chmod go+r %[1]s", inside, info.Mode().Perm())
		}
	}
	return ""
}
