-- name: SaveCodes :one
SELECT save_codes(@tenant::text, @kind::text, @project::bigint, @codes::jsonb, @whole::boolean)::bigint AS released;

-- name: Codes :many
SELECT * FROM procore_codes WHERE tenant = @tenant AND kind = @kind AND project = @project ORDER BY code, procore_id;

-- name: SaveVendors :exec
SELECT save_vendors(@tenant::text, @vendors::jsonb, @whole::boolean);

-- name: Vendors :many
SELECT * FROM procore_vendors WHERE tenant = @tenant ORDER BY id;

-- name: SaveDocuments :exec
SELECT save_documents(@tenant::text, @project::bigint, @kind::text, @documents::jsonb, @whole::boolean);

-- name: Documents :many
SELECT * FROM procore_documents WHERE tenant = @tenant AND project = @project AND kind = @kind ORDER BY procore_id;

-- name: LastRead :one
SELECT refreshed_at FROM procore_reads WHERE tenant = @tenant AND kind = @kind AND project = @project;

-- name: TakeBudget :one
SELECT take_budget(@app::text, @company_id::bigint, @n::int, @urgent::boolean)::jsonb AS result;

-- name: ObserveBudget :exec
SELECT observe_budget(@app::text, @company_id::bigint, @max_requests::int, @remaining::int, @reset::timestamptz);

-- name: ObserveRefusal :exec
SELECT observe_budget(@app::text, @company_id::bigint, 0, 0, sqlc.narg('reset')::timestamptz);

-- name: InsertAudit :one
SELECT audit(@tenant::text, @model::text, @odoo_id::bigint, @event::jsonb)::bigint AS id;

-- name: Audits :many
SELECT * FROM audit_events WHERE tenant = @tenant AND model = @model AND odoo_id = @odoo_id ORDER BY id;

-- name: AllAudits :many
SELECT * FROM audit_events WHERE tenant = @tenant AND id > @after ORDER BY id LIMIT @max_rows;
