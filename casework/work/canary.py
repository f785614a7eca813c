"""The canary: a work item per queue whose only work is to arrive.

It takes the way of every other item: ledger, relay, broker, a worker of that queue, a committed
effect. So its age says whether the way is open, which no process's own heartbeat can.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from casework.work.run import ChunkResult, run_items
from config.settings import Settings
from store import ledger
from store.db import Database
from store.ledger import Item
from vocabulary.work import Stage

EVERY_SECONDS = 15
SLACK_SECONDS = 30


def send(db: Database, queues: Sequence[str]) -> dict[int, str]:
    """Put a canary on its way for each queue that has none under way.

    Returns canary id (the work item's subject) -> queue, for all of them.
    """
    with db.transaction() as conn:
        conn.exec_driver_sql(
            "INSERT INTO canary (queue) SELECT unnest(%(queues)s::text[]) ON CONFLICT DO NOTHING",
            {"queues": list(queues)},
        )
        rows = conn.exec_driver_sql(
            "SELECT c.id, c.queue, EXISTS (SELECT FROM work_item"
            "  WHERE stage = 'canary' AND dead_at IS NULL AND subject_id = c.id)"
            " AS flying FROM canary AS c WHERE queue = ANY(%(queues)s)",
            {"queues": list(queues)},
        ).all()
        # One that was given up has been a sign in its time; the next is on its way.
        ledger.replace(conn, Stage.CANARY, [row.id for row in rows if not row.flying])
    return {row.id: row.queue for row in rows}


def run(
    db: Database, settings: Settings, item_ids: Sequence[int], *, careful: bool = False
) -> ChunkResult:
    """Note that these canaries arrived. Raises RetryableError if the database went away."""
    return run_items(db, settings, Stage.CANARY, item_ids, _arrive, careful=careful)


def _arrive(conn: Connection, items: list[Item]) -> dict[int, Exception]:
    conn.exec_driver_sql(
        "UPDATE canary SET seen_at = clock_timestamp() WHERE id = ANY(%(ids)s)",
        {"ids": [item.subject_id for item in items]},
    )
    return {}


def ages(conn: Connection) -> dict[str, float | None]:
    """Queue -> seconds since a canary last arrived through it (None: never yet)."""
    rows = conn.exec_driver_sql(
        "SELECT queue, extract(epoch FROM clock_timestamp() - seen_at)::float8 FROM canary"
        " ORDER BY queue"
    )
    return {row[0]: row[1] for row in rows}


def is_late(age: float | None, settings: Settings) -> bool:
    """Whether a way is to be called closed: one lost canary and its lease are no alarm yet."""
    return age is None or age > EVERY_SECONDS + settings.lease_seconds + SLACK_SECONDS
