"""A database that has been in use: thousands to a million decided applications, each with its
assessment, events, deliveries, visit to come and pending reminder.

The first one is decided by Wenqi itself; the others are copies of its rows, made by SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import LiteralString

import psycopg
from psycopg import sql

from bench import backlog, rows
from casework.decision import assess
from config.settings import Settings
from store.db import Database

PATTERN_SERIAL = 9_000_000
# The first application and its visit. Nothing further may happen to it: copies would share that.
PATTERN = 1

# What differs from the pattern; application, visit and work items of number g speak of id g.
# Reminders are spread over a year to come, so that none falls due by itself.
_DIFFERENT: Mapping[str, Mapping[str, LiteralString]] = {
    "application": {
        "id": "g",
        "personal": "NULL",
        "receipt": "'WQ200101-' || lpad(g::text, 7, '0') || '-0'",
        "uscc": "lpad(g::text, 18, 'S')",
        "visit_id": "g",
    },
    "assessment": {"application_id": "g"},
    "benefit_claim": {
        "key": "'stored:' || g || ':' || pattern.key",
        "concerned": "ARRAY[g]::bigint[]",
    },
    "determination": {"id": "g", "application_id": "g"},
    "fulfilment": {"application_id": "g", "determination_id": "g", "handle": "'S' || g"},
    "event": {"application_id": "g"},
    "visit": {"id": "g", "application_id": "g", "uscc": "lpad(g::text, 18, 'S')"},
    "delivery": {"event_id": "event.id", "application_id": "g"},
    "work_item": {
        "subject_id": "g",
        "not_before": "app_now() + interval '30 days' + g % 365 * interval '1 day'",
    },
}

_IN_ORDER = frozenset({"event", "delivery", "determination", "fulfilment"})


def _copy(conn: rows.Connection, table: str, *, first: int, last: int) -> None:
    """Copy the pattern's rows of one table for the numbers `first` to `last`."""
    different = _DIFFERENT[table]
    columns = [
        name
        for (name,) in conn.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s AND column_name <> 'id'",
            (table,),
        )
    ]
    if "id" in different:
        columns.insert(0, "id")
    key = {
        "application": "id",
        "visit": "id",
        "work_item": "subject_id",
        "benefit_claim": "concerned",
    }.get(table, "application_id")
    pattern = sql.SQL("ARRAY[1]::bigint[]") if key == "concerned" else sql.Literal(PATTERN)
    series = sql.SQL("generate_series({}, {}) AS g").format(sql.Literal(first), sql.Literal(last))
    if table == "delivery":
        series += sql.SQL(
            " JOIN event ON event.application_id = g AND event.type = 'application.assessed'"
        )
    conn.execute(
        # Materialized, because these tables have no indexes at that moment.
        sql.SQL(
            "WITH pattern AS MATERIALIZED (SELECT * FROM {table} WHERE {key} = {pattern})"
            " INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE"
            " SELECT {values} FROM pattern, {series}"
        ).format(
            table=sql.Identifier(table),
            key=sql.Identifier(key),
            pattern=pattern,
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ").join(
                sql.SQL(different[name]) if name in different else sql.Identifier("pattern", name)
                for name in columns
            ),
            series=series,
        )
    )


def grow(database_url: str, environment: Mapping[str, str], total: int) -> None:
    """Bring a database to `total` stored applications (at least the one that is copied).

    Whoever works must be stopped. Tables are filled, indexed and vacuumed two at a time, by the
    owner of the tables: the application's role may drop no index.
    """
    settings = Settings.from_env({**environment, "DATABASE_URL": database_url})
    owner_url = settings.owner_url.replace("+psycopg", "", 1)  # as libpq reads it
    with _connect(owner_url) as conn:
        first = 1 + max(rows.newest_application(conn), rows.newest_visit(conn))
        if first == 1:
            _decide_one(database_url, environment)
            first = 2
        if first > total:
            return
        with conn.transaction():
            indexes, keys = _drop_indexes(conn)
        # Deliveries name their events, so that these come first.
        chains = [
            ["event", "delivery"],
            ["determination", "fulfilment"],
            *([t] for t in _DIFFERENT if t not in _IN_ORDER),
        ]
        # Events speak of the pattern's determination, so that no copy is on the trail.
        _execute(conn, "ALTER TABLE determination DISABLE TRIGGER USER")
        _at_once(owner_url, chains, partial(_copy, first=first, last=total))
        _execute(conn, "ALTER TABLE determination ENABLE TRIGGER USER")
        for table in ("application", "visit"):
            conn.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (table, total))
        _at_once(owner_url, [[index] for index in indexes], _execute)
        for key in keys:
            _execute(conn, key)
        _at_once(owner_url, [[f"VACUUM (ANALYZE) {table}"] for table in _DIFFERENT], _execute)


def _connect(owner_url: str) -> rows.Connection:
    conn = psycopg.connect(owner_url, autocommit=True, options="-c wenqi.time_travel=on")
    conn.execute("SET synchronous_commit = off")
    conn.execute("SET maintenance_work_mem = '512MB'")
    return conn


def _at_once(
    owner_url: str, chains: Sequence[Sequence[str]], act: Callable[[rows.Connection, str], None]
) -> None:
    """Act on the members of each chain in order, on the chains two at a time."""

    def follow(chain: Sequence[str]) -> None:
        with _connect(owner_url) as conn:
            for member in chain:
                act(conn, member)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(follow, chains))


def _execute(conn: rows.Connection, statement: str) -> None:
    conn.execute(statement.encode())


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


def _drop_indexes(conn: psycopg.Connection) -> tuple[list[str], list[str]]:
    """Drop plain indexes and foreign keys; out: the statements that bring each of them back.
    Building an index over a million rows is much faster than inserting a million times."""
    keys = conn.execute(
        "SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I', r.relname, c.conname),"
        " format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', r.relname, c.conname,"
        "  pg_get_constraintdef(c.oid))"
        " FROM pg_constraint AS c JOIN pg_class AS r ON r.oid = c.conrelid"
        " WHERE c.contype = 'f' AND r.relname = ANY(%s)",
        (list(_DIFFERENT),),
    ).fetchall()
    indexes = conn.execute(
        "SELECT format('DROP INDEX %%I', i.indexname), i.indexdef FROM pg_indexes AS i"
        " WHERE i.tablename = ANY(%s) AND i.indexdef NOT LIKE 'CREATE UNIQUE%%'",
        (list(_DIFFERENT),),
    ).fetchall()
    for drop, _ in (*keys, *indexes):
        _execute(conn, drop)
    return [restore for _, restore in indexes], [restore for _, restore in keys]
