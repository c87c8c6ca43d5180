package main

import (
	"context"
	"errors"
)

func (d *Demo) recordHistories(context.Context) error { return errors.New("later") }
