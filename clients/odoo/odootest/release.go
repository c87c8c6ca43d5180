package odootest

import (
	"strconv"
	"strings"
)

// release is the version as the server tells it, the series without its edition, and its parts: ["saas~19", 1, …] for
// saas~19.1+e.
func (s *Server) release() (version, series string, info []any) {
	version = s.cfg.Version
	if s.cfg.Release != "" {
		version = s.cfg.Release
	}
	series, edition, _ := strings.Cut(version, "+")
	first, second, _ := strings.Cut(series, ".")
	minor, _ := strconv.ParseInt(second, 10, 64)
	var major any = first
	if n, err := strconv.ParseInt(first, 10, 64); err == nil {
		major = n
	}
	return version, series, []any{major, minor, int64(0), "final", int64(0), edition}
}
