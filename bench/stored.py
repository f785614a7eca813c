"""A database that has been in use: thousands to a million decided applications, each with its
assessment, events, deliveries, visit to come and pending reminder.

The first one is decided by Wenqi itself; the others are copies of its rows, made by SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import LiteralString

import psycopg
from psycopg import sql

from bench import backlog, rows
from casework import assess
from config.settings import Settings
from store.db import Database

TABLES = (
    "application",
    "assessment",
    "benefit_claim",
    "event",
    "visit",
    "delivery",
    "work_item",
)
PATTERN_SERIAL = 9_000_000

# Numbers {first} to {last}: application, visit and reminder number g get the id g. The reminders
# are spread over a year to come, so that none falls due by itself. The patterns are materialized:
# these tables have no indexes at that moment.
_COPY: LiteralString = """
WITH pattern AS MATERIALIZED (SELECT * FROM application WHERE id = 1)
INSERT INTO application (id, receipt, notice_id, provision, uscc, name, enterprise, facts, state,
    outcome, amount, lead_bureau, copied_bureaus, access_hash, source, received_at, version)
OVERRIDING SYSTEM VALUE
SELECT g, 'S' || g, notice_id, provision, lpad(g::text, 18, 'S'), name, enterprise, facts, state,
    outcome, amount, lead_bureau, copied_bureaus, access_hash, source, received_at, version
FROM pattern, generate_series({first}, {last}) AS g;

WITH pattern AS MATERIALIZED (SELECT * FROM assessment WHERE application_id = 1)
INSERT INTO assessment (application_id, serial, notice_id, rules_version, parameters_hash,
    assessed_at, outcome, amount, document, in_force)
SELECT g, serial, notice_id, rules_version, parameters_hash, assessed_at, outcome, amount,
    document, in_force
FROM pattern, generate_series({first}, {last}) AS g;

WITH pattern AS MATERIALIZED (SELECT * FROM benefit_claim WHERE application_id = 1)
INSERT INTO benefit_claim (key, application_id, amount, claimed_at)
SELECT 'stored:' || g || ':' || key, g, amount, claimed_at
FROM pattern, generate_series({first}, {last}) AS g;

WITH pattern AS MATERIALIZED (SELECT * FROM event WHERE application_id = 1)
INSERT INTO event (application_id, type, actor, from_state, to_state, data, at)
SELECT g, type, actor, from_state, to_state, data, at
FROM pattern, generate_series({first}, {last}) AS g;

WITH pattern AS MATERIALIZED (SELECT * FROM visit WHERE id = 1)
INSERT INTO visit (id, uscc, application_id, bureau, planned_on, provisional, basis, state,
    created_at)
OVERRIDING SYSTEM VALUE
SELECT g, lpad(g::text, 18, 'S'), g, bureau, planned_on, provisional, basis, 'planned', created_at
FROM pattern, generate_series({first}, {last}) AS g;

WITH pattern AS MATERIALIZED (
    SELECT * FROM delivery WHERE application_id = 1 AND visit_id IS NULL
)
INSERT INTO delivery (event_id, application_id, recipient_kind, recipient, channel, address, state,
    attempts, created_at, sent_at)
SELECT e.id, e.application_id, d.recipient_kind, d.recipient, d.channel, d.address, d.state,
    d.attempts, d.created_at, d.sent_at
FROM event AS e, pattern AS d
WHERE e.type = 'application.assessed' AND e.application_id BETWEEN {first} AND {last};

INSERT INTO work_item (stage, subject_id, not_before, created_at)
SELECT 'remind', g, app_now() + interval '30 days' + g % 365 * interval '1 day', app_now()
FROM generate_series({first}, {last}) AS g;

SELECT setval(pg_get_serial_sequence('application', 'id'), {last}),
    setval(pg_get_serial_sequence('visit', 'id'), {last});
"""


def grow(database_url: str, environment: Mapping[str, str], total: int) -> None:
    """Bring a database to `total` stored applications (at least the one that is copied)."""
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute("SET synchronous_commit = off")
        first = 1 + max(rows.newest_application(conn), rows.newest_visit(conn))
        if first == 1:
            _decide_one(database_url, environment)
            first = 2
        if first > total:
            return
        with conn.transaction():
            restore = _drop_indexes(conn)
            bounds = {"first": sql.Literal(first), "last": sql.Literal(total)}
            conn.execute(sql.SQL(_COPY).format(**bounds))
            for statement in restore:
                conn.execute(statement)
        for table in TABLES:
            conn.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))


def _decide_one(database_url: str, environment: Mapping[str, str]) -> None:
    backlog.fill(database_url, environment, 1, PATTERN_SERIAL)
    settings = Settings.from_env({**environment, "DATABASE_URL": database_url})
    database = Database(settings.database_url)
    try:
        with database.statement() as conn:
            item = conn.exec_driver_sql("SELECT id FROM work_item").scalar_one()
        assess.run(database, settings, [item])
    finally:
        database.close()


def _drop_indexes(conn: psycopg.Connection) -> list[sql.SQL]:
    """Drop foreign keys and plain indexes; out: the statements that bring them back. Building an
    index over a million rows is much faster than inserting a million times."""
    keys = conn.execute(
        "SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I', r.relname, c.conname),"
        " format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', r.relname, c.conname,"
        "  pg_get_constraintdef(c.oid))"
        " FROM pg_constraint AS c JOIN pg_class AS r ON r.oid = c.conrelid"
        " WHERE c.contype = 'f' AND r.relname = ANY(%s)",
        (list(TABLES),),
    ).fetchall()
    indexes = conn.execute(
        "SELECT format('DROP INDEX %%I', i.indexname), i.indexdef FROM pg_indexes AS i"
        " WHERE i.tablename = ANY(%s) AND i.indexdef NOT LIKE 'CREATE UNIQUE%%'",
        (list(TABLES),),
    ).fetchall()
    for drop, _ in (*keys, *indexes):
        conn.execute(sql.SQL(drop))
    return [sql.SQL(restore) for _, restore in (*indexes, *keys)]
