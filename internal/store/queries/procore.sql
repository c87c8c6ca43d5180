-- name: SaveCodes :one
SELECT save_codes(@tenant::text, @kind::text, @project::bigint, @codes::jsonb)::bigint AS released;

-- name: Codes :many
SELECT * FROM procore_codes WHERE tenant = @tenant AND kind = @kind AND project = @project ORDER BY code, procore_id;

-- name: LastRead :one
SELECT refreshed_at FROM procore_reads WHERE tenant = @tenant AND kind = @kind AND project = @project;

-- name: TakeBudget :one
SELECT take_budget(@app::text, @company_id::bigint, @n::int)::jsonb AS result;

-- name: ObserveBudget :exec
SELECT observe_budget(@app::text, @company_id::bigint, @max_requests::int, @remaining::int, @reset::timestamptz);

-- name: ObserveRefusal :exec
SELECT observe_budget(@app::text, @company_id::bigint, 0, 0, sqlc.narg('reset')::timestamptz);

-- name: InsertAudit :one
SELECT audit(@tenant::text, @model::text, @odoo_id::bigint, @event::jsonb)::bigint AS id;

-- name: Audits :many
SELECT * FROM audit_events WHERE tenant = @tenant AND model = @model AND odoo_id = @odoo_id ORDER BY id;
