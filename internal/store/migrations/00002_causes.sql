-- +goose Up

-- lock_key is the advisory lock of a name of a tenant.
-- +goose StatementBegin
CREATE FUNCTION lock_key(p_tenant text, p_name text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT hashtextextended(p_tenant || chr(31) || p_name, 0)
$$;
-- +goose StatementEnd

-- cause_lock names the lock of a cause. Causes that a sheet or a cache settles by the thousand share one.
-- +goose StatementBegin
CREATE FUNCTION cause_lock(p_cause text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT 'cause:' || CASE
        WHEN p_cause LIKE 'mapping.project:%' THEN 'mapping.project'
        WHEN p_cause LIKE 'mapping.code:%' THEN 'mapping.code'
        WHEN p_cause LIKE 'mapping.budget_code:%' THEN split_part(p_cause, '/', 1)
        ELSE p_cause END
$$;
-- +goose StatementEnd

-- lock_causes takes the locks of causes, always in the order of their keys. Parkers share them, savers hold them
-- alone; a cause in both lists is held alone.
-- +goose StatementBegin
CREATE FUNCTION lock_causes(p_tenant text, p_shared text[], p_alone text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    l record;
BEGIN
    FOR l IN
        SELECT k, bool_or(alone) AS alone FROM (
            SELECT lock_key(p_tenant, cause_lock(c)) AS k, false AS alone FROM unnest(p_shared) AS c
            UNION ALL
            SELECT lock_key(p_tenant, cause_lock(c)), true FROM unnest(p_alone) AS c
        ) AS x GROUP BY k ORDER BY k
    LOOP
        IF l.alone THEN
            PERFORM pg_advisory_xact_lock(l.k);
        ELSE
            PERFORM pg_advisory_xact_lock_shared(l.k);
        END IF;
    END LOOP;
END $$;
-- +goose StatementEnd

-- is_parked says whether a record has a wait for its present want.
-- +goose StatementBegin
CREATE FUNCTION is_parked(p_tenant text, p_model text, p_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM records r JOIN record_waits w USING (tenant, model, odoo_id)
        WHERE r.tenant = p_tenant AND r.model = p_model AND r.odoo_id = p_id AND w.want = r.want AND r.want > r.done)
$$;
-- +goose StatementEnd

-- cause_is_open looks at a cause; the caller holds its lock. What is not settled in this database is always open.
-- A vendor is there once it is bound, an order once it has nothing left to do. A bill (the head of a lane) is also
-- out of the way when it is parked itself.
-- +goose StatementBegin
CREATE FUNCTION cause_is_open(p_tenant text, p_cause text) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_kind text := split_part(p_cause, ':', 1);
    v_rest text := substr(p_cause, length(split_part(p_cause, ':', 1)) + 2);
    v_model text;
    v_id bigint;
    v_project bigint;
    v_text text;
BEGIN
    IF v_kind = 'mapping.budget_code' THEN
        v_text := split_part(v_rest, '/', 1);
        IF v_text !~ '^[0-9]{1,18}$' THEN
            RETURN true;
        END IF;
        RETURN NOT EXISTS (
            SELECT FROM procore_codes
            WHERE tenant = p_tenant AND kind = 'budget_code' AND project = v_text::bigint
              AND code = substr(v_rest, length(v_text) + 2) AND active);
    END IF;
    IF v_kind NOT IN ('mapping.project', 'mapping.code', 'dep', 'bill.reversed') THEN
        RETURN true;
    END IF;
    v_model := split_part(v_rest, '/', 1);
    v_text := split_part(split_part(v_rest, '/', 2), '@', 1);
    IF v_text !~ '^[0-9]{1,18}$' THEN
        RETURN true;
    END IF;
    v_id := v_text::bigint;
    IF v_kind = 'mapping.project' THEN
        RETURN NOT EXISTS (SELECT FROM project_mappings WHERE tenant = p_tenant AND odoo_id = v_id);
    ELSIF v_kind = 'mapping.code' THEN
        v_text := split_part(v_rest, '@', 2);
        v_project := CASE WHEN v_text ~ '^[0-9]{1,18}$' THEN v_text::bigint ELSE 0 END;
        RETURN NOT EXISTS (
            SELECT FROM code_mappings
            WHERE tenant = p_tenant AND odoo_model = v_model AND odoo_id = v_id AND procore_project IN (0, v_project));
    ELSIF v_model = 'res.partner' THEN
        RETURN NOT EXISTS (
            SELECT FROM bindings
            WHERE tenant = p_tenant AND model = v_model AND odoo_id = v_id AND kind = 'vendor'
              AND procore_id <> 0 AND status <> 'deleted');
    ELSIF v_kind = 'dep' AND v_model = 'account.move' AND is_parked(p_tenant, v_model, v_id) THEN
        RETURN false;
    ELSE
        RETURN NOT EXISTS (
            SELECT FROM records WHERE tenant = p_tenant AND model = v_model AND odoo_id = v_id AND want = done AND done > 0);
    END IF;
END $$;
-- +goose StatementEnd

-- free_waits deletes the waits on causes and makes their records ready to be offered; the caller holds the locks.
-- +goose StatementBegin
CREATE FUNCTION free_waits(p_tenant text, p_causes text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_freed bigint;
BEGIN
    PERFORM 1 FROM records r
    WHERE r.tenant = p_tenant AND EXISTS (
        SELECT FROM record_waits w
        WHERE w.tenant = r.tenant AND w.model = r.model AND w.odoo_id = r.odoo_id AND w.cause = ANY (p_causes))
    ORDER BY model, odoo_id FOR UPDATE;
    WITH gone AS (
        DELETE FROM record_waits WHERE tenant = p_tenant AND cause = ANY (p_causes) RETURNING model, odoo_id
    ), freed AS (
        UPDATE records r SET offered_until = NULL FROM (SELECT DISTINCT model, odoo_id FROM gone) AS g
        WHERE r.tenant = p_tenant AND r.model = g.model AND r.odoo_id = g.odoo_id RETURNING 1
    )
    SELECT count(*) INTO v_freed FROM freed;
    RETURN v_freed;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION free_waits, cause_is_open, is_parked, lock_causes, cause_lock, lock_key;
