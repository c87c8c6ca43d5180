-- name: LockModel :exec
SELECT pg_advisory_xact_lock(lock_key(@tenant::text, 'model:' || @model::text));

-- name: Cursor :one
SELECT * FROM cursors WHERE tenant = @tenant AND model = @model;

-- name: Cursors :many
SELECT * FROM cursors WHERE tenant = @tenant;

-- name: SaveCursor :exec
INSERT INTO cursors (tenant, model, window_from, window_to, last_id, done_to) VALUES (@tenant, @model, @window_from, @window_to, @last_id, @done_to)
ON CONFLICT (tenant, model) DO UPDATE SET window_from = excluded.window_from, window_to = excluded.window_to,
    last_id = excluded.last_id, done_to = excluded.done_to, updated_at = clock_timestamp();

-- name: UpsertSnapshots :one
SELECT upsert_snapshots(@tenant::text, @models::text[], @ids::bigint[], @companies::bigint[], @refs::text[], @writes::timestamptz[],
    @creates::timestamptz[], @agains::timestamptz[], @contents::text[], @hashes::bytea[], @wanted::boolean[], @priorities::int[], @deleted::boolean[])::bigint[] AS changed;

-- name: SaveLines :exec
SELECT save_lines(@tenant::text, @model::text, @documents::bigint[], @ids::bigint[], @parents::bigint[], @writes::timestamptz[]);

-- name: UnknownRecords :many
SELECT unknown_records(@tenant::text, @model::text, @ids::bigint[], @writes::timestamptz[])::bigint AS id;

-- name: UnknownLines :many
SELECT unknown_lines(@tenant::text, @model::text, @ids::bigint[], @parents::bigint[], @writes::timestamptz[])::bigint AS id;

-- name: ReadAgainDue :many
SELECT odoo_id FROM records WHERE tenant = @tenant AND model = @model AND read_again_at <= @at ORDER BY odoo_id LIMIT @max_rows;

-- name: ReadAgainDone :exec
UPDATE records SET read_again_at = NULL WHERE tenant = @tenant AND model = @model AND odoo_id = ANY (@ids::bigint[]) AND read_again_at <= @at;

-- name: RaiseNaming :one
SELECT raise_naming(@tenant::text, @mentions::text[], @reason::text)::bigint AS raised;

-- name: Naming :many
SELECT odoo_id FROM records WHERE tenant = @tenant AND model = @model AND mentions && @mentions::text[] AND NOT deleted ORDER BY odoo_id;

-- name: Records :many
SELECT * FROM records WHERE tenant = @tenant AND model = @model AND odoo_id = ANY (@ids::bigint[]) AND content IS NOT NULL ORDER BY odoo_id;

-- name: AllRecords :many
SELECT * FROM records WHERE tenant = @tenant AND model = @model AND content IS NOT NULL AND NOT deleted ORDER BY odoo_id;

-- name: FindByRef :many
SELECT * FROM records WHERE tenant = @tenant AND ref = @ref AND content IS NOT NULL ORDER BY rank, odoo_id;

-- name: BillsWithRef :many
SELECT * FROM records
WHERE tenant = @tenant AND model = 'account.move' AND content ->> 'ref' = @vendor_ref::text AND NOT deleted ORDER BY document_date, odoo_id;

-- name: Requested :many
SELECT odoo_id FROM records WHERE tenant = @tenant AND model = @model AND content IS NULL AND want > done ORDER BY odoo_id LIMIT @max_rows;

-- name: Waits :many
SELECT w.* FROM record_waits w JOIN records r USING (tenant, model, odoo_id)
WHERE w.tenant = @tenant AND w.model = @model AND w.odoo_id = @odoo_id AND w.want = r.want AND r.want > r.done ORDER BY w.cause;

-- name: Park :one
SELECT park(@tenant::text, @model::text, @odoo_id::bigint, @want::bigint, @waits::jsonb)::jsonb AS result;

-- name: Finish :one
SELECT finish(@tenant::text, @model::text, @odoo_id::bigint, @want::bigint, @outcome::text, @event::jsonb)::boolean AS stale;

-- name: ReleaseDue :one
SELECT release_due(@tenant::text, @now::timestamptz)::bigint AS released;

-- name: RaiseWant :one
SELECT raise_want(@tenant::text, @model::text, @ids::bigint[], @reason::text, @priority::int)::bigint AS raised;

-- name: Offer :one
SELECT offer(@tenant::text, @max_rows::int, @offered_for::interval)::jsonb AS result;

-- name: Unoffer :exec
UPDATE records SET offered_until = @until WHERE tenant = @tenant AND model = @model AND odoo_id = @odoo_id;

-- name: Pending :one
SELECT count(*) FILTER (WHERE offered_until IS NULL OR offered_until <= clock_timestamp()) AS pending,
    count(*) FILTER (WHERE offered_until > clock_timestamp()) AS offered,
    coalesce(min(offered_until) FILTER (WHERE offered_until > clock_timestamp()), 'epoch')::timestamptz AS next
