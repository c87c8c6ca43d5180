//go:build browser

package browser_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// patience is how long a page may take, on a machine that has other work too.
const patience = 30 * time.Second

// tab is one of a browser's, with what its console said that is wrong.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu    sync.Mutex
	wrong []string
	idle  chan struct{}
}

// openTab starts a browser of the test's own, with nothing in its profile.
func openTab(t *testing.T) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
	)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to run its sandbox as root
	}
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, closing := chromedp.NewContext(ctx)
	t.Cleanup(closing)
	tb := &tab{t: t, ctx: ctx, idle: make(chan struct{}, 1)}
	require.NoError(t, chromedp.Listen(ctx, tb.hear))
	_, err := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	require.NoError(t, err)
	return tb
}

func (tb *tab) hear(event any) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			tb.wrong = append(tb.wrong, fmt.Sprintf("console: %s", e.Args[0].Value))
		}
	case *runtime.EventExceptionThrown:
		tb.wrong = append(tb.wrong, e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			tb.wrong = append(tb.wrong, e.Entry.Text+" "+e.Entry.URL)
		}
	case *page.EventLifecycleEvent:
		if e.Name == "networkIdle" {
			select {
			case tb.idle <- struct{}{}:
			default:
			}
		}
	}
}

// within gives a context of the tab that ends after patience.
func (tb *tab) within() context.Context {
	ctx, cancel := context.WithTimeout(tb.ctx, patience)
	tb.t.Cleanup(cancel)
	return ctx
}

// get does something in the tab and returns its result.
func get[T any](tb *tab, action chromedp.Action[T]) T {
	tb.t.Helper()
	out, err := chromedp.Run(tb.within(), action)
	require.NoError(tb.t, err)
	return out
}

// follow does things that lead to another page, and returns the status of the answer.
func (tb *tab) follow(steps ...chromedp.Action[chromedp.Void]) int64 {
	tb.t.Helper()
	answer, err := chromedp.RunResponse(tb.within(), steps...)
	require.NoError(tb.t, err)
	return answer.Status
}

// visit opens an address and returns the status of the answer.
func (tb *tab) visit(url string) int64 {
	tb.t.Helper()
	return tb.follow(chromedp.Navigate(url))
}

// quiet waits until a page that loads more by scripts has nothing under way, at most ten seconds: some never stop.
func (tb *tab) quiet() {
	select {
	case <-tb.idle:
	case <-time.After(10 * time.Second):
	}
}

// screen makes the window as wide as said, in pixels, light or dark.
func (tb *tab) screen(width int64, dark bool) {
	tb.t.Helper()
	scheme := map[bool]string{false: "light", true: "dark"}[dark]
	get(tb, chromedp.EmulateViewport(width, 900))
	_, err := chromedp.Call(tb.within(), emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	require.NoError(tb.t, err)
}

// shoot writes a screenshot of the whole page.
func (tb *tab) shoot(name string) {
	tb.t.Helper()
	dir := os.Getenv("ML_SCREENSHOTS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", ".demo", "screenshots")
	}
	require.NoError(tb.t, os.MkdirAll(dir, 0o750))
	png := get(tb, chromedp.FullScreenshot(100))
	require.NoError(tb.t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600))
}

// complaints are what the console said since the last time.
func (tb *tab) complaints() []string {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	said := tb.wrong
	tb.wrong = nil
	return said
}
