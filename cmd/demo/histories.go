package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/converter"
)

// Bounds of what is recorded: replay tests need each path once, and short.
const (
	longestHistory   = 120 // events
	pathsPerWorkflow = 8
)

// recordHistories runs a backfill, which the day has none of, and writes one history for each path that a run took,
// the shortest. What names this machine is taken out; all else is sandbox data.
func (d *Demo) recordHistories(ctx context.Context) error {
	d.say("recording histories: a backfill of February")
	if _, err := d.product.run(ctx, nil, "backfill", "start", tenant, "--since", "2026-02-01", "--until", "2026-02-28", "--wait"); err != nil {
		return err
	}
	runs, err := d.settledRuns(ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(runs, func(a, b *workflow.WorkflowExecutionInfo) int {
		return cmp.Or(cmp.Compare(a.GetHistoryLength(), b.GetHistoryLength()), a.GetStartTime().AsTime().Compare(b.GetStartTime().AsTime()))
	})
	paths := map[string]*history.History{}
	for _, run := range runs {
		if run.GetHistoryLength() > longestHistory {
			break
		}
		h, err := d.history(ctx, run.GetExecution())
		if err != nil {
			return err
		}
		if name := path(run, h); paths[name] == nil {
			paths[name] = h
		}
	}
	return d.writeHistories(paths)
}

func (d *Demo) history(ctx context.Context, run *common.WorkflowExecution) (*history.History, error) {
	h := &history.History{}
	events := d.temporal.GetWorkflowHistory(ctx, run.GetWorkflowId(), run.GetRunId(), false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return nil, fmt.Errorf("reading the history of %s: %w", run.GetWorkflowId(), err)
		}
		h.Events = append(h.Events, event)
	}
	return h, nil
}

// path names what a run did: its workflow, how it ended, and its activities.
// "SyncPurchaseOrder.synced.Reopen-Approve" for one whose commitment was reopened.
func path(run *workflow.WorkflowExecutionInfo, h *history.History) string {
	name := run.GetType().GetName()
	var outcome string
	if p := run.GetSearchAttributes().GetIndexedFields()["Outcome"]; p != nil {
		_ = converter.GetDefaultDataConverter().FromPayload(p, &outcome) // without it the name is shorter
	}
	if outcome != "" {
		name += "." + outcome
	}
	var steps []string
	started := 0
	for _, e := range h.GetEvents() {
		switch e.GetEventType() { //nolint:exhaustive // only commands that tell paths apart
		case enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
			steps = append(steps, activityName(e))
		case enums.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
			started++
		}
	}
	if recordWorkflows[run.GetType().GetName()] {
		if steps = slices.Compact(steps); len(steps) > 2 {
			name += "." + strings.Join(slices.DeleteFunc(steps, func(s string) bool { return s == "Resolve" || s == "Finish" }), "-")
		}
	} else if started > 0 {
		name += ".children"
	}
	return name
}

// activityName is the activity's name; one that the workflow describes as a reopening is called so.
func activityName(e *history.HistoryEvent) string {
	name := e.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName()
	var summary string
	if p := e.GetUserMetadata().GetSummary(); p != nil && converter.GetDefaultDataConverter().FromPayload(p, &summary) == nil &&
		strings.HasPrefix(summary, "Reopen") {
		return "Reopen"
	}
	return name
}

// writeHistories writes the shortest path names of each workflow, and those that reopen or park, one file each.
func (d *Demo) writeHistories(paths map[string]*history.History) error {
	if err := os.MkdirAll(d.cfg.Histories, 0o750); err != nil {
		return fmt.Errorf("making the directory of histories: %w", err)
	}
	old, err := filepath.Glob(filepath.Join(d.cfg.Histories, "*.json"))
	if err != nil {
		return fmt.Errorf("listing old histories: %w", err)
	}
	for _, file := range old {
		if err := os.Remove(file); err != nil {
			return fmt.Errorf("removing an old history: %w", err)
		}
	}
	taken, size := map[string]int{}, 0
	for _, name := range slices.SortedFunc(maps.Keys(paths), func(a, b string) int {
		return cmp.Or(cmp.Compare(worth(b), worth(a)), cmp.Compare(len(paths[a].Events), len(paths[b].Events)), cmp.Compare(a, b))
	}) {
		workflowName, _, _ := strings.Cut(name, ".")
		if taken[workflowName]++; taken[workflowName] > pathsPerWorkflow {
			continue
		}
		data, err := historyJSON(paths[name])
		if err != nil {
			return fmt.Errorf("encoding the history %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(d.cfg.Histories, name+".json"), data, 0o600); err != nil {
			return fmt.Errorf("writing a history: %w", err)
		}
		size += len(data)
	}
	d.say("recorded %d of %d paths, %d KB, into %s", sum(taken, pathsPerWorkflow), len(paths), size/1000, d.cfg.Histories)
	return nil
}

// worth orders paths: those that put a commitment back to Draft first, then those that end with a person.
func worth(name string) int {
	switch {
	case strings.Contains(name, "Reopen"):
		return 2
	case strings.Contains(name, ".exception"), strings.Contains(name, ".children"):
		return 1
	}
	return 0
}

func sum(taken map[string]int, most int) int {
	n := 0
	for _, t := range taken {
		n += min(t, most)
	}
	return n
}

// historyJSON encodes a history without what names this machine, one event a line.
func historyJSON(h *history.History) ([]byte, error) {
	encoded, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(h)
	if err != nil {
		return nil, err
	}
	var decoded struct {
		Events []any `json:"events"`
	}
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.UseNumber()
	if err := decoder.Decode(&decoded); err != nil {
		return nil, err
	}
	out := bytes.NewBufferString("{\"events\":[\n")
	for i, event := range decoded.Events {
		anonymise(event)
		line, err := json.Marshal(event)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out.WriteString(",\n")
		}
		out.Write(line)
	}
	out.WriteString("\n]}\n")
	return out.Bytes(), nil
}

// anonymise replaces who ran it (host, process, build) in place; stack traces go.
func anonymise(value any) {
	switch v := value.(type) {
	case []any:
		for _, e := range v {
			anonymise(e)
		}
	case map[string]any:
		if v["kind"] == "TASK_QUEUE_KIND_STICKY" {
			v["name"] = "sticky"
		}
		for key, e := range v {
			switch key {
			case "identity", "binaryChecksum", "buildId":
				v[key] = "demo"
			case "stackTrace":
				delete(v, key)
			default:
				anonymise(e)
			}
		}
	}
}
