-- +goose Up

-- database_home tells this database from a copy: a dump that is loaded elsewhere, or over the old one, makes another
-- cluster, database or table. A server that hides its identifier is known by the other two.
-- +goose StatementBegin
CREATE FUNCTION database_home() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_cluster text := '';
BEGIN
    BEGIN
        SELECT system_identifier::text INTO v_cluster FROM pg_control_system();
    EXCEPTION WHEN insufficient_privilege THEN
        NULL;
    END;
    RETURN concat_ws('/', v_cluster, (SELECT oid FROM pg_database WHERE datname = current_database()), 'tenants'::regclass::oid);
END $$;
-- +goose StatementEnd

-- books is what the bindings belong to, as it was when it was looked at last. home and cycle tell whether this database
-- is the one that the last cycle ran on: cycle is kept in Temporal too. held: something of it is not as it was. relink:
-- it was rebound, and all of Odoo is not read again yet, whatever holds it up meanwhile.
ALTER TABLE tenants
    ADD COLUMN books       jsonb       NOT NULL DEFAULT '{}',
    ADD COLUMN home        text        NOT NULL DEFAULT database_home(),
    ADD COLUMN cycle       bigint      NOT NULL DEFAULT 0,
    ADD COLUMN verified_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN held        boolean     NOT NULL DEFAULT false,
    ADD COLUMN relink      boolean     NOT NULL DEFAULT false,
    ADD COLUMN rebinds     bigint      NOT NULL DEFAULT 0;

-- let_go are documents of Procore that a rebind took from their record: they stay there, and no record takes them up again.
CREATE TABLE let_go (
    tenant    text        NOT NULL,
    origin_id text        NOT NULL,
    since     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, origin_id)
);
CREATE INDEX records_written ON records (tenant, model, write_date) WHERE write_date IS NOT NULL;
CREATE INDEX bindings_updated ON bindings (tenant, updated_at);

