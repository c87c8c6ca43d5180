package faultproxy_test

import (
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/internal/faultproxy"
)

func TestMain(m *testing.M) { devtest.Main(m) }

// bundle is a proxy and the record of what its rule was asked.
type bundle struct {
	*faultproxy.Proxy

	t     *testing.T
	mu    sync.Mutex
	asked []question
}

type question struct {
	at faultproxy.Moment
	m  faultproxy.Message
}

// setup starts a proxy whose end must leave no goroutine behind that was not there before. Tests of this package are not
// parallel for that.
func setup(t *testing.T, protocol faultproxy.Protocol, target string) *bundle {
	t.Helper()
	before := goleak.IgnoreCurrent()
	p, err := faultproxy.Start(protocol, target)
	require.NoError(t, err)
	b := &bundle{t: t, Proxy: p}
	t.Cleanup(func() {
		require.NoError(t, p.Close())
		require.Zero(t, p.Open())
		goleak.VerifyNone(t, before)
	})
	b.rule(func(faultproxy.Moment, faultproxy.Message) faultproxy.Action { return faultproxy.Action{} })
	return b
}

// rule sets a rule and keeps what it is asked.
func (b *bundle) rule(rule faultproxy.Rule) {
	b.SetRule(func(at faultproxy.Moment, m faultproxy.Message) faultproxy.Action {
		b.mu.Lock()
		b.asked = append(b.asked, question{at, m})
		b.mu.Unlock()
		return rule(at, m)
	})
}

// at acts at one moment of the messages with a text.
func at(moment faultproxy.Moment, text string, a faultproxy.Action) faultproxy.Rule {
	return func(at faultproxy.Moment, m faultproxy.Message) faultproxy.Action {
		if at == moment && m.Text == text {
			return a
		}
		return faultproxy.Action{}
	}
}

func (b *bundle) texts(at faultproxy.Moment) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, q := range b.asked {
		if q.at == at {
			out = append(out, q.m.Text)
		}
	}
	return out
}

func (b *bundle) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = nil
}

// eventually polls a condition that another goroutine brings about.
func eventually(t *testing.T, is func() bool, what string) {
	t.Helper()
	require.True(t, assert.Eventually(t, is, 20*time.Second, 5*time.Millisecond), what)
}

// process is another program that does nothing.
func process(t *testing.T) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sleep", "600")
	require.NoError(t, cmd.Start())
	return cmd
}
