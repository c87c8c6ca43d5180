package activities_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/workflows"
)

// What a person may do to a workflow in the Web UI.
const (
	cancelIt    = "cancel"
	terminateIt = "terminate"
	resetIt     = "reset"
)

// startSoon is start with times that a test can sit out: to settle, and to be offered again.
func (b *bundle) startSoon(interceptors ...interceptor.WorkerInterceptor) *product {
	cfg := b.config("one")
	cfg.HTTPTimeout, cfg.ActivityTimeout, cfg.Settle, cfg.OfferedFor = 5*time.Second, 10*time.Second, 6*time.Second, 2*time.Second
	return b.startWith(cfg, interceptors...)
}

// held is a call to Procore that is stopped until it is let go.
type held struct {
	reached chan struct{}
	release func()
}

// hold stops the nth call of an operation, before its effect or after it.
func (b *bundle) hold(operation string, nth int, after bool) held {
	reached, let := make(chan struct{}), make(chan struct{})
	h := held{reached: reached, release: sync.OnceFunc(func() { close(let) })}
	b.t.Cleanup(h.release)
	stop := on(operation, nth, func() *procoretest.Fault {
		close(reached)
		<-let
		return nil
	})
	hook := procoretest.Hook{Before: stop}
	if after {
		hook = procoretest.Hook{After: stop}
	}
	b.procore.SetHook(hook)
	return h
}

func (h held) wait(t *testing.T) {
	t.Helper()
	select {
	case <-h.reached:
	case <-time.After(patience):
		require.Fail(t, "the operation did not come")
	}
}

// barrier stops the first attempt of an activity, when it has done its work, until it is let go.
type barrier struct {
	interceptor.WorkerInterceptorBase
	held

	activity string
	workflow string // empty: any
	stop     func()
}

func (b *bundle) barrier(activity, workflow string) *barrier {
	reached, let := make(chan struct{}), make(chan struct{})
	h := held{reached: reached, release: sync.OnceFunc(func() { close(let) })}
	b.t.Cleanup(h.release)
	return &barrier{held: h, activity: activity, workflow: workflow, stop: sync.OnceFunc(func() {
		close(reached)
		<-let
	})}
}

// InterceptActivity puts the barrier behind the activities of a worker.
func (b *barrier) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &stopping{ActivityInboundInterceptorBase: interceptor.ActivityInboundInterceptorBase{Next: next}, at: b}
}

type stopping struct {
	interceptor.ActivityInboundInterceptorBase

	at *barrier
}

// ExecuteActivity is one attempt.
func (s *stopping) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	result, err := s.Next.ExecuteActivity(ctx, in)
	info := activity.GetInfo(ctx)
	if info.ActivityType.Name == s.at.activity && info.Attempt == 1 && (s.at.workflow == "" || s.at.workflow == info.WorkflowExecution.ID) {
		s.at.stop()
	}
	return result, err
}

func (p *product) wake() {
	p.t.Helper()
	require.NoError(p.t, activities.Wake(p.t.Context(), p.client, p.queue, p.tenant))
}

// end does to a workflow what a person may do; it returns the run that it was done to.
func (p *product) end(how, id string) (run string) {
	p.t.Helper()
	ctx := p.t.Context()
	d, err := p.client.DescribeWorkflowExecution(ctx, id, "")
	require.NoError(p.t, err)
	run = d.GetWorkflowExecutionInfo().GetExecution().GetRunId()
	switch how {
	case cancelIt:
		require.NoError(p.t, p.client.CancelWorkflow(ctx, id, run))
	case terminateIt:
		require.NoError(p.t, p.client.TerminateWorkflow(ctx, id, run, "by hand"))
	case resetIt:
		tasks := p.tasks(id, run)
		p.reset(id, run, tasks[len(tasks)-1])
	}
	return run
}

