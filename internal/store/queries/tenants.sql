-- name: TenantByName :one
SELECT * FROM tenants WHERE tenant = @tenant;

-- name: Tenants :many
SELECT * FROM tenants ORDER BY tenant;

-- name: SaveTenant :one
SELECT save_tenant(@tenant::text, @settings::jsonb, @state::text, @origin_prefix::text, @by::text, @raise::text[])::jsonb AS result;

-- name: SetTenantState :execrows
-- A tenant that was rebound is linking before it is active.
UPDATE tenants SET state = CASE WHEN @state = 'active' AND relink THEN 'linking' ELSE @state END, paused_reason = @reason, held = held AND @state <> 'active', updated_at = clock_timestamp() WHERE tenant = @tenant;

-- name: SaveCredential :exec
INSERT INTO credentials (tenant, system, ciphertext, key_id) VALUES (@tenant, @system, @ciphertext, @key_id)
ON CONFLICT (tenant, system) DO UPDATE SET ciphertext = excluded.ciphertext, key_id = excluded.key_id, updated_at = clock_timestamp();

-- name: Credential :one
SELECT * FROM credentials WHERE tenant = @tenant AND system = @system;

-- name: SaveMappings :one
SELECT save_mappings(@tenant::text, @by::text, @projects::jsonb, @codes::jsonb)::jsonb AS result;

-- name: ProjectMappings :many
SELECT * FROM project_mappings WHERE tenant = @tenant ORDER BY odoo_id;

-- name: CodeMappings :many
SELECT * FROM code_mappings WHERE tenant = @tenant ORDER BY odoo_model, odoo_id, procore_project;

-- name: WhyHeld :one
SELECT why_held(@tenant::text)::text AS why;

-- name: HoldTenant :exec
SELECT hold_tenant(@tenant::text, @reason::text, @by::text);

-- name: AdmitTenant :one
SELECT admit_tenant(@tenant::text, @rebinds::bigint, @books::jsonb)::bigint AS cycle;

-- name: Rebind :one
SELECT rebind(@tenant::text, @change::jsonb)::bigint AS epoch;

-- name: Linked :exec
SELECT linked(@tenant::text, @rebinds::bigint);

-- name: LastWritten :many
SELECT odoo_id, ref, write_date, create_date FROM records
WHERE tenant = @tenant AND model = @model AND write_date IS NOT NULL AND NOT deleted ORDER BY write_date DESC, odoo_id DESC LIMIT @max_rows;

-- name: LastBound :many
SELECT * FROM bindings
WHERE tenant = @tenant AND kind IN ('commitment', 'requisition', 'direct_cost') AND procore_id <> 0 AND status <> 'deleted'
ORDER BY updated_at DESC, procore_id DESC LIMIT @max_rows;

-- name: LetGo :many
SELECT origin_id FROM let_go WHERE tenant = @tenant;

-- name: IsNobodys :one
-- Whether a document with this origin id was let go by a rebind, or names a record that was never read.
SELECT (EXISTS (SELECT FROM let_go AS l WHERE l.tenant = @tenant AND l.origin_id = @origin_id)
    OR NOT EXISTS (SELECT FROM records AS r WHERE r.tenant = @tenant AND r.model = @model AND r.odoo_id = @odoo_id))::boolean AS nobodys;

-- name: GivenAgain :one
SELECT given_again(@tenant::text, @model::text, @ids::bigint[], @creates::timestamptz[], @writes::timestamptz[], @slack::interval)::jsonb AS records;

-- name: KnownDocuments :many
SELECT model, odoo_id, ref, create_date FROM records
WHERE tenant = @tenant AND model IN ('res.partner', 'purchase.order', 'account.move') AND content IS NOT NULL AND NOT deleted ORDER BY model, odoo_id;

-- name: AllBindings :many
SELECT * FROM bindings WHERE tenant = @tenant ORDER BY kind, model, odoo_id, part;

-- name: OpenWork :one
-- Whether any record has work left, parked ones too.
SELECT EXISTS (SELECT FROM records WHERE tenant = @tenant AND want > done);

-- name: StillBound :one
-- Whether a tenant was neither held nor rebound since it had this number of rebinds.
SELECT (NOT held AND rebinds = @rebinds)::boolean AS same FROM tenants WHERE tenant = @tenant;

-- name: IsHome :one
-- Whether this is the database that the last cycle ran on.
SELECT (home = database_home())::boolean AS home FROM tenants WHERE tenant = @tenant;
