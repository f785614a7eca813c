"""Chasing promised days (催办): due soon and overdue to whoever acts, then to the supervisor.

An application has a work item for the next day on which something of it may have to be pointed
out. What was pointed out is on record with its day, so a doubled item says nothing twice, and an
application on which nothing is open any more gets no further item.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row

from casework import events
from casework.docket import promises
from casework.docket.promises import FACTS, Promise
from casework.errors import PermanentError
from casework.events import NewEvent
from casework.outbox import deliveries
from casework.outbox.deliveries import Notification
from casework.personal import parts
from casework.work.run import ChunkResult, run_items
from config.settings import Settings
from store import ledger
from store.db import Database, app_now
from store.ledger import Item
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.promises import Kind, Level
from vocabulary.work import Stage

log = structlog.get_logger(__name__)

_Told = tuple[Row[Any], Promise, Level]


def run(
    db: Database, settings: Settings, item_ids: Sequence[int], *, careful: bool = False
) -> ChunkResult:
    """Point out what has come near or is late; everything commits in one transaction.

    Raises RetryableError if the database went away.
    """
    return run_items(
        db, settings, Stage.CHASE, item_ids, partial(_chase, settings), careful=careful
    )


def watch(conn: Connection, application_id: int, at: datetime | None = None) -> None:
    """Have an application looked at (again): something new is promised on it."""
    ledger.add(conn, Stage.CHASE, [(application_id, at)])


def _chase(settings: Settings, conn: Connection, items: list[Item]) -> dict[int, Exception]:
    now = app_now(conn)
    subjects = sorted({item.subject_id for item in items})
    rows = conn.exec_driver_sql(
        f"SELECT a.id, {parts.GIVEN} AS contact,"  # noqa: S608 -- constants
        f" {FACTS} AS facts FROM application AS a WHERE a.id = ANY(%(ids)s)"
        # Whoever changes the application meanwhile waits, and nobody is told what is done.
        " ORDER BY a.id FOR NO KEY UPDATE OF a",
        {"ids": subjects},
    ).all()
    due: list[_Told] = []
    again: list[tuple[int, datetime | None]] = []
    for row in rows:
        looks: list[datetime] = []
        for promise in promises.open_promises(settings.practice, row.facts, now.date()):
            level = promises.level(settings.practice, promise, now)
            if level is not None:
                due.append((row, promise, level))
            following = promises.next_look(settings.practice, promise, now)
            if following is not None:
                looks.append(following)
        if looks:
            again.append((row.id, min(looks)))
    _tell(conn, settings, _unsaid(conn, due, now), now)
    ledger.add(conn, Stage.CHASE, again)
    return {
        item.id: PermanentError("there is no such application")
        for item in items
        if item.subject_id not in {row.id for row in rows}
    }


def _unsaid(conn: Connection, due: Sequence[_Told], now: datetime) -> list[_Told]:
    """Note what is about to be pointed out; leaves out what has been before."""
    if not due:
        return []
    rows = conn.exec_driver_sql(
        "INSERT INTO promise_told (application_id, promise, level, due_on, told_at)"
        " SELECT id, promise, level, due_on, %(now)s FROM unnest(%(ids)s::bigint[],"
        "  %(promises)s::text[], %(levels)s::text[], %(days)s::date[])"
        "  AS u (id, promise, level, due_on) ORDER BY id, promise"
        " ON CONFLICT DO NOTHING RETURNING application_id, promise, level",
        {
            "now": now,
            "ids": [row.id for row, _, _ in due],
            "promises": [promise.name for _, promise, _ in due],
            "levels": [level.value for _, _, level in due],
            "days": [promise.due_on for _, promise, _ in due],
        },
    )
    fresh = {tuple(row) for row in rows}
    return [told for told in due if (told[0].id, told[1].name, told[2].value) in fresh]


def _tell(conn: Connection, settings: Settings, due: Sequence[_Told], now: datetime) -> None:
    if not due:
        return
    told: list[Notification] = []
    # One level and kind after the other, each in the order of the applications.
    rank = {level: place for place, level in enumerate(Level)}
    kinds = {kind: place for place, kind in enumerate(Kind)}
    due = sorted(due, key=lambda entry: (rank[entry[2]], kinds[entry[1].kind]))
    ids = events.write(conn, [_event(*entry) for entry in due], now)
    for event_id, (row, promise, level) in zip(ids, due, strict=True):
        about = (event_id, row.id, None)
        if level is Level.ESCALATED:
            told += deliveries.to_bureau(
                settings, _EVENTS[level], *about, promise.bureau, to_head=True
            )
        elif promise.is_applicants and level is Level.DUE_SOON:
            told += deliveries.to_enterprise(settings, *about, parts.confirmed(row.contact))
        else:
            told += deliveries.to_bureau(settings, _EVENTS[level], *about, promise.bureau)
    deliveries.write(conn, told)
    log.info(
        "promises.pointed_out",
        count=len(due),
        overdue=sum(level is not Level.DUE_SOON for _, _, level in due),
    )


_EVENTS: Final[Mapping[Level, EventType]] = {
    Level.DUE_SOON: EventType.PROMISE_DUE_SOON,
    Level.OVERDUE: EventType.PROMISE_OVERDUE,
    Level.ESCALATED: EventType.PROMISE_ESCALATED,
}


def _event(row: Row[Any], promise: Promise, level: Level) -> NewEvent:
    data = {
        "promise": promise.kind.value,
        "bureau": promise.bureau,
        "due_on": promise.due_on.isoformat(),
        "provisional": promise.provisional,
    }
    return NewEvent(_EVENTS[level], Actor.SYSTEM, row.id, data)
