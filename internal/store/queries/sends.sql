-- name: BeginSend :one
SELECT begin_send(@intent::jsonb)::jsonb AS result;

-- name: FinishSend :one
SELECT (finish_send(@id::bigint, @outcome::text, @status::int, @procore_id::bigint, @error::text, @binding::jsonb)
    || (SELECT jsonb_build_object('tenant', s.tenant, 'operation', s.operation) FROM sends s WHERE s.id = @id))::jsonb AS result;

-- name: OvertakenDue :one
SELECT overtaken_due(@tenant::text)::bigint AS raised;

-- name: Sends :many
SELECT * FROM sends WHERE tenant = @tenant AND model = @model AND odoo_id = @odoo_id ORDER BY id;

-- name: AllSends :many
SELECT * FROM sends WHERE tenant = @tenant AND id > @after ORDER BY id LIMIT @max_rows;

-- name: UncheckedSends :many
SELECT s.* FROM sends s WHERE s.tenant = @tenant AND s.model = @model AND s.odoo_id = @odoo_id AND must_check(s) ORDER BY s.id;

-- name: SaveBinding :exec
SELECT save_binding(@binding::jsonb);

-- name: Bindings :many
SELECT * FROM bindings WHERE tenant = @tenant AND model = @model AND odoo_id = @odoo_id ORDER BY kind, part;

-- name: BindingsByKind :many
SELECT * FROM bindings WHERE tenant = @tenant AND kind = @kind ORDER BY model, odoo_id, part;

-- name: BindingsOf :many
SELECT * FROM bindings WHERE tenant = @tenant AND model = @model AND kind = @kind AND odoo_id = ANY (@ids::bigint[]) ORDER BY odoo_id, part;

-- name: CommitmentsOfPartner :many
-- The partner itself and its contacts.
SELECT b.* FROM bindings b
JOIN records o ON o.tenant = b.tenant AND o.model = b.model AND o.odoo_id = b.odoo_id
WHERE b.tenant = @tenant AND b.model = 'purchase.order' AND b.kind = 'commitment' AND (o.content ->> 'partner')::bigint IN (
    SELECT @partner::bigint
    UNION
    SELECT p.odoo_id FROM records p WHERE p.tenant = @tenant AND p.model = 'res.partner' AND p.content ->> 'commercial' = (@partner::bigint)::text)
ORDER BY b.odoo_id, b.part;

-- name: RequisitionsOn :many
-- A requisition's part is <order>@<project>.
SELECT r.* FROM bindings c
JOIN bindings r ON r.tenant = c.tenant AND r.kind = 'requisition'
    AND split_part(r.part, '@', 1) = c.odoo_id::text AND split_part(r.part, '@', 2) = c.project::text
WHERE c.tenant = @tenant AND c.kind = 'commitment' AND c.procore_id = @commitment ORDER BY r.procore_id;
