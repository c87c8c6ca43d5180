-- +goose Up

-- new_epoch notes that the rules changed; the caller holds the rules lock.
-- +goose StatementBegin
CREATE FUNCTION new_epoch(p_tenant text, p_reason text, p_by text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_epoch bigint;
BEGIN
    UPDATE tenants SET rules_epoch = rules_epoch + 1 WHERE tenant = p_tenant RETURNING rules_epoch INTO v_epoch;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no tenant %', p_tenant USING ERRCODE = 'no_data_found';
    END IF;
    INSERT INTO rules_epochs (tenant, epoch, reason, by) VALUES (p_tenant, v_epoch, p_reason, p_by);
    RETURN v_epoch;
END $$;
-- +goose StatementEnd

-- save_tenant applies a tenant file. Prefix and state count only when the tenant is new; changed settings are a new
-- rules epoch and raise want of all documents of the given models. Answers {created, changed, epoch, raised}.
-- +goose StatementBegin
CREATE FUNCTION save_tenant(p_tenant text, p_settings jsonb, p_state text, p_prefix text, p_by text, p_raise text[]) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_old tenants;
    v_epoch bigint;
    v_raised bigint := 0;
    v_model text;
BEGIN
    PERFORM pg_advisory_xact_lock(lock_key(p_tenant, 'rules'));
    SELECT * INTO v_old FROM tenants WHERE tenant = p_tenant FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO tenants (tenant, settings, state, origin_prefix) VALUES (p_tenant, p_settings, p_state, p_prefix);
        INSERT INTO rules_epochs (tenant, epoch, reason, by) VALUES (p_tenant, 1, 'tenant created', p_by);
        PERFORM audit(p_tenant, '', 0, jsonb_build_object('actor', p_by, 'action', 'tenant.created'));
        RETURN jsonb_build_object('created', true, 'changed', true, 'epoch', 1, 'raised', 0);
    END IF;
    IF v_old.settings = p_settings THEN
        RETURN jsonb_build_object('created', false, 'changed', false, 'epoch', v_old.rules_epoch, 'raised', 0);
    END IF;
    UPDATE tenants SET settings = p_settings, updated_at = clock_timestamp() WHERE tenant = p_tenant;
    v_epoch := new_epoch(p_tenant, 'settings', p_by);
    FOREACH v_model IN ARRAY p_raise LOOP
        v_raised := v_raised + raise_want(p_tenant, v_model,
            ARRAY(SELECT odoo_id FROM records WHERE tenant = p_tenant AND model = v_model AND want > 0 AND content IS NOT NULL), 'settings', 3);
    END LOOP;
    PERFORM audit(p_tenant, '', 0, jsonb_build_object('actor', p_by, 'action', 'tenant.changed',
        'detail', jsonb_build_object('epoch', v_epoch, 'raised', v_raised)));
    RETURN jsonb_build_object('created', false, 'changed', true, 'epoch', v_epoch, 'raised', v_raised);
END $$;
-- +goose StatementEnd

-- mentioned_by lists the documents that a rule about model/id touches; a category is mentioned through its products.
-- +goose StatementBegin
CREATE FUNCTION mentioned_by(p_tenant text, p_mentions text[]) RETURNS TABLE (model text, odoo_id bigint) LANGUAGE sql STABLE AS $$
    WITH RECURSIVE categories AS (
        SELECT m::text AS mention FROM unnest(p_mentions) AS m WHERE m LIKE 'product.category/%'
        UNION
        SELECT 'product.category/' || r.odoo_id FROM records r
        JOIN categories c ON r.content ->> 'parent' = split_part(c.mention, '/', 2)
        WHERE r.tenant = p_tenant AND r.model = 'product.category'
    ), wanted AS (
        SELECT array_agg(m) AS mentions FROM (
            SELECT unnest(p_mentions) AS m
            UNION
            SELECT 'product.product/' || r.odoo_id FROM records r
            JOIN categories c ON r.content ->> 'category' = split_part(c.mention, '/', 2)
            WHERE r.tenant = p_tenant AND r.model = 'product.product'
        ) AS x
    )
    SELECT r.model, r.odoo_id FROM records r, wanted
    WHERE r.tenant = p_tenant AND r.model IN ('purchase.order', 'account.move') AND r.content IS NOT NULL AND r.mentions && wanted.mentions
$$;
-- +goose StatementEnd

-- save_mappings is the saver of mapping causes, in one transaction: lock, save, free the waits, raise want of the
-- documents that the changed rules touch, a new rules epoch. Rows that change nothing are left alone.
-- Answers {projects, codes, released, raised, epoch}.
-- +goose StatementBegin
CREATE FUNCTION save_mappings(p_tenant text, p_by text, p_projects jsonb, p_codes jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_projects text[];
    v_codes text[];
    v_causes text[];
    v_model text;
    v_released bigint;
    v_raised bigint := 0;
    v_epoch bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(lock_key(p_tenant, 'rules'));
    PERFORM lock_causes(p_tenant, '{}', ARRAY['mapping.project:', 'mapping.code:']);
    WITH saved AS (
        INSERT INTO project_mappings AS o (tenant, odoo_id, odoo_code, odoo_name, procore_project, not_in_procore, note)
        SELECT DISTINCT ON (p.odoo_id) p_tenant, p.odoo_id, coalesce(p.odoo_code, ''), coalesce(p.odoo_name, ''), nullif(p.procore_project, 0),
            coalesce(p.not_in_procore, false), coalesce(p.note, '')
        FROM jsonb_to_recordset(p_projects) AS p (odoo_id bigint, odoo_code text, odoo_name text, procore_project bigint, not_in_procore boolean, note text)
        ON CONFLICT (tenant, odoo_id) DO UPDATE SET odoo_code = excluded.odoo_code, odoo_name = excluded.odoo_name,
            procore_project = excluded.procore_project, not_in_procore = excluded.not_in_procore, note = excluded.note, updated_at = clock_timestamp()
        WHERE (o.procore_project, o.not_in_procore) IS DISTINCT FROM (excluded.procore_project, excluded.not_in_procore)
           OR (o.odoo_code, o.odoo_name, o.note) IS DISTINCT FROM (excluded.odoo_code, excluded.odoo_name, excluded.note)
        RETURNING o.odoo_id, o.procore_project, o.not_in_procore
    )
    SELECT coalesce(array_agg('account.analytic.account/' || s.odoo_id), '{}') INTO v_projects
    FROM saved s LEFT JOIN project_mappings b ON b.tenant = p_tenant AND b.odoo_id = s.odoo_id -- as before this statement
    WHERE b.tenant IS NULL OR (b.procore_project, b.not_in_procore) IS DISTINCT FROM (s.procore_project, s.not_in_procore);
    WITH saved AS (
        INSERT INTO code_mappings AS o (tenant, odoo_model, odoo_id, procore_project, odoo_code, odoo_name, sub_job, cost_code, cost_type, note)
        SELECT DISTINCT ON (c.odoo_model, c.odoo_id, coalesce(c.procore_project, 0)) p_tenant, c.odoo_model, c.odoo_id, coalesce(c.procore_project, 0),
            coalesce(c.odoo_code, ''), coalesce(c.odoo_name, ''), coalesce(c.sub_job, ''), coalesce(c.cost_code, ''), coalesce(c.cost_type, ''), coalesce(c.note, '')
        FROM jsonb_to_recordset(p_codes) AS c (odoo_model text, odoo_id bigint, procore_project bigint, odoo_code text, odoo_name text,
            sub_job text, cost_code text, cost_type text, note text)
        ON CONFLICT (tenant, odoo_model, odoo_id, procore_project) DO UPDATE SET odoo_code = excluded.odoo_code, odoo_name = excluded.odoo_name,
            sub_job = excluded.sub_job, cost_code = excluded.cost_code, cost_type = excluded.cost_type, note = excluded.note, updated_at = clock_timestamp()
        WHERE (o.sub_job, o.cost_code, o.cost_type) IS DISTINCT FROM (excluded.sub_job, excluded.cost_code, excluded.cost_type)
           OR (o.odoo_code, o.odoo_name, o.note) IS DISTINCT FROM (excluded.odoo_code, excluded.odoo_name, excluded.note)
        RETURNING o.*
    )
    SELECT coalesce(array_agg(s.odoo_model || '/' || s.odoo_id || '@' || s.procore_project), '{}') INTO v_codes
    FROM saved s LEFT JOIN code_mappings b USING (tenant, odoo_model, odoo_id, procore_project) -- as before this statement
    WHERE b.tenant IS NULL OR (b.sub_job, b.cost_code, b.cost_type) IS DISTINCT FROM (s.sub_job, s.cost_code, s.cost_type);
    IF cardinality(v_projects) + cardinality(v_codes) = 0 THEN
        SELECT rules_epoch INTO v_epoch FROM tenants WHERE tenant = p_tenant;
        RETURN jsonb_build_object('projects', 0, 'codes', 0, 'released', 0, 'raised', 0, 'epoch', v_epoch);
    END IF;
    v_epoch := new_epoch(p_tenant, 'mappings', p_by);
    v_causes := ARRAY(
        SELECT DISTINCT cause FROM record_waits
        WHERE tenant = p_tenant AND (cause LIKE 'mapping.project:%' OR cause LIKE 'mapping.code:%') AND NOT cause_is_open(p_tenant, cause));
    v_released := free_waits(p_tenant, v_causes);
    FOREACH v_model IN ARRAY ARRAY['purchase.order', 'account.move'] LOOP
        v_raised := v_raised + raise_want(p_tenant, v_model, ARRAY(
            SELECT m.odoo_id FROM mentioned_by(p_tenant, v_projects || ARRAY(SELECT split_part(c, '@', 1) FROM unnest(v_codes) AS c)) AS m
            JOIN records r ON r.tenant = p_tenant AND r.model = m.model AND r.odoo_id = m.odoo_id
            WHERE m.model = v_model AND r.want > 0), 'mappings', 3);
    END LOOP;
    PERFORM audit(p_tenant, '', 0, jsonb_build_object('actor', p_by, 'action', 'mappings.saved', 'detail', jsonb_build_object(
        'epoch', v_epoch, 'projects', to_jsonb(v_projects), 'codes', to_jsonb(v_codes), 'released', v_released, 'raised', v_raised)));
    RETURN jsonb_build_object('projects', cardinality(v_projects), 'codes', cardinality(v_codes), 'released', v_released, 'raised', v_raised, 'epoch', v_epoch);
END $$;
-- +goose StatementEnd

-- save_codes writes into the cache all codes of this kind and project that Procore holds. New budget codes free those
-- that wait for them.
-- +goose StatementBegin
CREATE FUNCTION save_codes(p_tenant text, p_kind text, p_project bigint, p_rows jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_cause text := 'mapping.budget_code:' || p_project || '/';
    v_freed bigint := 0;
BEGIN
    IF p_kind = 'budget_code' THEN
        PERFORM lock_causes(p_tenant, '{}', ARRAY[v_cause]);
    END IF;
    PERFORM pg_advisory_xact_lock(lock_key(p_tenant, 'codes:' || p_kind || ':' || p_project));
    DELETE FROM procore_codes WHERE tenant = p_tenant AND kind = p_kind AND project = p_project;
    INSERT INTO procore_reads (tenant, kind, project, refreshed_at) VALUES (p_tenant, p_kind, p_project, clock_timestamp())
    ON CONFLICT (tenant, kind, project) DO UPDATE SET refreshed_at = excluded.refreshed_at;
    INSERT INTO procore_codes (tenant, kind, project, procore_id, code, name, content, active, refreshed_at)
    SELECT DISTINCT ON (coalesce(c.procore_id, 0), coalesce(c.code, '')) p_tenant, p_kind, p_project, coalesce(c.procore_id, 0), coalesce(c.code, ''),
        coalesce(c.name, ''), coalesce(c.content, '{}'), coalesce(c.active, true), clock_timestamp()
    FROM jsonb_to_recordset(p_rows) AS c (procore_id bigint, code text, name text, content jsonb, active boolean);
    IF p_kind = 'budget_code' THEN
        v_freed := free_waits(p_tenant, ARRAY(
            SELECT DISTINCT cause FROM record_waits
            WHERE tenant = p_tenant AND starts_with(cause, v_cause) AND NOT cause_is_open(p_tenant, cause)));
    END IF;
    RETURN v_freed;
END $$;
-- +goose StatementEnd

-- take_budget reserves n requests of both windows, or says until when to wait. A tenth of the hour is never granted: it
-- is the share that is kept for sync-now. A limit of 0 is not known: nothing is refused for it.
-- +goose StatementBegin
CREATE FUNCTION take_budget(p_app text, p_company bigint, p_n int) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_b budgets;
    v_until timestamptz;
BEGIN
    INSERT INTO budgets (app, company_id) VALUES (p_app, p_company) ON CONFLICT DO NOTHING;
    SELECT * INTO v_b FROM budgets WHERE app = p_app AND company_id = p_company FOR UPDATE;
    v_now := clock_timestamp();
    IF v_b.hourly_reset_at <= v_now THEN
        v_b.hourly_remaining := v_b.hourly_limit;
        v_b.hourly_reset_at := v_now + interval '1 hour';
    END IF;
    IF v_b.spike_reset_at <= v_now THEN
        v_b.spike_remaining := v_b.spike_limit;
        v_b.spike_reset_at := v_now + interval '10 seconds';
    END IF;
    v_until := greatest(
        CASE WHEN v_b.blocked_until > v_now THEN v_b.blocked_until END,
        CASE WHEN v_b.hourly_limit > 0
              AND v_b.hourly_remaining - p_n < v_b.hourly_limit / 10 THEN v_b.hourly_reset_at END,
        CASE WHEN v_b.spike_limit > 0 AND v_b.spike_remaining < p_n AND v_b.spike_remaining < v_b.spike_limit THEN v_b.spike_reset_at END);
    IF v_until IS NULL THEN
        v_b.hourly_remaining := v_b.hourly_remaining - p_n;
        v_b.spike_remaining := v_b.spike_remaining - p_n;
    END IF;
    UPDATE budgets SET hourly_remaining = v_b.hourly_remaining, hourly_reset_at = v_b.hourly_reset_at,
        spike_remaining = v_b.spike_remaining, spike_reset_at = v_b.spike_reset_at, updated_at = v_now
    WHERE app = p_app AND company_id = p_company;
    RETURN jsonb_build_object('ok', v_until IS NULL, 'until', v_until);
END $$;
-- +goose StatementEnd

-- observe_budget corrects the row by an answer's headers. They tell of whichever window is nearer to its end without
-- naming it: a reset within seconds is the spike window. limit 0 is a refusal without headers.
-- +goose StatementBegin
CREATE FUNCTION observe_budget(p_app text, p_company bigint, p_limit int, p_remaining int, p_reset timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz;
    v_b budgets;
BEGIN
    INSERT INTO budgets (app, company_id) VALUES (p_app, p_company) ON CONFLICT DO NOTHING;
    SELECT * INTO v_b FROM budgets WHERE app = p_app AND company_id = p_company FOR UPDATE;
    v_now := clock_timestamp();
    IF p_limit = 0 THEN
        UPDATE budgets SET blocked_until = greatest(p_reset, v_now + interval '10 seconds'), updated_at = v_now
        WHERE app = p_app AND company_id = p_company;
    ELSIF p_reset <= v_now + interval '15 seconds' AND abs(extract(epoch FROM p_reset - v_b.hourly_reset_at)) > 15 THEN
        UPDATE budgets SET spike_limit = p_limit, spike_reset_at = p_reset, updated_at = v_now,
            spike_remaining = CASE WHEN abs(extract(epoch FROM p_reset - v_b.spike_reset_at)) <= 1 AND spike_limit = p_limit
                THEN least(spike_remaining, p_remaining) ELSE p_remaining END
        WHERE app = p_app AND company_id = p_company;
    ELSE
        UPDATE budgets SET hourly_limit = p_limit, hourly_reset_at = coalesce(p_reset, hourly_reset_at), updated_at = v_now,
            hourly_remaining = CASE WHEN abs(extract(epoch FROM p_reset - v_b.hourly_reset_at)) <= 1 AND hourly_limit = p_limit
                THEN least(hourly_remaining, p_remaining) ELSE p_remaining END
        WHERE app = p_app AND company_id = p_company;
    END IF;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION observe_budget, take_budget, save_codes, save_mappings, mentioned_by, save_tenant, new_epoch;
