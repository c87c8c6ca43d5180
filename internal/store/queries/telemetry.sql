-- name: SaveTraces :exec
-- Of the named records those that are wanted anew; one that was wanted before keeps the trace that raised it.
INSERT INTO record_traces AS t (tenant, model, odoo_id, want, parent)
SELECT r.tenant, r.model, r.odoo_id, r.want, @parent::text FROM records r
WHERE r.tenant = @tenant AND r.model = @model AND r.odoo_id = ANY (@ids::bigint[]) AND r.want > r.done
ON CONFLICT (tenant, model, odoo_id) DO UPDATE SET want = excluded.want, parent = excluded.parent, saved_at = clock_timestamp()
WHERE t.want <> excluded.want;

-- name: Traces :many
SELECT model, odoo_id, want, parent FROM record_traces
WHERE tenant = @tenant AND odoo_id = ANY (@ids::bigint[]) AND saved_at > clock_timestamp() - @newer_than::interval;

-- name: LastReads :many
SELECT tenant, updated_at FROM cursors WHERE model = @model AND window_to IS NULL ORDER BY tenant;
