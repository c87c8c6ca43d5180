package handbook

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
)

func TestMain(m *testing.M) { devtest.Main(m) }

// documents are in the order of reading.
func documents(t *testing.T, root string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	found := []string{"README.md", "docs/settings.md", "docs/operations.md"}
	for _, path := range all {
		if name := "docs/" + filepath.Base(path); name != found[1] && name != found[2] {
			found = append(found, name)
		}
	}
	return found
}

func TestEveryCommandBlock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	unused := map[string]bool{}
	for _, r := range recipes {
		unused[r.file+" "+r.begins] = true
	}
	for _, file := range documents(t, w.root) {
		for _, command := range inline(t, w.root, file) {
			w.place = file
			w.known(command)
		}
		for _, b := range blocks(t, w.root, file) {
			if shown[b.kind] != "" {
				continue
			}
			run, name := recipeOf(b)
			require.NotNil(t, run, "%s: nobody knows how to run this block:\n%s", b.place, b.text)
			delete(unused, name)
			w.place = b.place
			began := time.Now()
			run(w, b.text)
			t.Logf("%s took %s", b.place, time.Since(began).Round(100*time.Millisecond))
		}
	}
	require.Empty(t, unused, "there are recipes for blocks that no document has")
	w.lookBack()
}

func recipeOf(b block) (run func(*world, string), name string) {
	for _, r := range recipes {
		if r.file == b.file && strings.HasPrefix(b.text, r.begins) && len(r.begins) > len(strings.TrimPrefix(name, b.file+" ")) {
			run, name = r.run, r.file+" "+r.begins
		}
	}
	return run, name
}

// Links lead to files and headings that are there.
func TestLinks(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	for _, file := range documents(t, root) {
		for _, link := range links(t, root, file) {
			if strings.Contains(link, "://") {
				continue
			}
			path, heading, _ := strings.Cut(link, "#")
			target := filepath.Join(root, filepath.Dir(file), path)
			if path == "" {
				target = filepath.Join(root, file)
			}
			data, err := os.ReadFile(target)
			require.NoError(t, err, "%s links to %s", file, link)
			if heading != "" {
				require.Contains(t, anchors(data), heading, "%s links to %s", file, link)
			}
		}
	}
}
