package faultproxy

import (
	"encoding/binary"
	"fmt"
	"io"
)

// maxFrame is more than PostgreSQL itself takes or sends.
const maxFrame = 1 << 30

// frame is a message of the wire protocol as it came.
type frame struct {
	kind byte
	raw  []byte // with kind and length
}

func (f frame) body() []byte { return f.raw[5:] }

func readFrame(r io.Reader) (frame, error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(r, head); err != nil {
		return frame{}, err
	}
	rest, err := body(r, int64(binary.BigEndian.Uint32(head[1:]))-4)
	return frame{kind: head[0], raw: append(head, rest...)}, err
}

func body(r io.Reader, length int64) ([]byte, error) {
	if length < 0 || length > maxFrame {
		return nil, fmt.Errorf("a message of %d bytes", length)
	}
	b := make([]byte, length)
	_, err := io.ReadFull(r, b)
	return b, err
}
