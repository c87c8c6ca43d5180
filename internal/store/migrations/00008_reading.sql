-- +goose Up

-- read_again_at, Odoo's clock: until then another transaction, begun in the same second as the one that wrote this
-- content, may still come and leave the write_date as it is. Then the content is read once more.
ALTER TABLE records ADD COLUMN read_again_at timestamptz;
CREATE INDEX records_again ON records (tenant, model, read_again_at) WHERE read_again_at IS NOT NULL;

-- record_lines: the lines that a document (of model) had when it was read, and when each was written.
CREATE TABLE record_lines (
    tenant     text   NOT NULL,
    model      text   NOT NULL,
    line_id    bigint NOT NULL,
    odoo_id    bigint NOT NULL,
    write_date timestamptz,
    PRIMARY KEY (tenant, model, line_id)
);
-- To a planner without statistics, in a first load, an index that begins like the primary key is as good as that. So no
-- other one begins with the tenant.
CREATE INDEX record_lines_of ON record_lines (odoo_id, tenant, model);
DROP INDEX records_ref;
CREATE INDEX records_ref ON records (ref, tenant);

-- sweeps: how far the last sweep of a model is. rebinds: of the tenant, when it began. finished_at is null while it goes on.
CREATE TABLE sweeps (
    tenant      text        NOT NULL,
    model       text        NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    content     boolean     NOT NULL DEFAULT false,
    rebinds     bigint      NOT NULL DEFAULT 0,
    last_id     bigint      NOT NULL DEFAULT 0,
    finished_at timestamptz,
    content_at  timestamptz NOT NULL DEFAULT clock_timestamp(), -- when all content was read last
    PRIMARY KEY (tenant, model)
);

-- missing: records that sweeps did not find in Odoo: the first and the last one, by when they began.
CREATE TABLE missing (
    tenant   text        NOT NULL,
    model    text        NOT NULL,
    odoo_id  bigint      NOT NULL,
    first_at timestamptz NOT NULL,
    last_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant, model, odoo_id)
);

-- alerts are what is wrong with a tenant as a whole and waits for a person.
CREATE TABLE alerts (
    tenant text        NOT NULL,
    cause  text        NOT NULL,
    detail jsonb       NOT NULL DEFAULT '{}',
    since  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, cause)
);

-- The functions below work on whole pages, also while PostgreSQL has no statistics yet and takes the tables for empty, in a
-- first load. So none leaves it a choice: keys are looked up one by one (LIMIT 1) or by = ANY, sets are told apart by EXCEPT,
-- which hashes, and enable_seqscan is off.

-- given_again lists at most five of the records that contradict what was read last, so that they belong to another
-- database: [{id, ref, before, now, written}]. Either another record had the number, by its creation date; or (written)
-- the write_date went back, by more than a clock is set back (p_slack). A date that is not known says nothing.
DROP FUNCTION given_again;
-- +goose StatementBegin
CREATE FUNCTION given_again(p_tenant text, p_model text, p_ids bigint[], p_creates timestamptz[], p_writes timestamptz[], p_slack interval)
RETURNS jsonb LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    SELECT coalesce(jsonb_agg(to_jsonb(x)), '[]') FROM (
        SELECT r.odoo_id AS id, r.ref, CASE WHEN again THEN r.create_date ELSE r.write_date END AS before,
            CASE WHEN again THEN n.created ELSE n.written END AS now, NOT again AS written
        FROM unnest(p_ids, p_creates, p_writes) AS n (id, created, written)
        CROSS JOIN LATERAL (SELECT * FROM records WHERE tenant = p_tenant AND model = p_model AND odoo_id = n.id LIMIT 1) AS r
        CROSS JOIN LATERAL (SELECT coalesce(r.create_date <> n.created, false) AND n.created > '0001-01-02 00:00:00+00' AS again) AS a
        WHERE again OR (n.written < r.write_date - p_slack AND n.written > '0001-01-02 00:00:00+00') ORDER BY r.odoo_id LIMIT 5
    ) AS x
