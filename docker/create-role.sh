#!/bin/sh
# The role the workbench uses: it owns the record and is no superuser, so that row-level security holds for it.
set -eu
psql --username postgres --dbname "$POSTGRES_DB" --set=ON_ERROR_STOP=1 --set=password="$GTM_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE gtm_app LOGIN NOSUPERUSER PASSWORD :'password';
ALTER DATABASE gtm OWNER TO gtm_app;
ALTER SCHEMA public OWNER TO gtm_app;
SQL
