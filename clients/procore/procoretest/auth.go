package procoretest

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

type token struct{ created, expires time.Time }

// oauthForm reads an OAuth request: urlencoded, multipart or JSON, with the
// client's credentials in the body or in basic authentication.
func oauthForm(r *http.Request) (url.Values, error) {
	form := url.Values{}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	switch kind {
	case "application/json":
		var body map[string]string
		if err := json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&body); err != nil {
			return nil, err
		}
		for name, value := range body {
			form.Set(name, value)
		}
	case "multipart/form-data":
		if err := r.ParseMultipartForm(1 << 16); err != nil { //nolint:gosec // a sandbox on loopback; the form is small
			return nil, err
		}
		form = r.PostForm
	default:
		if err := r.ParseForm(); err != nil {
			return nil, err
		}
		form = r.PostForm
	}
	if id, secret, basic := r.BasicAuth(); basic {
		form.Set("client_id", id)
		form.Set("client_secret", secret)
	}
	return form, nil
}

func oauthError(status int, code, description string) reply {
	return jsonReply(status, map[string]any{"error": code, "error_description": description}, "")
}

func (s *Server) handleToken(w http.ResponseWriter, r *http.Request) {
	s.token(r).send(w, r)
}

func (s *Server) token(r *http.Request) reply {
	r.Body = http.MaxBytesReader(nil, r.Body, 1<<16)
	form, err := oauthForm(r)
	if err != nil {
		return oauthError(http.StatusBadRequest, "invalid_request", "The request could not be read.")
	}
	if form.Get("grant_type") != "client_credentials" {
		return oauthError(http.StatusBadRequest, "unsupported_grant_type",
			"The authorization grant type is not supported by the authorization server.")
	}
	if !same(form.Get("client_id"), s.cfg.ClientID) || !same(form.Get("client_secret"), s.cfg.ClientSecret) {
		return oauthError(http.StatusUnauthorized, "invalid_client",
			"Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.")
	}
	value := make([]byte, 32)
	_, _ = rand.Read(value) // never fails, see crypto/rand
	access := hex.EncodeToString(value)
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Now().UTC()
	s.tokens[access] = token{created: now, expires: now.Add(s.cfg.TokenTTL)}
	s.issued++
	return jsonReply(http.StatusOK, map[string]any{
		"access_token": access,
		"token_type":   "Bearer",
		"expires_in":   int(s.cfg.TokenTTL / time.Second),
		"created_at":   now.Unix(),
	}, "")
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func (s *Server) handleTokenInfo(w http.ResponseWriter, r *http.Request) {
	if p := s.checkToken(r); p != nil {
		replyOf(answer{}, p).send(w, r)
		return
	}
	s.mu.Lock()
	t := s.tokens[bearer(r)]
	left := t.expires.Sub(s.cfg.Now())
	s.mu.Unlock()
	jsonReply(http.StatusOK, map[string]any{
		"resource_owner_id":  s.cfg.CompanyID + 1,
		"scopes":             []string{},
		"expires_in_seconds": int(left / time.Second),
		"application":        map[string]any{"uid": s.cfg.ClientID},
		"created_at":         t.created.Unix(),
	}, "").send(w, r)
}

// handleRevoke answers 200 whatever it is given, as RFC 7009 and Procore do.
func (s *Server) handleRevoke(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	if form, err := oauthForm(r); err == nil && same(form.Get("client_id"), s.cfg.ClientID) &&
		same(form.Get("client_secret"), s.cfg.ClientSecret) {
		s.mu.Lock()
		delete(s.tokens, form.Get("token"))
		s.mu.Unlock()
	}
	jsonReply(http.StatusOK, map[string]any{}, "").send(w, r)
}

// TokensIssued counts the tokens handed out since New.
func (s *Server) TokensIssued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.issued
}

// ExpireTokens makes every token handed out so far invalid.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

func bearer(r *http.Request) string {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(value)
}

func (s *Server) checkToken(r *http.Request) *problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, known := s.tokens[bearer(r)]
	if !known {
		return unauthorized("The access token is invalid")
	}
	if !s.cfg.Now().Before(t.expires) {
		return unauthorized("The access token expired")
	}
	return nil
}

// checkCompanyHeader wants Procore-Company-Id on every call of a service account.
func (s *Server) checkCompanyHeader(r *http.Request) *problem {
	value := r.Header.Get("Procore-Company-Id")
	if value == "" {
		return &problem{status: http.StatusBadRequest, plain: "The Procore-Company-Id header is required."}
	}
	id, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return &problem{status: http.StatusBadRequest, plain: "The Procore-Company-Id header is invalid."}
	}
	return s.checkCompany(id)
}

// checkCompany refuses companies that the app is not installed in.
func (s *Server) checkCompany(id int64) *problem {
	if id == s.cfg.CompanyID {
		return nil
	}
	return &problem{status: http.StatusForbidden, body: map[string]any{
		"errors": []string{"App is not connected to this company."},
	}}
}
