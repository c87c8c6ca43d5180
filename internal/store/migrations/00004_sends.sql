-- +goose Up

-- lane_head is the bill that goes before (p_date, p_id) on a lane: one that is being sent, else the first posted bill
-- of the lane's order that has work left and is not parked. Null when it is p_id's turn.
-- +goose StatementBegin
CREATE FUNCTION lane_head(p_tenant text, p_lane text, p_model text, p_id bigint, p_date date) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_head text;
BEGIN
    SELECT model || '/' || odoo_id INTO v_head FROM sends
    WHERE tenant = p_tenant AND lane = p_lane AND result IS NULL AND (model, odoo_id) <> (p_model, p_id)
      AND started_at + settle > clock_timestamp()
    ORDER BY id LIMIT 1;
    IF v_head IS NOT NULL OR split_part(p_lane, '/', 2) !~ '^[0-9]{1,18}$' THEN
        RETURN v_head;
    END IF;
    SELECT r.model || '/' || r.odoo_id INTO v_head
    FROM bindings b
    JOIN records r ON r.tenant = b.tenant AND r.mentions @> ARRAY[b.model || '/' || b.odoo_id]
    WHERE b.tenant = p_tenant AND b.kind = 'commitment' AND b.procore_id = split_part(p_lane, '/', 2)::bigint
      AND r.model = 'account.move' AND r.odoo_id <> p_id AND r.want > r.done AND NOT r.deleted
      AND r.content ->> 'state' = 'posted' AND (r.document_date, r.odoo_id) < (p_date, p_id)
      AND NOT is_parked(r.tenant, r.model, r.odoo_id)
    ORDER BY r.document_date, r.odoo_id LIMIT 1;
    RETURN v_head;
END $$;
-- +goose StatementEnd

-- must_check says whether a part has an overtaken write whose effect may have come after it was looked at last.
-- +goose StatementBegin
CREATE FUNCTION must_check(s sends) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT s.result = 'overtaken' AND s.checked_at IS NULL
       AND (s.late_at IS NOT NULL OR s.overtaken_at <= clock_timestamp() - interval '1 hour')
$$;
-- +goose StatementEnd

-- plan_is_over says whether a plan may not write a part any more: a newer plan has begun there, somebody has looked at
-- the part since this plan wrote it, or its Approve is done. A worker that slept, or an activity that outlived its
-- workflow, must not write between the steps of its successor, or after them. p_last is the last row of the part.
-- +goose StatementBegin
CREATE FUNCTION plan_is_over(p_tenant text, p_subject text, p_part text, p_model text, p_id bigint, p_plan bigint, p_last sends)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT p_plan <> 0 AND (
        EXISTS (
            SELECT FROM sends
            WHERE tenant = p_tenant AND subject = p_subject AND part = p_part AND model = p_model AND odoo_id = p_id
              AND (plan_id > p_plan OR plan_id = p_plan AND (p_last.model, p_last.odoo_id) = (p_model, p_id) AND p_last.plan_id <> p_plan))
        OR EXISTS (
            SELECT FROM bindings
            WHERE tenant = p_tenant AND model = p_model AND odoo_id = p_id AND part = p_part AND approved_plan = p_plan))
$$;
-- +goose StatementEnd

-- attempt_is_over says whether a later activity of the run, or a later attempt of this one, has begun to write for the same
-- plan: an attempt that Temporal gave up, and that begins only now, must not write after its successors.
-- +goose StatementBegin
CREATE FUNCTION attempt_is_over(p_tenant text, p_model text, p_id bigint, p_plan bigint, p_run text, p_step bigint, p_attempt int)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT p_plan <> 0 AND p_run <> '' AND p_step <> 0 AND EXISTS (
        SELECT FROM sends
        WHERE tenant = p_tenant AND model = p_model AND odoo_id = p_id AND plan_id = p_plan AND run_id = p_run
          AND (step, attempt) > (p_step, p_attempt))
$$;
-- +goose StatementEnd