FROM records r
WHERE r.tenant = @tenant AND r.want > r.done AND r.content IS NOT NULL
  AND NOT EXISTS (SELECT FROM record_waits w WHERE w.tenant = r.tenant AND w.model = r.model AND w.odoo_id = r.odoo_id AND w.want = r.want);

-- name: SavePlan :one
SELECT save_plan(@tenant::text, @model::text, @odoo_id::bigint, @want::bigint, @epoch::bigint, @steps::jsonb)::jsonb AS result;

-- name: Plan :one
SELECT * FROM plans WHERE id = @id;

-- name: Exceptions :many
-- What waits for a person: records with a cause of their own, and those that wait for such a record.
WITH RECURSIVE waiting AS (
    -- stuck: it waits for a record that is done without being usable.
    SELECT w.tenant, w.model, w.odoo_id, w.cause, w.detail, w.amount, w.currency, w.since, w.recheck_at, w.cause LIKE 'dep:%' AS depends,
        coalesce(t.want = t.done AND t.content IS NOT NULL, false) AS stuck
    FROM record_waits w JOIN records r USING (tenant, model, odoo_id)
    LEFT JOIN records t ON w.cause LIKE 'dep:%' AND t.tenant = w.tenant AND t.model = split_part(substr(w.cause, 5), '/', 1)
        AND t.odoo_id = CASE WHEN w.cause ~ '/[0-9]{1,18}$' THEN split_part(w.cause, '/', 2)::bigint END
    WHERE w.tenant = @tenant AND w.want = r.want AND r.want > r.done
), excepted AS (
    SELECT w.model, w.odoo_id FROM waiting w WHERE NOT w.depends OR w.stuck
    UNION
    SELECT w.model, w.odoo_id FROM waiting w JOIN excepted e ON w.cause = 'dep:' || e.model || '/' || e.odoo_id
)
SELECT w.model, w.odoo_id, r.ref, r.company_id, w.cause, w.detail, w.amount, w.currency, w.since, w.recheck_at,
    (CASE WHEN NOT w.depends THEN split_part(w.cause, ':', 1)
        WHEN w.cause LIKE 'dep:res.partner/%' THEN 'vendor.parked'
        WHEN w.cause LIKE 'dep:purchase.order/%' THEN 'po.parked'
        ELSE 'bill.parked' END)::text AS code
FROM waiting w JOIN records r USING (tenant, model, odoo_id)
WHERE NOT w.depends OR w.stuck OR w.cause IN (SELECT 'dep:' || e.model || '/' || e.odoo_id FROM excepted e)
ORDER BY r.rank, r.ref, w.odoo_id, w.cause;

-- name: Counts :many
-- Records by model, state and, when done, outcome.
WITH RECURSIVE waiting AS (
    -- stuck: it waits for a record that is done without being usable.
    SELECT w.tenant, w.model, w.odoo_id, w.cause, w.detail, w.amount, w.currency, w.since, w.recheck_at, w.cause LIKE 'dep:%' AS depends,
        coalesce(t.want = t.done AND t.content IS NOT NULL, false) AS stuck
    FROM record_waits w JOIN records r USING (tenant, model, odoo_id)
    LEFT JOIN records t ON w.cause LIKE 'dep:%' AND t.tenant = w.tenant AND t.model = split_part(substr(w.cause, 5), '/', 1)
        AND t.odoo_id = CASE WHEN w.cause ~ '/[0-9]{1,18}$' THEN split_part(w.cause, '/', 2)::bigint END
    WHERE w.tenant = @tenant AND w.want = r.want AND r.want > r.done
), excepted AS (
    SELECT w.model, w.odoo_id FROM waiting w WHERE NOT w.depends OR w.stuck
    UNION
    SELECT w.model, w.odoo_id FROM waiting w JOIN excepted e ON w.cause = 'dep:' || e.model || '/' || e.odoo_id
), states AS (
    SELECT r.model, CASE WHEN r.want = 0 THEN 'idle' WHEN r.want = r.done THEN 'done'
            WHEN e.model IS NOT NULL THEN 'exception'
            WHEN w.model IS NOT NULL THEN 'waiting'
            WHEN r.content IS NULL THEN 'requested'
            ELSE 'pending' END AS state, r.outcome
    FROM records r
    LEFT JOIN excepted e ON e.model = r.model AND e.odoo_id = r.odoo_id
    LEFT JOIN (SELECT DISTINCT model, odoo_id FROM waiting) w ON w.model = r.model AND w.odoo_id = r.odoo_id
    WHERE r.tenant = @tenant
)
SELECT model, state::text AS state, (CASE WHEN state = 'done' THEN outcome ELSE '' END)::text AS outcome, count(*) AS count
FROM states GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
