-- +goose Up
CREATE TABLE tenants (
    tenant        text PRIMARY KEY,
    settings      jsonb       NOT NULL,
    state         text        NOT NULL DEFAULT 'linking' CHECK (state IN ('linking', 'piloting', 'active', 'paused')),
    paused_reason text        NOT NULL DEFAULT '',
    origin_prefix text        NOT NULL,
    origin_epoch  bigint      NOT NULL DEFAULT 1,
    rules_epoch   bigint      NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE credentials (
    tenant     text        NOT NULL REFERENCES tenants,
    system     text        NOT NULL CHECK (system IN ('odoo', 'procore')),
    ciphertext bytea       NOT NULL,
    key_id     text        NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, system)
);

-- The only cursor of a poll: window [window_from, window_to), paged by id; window_to is null between windows.
CREATE TABLE cursors (
    tenant      text        NOT NULL,
    model       text        NOT NULL,
    window_from timestamptz,
    window_to   timestamptz,
    last_id     bigint      NOT NULL DEFAULT 0,
    done_to     timestamptz,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, model)
);

-- A document of Odoo as it was read last. State is derived: pending = want > done and no wait for this want.
-- content is null while a record is only asked for by another one and was not read yet.
CREATE TABLE records (
    tenant        text        NOT NULL,
    model         text        NOT NULL,
    odoo_id       bigint      NOT NULL,
    rank          smallint    NOT NULL GENERATED ALWAYS AS (
                      CASE model WHEN 'res.partner' THEN 1 WHEN 'purchase.order' THEN 2 WHEN 'account.move' THEN 3 ELSE 4 END) STORED,
    ref           text        NOT NULL DEFAULT '',
    company_id    bigint      NOT NULL DEFAULT 0,
    write_date    timestamptz,
    create_date   timestamptz,
    content       jsonb,
    hash          bytea,
    mentions      text[]      NOT NULL DEFAULT '{}',
    document_date date,
    want          bigint      NOT NULL DEFAULT 0,
    done          bigint      NOT NULL DEFAULT 0,
    priority      smallint    NOT NULL DEFAULT 3,
    offered_until timestamptz,
    outcome       text        NOT NULL DEFAULT '',
    finished_at   timestamptz,
    probing       text        NOT NULL DEFAULT '',
    probing_since timestamptz,
    deleted       boolean     NOT NULL DEFAULT false,
    read_at       timestamptz,
    PRIMARY KEY (tenant, model, odoo_id),
    CHECK (done <= want)
);
CREATE INDEX records_open ON records (tenant, priority, rank, odoo_id) WHERE want > done;
CREATE INDEX records_ref ON records (tenant, ref);
CREATE INDEX records_bill_ref ON records (tenant, (content ->> 'ref')) WHERE model = 'account.move';
CREATE INDEX records_mentions ON records USING gin (mentions);

-- A wait carries the want that it was found for and dies with it.
CREATE TABLE record_waits (
    tenant     text        NOT NULL,
    model      text        NOT NULL,
    odoo_id    bigint      NOT NULL,
    cause      text        NOT NULL,
    want       bigint      NOT NULL,
    detail     jsonb       NOT NULL DEFAULT '{}',
    amount     numeric,
    currency   text        NOT NULL DEFAULT '',
    since      timestamptz NOT NULL DEFAULT now(),
    recheck_at timestamptz,
    PRIMARY KEY (tenant, model, odoo_id, cause),
    FOREIGN KEY (tenant, model, odoo_id) REFERENCES records
);
CREATE INDEX record_waits_cause ON record_waits (tenant, cause);
CREATE INDEX record_waits_recheck ON record_waits (tenant, recheck_at) WHERE recheck_at IS NOT NULL;

CREATE TABLE plans (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant      text        NOT NULL,
    model       text        NOT NULL,
    odoo_id     bigint      NOT NULL,
    want        bigint      NOT NULL,
    rules_epoch bigint      NOT NULL,
    steps       jsonb       NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX plans_record ON plans (tenant, model, odoo_id, id);

-- One row before every write to Procore: fence, crash recovery, look-up decision and log of attempts in one.
-- result is null while the row is open.
CREATE TABLE sends (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant       text        NOT NULL,
    subject      text        NOT NULL,
    part         text        NOT NULL,
    operation    text        NOT NULL,
    kind         text        NOT NULL DEFAULT '',
    model        text        NOT NULL DEFAULT '',
    odoo_id      bigint      NOT NULL DEFAULT 0,
    want         bigint      NOT NULL DEFAULT 0,
    plan_id      bigint      NOT NULL DEFAULT 0,
    worker       text        NOT NULL DEFAULT '',
    workflow_id  text        NOT NULL DEFAULT '',
    run_id       text        NOT NULL DEFAULT '',
    step         bigint      NOT NULL DEFAULT 0,
    attempt      integer     NOT NULL DEFAULT 0,
    settle       interval    NOT NULL,
    lane         text        NOT NULL DEFAULT '',
    lane_date    date,
    look_up      boolean     NOT NULL DEFAULT false,
    started_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at  timestamptz,
    result       text        CHECK (result IN ('ok', 'error', 'unknown', 'skipped', 'overtaken')),
    http_status  integer     NOT NULL DEFAULT 0,
    procore_id   bigint      NOT NULL DEFAULT 0,
    error        text        NOT NULL DEFAULT '',
    overtaken_at timestamptz,
    late_result  text,
    late_at      timestamptz,
    checked_at   timestamptz,
    raised_at    timestamptz
);
CREATE INDEX sends_part ON sends (tenant, subject, part, id);
CREATE UNIQUE INDEX sends_one_open ON sends (tenant, subject, part) WHERE result IS NULL;
CREATE INDEX sends_lane ON sends (tenant, lane) WHERE result IS NULL AND lane <> '';
CREATE INDEX sends_overtaken ON sends (tenant) WHERE result = 'overtaken' AND checked_at IS NULL;
CREATE INDEX sends_record ON sends (tenant, model, odoo_id, id);

CREATE TABLE bindings (
    tenant        text        NOT NULL,
    model         text        NOT NULL,
    odoo_id       bigint      NOT NULL,
    kind          text        NOT NULL,
    part          text        NOT NULL,
    project       bigint      NOT NULL DEFAULT 0,
    procore_id    bigint      NOT NULL DEFAULT 0,
    origin_id     text        NOT NULL DEFAULT '',
    generation    bigint      NOT NULL DEFAULT 0,
    status        text        NOT NULL DEFAULT '',
    content       jsonb,
    lines         jsonb       NOT NULL DEFAULT '{}',
    approved_plan bigint      NOT NULL DEFAULT 0,
    reopened_by   bigint      NOT NULL DEFAULT 0,
    create_date   timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, model, odoo_id, kind, part)
);
CREATE INDEX bindings_kind ON bindings (tenant, kind, procore_id);
CREATE INDEX bindings_origin ON bindings (tenant, origin_id) WHERE origin_id <> '';
CREATE INDEX bindings_reopened ON bindings (tenant) WHERE reopened_by <> 0;