-- settings_books is the part of the settings that says which books a tenant belongs to.
-- +goose StatementBegin
CREATE FUNCTION settings_books(p_settings jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'odoo_url', p_settings #>> '{odoo,url}', 'odoo_database', p_settings #>> '{odoo,database}',
        'procore_environment', p_settings #>> '{procore,environment}', 'procore_api', nullif(p_settings #>> '{procore,api_url}', ''),
        'procore_company', (p_settings #>> '{procore,company_id}')::bigint))
$$;
-- +goose StatementEnd

-- why_held says why a tenant must not write to Procore: held, home (another database than the last cycle's), linking,
-- books (other settings than what the bindings belong to), restart (the server was started since the last look: what it
-- came back with is not known). Empty: it may.
-- +goose StatementBegin
CREATE FUNCTION why_held(p_tenant text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT CASE
            WHEN held THEN 'held'
            WHEN home <> database_home() THEN 'home'
            WHEN relink THEN 'linking'
            WHEN books <> '{}' AND books - ARRAY['odoo_uuid', 'procore_app'] <> settings_books(settings) THEN 'books'
            WHEN verified_at < pg_postmaster_start_time() THEN 'restart'
            ELSE '' END
        FROM tenants WHERE tenant = p_tenant), '')
$$;
-- +goose StatementEnd

-- No write begins while a tenant is held, whoever asks: also children that run already, and workers of an older build.
-- +goose StatementBegin
CREATE FUNCTION refuse_send() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_why text := why_held(NEW.tenant);
BEGIN
    IF v_why <> '' THEN
        RAISE EXCEPTION 'tenant % must not write: %', NEW.tenant, v_why USING ERRCODE = 'ML001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER sends_refused BEFORE INSERT ON sends FOR EACH ROW WHEN (NEW.result IS NULL) EXECUTE FUNCTION refuse_send();

-- hold_tenant pauses a tenant until it is rebound, with what was seen.
-- +goose StatementBegin
CREATE FUNCTION hold_tenant(p_tenant text, p_reason text, p_by text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tenants SET state = 'paused', paused_reason = p_reason, held = true, updated_at = clock_timestamp()
    WHERE tenant = p_tenant AND NOT (held AND state = 'paused' AND paused_reason = p_reason);
    IF FOUND THEN
        PERFORM audit(p_tenant, '', 0, jsonb_build_object('actor', p_by, 'action', 'tenant held', 'detail', jsonb_build_object('reason', p_reason)));
    END IF;
END $$;
-- +goose StatementEnd

-- admit_tenant notes that everything is as it was, and counts the cycle. p_books adds to what is remembered. 0: the tenant
-- was rebound since p_rebinds was read, and what was looked at may have been another system.
-- +goose StatementBegin
CREATE FUNCTION admit_tenant(p_tenant text, p_rebinds bigint, p_books jsonb) RETURNS bigint LANGUAGE sql AS $$
    WITH admitted AS (
        UPDATE tenants SET books = books || p_books, cycle = cycle + 1, verified_at = clock_timestamp()
        WHERE tenant = p_tenant AND rebinds = p_rebinds RETURNING cycle)
    SELECT coalesce((SELECT cycle FROM admitted), 0)
$$;
-- +goose StatementEnd

-- rebind makes what was found in both systems the truth, in one transaction. i: {by, reason, new_epoch, cycle, books,
-- models: [name], bindings: [{binding: as save_binding takes it, steps}], doubt: [{model, odoo_id, kind, part}],
-- drop: [{model, odoo_id, kind, part, why}], let_go: [origin_id], raise: [{model, odoo_id}], gone: [{model, odoo_id}]}.
--   models    are read from the beginning; their readers are waited for, so that none saves its old cursor afterwards;
--   bindings  are corrected or added; steps are the plan that an Approved commitment shows, its way back;
--   doubt     are looked at in Procore before the next write (the row in sends is what a lost answer leaves);
--   drop      are parts that have no document any more and get the next generation;
--   let_go    are those of these documents that stay in Procore and are nobody's from now on;
--   gone      are records that Odoo has no more: nothing is left to do for them.
-- Open writes are taken over: their workers' late reports are kept. All of Odoo is read again, in state linking, before
-- the first write. The caller has seen to it that the tenant is held. Answers the epoch of origin ids.
-- +goose StatementBegin
CREATE FUNCTION rebind(p_tenant text, i jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_by text := i ->> 'by';
    v_row jsonb;
    v_steps jsonb;
    v_plan bigint;
    v_epoch bigint;
    v_model text;
BEGIN
    FOR v_model IN SELECT DISTINCT m FROM jsonb_array_elements_text(i -> 'models') AS m ORDER BY m LOOP
        PERFORM pg_advisory_xact_lock(lock_key(p_tenant, 'model:' || v_model));
    END LOOP;
    PERFORM pg_advisory_xact_lock(lock_key(p_tenant, 'rules'));
    PERFORM 1 FROM tenants WHERE tenant = p_tenant AND held FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'tenant % is not held', p_tenant USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    UPDATE sends SET result = 'overtaken', overtaken_at = clock_timestamp(), finished_at = clock_timestamp()
    WHERE tenant = p_tenant AND result IS NULL;

    FOR v_row, v_steps IN SELECT b -> 'binding', b -> 'steps' FROM jsonb_array_elements(i -> 'bindings') AS b LOOP
        -- The way back of another document is none.
        UPDATE bindings SET approved_plan = 0, reopened_by = 0
        WHERE tenant = p_tenant AND model = v_row ->> 'model' AND odoo_id = (v_row ->> 'odoo_id')::bigint
          AND kind = v_row ->> 'kind' AND part = v_row ->> 'part' AND origin_id <> v_row ->> 'origin_id';
        IF v_steps IS NOT NULL THEN
            INSERT INTO plans (tenant, model, odoo_id, want, rules_epoch, steps)
            SELECT p_tenant, v_row ->> 'model', (v_row ->> 'odoo_id')::bigint, coalesce(max(r.want), 0), t.rules_epoch, v_steps
            FROM tenants t LEFT JOIN records r ON r.tenant = t.tenant AND r.model = v_row ->> 'model' AND r.odoo_id = (v_row ->> 'odoo_id')::bigint
            WHERE t.tenant = p_tenant GROUP BY t.rules_epoch RETURNING id INTO v_plan;
            v_row := v_row || jsonb_build_object('approve', true, 'plan_id', v_plan);
        END IF;
        PERFORM save_binding(v_row);
        PERFORM audit(p_tenant, v_row ->> 'model', (v_row ->> 'odoo_id')::bigint, jsonb_build_object('actor', v_by, 'action', 'relinked',
            'part', v_row ->> 'part', 'detail', jsonb_build_object('kind', v_row -> 'kind', 'procore_id', v_row -> 'procore_id', 'origin_id', v_row -> 'origin_id')));
    END LOOP;
    FOR v_row IN SELECT * FROM jsonb_array_elements(i -> 'drop') LOOP
        PERFORM audit(p_tenant, b.model, b.odoo_id, jsonb_build_object('actor', v_by, 'action', 'let go', 'part', b.part,
            'detail', v_row || jsonb_build_object('procore_id', b.procore_id, 'origin_id', b.origin_id)))
        FROM bindings b
        WHERE b.tenant = p_tenant AND b.model = v_row ->> 'model' AND b.odoo_id = (v_row ->> 'odoo_id')::bigint
          AND b.kind = v_row ->> 'kind' AND b.part = v_row ->> 'part';
        UPDATE bindings SET status = 'deleted', procore_id = 0, content = NULL, lines = '{}', approved_plan = 0, reopened_by = 0,
            create_date = NULL, updated_at = clock_timestamp()
        WHERE tenant = p_tenant AND model = v_row ->> 'model' AND odoo_id = (v_row ->> 'odoo_id')::bigint
          AND kind = v_row ->> 'kind' AND part = v_row ->> 'part';
    END LOOP;
    INSERT INTO let_go (tenant, origin_id) SELECT p_tenant, o FROM jsonb_array_elements_text(i -> 'let_go') AS o
    WHERE o <> '' ON CONFLICT DO NOTHING;
    INSERT INTO sends (tenant, subject, part, operation, kind, model, odoo_id, worker, settle, started_at, finished_at, result)
    SELECT p_tenant, d.model || '/' || d.odoo_id, d.part, 'rebind', d.kind, d.model, d.odoo_id, v_by, interval '0', clock_timestamp(), clock_timestamp(), 'unknown'
    FROM jsonb_to_recordset(i -> 'doubt') AS d (model text, odoo_id bigint, kind text, part text);

    UPDATE records SET write_date = NULL, create_date = NULL WHERE tenant = p_tenant;
    DELETE FROM cursors WHERE tenant = p_tenant;
    DELETE FROM record_waits w USING jsonb_to_recordset(i -> 'gone') AS g (model text, odoo_id bigint)
    WHERE w.tenant = p_tenant AND w.model = g.model AND w.odoo_id = g.odoo_id;
    UPDATE records r SET deleted = true, done = want, outcome = 'gone', offered_until = NULL
    FROM jsonb_to_recordset(i -> 'gone') AS g (model text, odoo_id bigint)
    WHERE r.tenant = p_tenant AND r.model = g.model AND r.odoo_id = g.odoo_id;
    FOR v_model IN SELECT DISTINCT r ->> 'model' FROM jsonb_array_elements(i -> 'raise') AS r LOOP
        PERFORM raise_want(p_tenant, v_model, ARRAY(
            SELECT (r ->> 'odoo_id')::bigint FROM jsonb_array_elements(i -> 'raise') AS r WHERE r ->> 'model' = v_model), 'rebind', 3);
        PERFORM request(p_tenant, 'dep:' || v_model || '/' || (r ->> 'odoo_id'), 3) FROM jsonb_array_elements(i -> 'raise') AS r WHERE r ->> 'model' = v_model;
    END LOOP;
    -- A run that is under way carries a plan of the time before: there is a newer version for it.
    FOR v_model IN SELECT DISTINCT model FROM records WHERE tenant = p_tenant AND want > done AND NOT deleted LOOP
        PERFORM raise_want(p_tenant, v_model, ARRAY(
            SELECT odoo_id FROM records WHERE tenant = p_tenant AND model = v_model AND want > done AND NOT deleted
            EXCEPT SELECT (r ->> 'odoo_id')::bigint FROM jsonb_array_elements(i -> 'raise') AS r WHERE r ->> 'model' = v_model), 'rebind', 3);
    END LOOP;
    DELETE FROM procore_codes WHERE tenant = p_tenant;
    DELETE FROM procore_reads WHERE tenant = p_tenant;

    PERFORM new_epoch(p_tenant, 'rebind', v_by);
    UPDATE tenants SET state = 'linking', relink = true, paused_reason = '', held = false, rebinds = rebinds + 1, home = database_home(),
        books = settings_books(settings) || (i -> 'books'), cycle = greatest(cycle, (i ->> 'cycle')::bigint), verified_at = clock_timestamp(),
        origin_epoch = origin_epoch + CASE WHEN (i ->> 'new_epoch')::boolean THEN 1 ELSE 0 END, updated_at = clock_timestamp()
    WHERE tenant = p_tenant RETURNING origin_epoch INTO v_epoch;
    PERFORM audit(p_tenant, '', 0, jsonb_build_object('actor', v_by, 'action', 'tenant rebound', 'detail', jsonb_build_object(
        'reason', i -> 'reason', 'relinked', jsonb_array_length(i -> 'bindings'), 'dropped', jsonb_array_length(i -> 'drop'), 'let_go', jsonb_array_length(i -> 'let_go'),
        'gone', jsonb_array_length(i -> 'gone'), 'raised', jsonb_array_length(i -> 'raise'), 'origin_epoch', v_epoch)));
    RETURN v_epoch;
END $$;
-- +goose StatementEnd

-- given_again lists at most five of the records whose number another record had when it was read last: [{id, ref,
-- before, now}], both creation dates. A creation date that is not known says nothing.
-- +goose StatementBegin
CREATE FUNCTION given_again(p_tenant text, p_model text, p_ids bigint[], p_creates timestamptz[]) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(to_jsonb(x)), '[]') FROM (
        SELECT r.odoo_id AS id, r.ref, r.create_date AS before, n.created AS now
        FROM unnest(p_ids, p_creates) AS n (id, created)
        JOIN records r ON r.tenant = p_tenant AND r.model = p_model AND r.odoo_id = n.id
        WHERE r.create_date <> n.created AND n.created > '0001-01-02 00:00:00+00' ORDER BY r.odoo_id LIMIT 5
    ) AS x
$$;
-- +goose StatementEnd

-- linked ends the state linking: all of Odoo was read again, by a cycle that began after the last rebind.
-- +goose StatementBegin
CREATE FUNCTION linked(p_tenant text, p_rebinds bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tenants SET state = 'active', relink = false, updated_at = clock_timestamp()
    WHERE tenant = p_tenant AND state = 'linking' AND rebinds = p_rebinds;
    IF FOUND THEN
        PERFORM audit(p_tenant, '', 0, jsonb_build_object('actor', 'worker', 'action', 'tenant active', 'detail', jsonb_build_object('reason', 'all of Odoo was read again')));
    END IF;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION linked, given_again, rebind, admit_tenant, hold_tenant;
DROP TRIGGER sends_refused ON sends;
DROP FUNCTION refuse_send, why_held, settings_books;
DROP INDEX bindings_updated, records_written;
DROP TABLE let_go;
ALTER TABLE tenants DROP COLUMN books, DROP COLUMN home, DROP COLUMN cycle, DROP COLUMN verified_at, DROP COLUMN held,
    DROP COLUMN relink, DROP COLUMN rebinds;
DROP FUNCTION database_home;
