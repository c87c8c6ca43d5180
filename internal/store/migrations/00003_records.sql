-- +goose Up

-- content_mentions lists what the rules look up for a document, as model/id: accounts, products, orders.
-- +goose StatementBegin
CREATE FUNCTION content_mentions(p_content jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(DISTINCT m ORDER BY m), '{}') FROM (
        SELECT k.prefix || (l ->> k.field) AS m
        FROM jsonb_path_query(p_content, 'strict $.lines[*]', '{}', true) AS l,
             (VALUES ('account', 'account.account/'), ('product', 'product.product/'), ('purchase_order', 'purchase.order/')) AS k (field, prefix)
        WHERE jsonb_typeof(l -> k.field) = 'number'
        UNION
        SELECT 'account.analytic.account/' || (a #>> '{}')
        FROM jsonb_path_query(p_content, 'strict $.lines[*].distribution[*].accounts[*]', '{}', true) AS a
        UNION
        SELECT 'res.partner/' || (p_content ->> 'partner') WHERE jsonb_typeof(p_content -> 'partner') = 'number'
    ) AS x
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION content_date(p_content jsonb) RETURNS date LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_text text := coalesce(nullif(p_content ->> 'invoice_date', ''), nullif(p_content ->> 'date', ''));
BEGIN
    IF v_text ~ '^\d{4}-\d{2}-\d{2}$' THEN
        RETURN v_text::date;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- upsert_snapshots stores what was read of Odoo. An equal hash writes nothing but a newer write_date; an older
-- write_date never overwrites. New content raises want where it is wanted, or where somebody asked for the record.
-- The rules lock, shared, keeps a saved mapping from missing a record that is being stored.
-- +goose StatementBegin
CREATE FUNCTION upsert_snapshots(
    p_tenant text, p_models text[], p_ids bigint[], p_companies bigint[], p_refs text[], p_writes timestamptz[],
    p_creates timestamptz[], p_contents text[], p_hashes bytea[], p_wanted boolean[], p_priorities int[], p_deleted boolean[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_changed bigint;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(lock_key(p_tenant, 'rules'));
    WITH new AS (
        SELECT n.model, n.odoo_id, n.company_id, n.ref, nullif(n.write_date, '0001-01-01 00:00:00+00') AS write_date,
            nullif(n.create_date, '0001-01-01 00:00:00+00') AS create_date, n.content, n.hash, n.wanted, n.priority, n.deleted
        FROM unnest(p_models, p_ids, p_companies, p_refs, p_writes, p_creates, p_contents, p_hashes, p_wanted, p_priorities, p_deleted)
            AS n (model, odoo_id, company_id, ref, write_date, create_date, content, hash, wanted, priority, deleted)
    ), differs AS (
        SELECT n.* FROM new n LEFT JOIN records r ON r.tenant = p_tenant AND r.model = n.model AND r.odoo_id = n.odoo_id
        WHERE r.tenant IS NULL OR r.content IS NULL OR r.hash IS DISTINCT FROM n.hash OR r.deleted <> n.deleted
           OR r.write_date IS NULL OR n.write_date > r.write_date
    ), written AS (
        INSERT INTO records AS r (tenant, model, odoo_id, company_id, ref, write_date, create_date, content, hash, mentions,
            document_date, want, priority, deleted, read_at)
        SELECT p_tenant, d.model, d.odoo_id, d.company_id, d.ref, d.write_date, d.create_date, c, d.hash, content_mentions(c),
            content_date(c), CASE WHEN d.wanted THEN 1 ELSE 0 END, d.priority, d.deleted, clock_timestamp()
        FROM (SELECT *, content::jsonb AS c FROM differs) AS d
        ORDER BY d.model, d.odoo_id
        ON CONFLICT (tenant, model, odoo_id) DO UPDATE SET
            company_id = excluded.company_id, ref = excluded.ref, write_date = excluded.write_date,
            create_date = excluded.create_date, content = excluded.content, hash = excluded.hash,
            mentions = excluded.mentions, document_date = excluded.document_date, deleted = excluded.deleted, read_at = excluded.read_at,
            want = r.want + CASE
                WHEN r.content IS NOT NULL AND r.hash = excluded.hash AND r.deleted = excluded.deleted THEN 0
                WHEN excluded.want > 0 OR r.want > 0 THEN 1 ELSE 0 END,
            priority = CASE WHEN r.want > r.done THEN least(r.priority, excluded.priority) ELSE excluded.priority END
        WHERE r.content IS NULL OR r.write_date IS NULL OR excluded.write_date >= r.write_date
        RETURNING r.model, r.odoo_id
    )
    SELECT count(*) INTO v_changed
    FROM differs d JOIN written w USING (model, odoo_id)
    LEFT JOIN records r ON r.tenant = p_tenant AND r.model = d.model AND r.odoo_id = d.odoo_id -- as before this statement
    WHERE r.content IS NULL OR r.hash IS DISTINCT FROM d.hash OR r.deleted <> d.deleted;
    RETURN v_changed;
END $$;
-- +goose StatementEnd

-- raise_want asks for records once more. Their waits die with the old want, so this is also the retry.
-- +goose StatementBegin
CREATE FUNCTION raise_want(p_tenant text, p_model text, p_ids bigint[], p_reason text, p_priority int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_raised bigint;
BEGIN
    PERFORM 1 FROM records
    WHERE tenant = p_tenant AND model = p_model AND odoo_id = ANY (p_ids) ORDER BY odoo_id FOR UPDATE;
    WITH raised AS (
        UPDATE records SET want = want + 1, offered_until = NULL,
            priority = CASE WHEN want > done THEN least(priority, p_priority) ELSE p_priority END
        WHERE tenant = p_tenant AND model = p_model AND odoo_id = ANY (p_ids) RETURNING odoo_id, want
    ), told AS (
        INSERT INTO audit_events (tenant, action, model, odoo_id, detail)
        SELECT p_tenant, 'raised', p_model, odoo_id, jsonb_build_object('reason', p_reason, 'want', want) FROM raised RETURNING 1
    )
    SELECT count(*) INTO v_raised FROM told;
    RETURN v_raised;
END $$;
-- +goose StatementEnd

-- request makes sure that somebody works on a record that another one waits for; one that was never read is
-- noted down to be read.
-- +goose StatementBegin
CREATE FUNCTION request(p_tenant text, p_cause text, p_priority int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_rest text := substr(p_cause, strpos(p_cause, ':') + 1);
    v_model text := split_part(v_rest, '/', 1);
    v_id text := split_part(v_rest, '/', 2);
BEGIN
    IF split_part(p_cause, ':', 1) NOT IN ('dep', 'bill.reversed') OR v_id !~ '^[0-9]{1,18}$' THEN
        RETURN;
    END IF;
    INSERT INTO records AS r (tenant, model, odoo_id, want, priority) VALUES (p_tenant, v_model, v_id::bigint, 1, p_priority)
    ON CONFLICT (tenant, model, odoo_id) DO UPDATE SET want = 1, priority = least(r.priority, excluded.priority) WHERE r.want = 0;
END $$;
-- +goose StatementEnd

-- park lays a record by until its causes are settled. waits: [{cause, detail, amount, currency, recheck_at}].
-- Answers {stale, parked, open}; not parked and not stale means that every cause is settled: resolve again.
-- +goose StatementBegin
CREATE FUNCTION park(p_tenant text, p_model text, p_id bigint, p_want bigint, p_waits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_causes text[] := ARRAY(SELECT DISTINCT w ->> 'cause' FROM jsonb_array_elements(p_waits) AS w ORDER BY 1);
    v_self text := 'dep:' || p_model || '/' || p_id;
    v_saves text[] := CASE WHEN p_model = 'account.move' THEN ARRAY['dep:' || p_model || '/' || p_id] ELSE '{}' END;
    v_record records;
    v_open text[];
BEGIN
    IF cardinality(v_causes) = 0 OR v_self = ANY (v_causes) THEN
        RAISE EXCEPTION 'parking % needs causes other than itself', v_self USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM lock_causes(p_tenant, v_causes, v_saves);
    SELECT * INTO v_record FROM records WHERE tenant = p_tenant AND model = p_model AND odoo_id = p_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no record %', v_self USING ERRCODE = 'no_data_found';
    END IF;
    IF v_record.want <> p_want OR v_record.done >= p_want THEN
        RETURN jsonb_build_object('stale', true, 'parked', false, 'open', '[]'::jsonb);
    END IF;
    PERFORM request(p_tenant, c, v_record.priority) FROM unnest(v_causes) AS c;
    v_open := ARRAY(SELECT c FROM unnest(v_causes) AS c WHERE cause_is_open(p_tenant, c));
    DELETE FROM record_waits
    WHERE tenant = p_tenant AND model = p_model AND odoo_id = p_id AND cause <> ALL (v_open);
    IF cardinality(v_open) = 0 THEN
        RETURN jsonb_build_object('stale', false, 'parked', false, 'open', '[]'::jsonb);
    END IF;
    INSERT INTO record_waits AS o (tenant, model, odoo_id, cause, want, detail, amount, currency, recheck_at)
    SELECT DISTINCT ON (w ->> 'cause') p_tenant, p_model, p_id, w ->> 'cause', p_want, coalesce(w -> 'detail', '{}'),
        (w ->> 'amount')::numeric, coalesce(w ->> 'currency', ''), (w ->> 'recheck_at')::timestamptz
    FROM jsonb_array_elements(p_waits) AS w WHERE w ->> 'cause' = ANY (v_open) ORDER BY w ->> 'cause'
    ON CONFLICT (tenant, model, odoo_id, cause) DO UPDATE SET want = excluded.want, detail = excluded.detail,
        amount = excluded.amount, currency = excluded.currency, recheck_at = excluded.recheck_at;
    UPDATE records SET offered_until = NULL, probing = '', probing_since = NULL
    WHERE tenant = p_tenant AND model = p_model AND odoo_id = p_id;
    PERFORM free_waits(p_tenant, v_saves);
    INSERT INTO audit_events (tenant, action, model, odoo_id, workflow_id, detail)
    VALUES (p_tenant, 'parked', p_model, p_id, p_tenant || '/' || p_model || '/' || p_id,
        jsonb_build_object('want', p_want, 'causes', to_jsonb(v_open)));
    RETURN jsonb_build_object('stale', false, 'parked', true, 'open', to_jsonb(v_open));
END $$;
-- +goose StatementEnd

-- raise_bills wants the bills of an order once more whose commitments were written: their route, or a line that was
-- missing, may have changed. Those that only wait for the order are freed anyway, those not looked at yet need nothing.
-- +goose StatementBegin
CREATE FUNCTION raise_bills(p_tenant text, p_order bigint) RETURNS bigint LANGUAGE sql AS $$
    SELECT raise_want(p_tenant, 'account.move', ARRAY(
        SELECT r.odoo_id FROM records r
        WHERE r.tenant = p_tenant AND r.model = 'account.move' AND r.mentions @> ARRAY['purchase.order/' || p_order] AND r.want > 0
          AND (r.want = r.done OR r.offered_until IS NOT NULL OR EXISTS (
              SELECT FROM record_waits w
              WHERE w.tenant = r.tenant AND w.model = r.model AND w.odoo_id = r.odoo_id AND w.want = r.want
                AND w.cause <> 'dep:purchase.order/' || p_order))
    ), 'its purchase order was written', 3)
$$;
-- +goose StatementEnd

-- finish says that a record is done up to want. If nothing newer is wanted, those that wait for it are freed; a
-- record that was freed to try a cause and wrote to Procore also frees the others of that cause.
-- Answers whether something newer is wanted.
-- +goose StatementBegin
CREATE FUNCTION finish(p_tenant text, p_model text, p_id bigint, p_want bigint, p_outcome text, p_audit jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_self text[] := ARRAY['dep:' || p_model || '/' || p_id]
        || CASE WHEN p_model = 'account.move' THEN ARRAY['bill.reversed:' || p_model || '/' || p_id] ELSE '{}' END;
    v_saves text[] := v_self;
    v_probing text;
    v_record records;
BEGIN
    SELECT probing INTO v_probing FROM records WHERE tenant = p_tenant AND model = p_model AND odoo_id = p_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no record %', v_saves[1] USING ERRCODE = 'no_data_found';
    END IF;
    IF v_probing <> '' THEN
        v_saves := v_saves || v_probing;
    END IF;
    PERFORM lock_causes(p_tenant, '{}', v_saves);
    SELECT * INTO v_record FROM records WHERE tenant = p_tenant AND model = p_model AND odoo_id = p_id FOR UPDATE;
    IF p_want > v_record.want THEN
        RETURN true; -- the database was restored under the run: what it did belongs to another one
    END IF;
    IF v_record.want > p_want THEN
        UPDATE records SET done = greatest(done, p_want) WHERE tenant = p_tenant AND model = p_model AND odoo_id = p_id;
        RETURN true;
    END IF;
    UPDATE records SET done = p_want, outcome = p_outcome, finished_at = clock_timestamp(), offered_until = NULL,
        priority = 3, probing = '', probing_since = NULL
    WHERE tenant = p_tenant AND model = p_model AND odoo_id = p_id;
    DELETE FROM record_waits WHERE tenant = p_tenant AND model = p_model AND odoo_id = p_id;
    IF v_probing <> '' AND NOT EXISTS (
        SELECT FROM sends
        WHERE tenant = p_tenant AND model = p_model AND odoo_id = p_id AND result = 'ok' AND finished_at >= v_record.probing_since)
    THEN
        v_saves := v_self;
    END IF;
    PERFORM free_waits(p_tenant, v_saves);
    IF p_model = 'purchase.order' AND coalesce((p_audit ->> 'plan_id')::bigint, 0) <> 0 THEN
        PERFORM raise_bills(p_tenant, p_id);
    END IF;
    PERFORM audit(p_tenant, p_model, p_id, jsonb_build_object('action', 'finished') || p_audit
        || jsonb_build_object('detail', jsonb_build_object('want', p_want, 'outcome', p_outcome) || coalesce(p_audit -> 'detail', '{}')));
    RETURN false;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION audit(p_tenant text, p_model text, p_id bigint, p_event jsonb) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO audit_events (tenant, actor, action, model, odoo_id, part, send_id, plan_id, workflow_id, run_id, detail)
    VALUES (p_tenant, coalesce(p_event ->> 'actor', ''), coalesce(p_event ->> 'action', ''), p_model, p_id,
        coalesce(p_event ->> 'part', ''), coalesce((p_event ->> 'send_id')::bigint, 0), coalesce((p_event ->> 'plan_id')::bigint, 0),
        coalesce(p_event ->> 'workflow_id', ''), coalesce(p_event ->> 'run_id', ''), coalesce(p_event -> 'detail', '{}'))
    RETURNING id
$$;
-- +goose StatementEnd

-- release_due frees one record of each cause whose time to look again has come.
-- +goose StatementBegin
CREATE FUNCTION release_due(p_tenant text, p_now timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_causes text[] := ARRAY(SELECT DISTINCT cause FROM record_waits WHERE tenant = p_tenant AND recheck_at <= p_now);
    v_cause text;
    v_probe record;
    v_freed bigint := 0;
BEGIN
    PERFORM lock_causes(p_tenant, '{}', v_causes);
    FOREACH v_cause IN ARRAY v_causes LOOP
        SELECT w.model, w.odoo_id INTO v_probe
        FROM record_waits w JOIN records r USING (tenant, model, odoo_id)
        WHERE w.tenant = p_tenant AND w.cause = v_cause AND w.recheck_at <= p_now AND w.want = r.want
        ORDER BY (SELECT count(*) FROM record_waits o WHERE o.tenant = w.tenant AND o.model = w.model AND o.odoo_id = w.odoo_id AND o.want = w.want),
            r.priority, w.since, w.odoo_id
        LIMIT 1 FOR UPDATE OF r;
        CONTINUE WHEN NOT FOUND;
        DELETE FROM record_waits WHERE tenant = p_tenant AND model = v_probe.model AND odoo_id = v_probe.odoo_id AND cause = v_cause;
        UPDATE records SET offered_until = NULL, probing = v_cause, probing_since = clock_timestamp()
        WHERE tenant = p_tenant AND model = v_probe.model AND odoo_id = v_probe.odoo_id;
        v_freed := v_freed + 1;
    END LOOP;
    RETURN v_freed;
END $$;
-- +goose StatementEnd

-- offer claims pending records for so long: those with a reopened commitment first, then by priority, vendors before
-- orders before bills, by id.
-- +goose StatementBegin
CREATE FUNCTION offer(p_tenant text, p_limit int, p_for interval) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_offered jsonb;
BEGIN
    IF EXISTS (SELECT FROM tenants WHERE tenant = p_tenant AND state IN ('paused', 'linking')) THEN
        RETURN '[]';
    END IF;
    WITH first AS MATERIALIZED (
        SELECT r.model, r.odoo_id, 0 AS class, r.priority, r.rank FROM records r
        WHERE r.tenant = p_tenant AND r.want > r.done AND r.content IS NOT NULL
          AND (r.offered_until IS NULL OR r.offered_until <= clock_timestamp())
          AND NOT EXISTS (SELECT FROM record_waits w WHERE w.tenant = r.tenant AND w.model = r.model AND w.odoo_id = r.odoo_id AND w.want = r.want)
          AND EXISTS (SELECT FROM bindings b WHERE b.tenant = r.tenant AND b.model = r.model AND b.odoo_id = r.odoo_id AND b.reopened_by <> 0)
        LIMIT p_limit FOR UPDATE OF r SKIP LOCKED
    ), rest AS MATERIALIZED (
        SELECT r.model, r.odoo_id, 1 AS class, r.priority, r.rank FROM records r
        WHERE r.tenant = p_tenant AND r.want > r.done AND r.content IS NOT NULL
          AND (r.offered_until IS NULL OR r.offered_until <= clock_timestamp())
          AND NOT EXISTS (SELECT FROM record_waits w WHERE w.tenant = r.tenant AND w.model = r.model AND w.odoo_id = r.odoo_id AND w.want = r.want)
          AND NOT EXISTS (SELECT FROM bindings b WHERE b.tenant = r.tenant AND b.model = r.model AND b.odoo_id = r.odoo_id AND b.reopened_by <> 0)
        ORDER BY r.priority, r.rank, r.odoo_id
        LIMIT p_limit FOR UPDATE OF r SKIP LOCKED
    ), chosen AS (
        SELECT * FROM (TABLE first UNION ALL TABLE rest) AS x ORDER BY class, priority, rank, odoo_id LIMIT p_limit
    ), claimed AS (
        UPDATE records r SET offered_until = clock_timestamp() + p_for FROM chosen c
        WHERE r.tenant = p_tenant AND r.model = c.model AND r.odoo_id = c.odoo_id
        RETURNING r.model, r.odoo_id, r.want, r.priority, r.ref, c.class, c.rank
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object('model', model, 'id', odoo_id, 'want', want, 'priority', priority, 'ref', ref)
        ORDER BY class, priority, rank, odoo_id), '[]') INTO v_offered FROM claimed;
    RETURN v_offered;
END $$;
-- +goose StatementEnd

-- save_plan keeps an immutable plan, if the record still wants what it was made for; answers {id, stale}.
-- +goose StatementBegin
CREATE FUNCTION save_plan(p_tenant text, p_model text, p_id bigint, p_want bigint, p_epoch bigint, p_steps jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_want bigint;
    v_plan bigint;
BEGIN
    SELECT want INTO v_want FROM records WHERE tenant = p_tenant AND model = p_model AND odoo_id = p_id FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no record %/%', p_model, p_id USING ERRCODE = 'no_data_found';
    END IF;
    IF v_want <> p_want THEN
        RETURN jsonb_build_object('id', 0, 'stale', true);
    END IF;
    INSERT INTO plans (tenant, model, odoo_id, want, rules_epoch, steps) VALUES (p_tenant, p_model, p_id, p_want, p_epoch, p_steps)
    RETURNING id INTO v_plan;
    RETURN jsonb_build_object('id', v_plan, 'stale', false);
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION save_plan, offer, release_due, finish, raise_bills, audit, park, request, raise_want, upsert_snapshots, content_date, content_mentions;