CREATE TABLE project_mappings (
    tenant          text        NOT NULL,
    odoo_id         bigint      NOT NULL,
    odoo_code       text        NOT NULL DEFAULT '',
    odoo_name       text        NOT NULL DEFAULT '',
    procore_project bigint,
    not_in_procore  boolean     NOT NULL DEFAULT false,
    note            text        NOT NULL DEFAULT '',
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, odoo_id),
    CHECK ((procore_project IS NULL) = not_in_procore)
);

-- procore_project 0 is the rule for every project without one of its own.
CREATE TABLE code_mappings (
    tenant          text        NOT NULL,
    odoo_model      text        NOT NULL,
    odoo_id         bigint      NOT NULL,
    procore_project bigint      NOT NULL DEFAULT 0,
    odoo_code       text        NOT NULL DEFAULT '',
    odoo_name       text        NOT NULL DEFAULT '',
    sub_job         text        NOT NULL DEFAULT '',
    cost_code       text        NOT NULL,
    cost_type       text        NOT NULL DEFAULT '',
    note            text        NOT NULL DEFAULT '',
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, odoo_model, odoo_id, procore_project)
);

CREATE TABLE rules_epochs (
    tenant     text        NOT NULL,
    epoch      bigint      NOT NULL,
    reason     text        NOT NULL,
    by         text        NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, epoch)
);

-- Caches of what Procore holds; procore_reads says when each was read last.
CREATE TABLE procore_codes (
    tenant       text        NOT NULL,
    kind         text        NOT NULL CHECK (kind IN ('project', 'cost_code', 'cost_type', 'budget_code', 'currency')),
    project      bigint      NOT NULL DEFAULT 0,
    procore_id   bigint      NOT NULL DEFAULT 0,
    code         text        NOT NULL,
    name         text        NOT NULL DEFAULT '',
    content      jsonb       NOT NULL DEFAULT '{}',
    active       boolean     NOT NULL DEFAULT true,
    refreshed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, kind, project, procore_id, code)
);
CREATE INDEX procore_codes_code ON procore_codes (tenant, kind, project, code);

CREATE TABLE procore_reads (
    tenant       text        NOT NULL,
    kind         text        NOT NULL,
    project      bigint      NOT NULL DEFAULT 0,
    refreshed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, kind, project)
);

-- One row per Procore app and company: two windows (an hour and ten seconds), corrected by the answers' headers.
CREATE TABLE budgets (
    app              text        NOT NULL,
    company_id       bigint      NOT NULL,
    hourly_limit     integer     NOT NULL DEFAULT 3600,
    hourly_remaining integer     NOT NULL DEFAULT 3600,
    hourly_reset_at  timestamptz NOT NULL DEFAULT now() + interval '1 hour',
    spike_limit      integer     NOT NULL DEFAULT 0,
    spike_remaining  integer     NOT NULL DEFAULT 0,
    spike_reset_at   timestamptz NOT NULL DEFAULT now() + interval '10 seconds',
    blocked_until    timestamptz,
    updated_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (app, company_id)
);

CREATE TABLE audit_events (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant      text        NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor       text        NOT NULL DEFAULT '',
    action      text        NOT NULL,
    model       text        NOT NULL DEFAULT '',
    odoo_id     bigint      NOT NULL DEFAULT 0,
    part        text        NOT NULL DEFAULT '',
    send_id     bigint      NOT NULL DEFAULT 0,
    plan_id     bigint      NOT NULL DEFAULT 0,
    workflow_id text        NOT NULL DEFAULT '',
    run_id      text        NOT NULL DEFAULT '',
    detail      jsonb       NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_events_record ON audit_events (tenant, model, odoo_id, id);

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are immutable', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER plans_immutable BEFORE UPDATE OR DELETE ON plans FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_immutable BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE audit_events, budgets, procore_reads, procore_codes, rules_epochs, code_mappings, project_mappings, bindings,
    sends, plans, record_waits, records, cursors, credentials, tenants;
DROP FUNCTION refuse_change;
