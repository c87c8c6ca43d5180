package crash

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/ml-connector/odoo-procore/internal/faultproxy"
	"github.com/ml-connector/odoo-procore/internal/rig"
)

// play is one run of the firm's stages, disturbed at a point or not.
type play struct {
	bench    *rig.Bench
	firm     []Stage
	point    Point           // When is empty: undisturbed
	life     context.Context //nolint:containedctx // that of the run: a request goes on without its sender
	tenant   *rig.Tenant
	gate     *gate
	database *faultproxy.Proxy
	effects  effects
	docs     documents

	mu  sync.Mutex
	at  intent // the disturbed write
	pid int
}

// newPlay sets a tenant up. Its traffic to Procore passes the gate, that to the database a proxy.
func newPlay(ctx context.Context, bench *rig.Bench, firm []Stage, name string, point Point) (*play, error) {
	p := &play{bench: bench, firm: firm, point: point, life: ctx}
	p.gate = &gate{p: p, over: make(chan struct{})}
	var err error
	p.tenant, err = bench.NewTenant(ctx, rig.TenantOptions{
		Name:   name,
		Odoo:   point.Odoo,
		Before: func(next http.Handler) http.Handler { p.gate.next = next; return p.gate },
		Via: rig.Via{Postgres: func(target string) (string, error) {
			var err error
			if p.database, err = faultproxy.Start(faultproxy.Postgres, target); err != nil {
				return "", err
			}
			return p.database.Addr(), nil
		}},
	})
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

func (p *play) close() error {
	var errs []error
	if p.tenant != nil {
		errs = append(errs, p.tenant.Close())
	}
	if p.database != nil {
		errs = append(errs, p.database.Close())
	}
	return errors.Join(errs...)
}

// run plays all stages and gives the end.
func (p *play) run(ctx context.Context) (end, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	p.life = ctx
	group.Go(func() error { return p.tenant.Keep(ctx) })
	var result end
	group.Go(func() error {
		defer cancel()
		var err error
		result, err = p.stages(ctx)
		return err
	})
	return result, group.Wait()
}

func (p *play) stages(ctx context.Context) (end, error) {
	for _, s := range p.firm {
		if err := s.do(ctx, p); err != nil {
			return end{}, fmt.Errorf("stage %s: %w", s.name, err)
		}
		if err := p.carry(ctx); err != nil {
			return end{}, fmt.Errorf("stage %s: %w", s.name, err)
		}
	}
	begun, err := p.gate.state()
	if err != nil {
		return end{}, err
	}
	if p.point.When != "" && !begun {
		return end{}, errors.New("the effect never came")
	}
	return p.end(ctx)
}

// carry runs cycles until nothing is pending and a disturbance that began is over, with all that it left.
func (p *play) carry(ctx context.Context) error {
	for {
		if err := p.tenant.Cycle(ctx); err != nil {
			return err
		}
		if begun, _ := p.gate.state(); begun {
			if err := p.disturbed(ctx); err != nil {
				return err
			}
		}
		pending, err := p.tenant.Pending(ctx)
		if err != nil || len(pending) == 0 {
			return err
		}
	}
}

// disturbed waits until the disturbance is over and the zombie has reported.
func (p *play) disturbed(ctx context.Context) error {
	select {
	case <-p.gate.over:
	case <-ctx.Done():
		return fmt.Errorf("waiting for the disturbance to be over: %w", context.Cause(ctx))
	}
	if _, failure := p.gate.state(); failure != nil || p.point.When != Zombie {
		return failure
	}
	return p.reported(ctx)
}

// reported waits until the zombie has said what became of its write.
func (p *play) reported(ctx context.Context) error {
	return rig.Until(ctx, "the late report of the zombie", func() (bool, error) {
		var late bool
		err := p.bench.Store.Pool().QueryRow(ctx, `SELECT late_at IS NOT NULL FROM sends WHERE id = $1`, p.hitRow().ID).Scan(&late)
		return late, err
	})
}

// hit notes the write that is disturbed and its worker.
func (p *play) hit(row intent, w *rig.Worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at, p.pid = row, w.PID
}

func (p *play) hitRow() intent {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at
}

func (p *play) hitPID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pid
}

// words reads what Procore's ids stand for.
func (p *play) words() words {
	state := p.tenant.Procore.State()
	w := words{projects: map[int64]string{}, vendors: map[int64]string{}, commitments: map[int64]string{}}
	for _, project := range state.Projects {
		w.projects[project.ID] = project.Name
	}
	for _, v := range state.Vendors {
		// A vendor may be renamed on the way: the first word stays.
		w.vendors[v.ID], _, _ = strings.Cut(v.Name, " ")
	}
	for _, c := range state.Commitments {
		w.commitments[c.ID] = c.Number + " on " + w.projects[c.ProjectID]
	}
	return w
}
