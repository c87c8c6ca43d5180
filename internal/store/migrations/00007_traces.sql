-- +goose Up

-- Under which trace a version of a record was read, as a W3C traceparent: its run is a part of that trace. Written only
-- by workers that trace; nothing is decided by it.
CREATE TABLE record_traces (
    tenant   text        NOT NULL,
    model    text        NOT NULL,
    odoo_id  bigint      NOT NULL,
    want     bigint      NOT NULL,
    parent   text        NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, model, odoo_id)
);

-- +goose Down
DROP TABLE record_traces;