// reset begins a new run of a workflow behind a workflow task of an old one.
func (p *product) reset(id, run string, task int64) (next string) {
	p.t.Helper()
	answer, err := p.client.ResetWorkflowExecution(p.t.Context(), &workflowservice.ResetWorkflowExecutionRequest{
		Namespace: "default", WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: id, RunId: run}, Reason: "by hand",
		WorkflowTaskFinishEventId: task, RequestId: fmt.Sprintf("%s/%d", run, task),
	})
	require.NoError(p.t, err)
	return answer.GetRunId()
}

// tasks are the workflow tasks of a run that the Web UI offers to reset to: those that were completed.
func (p *product) tasks(id, run string) (completed []int64) {
	p.t.Helper()
	for _, e := range p.events(id, run) {
		if e.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			completed = append(completed, e.GetEventId())
		}
	}
	require.NotEmpty(p.t, completed)
	return completed
}

func (p *product) events(id, run string) []*historypb.HistoryEvent {
	p.t.Helper()
	var all []*historypb.HistoryEvent
	for it := p.client.GetWorkflowHistory(p.t.Context(), id, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); {
		e, err := it.Next()
		require.NoError(p.t, err)
		all = append(all, e)
	}
	return all
}

// hurry lets the time pass that a record given back is not offered for, until nothing is pending.
func (p *product) hurry() {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		if p.left() == "" {
			return true
		}
		_, err := p.store.Pool().Exec(p.t.Context(), `UPDATE records SET offered_until = NULL WHERE tenant = $1 AND want > done`, p.tenant)
		return err != nil || activities.Wake(context.WithoutCancel(p.t.Context()), p.client, p.queue, p.tenant) != nil
	}, patience, 500*time.Millisecond, "left: %s", p.left)
}

var noFollow = client.WorkflowRunGetOptions{DisableFollowingRuns: true}

var closedAs = map[string]enumspb.WorkflowExecutionStatus{
	cancelIt: enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED, terminateIt: enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED,
	resetIt: enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED,
}

// A run of a record is ended by hand at each of its writes: the next run finishes the record, exactly once. Each write
// is ended in each way, in turns before Procore has it and after: of the three ways at least one is before and one after.
func TestEndedAtAWrite(t *testing.T) {
	t.Parallel()
	for n, p := range points {
		for m, how := range []string{cancelIt, terminateIt, resetIt} {
			after := (n+m)%2 == 0
			t.Run(fmt.Sprintf("%s/%s/after=%v", p.name, how, after), func(t *testing.T) {
				t.Parallel()
				b := setup(t)
				model, id := p.play(b, b.worker("before"))
				product := b.startSoon()
				held := b.hold(p.operation, p.nth, after)
				product.wake()
				held.wait(t)
				run := product.end(how, workflows.RecordID(b.tenant, model, id))
				held.release()
				product.closed(workflows.RecordID(b.tenant, model, id), run, closedAs[how])
				product.recover(p.want)
			})
		}
	}
}

// recover runs further cycles and wants the right end.
func (p *product) recover(want []string) {
	p.t.Helper()
	p.hurry()
	p.procore.SetHook(procoretest.Hook{})
	p.sync()
	p.settled(p.worker("next"), want)
}

// closed waits for a run to be closed.
func (p *product) closed(id, run string, as enumspb.WorkflowExecutionStatus) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	_ = p.client.GetWorkflow(ctx, id, run).GetWithOptions(ctx, nil, noFollow) // how it closed is asked below
	require.NoError(p.t, ctx.Err(), "run %s of %s has not closed in %s", run, id, patience)
	d, err := p.client.DescribeWorkflowExecution(ctx, id, run)
	require.NoError(p.t, err)
	require.Equal(p.t, as.String(), d.GetWorkflowExecutionInfo().GetStatus().String(), "of %s", id)
}

