package faultproxy_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/faultproxy"
)

// counter is a server with an effect that can be counted.
type counter struct {
	*bundle

	effects atomic.Int64
	server  *httptest.Server
	client  *http.Client
}

const post = "POST /count"

func newCounter(t *testing.T) *counter {
	t.Helper()
	s := &counter{}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.URL.Query().Get("drop") != "" {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("X-Host", r.Host)
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, string(body)+strconv.FormatInt(s.effects.Add(1), 10))
	}))
	s.bundle = setup(t, faultproxy.HTTP, s.server.Listener.Addr().String())
	t.Cleanup(s.server.Close)
	transport := &http.Transport{}
	s.client = &http.Client{Transport: transport}
	t.Cleanup(transport.CloseIdleConnections)
	return s
}

func (s *counter) post(query string) (string, *http.Response, error) {
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, "http://"+s.Addr()+"/count"+query, strings.NewReader("n"))
	require.NoError(s.t, err)
	answer, err := s.client.Do(req)
	if err != nil {
		return "", nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return string(body), answer, err
}

func TestHTTPPassesOn(t *testing.T) {
	s := newCounter(t)
	for _, want := range []string{"n1", "n2"} {
		body, answer, err := s.post("?a=b;c")
		require.NoError(t, err)
		require.Equal(t, want, body)
		require.Equal(t, http.StatusAccepted, answer.StatusCode)
		require.Equal(t, s.Addr(), answer.Header.Get("X-Host"))
	}
	require.Equal(t, []question{
		{faultproxy.Before, faultproxy.Message{N: 1, Conn: 1, Text: post}},
		{faultproxy.After, faultproxy.Message{N: 1, Conn: 1, Text: post}},
		{faultproxy.Before, faultproxy.Message{N: 2, Conn: 1, Text: post}},
		{faultproxy.After, faultproxy.Message{N: 2, Conn: 1, Text: post}},
	}, s.asked)
}

func TestHTTPCut(t *testing.T) {
	for moment, effects := range map[faultproxy.Moment]int64{faultproxy.Before: 0, faultproxy.After: 1} {
		t.Run(moment.String(), func(t *testing.T) {
			s := newCounter(t)
			s.rule(at(moment, post, faultproxy.Action{Cut: true}))
			_, _, err := s.post("")
			require.Error(t, err)
			require.Equal(t, effects, s.effects.Load())
			s.SetRule(nil)
			_, _, err = s.post("")
			require.NoError(t, err)
		})
	}
}

func TestHTTPDelayAndHold(t *testing.T) {
	s := newCounter(t)
	const pause = 30 * time.Millisecond
	s.rule(at(faultproxy.After, post, faultproxy.Action{Delay: pause}))
	began := time.Now()
	_, _, err := s.post("")
	require.NoError(t, err)
	require.GreaterOrEqual(t, time.Since(began), pause)

	hold := make(chan struct{})
	s.rule(at(faultproxy.Before, post, faultproxy.Action{Hold: hold}))
	s.forget()
	finished := make(chan error, 1)
	go func() {
		_, _, err := s.post("")
		finished <- err
	}()
	eventually(t, func() bool { return len(s.texts(faultproxy.Before)) == 1 }, "the message comes")
	require.Equal(t, int64(1), s.effects.Load(), "held before its effect")
	close(hold)
	require.NoError(t, <-finished)
	require.Equal(t, int64(2), s.effects.Load())
}

// A request that was on its way has its effect although its sender gave up.
func TestHTTPHeldRequestOfAClientThatLeft(t *testing.T) {
	s := newCounter(t)
	hold := make(chan struct{})
	s.rule(at(faultproxy.Before, post, faultproxy.Action{Hold: hold}))
	s.client.Timeout = 20 * time.Millisecond
	_, _, err := s.post("")
	require.Error(t, err)
	require.Zero(t, s.effects.Load())
	close(hold)
	eventually(t, func() bool { return s.effects.Load() == 1 }, "the late effect")
}

func TestDownAndUp(t *testing.T) {
	s := newCounter(t)
	hold := make(chan struct{})
	defer close(hold)
	s.rule(at(faultproxy.Before, post, faultproxy.Action{Hold: hold}))
	finished := make(chan error, 1)
	go func() {
		_, _, err := s.post("")
		finished <- err
	}()
	eventually(t, func() bool { return len(s.texts(faultproxy.Before)) == 1 }, "the message comes")
	s.SetRule(nil)
	s.Down()
	require.Error(t, <-finished)
	_, _, err := s.post("")
	require.Error(t, err)
	require.Zero(t, s.effects.Load(), "what was held when the line went down never arrives")
	require.Zero(t, s.Open())
	s.Up()
	_, _, err = s.post("")
	require.NoError(t, err)
}

func TestATargetThatIsGoneOrCuts(t *testing.T) {
	s := newCounter(t)
	_, _, err := s.post("?drop=1")
	require.ErrorIs(t, err, io.EOF)
	s.server.Close()
	_, _, err = s.post("")
	require.ErrorIs(t, err, io.EOF)
}

func TestSignals(t *testing.T) {
	s := newCounter(t)
	victim := process(t)
	s.rule(at(faultproxy.Before, post, faultproxy.Action{Signal: syscall.SIGSTOP, PID: victim.Process.Pid}))
	_, _, err := s.post("")
	require.NoError(t, err)
	eventually(t, func() bool { return state(t, victim) == "T" }, "it is stopped")
	s.rule(at(faultproxy.After, post, faultproxy.Action{Signal: syscall.SIGKILL, PID: victim.Process.Pid, Cut: true}))
	_, _, err = s.post("")
	require.Error(t, err)
	var ended *exec.ExitError
	require.ErrorAs(t, victim.Wait(), &ended)
	status, ok := ended.Sys().(syscall.WaitStatus)
	require.True(t, ok)
	require.Equal(t, syscall.SIGKILL, status.Signal())
	require.Equal(t, int64(2), s.effects.Load())
}

// state is a process's state as ps shows it, T for a stopped one.
func state(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ps", "-o", "stat=", "-p", strconv.Itoa(cmd.Process.Pid)).Output()
	require.NoError(t, err)
	return string(out[:1])
}

func TestASignalThatCannotBeSentIsTold(t *testing.T) {
	p, err := faultproxy.Start(faultproxy.HTTP, "127.0.0.1:1")
	require.NoError(t, err)
	victim := process(t)
	require.NoError(t, victim.Process.Kill())
	require.Error(t, victim.Wait())
	p.SetRule(func(faultproxy.Moment, faultproxy.Message) faultproxy.Action {
		return faultproxy.Action{Signal: syscall.SIGKILL, PID: victim.Process.Pid, Cut: true}
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+p.Addr(), nil)
	require.NoError(t, err)
	_, err = http.DefaultClient.Do(req)
	require.Error(t, err)
	require.ErrorIs(t, p.Close(), os.ErrProcessDone)
}
