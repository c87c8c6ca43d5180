package devenv

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
)

// namespace is the one that a dev server has.
const namespace = "default"

// DefaultSearchAttributes are the product's (DESIGN §7), all of type Keyword.
func DefaultSearchAttributes() []string {
	return []string{"Tenant", "OdooModel", "OdooRef", "Outcome", "Cause", "ProcoreProject"}
}

// dynamicConfig turns fairness on and lifts the limits that a load of some hundred workflows a second meets on one
// namespace of one server. Keys and defaults: temporal server 1.29, common/dynamicconfig/constants.go.
var dynamicConfig = []string{
	"matching.useNewMatcher=true",
	"matching.enableFairness=true",
	"frontend.rps=20000",                           // 2,400
	"frontend.namespaceRPS=20000",                  // 2,400
	"frontend.namespaceCount=5000",                 // 1,200 long polls at once
	"frontend.namespaceRPS.visibility=2000",        // 10
	"frontend.persistenceMaxQPS=20000",             // 2,000
	"history.rps=20000",                            // 3,000
	"history.persistenceMaxQPS=40000",              // 9,000
	"matching.rps=20000",                           // 1,200
	"matching.persistenceMaxQPS=20000",             // 3,000
	"system.visibilityPersistenceMaxReadQPS=20000", // 9,000
}

// startTemporal uses the server of TEMPORAL_ADDRESS, or starts a dev server.
func (e *Env) startTemporal(ctx context.Context) error {
	if given := os.Getenv("TEMPORAL_ADDRESS"); given != "" {
		e.TemporalAddress = given
		e.TemporalBin, _ = temporalAtHand(ctx) // nice to have: nothing of ours needs it then
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		if err := withTemporal(given, func(c client.Client) error { return e.register(ctx, c) }); err != nil {
			return fmt.Errorf("using the Temporal server of TEMPORAL_ADDRESS=%s (unset it to get a private one): %w", given, err)
		}
		return nil
	}
	bin, err := TemporalCLI(ctx, e.opts.Log)
	if err != nil {
		return err
	}
	e.TemporalBin = bin
	say(e.opts.Log, "starting the Temporal dev server")
	for try := 1; ; try++ {
		err = e.startDevServer(ctx)
		if err == nil || try == startTries || ctx.Err() != nil {
			return err
		}
	}
}

// startDevServer runs `temporal server start-dev` on free ports and waits until it is healthy and knows the attributes.
func (e *Env) startDevServer(ctx context.Context) error {
	port, err := freePort(ctx)
	if err != nil {
		return err
	}
	args := []string{
		e.TemporalBin, "server", "start-dev", "--ip", "127.0.0.1", "--port", strconv.Itoa(port),
		"--log-level", "warn", "--log-format", "text",
	}
	ui := ""
	if e.opts.UI {
		uiPort, err := freePort(ctx)
		if err != nil {
			return err
		}
		args = append(args, "--ui-ip", "127.0.0.1", "--ui-port", strconv.Itoa(uiPort))
		ui = fmt.Sprintf("http://127.0.0.1:%d", uiPort)
	} else {
		args = append(args, "--headless")
	}
	if e.opts.TemporalOnDisk {
		// Nothing of it is needed after a crash of the machine.
		args = append(args, "--db-filename", filepath.Join(e.dir, "temporal-"+strconv.Itoa(port)+".db"), "--sqlite-pragma", "synchronous=OFF")
	} else if e.opts.TemporalDBFile != "" {
		file, err := filepath.Abs(e.opts.TemporalDBFile)
		if err != nil {
			return fmt.Errorf("finding Temporal's database file: %w", err)
		}
		args = append(args, "--db-filename", file)
	}
	for _, setting := range dynamicConfig {
		args = append(args, "--dynamic-config-value", setting)
	}
	for _, name := range e.opts.SearchAttributes {
		args = append(args, "--search-attribute", name+"=Keyword")
	}
	server, err := e.run(ctx, command{
		name: "the Temporal dev server", args: args, dir: e.dir, stop: "TERM", log: filepath.Join(e.logDir, "temporal.log"),
		env: []string{"TEMPORAL_CONFIG_FILE=" + filepath.Join(e.dir, "none.toml")}, // not the user's profiles
	})
	if err != nil {
		return err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	err = withTemporal(address, func(c client.Client) error {
		return server.until(ctx, func(ctx context.Context) error { return e.register(ctx, c) })
	})
	if err != nil {
		return err
	}
	e.TemporalAddress, e.TemporalUI = address, ui
	return nil
}

// register asks the server for its health and adds the search attributes that it does not know.
func (e *Env) register(ctx context.Context, c client.Client) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if _, err := c.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return fmt.Errorf("asking for its health: %w", err)
	}
	known, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return fmt.Errorf("listing search attributes: %w", err)
	}
	missing := map[string]enums.IndexedValueType{}
	for _, name := range e.opts.SearchAttributes {
		if _, ok := known.GetCustomAttributes()[name]; !ok {
			missing[name] = enums.INDEXED_VALUE_TYPE_KEYWORD
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: missing,
	})
	if err != nil {
		return fmt.Errorf("adding search attributes (by hand: temporal operator search-attribute create --name NAME --type Keyword): %w", err)
	}
	return nil
}