$$;
-- +goose StatementEnd

-- upsert_snapshots stores what was read of Odoo and answers the ids whose content is new. The reader holds the lock of the
-- model, so what it read is never older than what is stored; an older write_date is a clock that was set back (given_again
-- was asked before). Equal content changes nothing but the dates. New content raises want where it is wanted, or where
-- somebody asked for the record. The rules lock, shared, keeps a saved mapping from missing a record that is being stored.
DROP FUNCTION upsert_snapshots;
-- +goose StatementBegin
CREATE FUNCTION upsert_snapshots(
    p_tenant text, p_models text[], p_ids bigint[], p_companies bigint[], p_refs text[], p_writes timestamptz[],
    p_creates timestamptz[], p_agains timestamptz[], p_contents text[], p_hashes bytea[], p_wanted boolean[], p_priorities int[], p_deleted boolean[]
) RETURNS bigint[] LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_changed bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock_shared(lock_key(p_tenant, 'rules'));
    WITH new AS (
        SELECT n.model, n.odoo_id, n.company_id, n.ref, nullif(n.write_date, '0001-01-01 00:00:00+00') AS write_date,
            nullif(n.create_date, '0001-01-01 00:00:00+00') AS create_date, nullif(n.again, '0001-01-01 00:00:00+00') AS again,
            n.content, n.hash, n.wanted, n.priority, n.deleted
        FROM unnest(p_models, p_ids, p_companies, p_refs, p_writes, p_creates, p_agains, p_contents, p_hashes, p_wanted, p_priorities, p_deleted)
            AS n (model, odoo_id, company_id, ref, write_date, create_date, again, content, hash, wanted, priority, deleted)
    ), current AS (
        SELECT n.*, r.content IS NOT NULL AND r.hash = n.hash AND r.deleted = n.deleted AS same
        FROM new n
        LEFT JOIN LATERAL (SELECT * FROM records WHERE tenant = p_tenant AND model = n.model AND odoo_id = n.odoo_id LIMIT 1) AS r ON true
    ), written AS (
        INSERT INTO records AS r (tenant, model, odoo_id, company_id, ref, write_date, create_date, content, hash, mentions,
            document_date, want, priority, deleted, read_at, read_again_at)
        SELECT p_tenant, d.model, d.odoo_id, d.company_id, d.ref, d.write_date, d.create_date, c, d.hash, content_mentions(c),
            content_date(c), CASE WHEN d.wanted THEN 1 ELSE 0 END, d.priority, d.deleted, clock_timestamp(), d.again
        FROM (SELECT *, content::jsonb AS c FROM current WHERE same IS NOT TRUE) AS d
        ORDER BY d.model, d.odoo_id
        ON CONFLICT (tenant, model, odoo_id) DO UPDATE SET
            company_id = excluded.company_id, ref = excluded.ref, write_date = excluded.write_date,
            create_date = excluded.create_date, content = excluded.content, hash = excluded.hash,
            mentions = excluded.mentions, document_date = excluded.document_date, deleted = excluded.deleted, read_at = excluded.read_at,
            read_again_at = excluded.read_again_at,
            want = r.want + CASE WHEN excluded.want > 0 OR r.want > 0 THEN 1 ELSE 0 END,
            priority = CASE WHEN r.want > r.done THEN least(r.priority, excluded.priority) ELSE excluded.priority END
        RETURNING r.odoo_id
    ), dated AS (
        UPDATE records r SET write_date = c.write_date, create_date = c.create_date, read_again_at = c.again
        FROM current c
        WHERE c.same AND r.tenant = p_tenant AND r.model = c.model AND r.odoo_id = c.odoo_id AND r.odoo_id = ANY (p_ids)
          AND (r.write_date, r.create_date, r.read_again_at) IS DISTINCT FROM (c.write_date, c.create_date, c.again)
    )
    SELECT coalesce(array_agg(odoo_id ORDER BY odoo_id), '{}') INTO v_changed FROM written;
    RETURN v_changed;
