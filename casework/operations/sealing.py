"""Sealing: every minute the events of the last minute go into the chain.

An id says nothing about when its row appears: a transaction takes 100, another takes 101 and
commits first. A seal that took 101 would never see 100 come. So what is sealed goes up to an id
that was the last one given out *before* a look at who is writing events, and no seal is made until
all whom that look found have ended. Whoever holds an id up to it held the table's lock by then
(PostgreSQL locks before it draws the id), and whoever comes later draws a later id. Nobody waits
for us: intake pays nothing but a column's default.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection

from casework.operations import seals
from casework.operations.seals import Seal
from config.settings import Settings
from store.db import Database

BATCH: Final = 5000
"""Events in a seal: what verifying reads at once."""
MOST_BATCHES: Final = 40
WAIT_SECONDS: Final = 20.0
_POLL_SECONDS: Final = 0.02
_LOCK: Final = 0x77656E7169_5EA1
"""Any fixed number: names the lock under which one process at a time seals."""

_WRITING: Final = """
SELECT DISTINCT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND relation = 'event'::regclass AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
        'AccessExclusiveLock')
"""


class _Bound(NamedTuple):
    """Up to which id all is there, and since when."""

    id: int
    at: datetime


def run(db: Database, settings: Settings, *, wait_seconds: float = WAIT_SECONDS) -> int:
    """Seal what is there. Returns how many events; 0 too where another process is sealing, or a
    transaction that writes events outlasts `wait_seconds`: the next run has them."""
    with db.transaction() as conn:
        if not conn.exec_driver_sql(
            "SELECT pg_try_advisory_xact_lock(%(lock)s)", {"lock": _LOCK}
        ).scalar_one():
            return 0
        previous = seals.last(conn)
        bound = _bound(conn, wait_seconds)
        if bound is None:
            return 0
        return _seal_up_to(conn, settings, previous, bound)


def _bound(conn: Connection, wait_seconds: float) -> _Bound | None:
    given = conn.exec_driver_sql(
        "SELECT pg_sequence_last_value('event_id_seq') AS id, clock_timestamp() AS at"
    ).one()
    if given.id is None:
        return None
    writing = set(conn.exec_driver_sql(_WRITING).scalars())
    deadline = time.monotonic() + wait_seconds
    while writing:
        if time.monotonic() > deadline:
            return None
        time.sleep(_POLL_SECONDS)
        writing &= set(conn.exec_driver_sql(_WRITING).scalars())
    return _Bound(given.id, given.at)


def _seal_up_to(conn: Connection, settings: Settings, previous: Seal | None, bound: _Bound) -> int:
    key = next(iter(seals.keys(settings).values()))
    sealed = 0
    for _ in range(MOST_BATCHES):
        after = previous.last_id if previous else 0
        # One more than a seal takes tells whether these are all.
        found = seals.texts(conn, after, bound.id, BATCH + 1)
        if not found:
            break
        rows, whole = found[:BATCH], len(found) <= BATCH
        made = Seal(
            serial=previous.serial + 1 if previous else 1,
            first_id=rows[0].id,
            last_id=rows[-1].id,
            count=len(rows),
            runs=seals.runs(row.id for row in rows),
            marks=b"".join([seals.mark(key, row.text) for row in rows]),
            complete_at=bound.at if whole else None,
            sealed_at=conn.exec_driver_sql("SELECT clock_timestamp()").scalar_one(),
            key_id=key.id,
            previous=previous.digest if previous else seals.FIRST,
        )
        previous = replace(made, digest=seals.digest(key, made))
        _store(conn, previous)
        sealed += len(rows)
        if whole:
            break
    return sealed


def _store(conn: Connection, seal: Seal) -> None:
    conn.exec_driver_sql(
        f"INSERT INTO event_seal ({seals.COLUMNS}) VALUES (%(serial)s, %(first_id)s, %(last_id)s,"  # noqa: S608 -- a constant
        " %(count)s, %(runs)s, %(marks)s, %(complete_at)s, %(sealed_at)s, %(key_id)s,"
        " %(previous)s, %(digest)s)",
        {
            **{name: getattr(seal, name) for name in seals.COLUMNS.split(", ")},
            "runs": list(seal.runs),
        },
    )
