-- name: TenantByName :one
SELECT * FROM tenants WHERE tenant = @tenant;

-- name: Tenants :many
SELECT * FROM tenants ORDER BY tenant;

-- name: SaveTenant :one
SELECT save_tenant(@tenant::text, @settings::jsonb, @state::text, @origin_prefix::text, @by::text, @raise::text[])::jsonb AS result;

-- name: SetTenantState :execrows
UPDATE tenants SET state = @state, paused_reason = @reason, updated_at = clock_timestamp() WHERE tenant = @tenant;

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