// withTemporal calls use with a client of the server at address.
func withTemporal(address string, use func(client.Client) error) error {
	c, err := client.NewLazyClient(client.Options{
		HostPort: address, Namespace: namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return fmt.Errorf("making a Temporal client: %w", err)
	}
	defer c.Close()
	return use(c)
}

// TemporalCLI gives the path of a temporal CLI: that of TEMPORAL_BIN, else one from PATH of version 1.5 or newer, else the
// one that Tool builds. log gets a word about the wait for the build.
func TemporalCLI(ctx context.Context, log io.Writer) (string, error) {
	if bin, ok := temporalAtHand(ctx); ok {
		if !executable(bin) {
			return "", fmt.Errorf("TEMPORAL_BIN=%s is no program that can be run: set it to a temporal CLI, or unset it", bin)
		}
		return bin, nil
	}
	bin, err := Tool(ctx, log, "temporal")
	if err != nil {
		return "", fmt.Errorf("getting the Temporal CLI, of which there is none of version 1.5 or newer on PATH: %w\n%s", err, withoutCLI)
	}
	return bin, nil
}

// withoutCLI are the ways out when the CLI cannot be built.
const withoutCLI = `Ways out:
  - the first build needs the Go module proxy: bring the network up, or set GOPROXY to a proxy that can be reached
  - install temporal 1.5 or newer, or set TEMPORAL_BIN to one
  - set TEMPORAL_ADDRESS to a Temporal server that you have`

var temporalVersion = regexp.MustCompile(`version (\d+)\.(\d+)\.`)

// temporalAtHand gives the CLI of TEMPORAL_BIN, else one from PATH that is recent enough: 1.5, the first with fairness.
func temporalAtHand(ctx context.Context) (string, bool) {
	if bin := os.Getenv("TEMPORAL_BIN"); bin != "" {
		return bin, true
	}
	bin, err := exec.LookPath("temporal")
	if err != nil {
		return "", false
	}
	if bin, err = filepath.Abs(bin); err != nil {
		return "", false
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, bin, "--version").Output() //nolint:gosec // G204: found on the user's PATH
	return bin, err == nil && recent(string(out))
}

// recent reads the answer of `temporal --version`.
func recent(answer string) bool {
	m := temporalVersion.FindStringSubmatch(answer)
	if m == nil {
		return false
	}
	major, errMajor := strconv.Atoi(m[1])
	minor, errMinor := strconv.Atoi(m[2])
	if cmp.Or(errMajor, errMinor) != nil {
		return false
	}
	return slices.Compare([]int{major, minor}, []int{1, 5}) >= 0
}
