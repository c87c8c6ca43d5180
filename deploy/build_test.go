package deploy_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// stage is one of the Dockerfile's, as tools/deploycheck/stack reads it.
type stage struct {
	Name, Base string
	Steps      []struct {
		Do, From, Chown string
		Args            []string
	}
}

// image is what the build leaves: the files of the last stage below dir, without those of its base.
type image struct {
	dir    string
	env    map[string]string
	owners map[string]string // of the paths that COPY made, where it names one
	user   string
	entry  []string
	health []string // CMD, then the command
}

// imageDir is where the image that all tests share is.
var imageDir string

func removeImage() error {
	if imageDir == "" {
		return nil
	}
	return os.RemoveAll(imageDir)
}

// build carries the Dockerfile out once, in folders of its own: what is not copied is not there.
var build = sync.OnceValues(func() (*image, error) {
	s, err := read()
	if err != nil {
		return nil, err
	}
	tree, err := root()
	if err != nil {
		return nil, err
	}
	if imageDir, err = os.MkdirTemp("", "image-"); err != nil {
		return nil, err
	}
	context := filepath.Join(imageDir, "context")
	for _, name := range s.Context {
		if err := copyFile(filepath.Join(tree, name), filepath.Join(context, name)); err != nil {
			return nil, err
		}
	}
	stages := map[string]*image{}
	var last *image
	for i, st := range s.Stages {
		last = &image{dir: filepath.Join(imageDir, fmt.Sprintf("stage-%d", i)), env: map[string]string{}, owners: map[string]string{}}
		if err := last.carryOut(st, context, stages); err != nil {
			return nil, fmt.Errorf("stage %d (%s): %w", i, st.Base, err)
		}
		stages[st.Name] = last
	}
	return last, nil
})

// carryOut does what the steps of a stage say. Variables of ARG are those of BuildKit for this machine, else their default.
func (m *image) carryOut(st stage, context string, stages map[string]*image) error {
	args := map[string]string{}
	workdir := "/"
	for _, step := range st.Steps {
		var err error
		switch step.Do {
		case "ARG":
			for _, arg := range step.Args {
				name, value, _ := strings.Cut(arg, "=")
				if platform := map[string]string{"TARGETOS": runtime.GOOS, "TARGETARCH": runtime.GOARCH}[name]; platform != "" {
					value = platform
				}
				args[name] = value
			}
		case "ENV":
			for _, pair := range step.Args {
				name, value, _ := strings.Cut(pair, "=")
				m.env[name] = value
			}
		case "WORKDIR":
			workdir = filepath.Join("/", workdir, step.Args[0])
			err = os.MkdirAll(m.path(workdir), 0o755)
		case "COPY":
			from := context
			if step.From != "" {
				if stages[step.From] == nil {
					return fmt.Errorf("COPY --from=%s: there is no such stage", step.From)
				}
				from = stages[step.From].dir
			}
			err = m.copy(from, workdir, step.Args, step.Chown)
		case "RUN":
			err = m.run(step.Args[0], workdir, args)
		case "USER":
			m.user = step.Args[0]
		case "ENTRYPOINT":
			m.entry = step.Args
		case "HEALTHCHECK":
			m.health = step.Args
		}
		if err != nil {
			return fmt.Errorf("%s %s: %w", step.Do, strings.Join(step.Args, " "), err)
		}
	}
	return nil
}

func (m *image) path(in string) string { return filepath.Join(m.dir, in) }

// copy puts files, and what is in folders, into the folder that the last argument names, or under that name.
func (m *image) copy(from, workdir string, args []string, owner string) error {
	sources, named := args[:len(args)-1], args[len(args)-1]
	to := named
	if !filepath.IsAbs(to) {
		to = filepath.Join(workdir, to)
	}
	for _, source := range sources {
		info, err := os.Stat(filepath.Join(from, source))
		if err != nil {
			return err
		}
		target := to
		if !info.IsDir() && strings.HasSuffix(named, "/") {
			target = filepath.Join(to, filepath.Base(source))
		}
		if owner != "" {
			m.owners[target] = owner
		}
		if err := copyAll(filepath.Join(from, source), m.path(target)); err != nil {
			return err
		}
	}
	return nil
}

// run is a shell of the build image. Its Go is this machine's, with this user's caches.
func (m *image) run(command, workdir string, args map[string]string) error {
	cmd := exec.Command("/bin/sh", "-c", command)
	cmd.Dir = m.path(workdir)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "GOWORK=off"}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			return fmt.Errorf("asking go env for %s: %w", name, err)
		}
		cmd.Env = append(cmd.Env, name+"="+strings.TrimSpace(string(value)))
	}
	for _, vars := range []map[string]string{args, m.env} {
		for name, value := range vars {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// copyAll copies a file, or what is in a folder.
func copyAll(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, relative), 0o755)
		}
		return copyFile(path, filepath.Join(to, relative))
	})
}

func copyFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	info, err := os.Lstat(from)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New(from + " is no regular file")
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, info.Mode().Perm())
}

func theImage(t *testing.T) *image {
	t.Helper()
	m, err := build()
	require.NoError(t, err)
	return m
}

// The image builds from what .dockerignore lets through alone, and what it is for starts in it.
func TestImage(t *testing.T) {
	t.Parallel()
	m := theImage(t)
	require.Equal(t, []string{"ml-connector"}, m.entry)
	for _, c := range []struct {
		says string
		args []string
	}{
		{"ml-connector version dev\n", []string{"ml-connector", "--version"}},
		{"Usage of sandbox", []string{"sandbox", "-h"}},
	} {
		program := m.path(filepath.Join("/usr/local/bin", c.args[0]))
		cmd := exec.Command(program, c.args[1:]...)
		cmd.Env = []string{}
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Contains(t, string(out), c.says)
	}
	require.FileExists(t, m.path("/usr/share/licenses/ml-connector/LICENSE"))
}

// A new volume takes over owner and rights of the folder of the image that it is mounted on: the service's user can write
// to it only where that folder is there and his.
func TestVolumesBelongToTheUser(t *testing.T) {
	t.Parallel()
	s, m := theStack(t), theImage(t)
	var seen []string
	for _, name := range s.ours() {
		of := s.Project.Services[name]
		require.Equal(t, m.user, of.User, name)
		for _, v := range of.Volumes {
			require.Equal(t, "volume", v.Type, name)
			require.DirExists(t, m.path(v.Target), name)
			require.Equal(t, of.User, m.owners[v.Target], "%s: %s", name, v.Target)
			if !slices.Contains(seen, v.Target) {
				seen = append(seen, v.Target)
			}
		}
	}
	require.Len(t, seen, len(m.owners), "folders that no volume is mounted on: %v, mounted: %v", m.owners, seen)
}
