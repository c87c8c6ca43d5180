package crash

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ml-connector/odoo-procore/internal/rig"
)

// patience bounds one point: the longest wait of the product in it is that for a record whose offer was lost with its
// worker (activities.offeredFor) after an activity was (workflows.short).
const patience = 8 * time.Minute

// Run finds the effects of the firm and disturbs them.
type Run struct {
	// Bench is where it runs.
	Bench *rig.Bench
	// Parallel is how many points run at once.
	Parallel int
	// Log gets a line for each point.
	Log io.Writer
	// Only chooses points by "effect/when"; nil: all.
	Only *regexp.Regexp
	// Stages are the firm, Whole or Small.
	Stages []Stage
	// Odoo are the versions of the sandbox (odootest.Versions), which take turns; none: the newest. Of several each must
	// end as the others do.
	Odoo []string
	// Sample disturbs each effect in one way only, the ways in turn.
	Sample bool

	mu      sync.Mutex
	began   time.Time
	end     end
	report  Report
	chosen  int
	settled int
}

// Points plays the firm undisturbed, twice, and gives the points that were chosen. An error: the two end differently.
func (r *Run) Points(ctx context.Context) ([]Point, error) {
	r.began = time.Now()
	r.say("the firm, undisturbed")
	var plays [2]*play
	var ends [2]end
	group, groupCtx := errgroup.WithContext(ctx)
	for i := range plays {
		group.Go(func() error {
			var err error
			plays[i], ends[i], err = r.play(groupCtx, fmt.Sprintf("undisturbed-%d", i+1), Point{Odoo: r.version(i)})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("the undisturbed run: %w", err)
	}
	// What only one of them has happened by chance.
	effects, second := sorted(plays[0].effects.all()), sorted(plays[1].effects.all())
	for _, chance := range end(effects).differences(end(second)) {
		r.say("only in one of two undisturbed runs: %s", cmp.Or(chance.Here, chance.Undisturbed))
	}
	effects = slices.DeleteFunc(effects, func(e string) bool { return !slices.Contains(second, e) })
	if d := ends[1].differences(ends[0]); len(d) > 0 {
		return nil, fmt.Errorf("two undisturbed runs end differently:\n%s", lines(d))
	}
	r.end = ends[0]
	r.say("%d effects, %d documents and bindings at the end", len(effects), len(r.end))
	return r.choose(effects), nil
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func (r *Run) choose(effects []string) []Point {
	var points []Point
	for _, effect := range effects {
		for _, when := range Whens {
			points = append(points, Point{N: len(points) + 1, Effect: effect, When: when})
		}
	}
	if r.Only != nil {
		points = slices.DeleteFunc(points, func(p Point) bool { return !r.Only.MatchString(p.Effect + "/" + string(p.When)) })
	}
	if r.Sample {
		points = slices.DeleteFunc(points, func(p Point) bool { return (p.N-1)%len(Whens) != (p.N-1)/len(Whens)%len(Whens) })
	}
	for i := range points {
		points[i].Odoo = r.version(i + i/len(Whens)) // one way does not meet one version only
	}
	r.chosen = len(points)
	return points
}

// version is the n-th of the versions' turns.
func (r *Run) version(n int) string {
	if len(r.Odoo) == 0 {
		return ""
	}
	return r.Odoo[n%len(r.Odoo)]
}

// Disturb runs the points and gives the report; an error only when it could not go on.
func (r *Run) Disturb(ctx context.Context, points []Point) (Report, error) {
	r.report = Report{Points: make([]Point, len(points)), Differences: []Difference{}}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(r.Parallel, 1))
	for i, point := range points {
		group.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			done, differences := r.point(ctx, point)
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			r.report.Points[i] = done
			r.report.Differences = append(r.report.Differences, differences...)
			return nil
		})
	}
	err := group.Wait()
	slices.SortStableFunc(r.report.Differences, func(a, b Difference) int { return cmp.Compare(a.N, b.N) })
	r.report.Equal = err == nil && len(r.report.Differences) == 0
	return r.report, err
}

// point plays the firm with one disturbance.
func (r *Run) point(ctx context.Context, point Point) (Point, []Difference) {
	began := time.Now()
	p, end, err := r.play(ctx, fmt.Sprintf("point-%d", point.N), point)
	var differences []Difference
	if p != nil {
		point.PID = p.hitPID()
	}
	if err != nil {
		differences = []Difference{{Failure: err.Error()}}
	} else {
		differences = end.differences(r.end)
	}
	for i := range differences {
		differences[i].N = point.N
	}
	if ctx.Err() != nil {
		return point, nil
	}
	r.mu.Lock()
	r.settled++
	count := fmt.Sprintf("%d/%d", r.settled, r.chosen)
	r.mu.Unlock()
	verdict := "equal"
	if len(differences) > 0 {
		verdict = "NOT EQUAL\n" + lines(differences)
	}
	r.say("%7s  %-7s  %s  (point %d, %spid %d, %.0f s): %s", count, point.When, point.Effect, point.N, point.with(), point.PID, time.Since(began).Seconds(), verdict)
	return point, differences
}

// play runs the stages once, on a tenant of its own. With an error the play, when there is one, still tells what was hit.
func (r *Run) play(ctx context.Context, name string, point Point) (_ *play, _ end, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("it did not come to rest in time"))
	defer cancel()
	p, err := newPlay(ctx, r.Bench, r.Stages, name, point)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	result, err := p.run(ctx)
	if err != nil {
		about, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = fmt.Errorf("%w; %s", err, p.tenant.State(about))
	}
	return p, result, err
}

// say prints a line with the seconds since the start.
func (r *Run) say(format string, args ...any) {
	if r.Log == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_, _ = fmt.Fprintf(r.Log, "%6.1fs  %s\n", time.Since(r.began).Seconds(), fmt.Sprintf(format, args...))
}

// lines puts differences on lines of their own.
func lines(list []Difference) string {
	var out []string
	for _, d := range list {
		switch {
		case d.Failure != "":
			out = append(out, "        failed: "+d.Failure)
		case d.Here != "":
			out = append(out, "        here:        "+d.Here)
		default:
			out = append(out, "        undisturbed: "+d.Undisturbed)
		}
	}
	return strings.Join(out, "\n")
}
