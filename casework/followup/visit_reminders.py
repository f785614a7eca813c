"""What a visit needs next (走访排期、走访提醒): a day in the bureau's plan, then the reminder.

Each visit to come has a work item for its next step. An item that comes early or twice finds
nothing to do: whoever gives a visit another day files the item for that day, and `reminded_for`
says which day people have been reminded of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from casework.docket import promises
from casework.errors import PermanentError
from casework.followup import visit_booking, visit_contacts, visit_plan
from casework.outbox import deliveries
from casework.outbox.deliveries import Notification
from casework.work.run import ChunkResult, run_items
from config.settings import Settings
from store import ledger, predicates
from store.db import Database, app_now
from store.ledger import Item
from vocabulary.events import EventType
from vocabulary.visits import PLACED_VISITS, VisitState
from vocabulary.work import Stage

log = structlog.get_logger(__name__)


def run(
    db: Database, settings: Settings, item_ids: Sequence[int], *, careful: bool = False
) -> ChunkResult:
    """Do the next step of these work items' visits; everything commits in one transaction.

    A visit that is done or cancelled needs nothing more. Raises RetryableError if the database
    went away.
    """
    return run_items(
        db, settings, Stage.REMIND, item_ids, partial(_tend, settings), careful=careful
    )


def _tend(settings: Settings, conn: Connection, items: list[Item]) -> dict[int, Exception]:
    now = app_now(conn)
    subjects = sorted({item.subject_id for item in items})
    waiting = _waiting(conn, subjects)
    capacities = visit_plan.hold(conn, settings, list(waiting.values())) if waiting else {}
    planned: dict[int, date] = {}
    for bureau, capacity in capacities.items():
        planned |= visit_plan.plan(conn, settings, bureau, capacity, now)
    if planned:
        log.info("visits.planned", count=len(planned), bureaus=sorted(capacities))

    visit_plan.drop_resolved(conn, subjects, now)
    visits = {row.id: row for row in _load(conn, subjects)}
    # Those the planner did not come to: too many at once, or their day is not near yet.
    later = [row for row in visits.values() if row.state == VisitState.PLANNED]
    ledger.add(
        conn,
        Stage.REMIND,
        [(row.id, visit_booking.tended_at(settings, row.planned_on)) for row in later],
    )
    due = [
        row
        for row in visits.values()
        if row.state in PLACED_VISITS
        and row.id not in planned
        and row.reminded_for != row.planned_on
        and visit_plan.reminded_at(settings, row.planned_on) <= now
        and row.planned_on >= now.date()
    ]
    _remind(conn, settings, due, now)
    return {
        item.id: PermanentError("there is no such visit")
        for item in items
        if item.subject_id not in visits
    }


def _waiting(conn: Connection, ids: Sequence[int]) -> Mapping[int, str]:
    """Which of the visits want a place in the plan, and their bureaus. Locks nothing: the plan
    comes first."""
    rows = conn.exec_driver_sql(
        "SELECT id, bureau FROM visit WHERE id = ANY(%(ids)s) AND state = 'planned'",
        {"ids": list(ids)},
    )
    return {row[0]: row[1] for row in rows}


def _load(conn: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """The visits, locked. `about`: the earliest application that somebody works on;
    `bureaus`: those that lead one of the visit's applications."""
    return conn.exec_driver_sql(
        "SELECT v.id, v.bureau, v.planned_on, v.provisional, v.state, v.reminded_for,"  # noqa: S608 -- constants
        "  coalesce(a.id, v.application_id) AS about,"
        "  ARRAY(SELECT DISTINCT lead_bureau FROM application AS o WHERE o.visit_id = v.id"
        f"   AND o.state NOT IN {predicates.OVER} AND o.lead_bureau IS NOT NULL"
        "  ORDER BY 1) AS bureaus"
        " FROM visit AS v LEFT JOIN LATERAL"
        "  (SELECT id FROM application AS o WHERE o.visit_id = v.id"
        f"   AND o.state NOT IN {predicates.OVER} ORDER BY id LIMIT 1) AS a ON true"
        " WHERE v.id = ANY(%(ids)s) ORDER BY v.id FOR NO KEY UPDATE OF v",
        {"ids": list(ids)},
    ).all()


def _remind(conn: Connection, settings: Settings, due: Sequence[Row[Any]], now: datetime) -> None:
    if not due:
        return
    conn.exec_driver_sql(
        "UPDATE visit SET reminded_for = planned_on, version = version + 1,"
        " state = CASE WHEN state = 'confirmed' THEN state ELSE 'reminded' END"
        " WHERE id = ANY(%(ids)s)",
        {"ids": [row.id for row in due]},
    )
    event_ids = visit_plan.tell_applications(
        conn,
        EventType.VISIT_REMINDED,
        {row.id: {"bureau": row.bureau, "planned_on": row.planned_on.isoformat()} for row in due},
        now,
    )
    told: list[Notification] = []
    for row in due:
        # A merged visit is on every application's timeline; its bureaus are told once.
        event = event_ids.get(row.about)
        if event is None:
            continue
        about = (event, row.about, row.id)
        for bureau in dict.fromkeys((row.bureau, *row.bureaus)):
            told += deliveries.to_bureau(settings, EventType.VISIT_REMINDED, *about, bureau)
    told += visit_contacts.tell(conn, settings, event_ids, [row.id for row in due])
    deliveries.write(conn, told)
    ledger.add(
        conn,
        Stage.CHASE,
        [
            (row.about, promises.outcome_overdue_at(settings.practice, row.planned_on))
            for row in due
        ],
    )
    log.info("visits.reminded", visits=[row.id for row in due])
