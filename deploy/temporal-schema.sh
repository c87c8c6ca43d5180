#!/bin/sh
# Brings Temporal's two databases to the schema of this version; does nothing where they have it. The server, user and
# password are SQL_* in the environment.
set -eu

# bring DATABASE SCHEMA
bring() {
    temporal-sql-tool --database "$1" setup-schema --version 0.0
    temporal-sql-tool --database "$1" update-schema --schema-name "postgresql/v12/$2"
}

bring temporal temporal
bring temporal_visibility visibility
