-- name: BeginSweep :one
SELECT begin_sweep(@tenant::text, @model::text, @content::boolean, @rebinds::bigint)::timestamptz AS started_at;

-- name: Sweep :one
SELECT * FROM sweeps WHERE tenant = @tenant AND model = @model FOR UPDATE;

-- name: ContentSweptAt :one
SELECT coalesce(min(content_at), clock_timestamp())::timestamptz AS at FROM sweeps WHERE tenant = @tenant;

-- name: MoveSweep :exec
UPDATE sweeps SET last_id = @last_id WHERE tenant = @tenant AND model = @model AND started_at = @started_at;

-- name: EndSweep :exec
UPDATE sweeps SET finished_at = clock_timestamp(), content_at = CASE WHEN content THEN started_at ELSE content_at END
WHERE tenant = @tenant AND model = @model AND started_at = @started_at;

-- name: AbsentRecords :many
SELECT absent_records(@tenant::text, @model::text, @after::bigint, @upto::bigint, @before::timestamptz, @companies::bigint[], @found::bigint[])::bigint AS id;

-- name: AbsentLines :many
SELECT absent_lines(@tenant::text, @model::text, @after::bigint, @upto::bigint, @before::timestamptz, @companies::bigint[], @found::bigint[])::bigint AS id;

-- name: KnownRecords :one
SELECT count(*) FROM records
WHERE tenant = @tenant AND model = @model AND content IS NOT NULL AND NOT deleted
  AND (cardinality(@companies::bigint[]) = 0 OR company_id = ANY (@companies::bigint[]));

-- name: SawMissing :exec
INSERT INTO missing (tenant, model, odoo_id, first_at, last_at) SELECT @tenant, @model, id, @at, @at FROM unnest(@ids::bigint[]) AS id
ON CONFLICT (tenant, model, odoo_id) DO UPDATE SET last_at = excluded.last_at;

-- name: Missing :many
SELECT odoo_id, first_at FROM missing WHERE tenant = @tenant AND model = @model AND last_at = @at ORDER BY odoo_id;

-- name: ForgetMissing :exec
DELETE FROM missing WHERE tenant = @tenant AND model = @model AND (last_at < @before OR odoo_id = ANY (@ids::bigint[]));

-- name: RaiseAlert :exec
INSERT INTO alerts AS a (tenant, cause, detail) VALUES (@tenant, @cause, @detail)
ON CONFLICT (tenant, cause) DO UPDATE SET detail = excluded.detail;

-- name: ClearAlert :exec
DELETE FROM alerts WHERE tenant = @tenant AND cause = @cause;

-- name: Alerts :many
SELECT * FROM alerts WHERE tenant = @tenant ORDER BY cause;

-- name: MarkDeleted :many
SELECT mark_deleted(@tenant::text, @model::text, @ids::bigint[])::bigint AS id;
