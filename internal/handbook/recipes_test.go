package handbook

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/tenant"
)

// recipe says how the block that begins so is run.
type recipe struct {
	file, begins string
	run          func(w *world, text string)
}

// recipes are in the order of reading.
var recipes = []recipe{
	{"README.md", "make demo", (*world).dry},
	{"README.md", "make build", (*world).dry}, // what it builds is in bin already
	{"README.md", "export DATABASE_URL", (*world).export},
	{"README.md", "ml-connector migrate", (*world).commands},
	{"README.md", "# acme.yaml", (*world).tenantFile},
	{"README.md", "ml-connector tenant apply", (*world).commands},
	{"README.md", "ml-connector ping", (*world).commands},
	{"README.md", "ml-connector map export", (*world).mapAccounts},
	{"README.md", "ml-connector worker", (*world).background},
	{"README.md", "ml-connector sync start", (*world).commands},
	{"README.md", "go run ./internal/devenv/cmd/withdevenv", (*world).fastLoop},
	{"README.md", "export ML_KEY_FILE", (*world).rehearsal},
	{"README.md", "temporal workflow start", (*world).commands},
	{"docs/settings.md", "ml-connector tenant apply", (*world).commands},
	{"docs/settings.md", "ml-connector map export", (*world).mapAccounts},
	{"docs/operations.md", "for name in Tenant", func(*world, string) {}}, // run by newWorld, for all else needs it
	{"docs/operations.md", "cp .env.example .env", (*world).compose},
	{"docs/operations.md", "docker compose", (*world).compose},
	{"docs/operations.md", "ml-connector sweep start", (*world).commands},
	{"docs/operations.md", "ml-connector tenant rebind", (*world).rebound},
	{"docs/development.md", "go run ./internal/devenv/cmd/withdevenv", (*world).fastLoop},
	{"docs/development.md", "make test PKG=", (*world).dry},
	{"docs/development.md", "export ML_SHARED", (*world).dry},
	{"docs/development.md", "go test ./internal/cli", (*world).listed},
	{"docs/development.md", "make crash", (*world).dry},
	{"docs/development.md", "make test PKG=./internal/rig", (*world).dry},
	{"docs/development.md", "make soak", (*world).dry},
	{"docs/development.md", "go generate", (*world).generated},
	{"docs/development.md", "make demo", (*world).dry},
	{"docs/development.md", "make pages", (*world).dry},
}

// shown are fenced blocks that are no commands: drawings, output, and what other tests read.
var shown = map[string]string{
	"mermaid": "drawn by the repository's viewer", "text": "output", "csv": "an example whose ids are nobody's",
}

// export keeps variables for all later commands, with this world's addresses.
func (w *world) export(text string) {
	text = strings.NewReplacer("postgres://…", w.database, "host:7233", w.temporalAddress).Replace(text)
	w.prelude += strings.TrimSpace(text) + "\n"
}

// commands runs line by line what a person types; secrets come from standard input.
func (w *world) commands(text string) {
	for _, command := range lines(text) {
		stdin := ""
		for of, secret := range w.secrets {
			if strings.Contains(command, "credentials set acme "+of) {
				stdin = secret
			}
		}
		w.t.Logf("%s: %s\n%s", w.place, command, w.shell(w.dir, command, stdin))
	}
}

// tenantFile must be a file that the product takes; what is written is the same one for this world's systems, and for
// a part of the firm, which is enough.
func (w *world) tenantFile(text string) {
	_, err := tenant.Parse([]byte(text))
	require.NoError(w.t, err)
	companies := w.companies()
	for what, replacement := range map[string]string{
		"https://acme.odoo.com": w.odooURL,
		"environment: sandbox":  "environment: custom\n  login_url: " + w.procoreURL + "\n  api_url: " + w.procoreURL,
		"companies: [1, 2]":     fmt.Sprintf("companies: [%d]", companies[1]),
		"go_live: 2026-01-01":   "go_live: 2026-08-01",
	} {
		require.Contains(w.t, text, what)
		text = strings.ReplaceAll(text, what, replacement)
	}
	w.file("acme.yaml", text)
}

// companies are the firm's two.
func (w *world) companies() []int64 {
	whole, err := tenant.Parse(w.firm.TenantYAML(w.odooURL, w.procoreURL))
	require.NoError(w.t, err)
	require.Len(w.t, whole.Odoo.Companies, 2)
	return whole.Odoo.Companies
}

// mapAccounts fills the exported sheet in before it is imported.
func (w *world) mapAccounts(text string) {
	w.remove("mapping.csv") // it is not written over
	for _, command := range lines(text) {
		w.commands(command)
		if strings.Contains(command, "map export") {
			require.Contains(w.t, w.read("mapping.csv"), "account.analytic.account")
			w.file("mapping.csv", string(w.firm.MappingSheet()))
		}
	}
}

// rebound moves Odoo to another address first: what is there is the same, but the tenant cannot know.
func (w *world) rebound(text string) {
	moved := w.serve(w.pair.OdooPages(w.pair.Odoo))
	w.file("acme.yaml", strings.ReplaceAll(w.read("acme.yaml"), w.odooURL, moved))
	w.commands("ml-connector tenant apply -f acme.yaml --other-books")
	w.commands(text)
}

// background runs what stays in a terminal of its own.
func (w *world) background(text string) {
	for _, command := range lines(text) {
		w.start(w.dir, command)
	}
}

