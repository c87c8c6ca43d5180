package odoo

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Dated is a record as the store keeps it.
type Dated interface {
	// OdooID is the record's id in its model.
	OdooID() int64
	// Written is write_date: UTC, the database server's clock, start of the writing transaction, cut to seconds.
	Written() time.Time
	// Created is create_date, or zero when it was not read.
	Created() time.Time
	// Canonical is the content as bytes that are equal exactly when the content is.
	Canonical() ([]byte, error)
}

var (
	_ Dated = PurchaseOrder{}
	_ Dated = VendorBill{}
	_ Dated = Partner{}
	_ Dated = Record[Tax]{}
)

// Record is a record of master data with its dates.
type Record[T any] struct {
	Doc                   T
	ID                    int64
	WriteDate, CreateDate time.Time
}

// OdooID implements Dated.
func (r Record[T]) OdooID() int64 { return r.ID }

// Written implements Dated.
func (r Record[T]) Written() time.Time { return r.WriteDate }

// Created implements Dated.
func (r Record[T]) Created() time.Time { return r.CreateDate }

// Canonical is the document alone as JSON, without its dates.
func (r Record[T]) Canonical() ([]byte, error) { return canonical(r.Doc) }

// OdooID implements Dated.
func (o PurchaseOrder) OdooID() int64 { return o.ID }

// Written implements Dated.
func (o PurchaseOrder) Written() time.Time { return o.WriteDate }

// Created implements Dated.
func (o PurchaseOrder) Created() time.Time { return o.CreateDate }

// Canonical is the order with its lines by id as JSON, without create and write date.
func (o PurchaseOrder) Canonical() ([]byte, error) {
	o.DateOrder, o.Approved = o.DateOrder.UTC(), o.Approved.UTC()
	o.Lines = byID(o.Lines, func(l OrderLine) int64 { return l.ID })
	return canonical(o)
}

// OdooID implements Dated.
func (b VendorBill) OdooID() int64 { return b.ID }

// Written implements Dated.
func (b VendorBill) Written() time.Time { return b.WriteDate }

// Created implements Dated.
func (b VendorBill) Created() time.Time { return b.CreateDate }

// Canonical is the bill with its lines by id as JSON, without create and write date.
func (b VendorBill) Canonical() ([]byte, error) {
	b.Lines = byID(b.Lines, func(l MoveLine) int64 { return l.ID })
	return canonical(b)
}

// OdooID implements Dated.
func (p Partner) OdooID() int64 { return p.ID }

// Written implements Dated.
func (p Partner) Written() time.Time { return p.WriteDate }

// Created implements Dated.
func (p Partner) Created() time.Time { return p.CreateDate }

// Canonical is the partner as JSON, without create and write date.
func (p Partner) Canonical() ([]byte, error) { return canonical(p) }

func byID[T any](lines []T, id func(T) int64) []T {
	out := append([]T{}, lines...)
	slices.SortFunc(out, func(a, b T) int { return cmp.Compare(id(a), id(b)) })
	return out
}

// canonical relies on fixed field order, decimals without trailing zeros, and no maps in documents.
func canonical(doc any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(doc); err != nil {
		return nil, fmt.Errorf("encoding a document: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
