"""Every table empty and every number from 1, as for a first test: some thousand times a run.

TRUNCATE gives each table and each of its indexes a new file, which costs ten times what it costs to
delete the few rows of a test; only where much was written is it the shorter way.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from sqlalchemy import Connection

MUCH: Final = 512 * 1024
"""Bytes of one table, rows that are gone included."""


def empty(conn: Connection, tables: Sequence[str]) -> None:
    """Empty these tables for who is not stopped by triggers, and begin their numbers anew."""
    conn.exec_driver_sql(_statement(tuple(tables)))


@cache
def _statement(tables: tuple[str, ...]) -> str:
    listed = ", ".join(tables)
    # Whoever still writes is waited for, as TRUNCATE waits.
    steps = [
        f"IF EXISTS (SELECT FROM {each}) THEN DELETE FROM {each}; END IF;"  # noqa: S608 -- names of ours
        for each in tables
    ]
    return f"""
DO $$
DECLARE
    numbers record;
BEGIN
    LOCK TABLE {listed} IN ACCESS EXCLUSIVE MODE;
    IF (SELECT max(pg_relation_size(t::regclass))
        FROM unnest(string_to_array('{listed}', ', ')) AS t) > {MUCH}
    THEN
        TRUNCATE {listed} RESTART IDENTITY CASCADE;
        RETURN;
    END IF;
    {" ".join(steps)}
    FOR numbers IN
        SELECT s.oid AS id, q.start_value FROM pg_class AS s
        JOIN pg_depend AS d ON d.objid = s.oid AND d.deptype IN ('a', 'i')
        JOIN pg_sequence AS w ON w.seqrelid = s.oid
        JOIN pg_sequences AS q ON q.schemaname = 'public' AND q.sequencename = s.relname
        WHERE s.relkind = 'S' AND d.refobjid = ANY(
            (SELECT array_agg(t::regclass::oid)
             FROM unnest(string_to_array('{listed}', ', ')) AS t)::oid[])
            AND q.last_value IS NOT NULL
    LOOP
        PERFORM setval(numbers.id::regclass, numbers.start_value, false);
    END LOOP;
END $$
"""  # noqa: S608 -- names of ours
