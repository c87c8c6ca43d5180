package workflows

import (
	"cmp"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/ml-connector/odoo-procore/activities"
)

const (
	// window is how many children Dispatch has in flight: many finishing at once contend for their parent's lock.
	window = 20
	// maxChildren of one run, then it continues as new.
	maxChildren = 400
	// slowAfter is how long a child holds its place in the window, unless Offer says otherwise.
	slowAfter = 2 * time.Minute
	// breakerAt is how many slow children stop new starts; they are the probes.
	breakerAt = 5
	// idleWait is how long Dispatch stays for a record that is deferred; later ones are the next cycle's.
	idleWait = 2 * time.Minute
)

// DispatchInput names the tenant.
type DispatchInput struct {
	Tenant string `json:"tenant"`
}

// Dispatch starts the record workflows of its tenant, priority first, and ends when nothing is pending.
// It is woken by signal-with-start ([activities.WakeSignal]); signals carry nothing, what to do is in PostgreSQL.
// Cancelled, it starts what it was offered and ends; its children go on.
func Dispatch(ctx workflow.Context, in DispatchInput) error {
	d := &dispatcher{tenant: in.Tenant, wake: workflow.GetSignalChannel(ctx, activities.WakeSignal), met: map[string]int{}, slowAfter: slowAfter}
	return d.run(ctx)
}

type dispatcher struct {
	tenant    string
	wake      workflow.ReceiveChannel
	children  []child
	started   int
	slowAfter time.Duration
	met       map[string]int // how often a record ran already when it was offered
}

type child struct {
	record activities.Offered
	future workflow.ChildWorkflowFuture
	since  time.Time
}

func (d *dispatcher) run(ctx workflow.Context) error {
	// Children hear nothing of a cancelled parent, and what was offered is started or given back.
	// It is never cancelled, or those left behind would be.
	uncancelled, _ := workflow.NewDisconnectedContext(ctx)
	for {
		d.drain()
		if err := d.reap(uncancelled); err != nil {
			return err
		}
		if d.started >= maxChildren || workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			if err := d.settle(ctx, uncancelled); err != nil {
				return err
			}
			d.drain()
			return workflow.NewContinueAsNewError(ctx, Dispatch, DispatchInput{Tenant: d.tenant})
		}
		inWindow, slow, _ := d.load(ctx)
		offered := activities.OfferResult{}
		if inWindow < window && slow < breakerAt {
			if err := workflow.ExecuteActivity(short(ctx, "Ask for pending records"), dispatch.Offer,
				activities.OfferInput{Tenant: d.tenant, Limit: window - inWindow}).Get(ctx, &offered); err != nil {
				return err
			}
			d.slowAfter = cmp.Or(offered.SlowAfter, slowAfter)
			for _, record := range offered.Records {
				if err := d.start(uncancelled, record, offered.Timing); err != nil {
					return err
				}
			}
		}
		if len(offered.Records) > 0 && inWindow+len(offered.Records) < window {
			continue
		}
		done, err := d.wait(ctx, offered.NextIn)
		if err != nil || done {
			return err
		}
	}
}

// start waits for the child's start: one that has not started when its parent closes never starts.
func (d *dispatcher) start(ctx workflow.Context, record activities.Offered, timing activities.Timing) error {
	workflowFunc, what := recordWorkflow(record.Model)
	options := workflow.ChildWorkflowOptions{
		WorkflowID:            RecordID(d.tenant, record.Model, record.ID),
		ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_ABANDON,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:         fmt.Sprintf("%s %s of %s", what, record.Ref, d.tenant),
		StaticDetails: fmt.Sprintf("What happened: `ml-connector audit show %[1]s %[2]s,%[3]d`\n\n"+
			"Why it waits, if it does: `ml-connector exceptions show %[1]s %[2]s,%[3]d`", d.tenant, record.Model, record.ID),
		TypedSearchAttributes: temporal.NewSearchAttributes(
			AttrTenant.ValueSet(d.tenant), AttrOdooModel.ValueSet(record.Model), AttrOdooRef.ValueSet(record.Ref)),
		Priority: temporal.Priority{PriorityKey: record.Priority, FairnessKey: d.tenant},
	}
	childCtx := workflow.WithValue(workflow.WithChildOptions(ctx, options), activities.TraceParent, record.Trace)
	future := workflow.ExecuteChildWorkflow(childCtx, workflowFunc,
		RecordInput{Tenant: d.tenant, Model: record.Model, ID: record.ID, Timing: timing})
	if err := future.GetChildWorkflowExecution().Get(ctx, nil); err != nil {
		// Mostly its run is just closing: it parked, and was freed before it had ended. A run that goes on looks at want
		// itself before it ends.
		if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
			return d.giveBack(ctx, record, "its last run is closing")
		}
		return err
	}
	d.started++
	d.children = append(d.children, child{record: record, future: future, since: workflow.Now(ctx)})
	return nil
}