END $$;
-- +goose StatementEnd

-- save_lines keeps which lines the documents have that were just read; a document without lines has none any more.
-- +goose StatementBegin
CREATE FUNCTION save_lines(p_tenant text, p_model text, p_documents bigint[], p_ids bigint[], p_parents bigint[], p_writes timestamptz[])
RETURNS void LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_gone bigint[] := ARRAY(
        SELECT line_id FROM record_lines WHERE tenant = p_tenant AND model = p_model AND odoo_id = ANY (p_documents)
        EXCEPT SELECT unnest(p_ids));
BEGIN
    DELETE FROM record_lines WHERE tenant = p_tenant AND model = p_model AND line_id = ANY (v_gone);
    INSERT INTO record_lines AS l (tenant, model, line_id, odoo_id, write_date)
    SELECT p_tenant, p_model, n.id, n.parent, nullif(n.write_date, '0001-01-01 00:00:00+00')
    FROM unnest(p_ids, p_parents, p_writes) AS n (id, parent, write_date) ORDER BY n.id
    ON CONFLICT (tenant, model, line_id) DO UPDATE SET odoo_id = excluded.odoo_id, write_date = excluded.write_date
    WHERE (l.odoo_id, l.write_date) IS DISTINCT FROM (excluded.odoo_id, excluded.write_date);
END $$;
-- +goose StatementEnd

-- unknown_records and unknown_lines answer the ids of those that are not stored as they were written last.
-- +goose StatementBegin
CREATE FUNCTION unknown_records(p_tenant text, p_model text, p_ids bigint[], p_writes timestamptz[]) RETURNS SETOF bigint LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    SELECT n.id FROM unnest(p_ids, p_writes) AS n (id, write_date)
    LEFT JOIN LATERAL (SELECT * FROM records WHERE tenant = p_tenant AND model = p_model AND odoo_id = n.id LIMIT 1) AS r ON true
    WHERE r.content IS NULL OR r.deleted OR r.write_date IS DISTINCT FROM nullif(n.write_date, '0001-01-01 00:00:00+00')
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION unknown_lines(p_tenant text, p_model text, p_ids bigint[], p_parents bigint[], p_writes timestamptz[]) RETURNS SETOF bigint LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    SELECT n.id FROM unnest(p_ids, p_parents, p_writes) AS n (id, parent, write_date)
    LEFT JOIN LATERAL (SELECT * FROM record_lines WHERE tenant = p_tenant AND model = p_model AND line_id = n.id LIMIT 1) AS l ON true
    WHERE l.odoo_id IS DISTINCT FROM n.parent OR l.write_date IS DISTINCT FROM nullif(n.write_date, '0001-01-01 00:00:00+00')
$$;
-- +goose StatementEnd

-- absent_records answers which records are known since before p_before, with an id in (p_after, p_upto], in one of the
-- companies (none: all), and not among p_found. absent_lines is the same for lines, and answers their documents.
-- +goose StatementBegin
CREATE FUNCTION absent_records(p_tenant text, p_model text, p_after bigint, p_upto bigint, p_before timestamptz, p_companies bigint[], p_found bigint[])
RETURNS SETOF bigint LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    SELECT odoo_id FROM records
    WHERE tenant = p_tenant AND model = p_model AND odoo_id > p_after AND odoo_id <= p_upto AND content IS NOT NULL AND NOT deleted
      AND read_at < p_before AND (cardinality(p_companies) = 0 OR company_id = ANY (p_companies))
    EXCEPT SELECT unnest(p_found)
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION absent_lines(p_tenant text, p_model text, p_after bigint, p_upto bigint, p_before timestamptz, p_companies bigint[], p_found bigint[])
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
DECLARE
    v_absent bigint[] := ARRAY(
        SELECT line_id FROM record_lines WHERE tenant = p_tenant AND model = p_model AND line_id > p_after AND line_id <= p_upto
        EXCEPT SELECT unnest(p_found));
    v_documents bigint[] := ARRAY(
        SELECT DISTINCT odoo_id FROM record_lines WHERE tenant = p_tenant AND model = p_model AND line_id = ANY (v_absent));
