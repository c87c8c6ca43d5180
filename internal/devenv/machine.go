package devenv

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// roomNeeded is what PostgreSQL and Temporal take at least, in bytes: a new cluster and its first write-ahead log.
const roomNeeded = 200 << 20

// checkMachine looks at what would otherwise show as a failure of PostgreSQL or Temporal: a full disk, no loopback.
func checkMachine(ctx context.Context, dir string) error {
	if room, known := freeSpace(dir); known && room < roomNeeded {
		return fmt.Errorf("only %d MB are free in %s, and PostgreSQL and Temporal need %d MB: make room there, or set TMPDIR to a directory on another disk",
			room>>20, dir, roomNeeded>>20)
	}
	if err := dialSelf(ctx); err != nil {
		return fmt.Errorf("this machine cannot reach itself at 127.0.0.1, where all services listen: bring its loopback interface up (ip link set lo up): %w", err)
	}
	return nil
}

// dialSelf connects to a port of this process.
func dialSelf(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
	if err == nil {
		err = conn.Close()
	}
	return errors.Join(err, l.Close())
}
