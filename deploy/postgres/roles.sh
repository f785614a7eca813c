#!/bin/sh
# Run once by the image of PostgreSQL, when its volume is made: who owns the tables, who serves and
# who audits. `wenqi migrate` then gives each of them its rights. The superuser runs nothing.
set -eu
export DATABASE_OWNER_PASSWORD DATABASE_PASSWORD DATABASE_AUDITOR_PASSWORD
DATABASE_OWNER_PASSWORD=$(cat "$DATABASE_OWNER_PASSWORD_FILE")
DATABASE_PASSWORD=$(cat "$DATABASE_PASSWORD_FILE")
DATABASE_AUDITOR_PASSWORD=$(cat "$DATABASE_AUDITOR_PASSWORD_FILE")
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv owner DATABASE_OWNER_PASSWORD
\getenv application DATABASE_PASSWORD
\getenv auditor DATABASE_AUDITOR_PASSWORD
CREATE ROLE wenqi_owner LOGIN PASSWORD :'owner';
CREATE ROLE wenqi_app LOGIN PASSWORD :'application';
CREATE ROLE wenqi_audit LOGIN PASSWORD :'auditor';
CREATE DATABASE wenqi OWNER wenqi_owner;
SQL
