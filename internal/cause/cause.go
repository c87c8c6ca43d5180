package cause

import (
	"strings"
	"time"
)

var byCode = index()

func index() map[string]Entry {
	m := make(map[string]Entry, len(entries))
	for _, e := range entries {
		m[e.Code] = e
	}
	return m
}

// All returns the catalogue in its order.
func All() []Entry { return append([]Entry(nil), entries...) }

// Code is the part of a key before the colon.
func Code(key string) string {
	code, _, _ := strings.Cut(key, ":")
	return code
}

// Subject is the part of a key after the colon: what is to be mended.
func Subject(key string) string {
	_, subject, _ := strings.Cut(key, ":")
	return subject
}

// Key joins a code and its subject.
func Key(code, subject string) string { return code + ":" + subject }

// Lookup finds the entry of a key. An unknown code (a newer build's) reads as itself.
func Lookup(key string) Entry {
	if e, ok := byCode[Code(key)]; ok {
		return e
	}
	return Entry{Code: Code(key), Sentence: "The record waits for " + key + ".", WayOut: "See `ml-connector audit show`."}
}

// Sentence fills the sentence of a key with the details of a wait.
func Sentence(key string, detail map[string]string) string {
	return fill(Lookup(key).Sentence, Subject(key), detail)
}

// WayOut fills the way out of a key with the details of a wait.
func WayOut(key string, detail map[string]string) string {
	return fill(Lookup(key).WayOut, Subject(key), detail)
}

// RecheckAt is when the record should look again by itself; nil never.
func RecheckAt(key string, now time.Time) *time.Time {
	e := Lookup(key)
	if e.Recheck == 0 {
		return nil
	}
	at := now.Add(e.Recheck)
	return &at
}

func fill(text, subject string, detail map[string]string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			b.WriteString("{" + rest)
			return b.String()
		}
		value := strings.TrimRight(detail[name], ".")
		if value == "" {
			value = subject
		}
		b.WriteString(value)
		text = after
	}
}