// rehearsal is a day of its own: the sandboxes are on free ports, and a part of the firm is enough.
func (w *world) rehearsal(text string) {
	r := newWorld(w.t)
	r.place, r.prelude = w.place, "export DATABASE_URL="+r.database+"\n" // as withdevenv gives it
	ports := map[string]string{"odoo": freePort(w.t), "procore": freePort(w.t)}
	companies := w.companies()
	for _, command := range lines(text) {
		command = strings.ReplaceAll(command, ".demo", r.dir)
		name, stays := strings.CutSuffix(command, " &")
		switch {
		case strings.HasPrefix(command, "export "):
			r.export(command)
		case strings.Contains(name, "./cmd/sandbox"):
			system := strings.Fields(name)[3]
			r.start(w.root, fmt.Sprintf("%s -addr 127.0.0.1:%s -odoo-url http://127.0.0.1:%s -procore-url http://127.0.0.1:%s",
				name, ports[system], ports["odoo"], ports["procore"])).says(" sandbox at http://127.0.0.1:" + ports[system])
		case stays:
			r.start(r.dir, name)
		default:
			if strings.Contains(command, "tenant apply") {
				all := fmt.Sprintf("companies: [%d, %d]", companies[0], companies[1])
				require.Contains(w.t, r.read("tenant.yaml"), all)
				r.file("tenant.yaml", strings.Replace(r.read("tenant.yaml"), all, fmt.Sprintf("companies: [%d]", companies[1]), 1))
			}
			r.commands(command)
		}
	}
}

var dockerLine = regexp.MustCompile(`^docker compose (?:--profile (\S+) )?(up|down|logs|run)((?: -\S+)*) ?(\S*) ?(.*)$`)

// compose holds commands against docker-compose.yml, for Docker is not needed here: profiles and services are there, and
// our commands. That the services do their work is tested in deploy.
func (w *world) compose(text string) {
	data, err := os.ReadFile(filepath.Join(w.root, "docker-compose.yml"))
	require.NoError(w.t, err)
	stack := string(data)
	for _, command := range lines(text) {
		command, _, _ = strings.Cut(command, "   #")
		if command = strings.TrimSpace(command); command == "cp .env.example .env" {
			require.FileExists(w.t, filepath.Join(w.root, ".env.example"))
			continue
		}
		m := dockerLine.FindStringSubmatch(command)
		require.NotNil(w.t, m, "%s: %s", w.place, command)
		profile, service, ours := m[1], m[4], strings.Fields(m[5])
		if profile != "" {
			require.Contains(w.t, stack, "    profiles: ["+profile+"]\n", command)
		}
		if service != "" {
			require.Contains(w.t, stack, "\n  "+service+":", command)
		}
		for flag := range strings.FieldsSeq(m[3]) {
			require.Contains(w.t, []string{"--detach", "--build", "--rm", "-T", "--volumes"}, flag, command)
		}
		if len(ours) > 0 {
			w.known("ml-connector " + strings.Join(ours, " "))
		}
	}
}

var redirected = regexp.MustCompile(` [<>|].*`)

// known asks for the help of one of our commands, which it gives only for flags and names that there are.
func (w *world) known(command string) {
	command = redirected.ReplaceAllString(command, "")
	help := w.shell(w.dir, command+" --help", "")
	words := strings.Fields(command)
	require.Contains(w.t, help, "Usage:\n  "+strings.Join(words[:min(2, len(words))], " "), "%s: %s", w.place, command)
	require.NotContains(w.t, help, "[command]", "%s: %s is no command", w.place, command)
}

var makeLine = regexp.MustCompile(`^(?:time )?make (demo|test|crash|soak|bench|lint|generate|build|pages)(?: |$)`)

// dry goes through make's targets without running their commands, and through the flags of demo and crash.
func (w *world) dry(text string) {
	for _, command := range lines(text) {
		if !makeLine.MatchString(command) {
			require.Regexp(w.t, "^(export|git clone) ", command, "%s: nobody knows how to run this line", w.place)
			w.shell(w.root, "bash -n -c '"+strings.ReplaceAll(command, "'", `'\''`)+"'", "")
			continue
		}
		command = command[strings.Index(command, "make "):]
		w.shell(w.root, strings.Replace(command, "make ", "make -n ", 1), "")
		if _, args, found := strings.Cut(command, "ARGS="); found && slices.Contains([]string{"demo", "crash"}, makeLine.FindStringSubmatch(command)[1]) {
			args, _, _ = strings.Cut(args[1:], `"`)
			program := makeLine.FindStringSubmatch(command)[1]
			w.shell(w.root, "go run ./cmd/"+program+" "+args+" -h", "")
		}
	}
}

// fastLoop leaves the shell again at once, and runs no test of the package.
func (w *world) fastLoop(text string) {
	text = strings.NewReplacer("-- bash", "-- true", "go test ./internal/store/...", "CGO_ENABLED=1 GOFLAGS= go test -race -run ^$ ./internal/store/...").Replace(text)
	for _, command := range lines(text) {
		w.shell(w.root, command, "")
	}
}

var goTest = regexp.MustCompile(`go test (\S+) -run (\S+)( -update)?`)

// listed looks for the test that the command would run, and for its flag, without building it.
func (w *world) listed(text string) {
	for _, command := range lines(text) {
		m := goTest.FindStringSubmatch(command)
		require.NotNil(w.t, m, command)
		files, err := filepath.Glob(filepath.Join(w.root, m[1], "*_test.go"))
		require.NoError(w.t, err)
		var source []byte
		for _, file := range files {
			data, err := os.ReadFile(file)
			require.NoError(w.t, err)
			source = append(source, data...)
		}
		require.Contains(w.t, string(source), "func "+m[2])
		if m[3] != "" {
			require.Contains(w.t, string(source), `flag.Bool("update"`)
		}
	}
}

func (w *world) generated(text string) {
	for _, command := range lines(text) {
		require.Contains(w.t, w.shell(w.root, strings.Replace(command, "go generate ", "go generate -n ", 1), ""), "go test")
	}
}