// An order is reopened in Procore and its worker dies, and then the order comes to rest in another way than by its
// Approve. It must not stay a Draft: committed cost would be zero. Without putBack in parkStep, and in resolved, it does.
func TestReopenedAndThenNobodyCarriesItThrough(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(b *bundle, po int64)
		rest   string // parked with a cause that begins so; empty: done
	}{
		"a project is not mapped": {func(b *bundle, po int64) {
			gym := b.create("account.analytic.account", values{"name": "Gym", "code": "G", "plan_id": 1})
			setCode(b, b.ids(order, po, "order_line")[0], gym, b.concrete)
		}, "mapping.project:"},
		"its vendor is one of the own companies": {func(b *bundle, po int64) {
			own, err := b.odoo.Do("res.company", "read", []int64{1}, values{"fields": []string{"partner_id"}})
			require.NoError(b.t, err)
			b.do(order, "write", po, values{"partner_id": own.([]any)[0].(map[string]any)["partner_id"].([]any)[0]})
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.file.Settings.Intercompany = "ignore"
			b.saveTenant()
			po, _ := carried(b, b.worker("one"))
			reprice(b, po, 130)
			b.fetch(b.worker("one"))
			b.dies(point{operation: syncCommitments, nth: 1}, true, order, po)
			require.Equal(t, []string{"P00001 on Tower Draft: 03 30 00.M 100.00"}, b.holds())
			b.later()
			c.change(b, po)
			b.cycle(b.worker("next"))
			require.Equal(t, []string{ordered}, b.holds())
			bindings, err := b.store.Bindings(t.Context(), b.tenant, order, po)
			require.NoError(t, err)
			require.Zero(t, bindings[0].ReopenedBy)
			if c.rest == "" {
				b.done(order, po)
			} else {
				require.Contains(t, b.waits(order, po)[0], c.rest)
			}
		})
	}
}

// Closing a commitment ends what a dead run began with it. Without "closed" in put_binding its order would go before all
// others for ever, and old plans could write it.
func TestReopenedAndThenClosed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	po, _ := carried(b, b.worker("one"))
	reprice(b, po, 130)
	b.fetch(b.worker("one"))
	b.dies(point{operation: syncCommitments, nth: 1}, true, order, po)
	b.later()
	cancelOrder(b, po)
	next := b.worker("next")
	b.cycle(next)
	b.settled(next, []string{"P00001 on Tower Closed: 03 30 00.M 100.00"})
}

// A run that is cancelled between reopening and Approve puts the commitment back before it closes, says that its record
// is pending, and the next run carries the change. Without the restore in commitment it stays a Draft; without
// WaitForCancellation in step the way back runs into the write that is still under way.
func TestCancelledWhileRewriting(t *testing.T) {
	t.Parallel()
	for _, nth := range []int{1, 2} { // the lines, the line taken away before them
		operation := []string{syncLines, deleteLine}[nth-1]
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			po, lines := b.order(b.peak, share{amount: 100, project: b.tower, code: b.concrete}, share{amount: 5, project: b.tower, code: b.labor})
			b.cycle(b.worker("before"))
			before := "P00001 on Tower Approved: 03 30 00.L 5.00, 03 30 00.M 100.00"
			require.Equal(t, []string{before}, b.holds())
			b.do("purchase.order.line", "write", lines[1], values{"price_unit": 6, "analytic_distribution": values{distribution(b.tower, b.concrete): 100}})
			b.fetch(b.worker("before"))
			p := b.startSoon()
			held := b.hold(operation, 1, false)
			p.wake()
			held.wait(t)
			name := workflows.RecordID(b.tenant, order, po)
			run := p.end(cancelIt, name)
			_, err := b.store.Pool().Exec(t.Context(), `UPDATE records SET offered_until = clock_timestamp() + interval '1 hour' WHERE tenant = $1`, b.tenant)
			require.NoError(t, err)
			b.eventually(func() bool {
				return slices.ContainsFunc(p.events(name, run), func(e *historypb.HistoryEvent) bool {
					return e.GetEventType() == enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED
				})
			}, "the run does not hear of its cancellation")
			require.Zero(t, p.scheduled(name, run, "RestoreCommitment"), "while the step is under way")
			held.release()
			p.closed(name, run, closedAs[cancelIt])
			require.Equal(t, []string{before}, b.holds())
			require.Empty(t, b.waits(order, po))
			require.Equal(t, activities.OutcomePending, p.outcome(name, run))
			p.recover([]string{"P00001 on Tower Approved: 03 30 00.M 100.00, 03 30 00.M 6.00"})
		})
	}
}

