package faultproxy_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/internal/faultproxy"
)

const (
	service   = "/temporal.api.workflowservice.v1.WorkflowService/"
	start     = service + "StartWorkflowExecution"
	completed = service + "RespondActivityTaskCompleted"
)

// orchestra is a worker and its client, both through the proxy, and a client beside it.
type orchestra struct {
	*bundle

	through, beside client.Client
	queue           string
	ran             atomic.Int64 // activities
}

func newOrchestra(t *testing.T) *orchestra {
	t.Helper()
	address := devtest.Temporal(t).TemporalAddress
	o := &orchestra{beside: devtest.TemporalClient(t), queue: t.Name() + time.Now().Format(time.RFC3339Nano)}
	o.bundle = setup(t, faultproxy.GRPC, address)
	var err error
	o.through, err = client.DialContext(t.Context(), client.Options{
		HostPort: o.Addr(), Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	require.NoError(t, err)
	t.Cleanup(o.through.Close)
	w := sdkworker.New(o.through, o.queue, sdkworker.Options{WorkerStopTimeout: 5 * time.Second})
	w.RegisterWorkflow(countWorkflow)
	w.RegisterActivityWithOptions(o.count, activity.RegisterOptions{Name: "Count"})
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
	return o
}

// count is an activity with an effect.
func (o *orchestra) count(context.Context) (int64, error) { return o.ran.Add(1), nil }

func countWorkflow(ctx workflow.Context) (int64, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 2 * time.Second})
	var n int64
	err := workflow.ExecuteActivity(ctx, "Count").Get(ctx, &n)
	return n, err
}

func (o *orchestra) start(ctx context.Context, c client.Client) (client.WorkflowRun, error) {
	return c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: o.queue, TaskQueue: o.queue, WorkflowRunTimeout: time.Minute,
		WorkflowTaskTimeout: time.Second, // for a task whose answer is cut
	}, countWorkflow)
}

func (o *orchestra) run(c client.Client) int64 {
	o.t.Helper()
	run, err := o.start(o.t.Context(), c)
	require.NoError(o.t, err)
	var n int64
	require.NoError(o.t, run.Get(o.t.Context(), &n))
	return n
}

func TestTemporalPassesOn(t *testing.T) {
	o := newOrchestra(t)
	require.Equal(t, int64(1), o.run(o.through))
	require.Contains(t, o.texts(faultproxy.After), start)
	require.Contains(t, o.texts(faultproxy.After), completed)
	require.Contains(t, o.texts(faultproxy.After), service+"PollActivityTaskQueue")

	_, err := o.through.DescribeWorkflowExecution(t.Context(), "nobody", "")
	var absent *serviceerror.NotFound
	require.ErrorAs(t, err, &absent, "an answer without a body is an answer")
}

// A report that is cut is made again by the SDK; whether it had its effect already is the same to the workflow.
func TestTemporalCut(t *testing.T) {
	for _, moment := range []faultproxy.Moment{faultproxy.Before, faultproxy.After} {
		t.Run(moment.String(), func(t *testing.T) {
			o := newOrchestra(t)
			var once atomic.Bool
			o.rule(func(at faultproxy.Moment, m faultproxy.Message) faultproxy.Action {
				return faultproxy.Action{Cut: at == moment && m.Text == completed && once.CompareAndSwap(false, true)}
			})
			require.Equal(t, int64(1), o.run(o.beside))
			require.True(t, once.Load())
			eventually(t, func() bool {
				return len(slices.DeleteFunc(o.texts(faultproxy.Before), func(text string) bool { return text != completed })) == 2
			}, "the SDK reports again")
		})
	}
}

// A report that is held until the activity has timed out comes too late.
func TestTemporalHold(t *testing.T) {
	o := newOrchestra(t)
	hold := make(chan struct{})
	var once atomic.Bool
	o.rule(func(at faultproxy.Moment, m faultproxy.Message) faultproxy.Action {
		if at == faultproxy.Before && m.Text == completed && once.CompareAndSwap(false, true) {
			return faultproxy.Action{Hold: hold}
		}
		return faultproxy.Action{}
	})
	require.Equal(t, int64(2), o.run(o.beside))
	close(hold)
	history := o.beside.GetWorkflowHistory(t.Context(), o.queue, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	var attempts []int32
	for history.HasNext() {
		e, err := history.Next()
		require.NoError(t, err)
		if started := e.GetActivityTaskStartedEventAttributes(); started != nil {
			attempts = append(attempts, started.GetAttempt())
			require.True(t, strings.Contains(started.GetLastFailure().GetMessage(), "timeout"), started.GetLastFailure().GetMessage())
		}
	}
	require.Equal(t, []int32{2}, attempts)
}

func TestTemporalDownAndUp(t *testing.T) {
	o := newOrchestra(t)
	o.run(o.through)
	o.Down()
	run, err := o.start(t.Context(), o.beside)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err = o.start(ctx, o.through)
	require.Error(t, err)
	require.Error(t, run.Get(ctx, nil))
	require.Equal(t, int64(1), o.ran.Load())
	o.Up()
	require.NoError(t, run.Get(t.Context(), nil))
	require.Equal(t, int64(2), o.ran.Load())
}