// giveBack lets a record be offered again soon that is still pending: each time later, for who has ended it may do so
// again.
func (d *dispatcher) giveBack(ctx workflow.Context, record activities.Offered, why string) error {
	id := RecordID(d.tenant, record.Model, record.ID)
	d.met[id]++
	return workflow.ExecuteActivity(short(ctx, "Give "+record.Ref+" back, "+why), dispatch.GiveBack,
		activities.GiveBackInput{
			RecordRef: activities.RecordRef{Tenant: d.tenant, Model: record.Model, ID: record.ID}, Times: d.met[id],
		}).Get(ctx, nil)
}

// reap forgets the children that have ended. Whoever cancelled or terminated one has not done its record, nor has a run
// under which the record changed three times: both are given back.
func (d *dispatcher) reap(ctx workflow.Context) error {
	var ended, open []child
	for _, c := range d.children {
		if c.future.IsReady() {
			ended = append(ended, c)
		} else {
			open = append(open, c)
		}
	}
	d.children = open
	for _, c := range ended {
		var result RecordResult
		err := c.future.Get(ctx, &result)
		if err == nil && result.Outcome != activities.OutcomePending {
			continue
		}
		if err := d.giveBack(ctx, c.record, "its run has ended without it"); err != nil {
			return err
		}
	}
	return nil
}

// load counts the children in the window, the slow ones, and those that have ended since the last reap.
func (d *dispatcher) load(ctx workflow.Context) (inWindow, slow, ended int) {
	for _, c := range d.children {
		switch {
		case c.future.IsReady():
			ended++
		case workflow.Now(ctx).Sub(c.since) < d.slowAfter:
			inWindow++
		default:
			slow++
		}
	}
	return inWindow, slow, ended
}

// wait until a child ends, somebody wakes us, or the next deferred record is due. Done: there is nothing to wait for.
func (d *dispatcher) wait(ctx workflow.Context, nextIn time.Duration) (done bool, err error) {
	inWindow, slow, ended := d.load(ctx)
	if ended > 0 { // after Offer looked: it may have freed others
		return false, ctx.Err()
	}
	timeout := d.untilSlow(ctx)
	if inWindow == 0 {
		switch {
		case nextIn > 0 && nextIn <= idleWait:
			timeout = nextIn
		case slow >= breakerAt:
		default:
			return d.wake.Len() == 0, nil
		}
	}
	timerCtx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	selector := workflow.NewSelector(ctx)
	selector.AddFuture(workflow.NewTimer(timerCtx, timeout), func(workflow.Future) {})
	selector.AddReceive(d.wake, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, nil) })
	for _, c := range d.children {
		selector.AddFuture(c.future, func(workflow.Future) {})
	}
	selector.Select(ctx)
	return false, ctx.Err()
}

// untilSlow is how long it takes until the next child leaves the window.
func (d *dispatcher) untilSlow(ctx workflow.Context) time.Duration {
	next := d.slowAfter
	for _, c := range d.children {
		if age := workflow.Now(ctx).Sub(c.since); !c.future.IsReady() && age < d.slowAfter {
			next = min(next, d.slowAfter-age)
		}
	}
	return next
}

// settle waits for the children in the window; slow ones stay behind, they need no parent.
func (d *dispatcher) settle(ctx, uncancelled workflow.Context) error {
	empty := func() bool {
		inWindow, _, _ := d.load(ctx)
		return inWindow == 0
	}
	for !empty() {
		if _, err := workflow.AwaitWithTimeout(ctx, d.untilSlow(ctx), empty); err != nil {
			return err
		}
	}
	return d.reap(uncancelled)
}

func (d *dispatcher) drain() {
	for d.wake.ReceiveAsync(nil) {
		continue
	}
}
