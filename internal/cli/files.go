package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"unicode/utf8"
)

// maxFile is the largest tenant file or mapping sheet that is read, in bytes.
const maxFile = 64 << 20

// readText reads a file, or standard input for "-", which must be UTF-8; a byte order mark is taken off.
func (a *App) readText(path string) ([]byte, error) {
	data, err := a.readFile(path)
	if err != nil {
		return nil, err
	}
	if path == "-" {
		path = "standard input"
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return nil, fmt.Errorf("%s is a workbook (XLSX) or another archive: save the sheet as CSV UTF-8", path)
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return nil, fmt.Errorf("%s is written in UTF-16: save it as UTF-8", path)
	case !utf8.Valid(data):
		return nil, fmt.Errorf("%s is not UTF-8 text (first on line %d): save it as UTF-8", path, firstLine(data, func(r rune, size int) bool { return r == utf8.RuneError && size == 1 }))
	case bytes.IndexByte(data, 0) >= 0:
		return nil, fmt.Errorf("%s holds a NUL character (first on line %d): it is no text file", path, firstLine(data, func(r rune, _ int) bool { return r == 0 }))
	}
	return data, nil
}

// firstLine is the line, from 1, of the first rune that is wanted.
func firstLine(data []byte, wanted func(r rune, size int) bool) int {
	line := 1
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if wanted(r, size) {
			return line
		}
		if r == '\n' {
			line++
		}
		i += size
	}
	return line
}

func (a *App) readFile(path string) ([]byte, error) {
	in := a.stdin
	if path != "-" {
		file, err := os.Open(path) //nolint:gosec // the operator names the path
		if err != nil {
			return nil, fileError(path, err)
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	data, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return nil, fileError(path, err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s is larger than %d MB", path, maxFile>>20)
	}
	return data, nil
}

// fileError names the path once.
func fileError(path string, err error) error {
	var at *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the file %s does not exist", path)
	case errors.Is(err, syscall.EISDIR):
		return fmt.Errorf("%s is a directory: name a file in it", path)
	case errors.As(err, &at):
		return fmt.Errorf("reading the file %s: %w", path, at.Err)
	default:
		return fmt.Errorf("reading the file %s: %w", path, err)
	}
}