BEGIN
    RETURN QUERY
    SELECT odoo_id FROM records
    WHERE tenant = p_tenant AND model = p_model AND odoo_id = ANY (v_documents) AND content IS NOT NULL AND NOT deleted
      AND read_at < p_before AND (cardinality(p_companies) = 0 OR company_id = ANY (p_companies));
END $$;
-- +goose StatementEnd

-- raise_naming wants the documents once more that name one of these records (as model/id) and were wanted before.
-- +goose StatementBegin
CREATE FUNCTION raise_naming(p_tenant text, p_mentions text[], p_reason text) RETURNS bigint LANGUAGE sql AS $$
    SELECT coalesce(sum(raise_want(p_tenant, n.model, n.ids, p_reason, 3)), 0)::bigint
    FROM (SELECT model, array_agg(odoo_id ORDER BY odoo_id) AS ids FROM records
          WHERE tenant = p_tenant AND mentions && p_mentions AND want > 0 AND NOT deleted GROUP BY model) AS n
$$;
-- +goose StatementEnd

-- mark_deleted notes that Odoo has these records no more, and answers which of them are new. That is new content like any
-- other: those that were wanted are wanted once more.
-- +goose StatementBegin
CREATE FUNCTION mark_deleted(p_tenant text, p_model text, p_ids bigint[]) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(lock_key(p_tenant, 'rules'));
    DELETE FROM record_lines WHERE tenant = p_tenant AND model = p_model AND odoo_id = ANY (p_ids);
    RETURN QUERY
    WITH gone AS (
        UPDATE records SET deleted = true, read_at = clock_timestamp(), read_again_at = NULL, want = want + CASE WHEN want > 0 THEN 1 ELSE 0 END
        WHERE tenant = p_tenant AND model = p_model AND odoo_id = ANY (p_ids) AND NOT deleted
        RETURNING odoo_id, ref
    ), told AS (
        INSERT INTO audit_events (tenant, action, model, odoo_id, detail)
        SELECT p_tenant, 'deleted in Odoo', p_model, odoo_id, jsonb_build_object('ref', ref) FROM gone RETURNING 1
    )
    SELECT odoo_id FROM gone;
END $$;
-- +goose StatementEnd

-- begin_sweep begins a sweep of a model, or goes on with the one under way; one that is to read all content, or that
-- another Odoo was bound for, begins anew. What was missing in another Odoo says nothing. Answers when it began.
-- +goose StatementBegin
CREATE FUNCTION begin_sweep(p_tenant text, p_model text, p_content boolean, p_rebinds bigint) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    v_started timestamptz;
BEGIN
    DELETE FROM missing m USING sweeps s
    WHERE m.tenant = p_tenant AND m.model = p_model AND s.tenant = p_tenant AND s.model = p_model AND s.rebinds <> p_rebinds;
    UPDATE sweeps SET content = content AND finished_at IS NULL, started_at = clock_timestamp(), last_id = 0, finished_at = NULL, rebinds = p_rebinds
    WHERE tenant = p_tenant AND model = p_model AND (finished_at IS NOT NULL OR rebinds <> p_rebinds OR (p_content AND NOT content));
    INSERT INTO sweeps AS s (tenant, model, content, rebinds) VALUES (p_tenant, p_model, p_content, p_rebinds)
    ON CONFLICT (tenant, model) DO UPDATE SET content = s.content OR p_content
    RETURNING started_at INTO v_started;
    RETURN v_started;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION begin_sweep, mark_deleted, raise_naming, absent_lines, absent_records, unknown_lines, unknown_records, save_lines, upsert_snapshots;
DROP TABLE alerts, missing, sweeps, record_lines;
DROP INDEX records_ref;
CREATE INDEX records_ref ON records (tenant, ref);
ALTER TABLE records DROP COLUMN read_again_at;
