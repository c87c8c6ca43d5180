-- Runs once, when the volume of the database is new: a role and its databases for each of the two that use the server.
-- The connector's has the order of characters that its tests have.
\set ON_ERROR_STOP on
\getenv ml_password ML_DATABASE_PASSWORD
\getenv temporal_password TEMPORAL_DATABASE_PASSWORD

CREATE ROLE ml_connector LOGIN PASSWORD :'ml_password';
CREATE DATABASE ml_connector OWNER ml_connector TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';

CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';
CREATE DATABASE temporal OWNER temporal TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
CREATE DATABASE temporal_visibility OWNER temporal TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';

REVOKE CONNECT ON DATABASE ml_connector, temporal, temporal_visibility FROM PUBLIC;
