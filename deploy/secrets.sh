#!/bin/sh
# Make the folder of secrets that docker-compose.yml mounts, a file each: sh deploy/secrets.sh FOLDER
# What is there already stays. The files are readable inside the containers, whoever runs there; the folder is not,
# outside, but for you. Keep a copy of data-keys and secret-key apart from every backup of the database.
set -eu
umask 077
folder=${1:?which folder?}
mkdir -p "$folder"
chmod 700 "$folder"

put() { # NAME TEXT
    [ -e "$folder/$1" ] || { printf '%s\n' "$2" > "$folder/$1"; chmod 644 "$folder/$1"; }
}
word() { head -c 32 /dev/urandom | base64 | tr -d '=\n' | tr '+/' '-_'; }
of() { cat "$folder/$1"; }

for name in postgres database-owner database database-auditor redis; do
    put "$name-password" "$(word)"
done
put database-url "postgresql://wenqi_app:$(of database-password)@postgres:5432/wenqi"
put database-owner-url "postgresql://wenqi_owner:$(of database-owner-password)@postgres:5432/wenqi"
put database-auditor-url "postgresql://wenqi_audit:$(of database-auditor-password)@postgres:5432/wenqi"
hash=$(printf %s "$(of redis-password)" | sha256sum | cut -d ' ' -f 1)
put redis-acl "user default off
user wenqi on #$hash ~* &* +@all -@admin -@dangerous +info"
put redis-url "redis://wenqi:$(of redis-password)@redis:6379/0"
put secret-key "first:$(head -c 32 /dev/urandom | base64)"
put data-keys "first:$(head -c 32 /dev/urandom | base64)"
# Fill in where there is a mail server, or somebody takes error reports.
put smtp-url ""
put sentry-dsn ""
