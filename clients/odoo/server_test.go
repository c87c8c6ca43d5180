package odoo

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const testKey = "0123456789abcdef0123456789abcdef01234567"

// answer is a response to one call.
type answer struct {
	status int
	body   any // a string is sent as HTML
	header http.Header
}

// sent is one request as it arrived.
type sent struct {
	path   string
	header http.Header
	length int64
	body   map[string]any
}

// replay answers calls "model/method" with the given answers, one after the other, the last one for ever.
// A fields_get without an answer knows every field that it is asked for.
type replay struct {
	*httptest.Server
	mu      sync.Mutex
	answers map[string][]answer
	got     []sent
}

func newReplay(t *testing.T) *replay {
	t.Helper()
	s := &replay{answers: map[string][]answer{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *replay) on(call string, answers ...answer) *replay {
	s.answers[call] = answers
	return s
}

func (s *replay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	call := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/json/2/"), "/")
	in := sent{path: r.URL.Path, header: r.Header.Clone(), length: r.ContentLength}
	_ = json.NewDecoder(r.Body).Decode(&in.body)
	s.got = append(s.got, in)
	list, ok := s.answers[call]
	if !ok {
		if !strings.HasSuffix(call, "/fields_get") {
			s.write(w, answer{status: 404, body: map[string]any{"name": "werkzeug.exceptions.NotFound", "message": "no answer for " + call}})
			return
		}
		fields := map[string]any{}
		asked, _ := in.body["allfields"].([]any)
		for _, f := range asked {
			fields[fmt.Sprint(f)] = map[string]any{"type": "char"}
		}
		list = []answer{{body: fields}}
	}
	if len(list) > 1 {
		s.answers[call] = list[1:]
	}
	s.write(w, list[0])
}

func (s *replay) write(w http.ResponseWriter, a answer) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	maps.Copy(w.Header(), a.header)
	if text, ok := a.body.(string); ok {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(a.status)
		_, _ = w.Write([]byte(text))
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body)
}

// requests are those of one call that arrived.
func (s *replay) requests(call string) []sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []sent
	for _, r := range s.got {
		if strings.HasSuffix(r.path, "/"+call) {
			out = append(out, r)
		}
	}
	return out
}

func (s *replay) client(t *testing.T, change ...func(*Config)) *Client {
	t.Helper()
	return newClient(t, s.URL, change...)
}

func newClient(t *testing.T, url string, change ...func(*Config)) *Client {
	t.Helper()
	cfg := Config{URL: url, API: APIJSON2, Database: "acme", Key: testKey, HTTPTimeout: 10 * time.Second, Transport: &http.Transport{}}
	for _, f := range change {
		f(&cfg)
	}
	c, err := New(cfg)
	require.NoError(t, err)
	return c
}

func wire(t *testing.T, c *Client) *json2 {
	t.Helper()
	w, ok := c.rpc.(*json2)
	require.True(t, ok)
	return w
}

// fixture is a recorded answer of a real Odoo 19.
func fixture(t *testing.T, name string) answer {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(fixtureDir(t), name+".json"))
	require.NoError(t, err)
	var f struct {
		Response struct {
			Status  int             `json:"status"`
			Headers [][2]string     `json:"headers"`
			Body    json.RawMessage `json:"body"`
			IsText  bool            `json:"body_is_text"`
		} `json:"response"`
	}
	require.NoError(t, json.Unmarshal(raw, &f))
	a := answer{status: f.Response.Status, body: f.Response.Body, header: http.Header{}}
	if f.Response.IsText {
		var s string
		require.NoError(t, json.Unmarshal(f.Response.Body, &s))
		a.body = s
	}
	for _, h := range f.Response.Headers {
		if h[0] == "Location" || h[0] == "WWW-Authenticate" {
			a.header.Add(h[0], h[1])
		}
	}
	return a
}

func fixtureDir(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("ML_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	dir := filepath.Join(shared, "odoo", "fixtures", "json2")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the recorded traffic of real Odoo servers is not beside the repository")
	}
	return dir
}

// objects is a list of records as JSON.
func objects(records ...map[string]any) answer {
	if records == nil {
		records = []map[string]any{}
	}
	return answer{body: records}
}