-- begin_send writes the intent row before a write to Procore, or says why not now. i is the intent, answers
-- {id, go, look_up, stale, busy_until, lane_head, previous}.
-- +goose StatementBegin
CREATE FUNCTION begin_send(i jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_tenant text := i ->> 'tenant';
    v_subject text := i ->> 'subject';
    v_part text := i ->> 'part';
    v_model text := coalesce(i ->> 'model', '');
    v_id bigint := coalesce((i ->> 'odoo_id')::bigint, 0);
    v_want bigint := coalesce((i ->> 'want')::bigint, 0);
    v_plan bigint := coalesce((i ->> 'plan_id')::bigint, 0);
    v_step bigint := coalesce((i ->> 'step')::bigint, 0);
    v_attempt int := coalesce((i ->> 'attempt')::int, 0);
    v_lane text := coalesce(i ->> 'lane', '');
    v_date date := nullif(i ->> 'lane_date', '')::date;
    v_settle interval := make_interval(secs => (i ->> 'settle_seconds')::double precision);
    v_pause interval := make_interval(secs => coalesce((i ->> 'pause_seconds')::double precision, 0));
    v_record records;
    v_last sends;
    v_look boolean := false;
    v_head text;
    v_send bigint;
BEGIN
    IF v_lane = '' THEN
        PERFORM pg_advisory_xact_lock(lock_key(v_tenant, 'part:' || v_subject || chr(31) || v_part));
    ELSE
        PERFORM pg_advisory_xact_lock(k) FROM (
            SELECT k FROM (VALUES (lock_key(v_tenant, 'part:' || v_subject || chr(31) || v_part)), (lock_key(v_tenant, 'lane:' || v_lane))) AS x (k)
            ORDER BY k) AS y;
    END IF;
    SELECT * INTO v_last FROM sends WHERE tenant = v_tenant AND subject = v_subject AND part = v_part ORDER BY id DESC LIMIT 1 FOR UPDATE;

    IF v_id <> 0 AND v_want <> 0 THEN
        SELECT * INTO v_record FROM records WHERE tenant = v_tenant AND model = v_model AND odoo_id = v_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no record %/%', v_model, v_id USING ERRCODE = 'no_data_found';
        END IF;
        IF plan_is_over(v_tenant, v_subject, v_part, v_model, v_id, v_plan, v_last)
            OR attempt_is_over(v_tenant, v_model, v_id, v_plan, coalesce(i ->> 'run_id', ''), v_step, v_attempt) OR coalesce((i ->> 'restore')::boolean, false) AND NOT EXISTS (
            SELECT FROM bindings
            WHERE tenant = v_tenant AND model = v_model AND odoo_id = v_id AND part = v_part AND (reopened_by <> 0 OR status = 'draft'))
        THEN
            RETURN jsonb_build_object('stale', true);
        END IF;
        -- A reopened commitment is carried through whatever is wanted by now.
        IF (v_record.want <> v_want OR v_record.done >= v_want) AND (v_plan = 0 OR NOT EXISTS (
            SELECT FROM bindings
            WHERE tenant = v_tenant AND model = v_model AND odoo_id = v_id AND part = v_part AND reopened_by <> 0))
        THEN
            RETURN jsonb_build_object('stale', true);
        END IF;
        v_date := coalesce(v_date, v_record.document_date);
    END IF;

    IF v_last.id IS NOT NULL AND v_last.result IS NULL AND v_last.started_at + greatest(v_last.settle, v_settle) > clock_timestamp() THEN
        RETURN jsonb_build_object('busy_until', v_last.started_at + greatest(v_last.settle, v_settle), 'previous', CASE WHEN v_last.id IS NOT NULL THEN to_jsonb(v_last) END);
    END IF;
    -- A request that was given up may still be under way: not before the pause is over is a look worth something.
    IF v_last.result = 'unknown' AND v_last.finished_at + v_pause > clock_timestamp() THEN
        RETURN jsonb_build_object('busy_until', v_last.finished_at + v_pause, 'previous', to_jsonb(v_last));
    END IF;
    IF v_lane <> '' THEN
        v_head := lane_head(v_tenant, v_lane, v_model, v_id, v_date);
        IF v_head IS NOT NULL THEN
            RETURN jsonb_build_object('lane_head', v_head);
        END IF;
    END IF;
    IF v_last.id IS NOT NULL AND v_last.result IS NULL THEN
        UPDATE sends SET result = 'overtaken', overtaken_at = clock_timestamp(), finished_at = clock_timestamp()
        WHERE id = v_last.id RETURNING * INTO v_last;
    END IF;
    -- A write of another plan may have come between the reading of the bindings for this plan and now.
    v_look := coalesce(v_last.result IN ('unknown', 'overtaken')
            OR v_last.result IN ('ok', 'skipped') AND v_last.plan_id <> v_plan, false) OR EXISTS (
        SELECT FROM sends s WHERE s.tenant = v_tenant AND s.subject = v_subject AND s.part = v_part AND must_check(s));

    INSERT INTO sends (tenant, subject, part, operation, kind, model, odoo_id, want, plan_id, worker, workflow_id, run_id, step, attempt,
        settle, lane, lane_date, look_up)
    VALUES (v_tenant, v_subject, v_part, i ->> 'operation', coalesce(i ->> 'kind', ''), v_model, v_id, v_want,
        v_plan, coalesce(i ->> 'worker', ''), coalesce(i ->> 'workflow_id', ''),
        coalesce(i ->> 'run_id', ''), v_step, v_attempt, v_settle, v_lane, v_date, v_look)
    RETURNING id INTO v_send;
    IF coalesce((i ->> 'reopen')::boolean, false) THEN
        UPDATE bindings SET reopened_by = CASE WHEN reopened_by = 0 THEN v_send ELSE reopened_by END, updated_at = clock_timestamp()
        WHERE tenant = v_tenant AND model = v_model AND odoo_id = v_id AND part = v_part
          AND kind = coalesce(nullif(i ->> 'kind', ''), kind);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'reopening % of %/% which is not bound', v_part, v_model, v_id USING ERRCODE = 'no_data_found';
        END IF;
    END IF;
    RETURN jsonb_build_object('id', v_send, 'go', NOT v_look, 'look_up', v_look, 'previous', CASE WHEN v_last.id IS NOT NULL THEN to_jsonb(v_last) END);
END $$;
-- +goose StatementEnd

-- put_binding writes what is known of a Procore resource. Empty values keep what was known. Only an Approve sets
-- approved_plan; it clears reopened_by, and so does the end of the resource: there is nothing left to carry through. The
-- caller holds the lock of dep:<record> when the resource is a vendor.
-- +goose StatementBegin
CREATE FUNCTION put_binding(b jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_approve boolean := coalesce((b ->> 'approve')::boolean, false);
    v_plan bigint := coalesce((b ->> 'plan_id')::bigint, 0);
BEGIN
    INSERT INTO bindings AS o (tenant, model, odoo_id, kind, part, project, procore_id, origin_id, generation, status, content, lines,
        approved_plan, create_date)
    VALUES (b ->> 'tenant', b ->> 'model', (b ->> 'odoo_id')::bigint, b ->> 'kind', b ->> 'part', coalesce((b ->> 'project')::bigint, 0),
        coalesce((b ->> 'procore_id')::bigint, 0), coalesce(b ->> 'origin_id', ''), coalesce((b ->> 'generation')::bigint, 0),
        coalesce(b ->> 'status', ''), nullif(b -> 'content', 'null'), coalesce(nullif(b -> 'lines', 'null'), '{}'),
        CASE WHEN v_approve THEN v_plan ELSE 0 END, (b ->> 'create_date')::timestamptz)
    ON CONFLICT (tenant, model, odoo_id, kind, part) DO UPDATE SET
        project = coalesce(nullif(excluded.project, 0), o.project),
        procore_id = coalesce(nullif(excluded.procore_id, 0), o.procore_id),
        origin_id = coalesce(nullif(excluded.origin_id, ''), o.origin_id),
        generation = greatest(excluded.generation, o.generation),
        status = coalesce(nullif(excluded.status, ''), o.status),
        content = coalesce(excluded.content, o.content),
        lines = CASE WHEN coalesce(b -> 'lines', 'null') = 'null' THEN o.lines ELSE excluded.lines END,
        approved_plan = CASE WHEN v_approve THEN v_plan ELSE o.approved_plan END,
        reopened_by = CASE WHEN v_approve OR excluded.status IN ('closed', 'deleted') THEN 0 ELSE o.reopened_by END,
        create_date = coalesce(excluded.create_date, o.create_date),
        updated_at = clock_timestamp();
    IF b ->> 'model' = 'res.partner' AND NOT cause_is_open(b ->> 'tenant', 'dep:res.partner/' || (b ->> 'odoo_id')) THEN
        PERFORM free_waits(b ->> 'tenant', ARRAY['dep:res.partner/' || (b ->> 'odoo_id')]);
    END IF;
END $$;
-- +goose StatementEnd

-- save_binding writes a binding without a write to Procore: a resource that was there and is linked.
-- +goose StatementBegin
CREATE FUNCTION save_binding(b jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF b ->> 'model' = 'res.partner' THEN
        PERFORM lock_causes(b ->> 'tenant', '{}', ARRAY['dep:res.partner/' || (b ->> 'odoo_id')]);
    END IF;
    PERFORM put_binding(b);
END $$;
-- +goose StatementEnd

-- finish_send finishes an intent row with its result and writes the binding (by default of the row's record), in one
-- transaction. The row of a worker
-- that was overtaken stays overtaken: its binding is not written, the late result is kept, and the record is wanted
-- once more, because its write may have come after the look of its successor. Answers {overtaken}.
-- +goose StatementBegin
CREATE FUNCTION finish_send(p_id bigint, p_result text, p_status int, p_procore_id bigint, p_error text, b jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_send sends;
BEGIN
    SELECT * INTO v_send FROM sends WHERE id = p_id; -- its record never changes
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no send %', p_id USING ERRCODE = 'no_data_found';
    END IF;
    IF b <> 'null' AND coalesce(b ->> 'model', '') = '' THEN
        b := b || jsonb_build_object('tenant', v_send.tenant, 'model', v_send.model, 'odoo_id', v_send.odoo_id);
    END IF;
    IF b ->> 'model' = 'res.partner' THEN
        PERFORM lock_causes(b ->> 'tenant', '{}', ARRAY['dep:res.partner/' || (b ->> 'odoo_id')]);
    END IF;
    SELECT * INTO v_send FROM sends WHERE id = p_id FOR UPDATE;
    IF v_send.result = 'overtaken' THEN
        IF v_send.late_at IS NULL THEN
            UPDATE sends SET late_result = p_result, late_at = clock_timestamp(), http_status = p_status, procore_id = p_procore_id,
                error = p_error, raised_at = clock_timestamp(), checked_at = CASE WHEN p_result = 'skipped' THEN clock_timestamp() END
            WHERE id = p_id;
            IF p_result <> 'skipped' AND v_send.odoo_id <> 0 THEN
                PERFORM raise_want(v_send.tenant, v_send.model, ARRAY[v_send.odoo_id], 'late write', 3);
            END IF;
        END IF;
        RETURN jsonb_build_object('overtaken', true);
    ELSIF v_send.result IS NOT NULL THEN
        IF v_send.result <> p_result THEN
            RAISE EXCEPTION 'send % is already finished as %', p_id, v_send.result USING ERRCODE = 'object_not_in_prerequisite_state';
        END IF;
        RETURN jsonb_build_object('overtaken', false);
    END IF;
    UPDATE sends SET result = p_result, http_status = p_status, procore_id = p_procore_id, error = p_error, finished_at = clock_timestamp()
    WHERE id = p_id;
    IF v_send.look_up AND p_result IN ('ok', 'skipped') THEN
        UPDATE sends s SET checked_at = clock_timestamp()
        WHERE s.tenant = v_send.tenant AND s.subject = v_send.subject AND s.part = v_send.part AND s.result = 'overtaken' AND s.checked_at IS NULL
          AND (s.late_at < v_send.started_at OR s.overtaken_at <= v_send.started_at - interval '1 hour');
    END IF;
    IF b IS NOT NULL AND b <> 'null' THEN
        PERFORM put_binding(b);
    END IF;
    RETURN jsonb_build_object('overtaken', false);
END $$;
-- +goose StatementEnd

-- overtaken_due wants records once more whose part has an overtaken write that nobody reported for an hour.
-- +goose StatementBegin
CREATE FUNCTION overtaken_due(p_tenant text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_due record;
    v_raised bigint := 0;
BEGIN
    FOR v_due IN
        UPDATE sends SET raised_at = clock_timestamp()
        WHERE id IN (SELECT id FROM sends WHERE tenant = p_tenant AND result = 'overtaken' AND checked_at IS NULL AND raised_at IS NULL
            AND overtaken_at <= clock_timestamp() - interval '1 hour' ORDER BY id FOR UPDATE)
        RETURNING model, odoo_id
    LOOP
        v_raised := v_raised + raise_want(p_tenant, v_due.model, ARRAY[v_due.odoo_id], 'overtaken write', 3);
    END LOOP;
    RETURN v_raised;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION overtaken_due, finish_send, save_binding, put_binding, begin_send, attempt_is_over, plan_is_over, must_check, lane_head;
