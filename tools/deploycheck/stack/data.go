package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// kept are the volumes that data is lost without: who must mount them, and where; empty: where ML_KEY_FILE is.
var kept = []struct{ service, volume, folder string }{
	{"postgres", "postgres", "/var/lib/postgresql/data"}, // of the image; elsewhere it would write to a volume without a name
	{"key", "key", ""},
	{"worker", "key", ""},
	{"cli", "key", ""},
	{"demo-setup", "key", ""},
}

func (s *stack) checkData() []error {
	var wrong []error
	for _, k := range kept {
		at, mounted := mountOf(s.project.Services[k.service], k.volume)
		switch {
		case !mounted:
			wrong = append(wrong, fmt.Errorf("docker-compose.yml: service %s: the volume %s is not mounted", k.service, k.volume))
		case k.folder != "" && at.Target != k.folder:
			wrong = append(wrong, fmt.Errorf("docker-compose.yml: service %s: the volume %s is mounted on %s, its data is in %s",
				k.service, k.volume, at.Target, k.folder))
		}
	}
	return wrong
}

func mountOf(c types.ServiceConfig, volume string) (types.ServiceVolumeConfig, bool) {
	i := slices.IndexFunc(c.Volumes, func(v types.ServiceVolumeConfig) bool {
		return v.Type == types.VolumeTypeVolume && v.Source == volume
	})
	if i < 0 {
		return types.ServiceVolumeConfig{}, false
	}
	return c.Volumes[i], true
}

// keyIsSafe: without the key all credentials are lost, and only who makes it needs to write there.
func keyIsSafe(_ *stack, name string, c types.ServiceConfig) string {
	at, mounted := mountOf(c, "key")
	if !mounted {
		return ""
	}
	file := c.Environment["ML_KEY_FILE"]
	switch {
	case file == nil || !strings.HasPrefix(*file, at.Target+"/"):
		return fmt.Sprintf("ML_KEY_FILE is not in %s, where the volume key is mounted", at.Target)
	case name != "key" && !at.ReadOnly:
		return "may write to the volume key: mount it with :ro"
	}
	return ""
}