// scheduled counts the activities of a type in a run's history.
func (p *product) scheduled(id, run, activity string) (n int) {
	p.t.Helper()
	for _, e := range p.events(id, run) {
		if e.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName() == activity {
			n++
		}
	}
	return n
}

// outcome is what the Web UI shows of how a run ended.
func (p *product) outcome(id, run string) string {
	p.t.Helper()
	d, err := p.client.DescribeWorkflowExecution(p.t.Context(), id, run)
	require.NoError(p.t, err)
	var outcome string
	payload := d.GetWorkflowExecutionInfo().GetSearchAttributes().GetIndexedFields()["Outcome"]
	require.NoError(p.t, converter.GetDefaultDataConverter().FromPayload(payload, &outcome))
	return outcome
}

// Dispatch is ended by hand while children run: they go on, and what is pending is handed out again.
func TestDispatchEnded(t *testing.T) {
	t.Parallel()
	for _, how := range []string{cancelIt, terminateIt, resetIt} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			_, line := carried(b, b.worker("before"))
			b.order(b.boulder, share{amount: 20, project: b.mill, code: b.concrete})
			b.bill("in_invoice", b.peak, "INV-1", "2026-03-10", nil, share{amount: 40, project: b.tower, code: b.concrete, of: line})
			b.fetch(b.worker("before"))
			p := b.startSoon()
			held := b.hold(createRequisition, 1, true)
			p.wake()
			held.wait(t)
			run := p.end(how, workflows.DispatchID(b.tenant))
			p.closed(workflows.DispatchID(b.tenant), run, closedAs[how])
			held.release()
			p.recover([]string{"INV-1 bills P00001 approved #1: 03 30 00.M 40.00", ordered, "P00002 on Mill Approved: 03 30 00.M 20.00"})
			for _, row := range b.sends() {
				require.NotEqual(t, store.ResultOvertaken, row.Result, row.Operation)
			}
		})
	}
}

// readers start what reads Odoo, and return its workflow id.
var readers = map[string]func(p *product) string{
	"poll": func(p *product) string {
		p.tick()
		p.execute(workflows.SyncID(p.tenant), workflows.TenantSync, workflows.TenantSyncInput{Tenant: p.tenant})
		return workflows.SyncID(p.tenant)
	},
	"backfill": func(p *product) string {
		in := workflows.BackfillInput{Tenant: p.tenant, Since: "2026-01-01", Until: "2026-12-31"}
		p.execute(workflows.BackfillID(in), workflows.Backfill, in)
		return workflows.BackfillID(in)
	},
}

// TenantSync and Backfill are ended by hand in the middle of a page: the next cycle reads it, and nothing is wanted twice.
func TestReadingEnded(t *testing.T) {
	t.Parallel()
	for name, start := range readers {
		for _, how := range []string{cancelIt, terminateIt, resetIt} {
			t.Run(name+"/"+how, func(t *testing.T) {
				t.Parallel()
				b := setup(t)
				b.fetch(b.worker("before"))
				po, _ := b.order(b.boulder, share{amount: 100, project: b.tower, code: b.concrete})
				p := b.startSoon()
				p.tick()
				lock := b.lock("model:" + order)
				id := start(p)
				b.blocked("model:"+order, 1)
				run := p.end(how, id)
				lock()
				p.closed(id, run, closedAs[how])
				if how == resetIt { // goes on by itself
					require.NoError(t, p.client.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil))
				}
				p.sync()
				require.Equal(t, int64(1), b.record(order, po).Want)
				require.Equal(t, []string{ordered}, b.holds())
			})
		}
	}
}

func (p *product) execute(id string, workflow, in any) {
	p.t.Helper()
	_, err := p.client.ExecuteWorkflow(p.t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: p.queue}, workflow, in)
	require.NoError(p.t, err)
}
