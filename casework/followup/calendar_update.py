"""What was promised before a year's holidays were published, put right once they are (放假安排).

Provisional days of visits and of requests are reckoned anew when the calendar of this code knows
them; where a day changes, the enterprise and the bureau are told. Running twice changes nothing.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row

from casework import events
from casework.docket import promises
from casework.events import NewEvent
from casework.followup import visit_booking, visit_plan
from casework.outbox import deliveries
from casework.personal import parts
from config.settings import Settings
from rules.workdays import add_working_days, is_provisional, is_working_day, published_until
from store import ledger, predicates
from store.db import Database, app_now
from vocabulary.event_data import Cause
from vocabulary.events import EventType
from vocabulary.matters import Matter
from vocabulary.parties import Actor
from vocabulary.visits import VisitState
from vocabulary.work import Stage

log = structlog.get_logger(__name__)

GROUP: Final = 200
"""Visits of one bureau put right in one transaction."""
REASON: Final = Cause.HOLIDAYS.label
_PROMISED: Final = re.compile(r"自(\d{4}-\d{2}-\d{2})核对完成起(\d+)个工作日")


def run(db: Database, settings: Settings) -> int:
    """Put every provisional day right that is published by now. Returns how many days changed."""
    changed = 0
    while (group := _visits(db, settings)) is not None:
        changed += group
    while (group := _requests(db, settings)) is not None:
        changed += group
    if changed:
        log.info("calendar.updated", changed=changed)
    return changed


def _visits(db: Database, settings: Settings) -> int | None:
    """One group of one bureau's visits; None where there are none (left)."""
    with db.transaction() as conn:
        wanted = {"open": visit_booking.OPEN, "until": published_until(), "most": GROUP}
        bureau = conn.exec_driver_sql(
            "SELECT bureau FROM visit WHERE provisional AND state = ANY(%(open)s)"
            " AND coalesce(due_on, planned_on) <= %(until)s AND planned_on <= %(until)s LIMIT 1",
            wanted,
        ).scalar_one_or_none()
        if bureau is None:
            return None
        capacity = visit_plan.hold(conn, settings, [bureau])[bureau]
        rows = conn.exec_driver_sql(
            "SELECT id, bureau, planned_on, due_on, state, basis FROM visit"
            " WHERE bureau = %(bureau)s AND provisional AND state = ANY(%(open)s)"
            "  AND coalesce(due_on, planned_on) <= %(until)s AND planned_on <= %(until)s"
            " ORDER BY id LIMIT %(most)s FOR NO KEY UPDATE",
            {**wanted, "bureau": bureau},
        ).all()
        now = app_now(conn)
        first, _ = add_working_days(now.date(), 1)
        days = visit_plan.days_of(conn, bureau, capacity, first)
        moved = [(row, day) for row in rows if (day := _put_right(conn, settings, days, row, now))]
        _tell(conn, settings, moved, now)
        return len(moved)


def _put_right(
    conn: Connection, settings: Settings, days: visit_plan.Days, row: Row[Any], now: datetime
) -> date | None:
    """Give the visit its right day. Returns the day where it is another one now."""
    promised = _promised(row.basis)
    if row.state == VisitState.PLANNED:
        day = max(promised or _opened(row.planned_on), now.date())
        due_on = row.due_on
    else:
        due_on = promised if row.due_on is not None and promised else row.due_on
        day = row.planned_on
        if not is_working_day(day) and day > now.date():
            day, _ = days.place(day, days.first)
    changed = day != row.planned_on
    conn.exec_driver_sql(
        "UPDATE visit SET planned_on = %(day)s, due_on = %(due)s, provisional = %(guessed)s,"
        " basis = %(basis)s, version = version + 1,"
        " state = CASE WHEN %(changed)s AND state <> 'planned' THEN 'scheduled' ELSE state END"
        " WHERE id = %(id)s",
        {
            "id": row.id,
            "day": day,
            "due": due_on,
            "guessed": is_provisional(day) or is_provisional(due_on or day),
            "changed": changed,
            "basis": f"{row.basis}；{REASON}，改为{day}" if changed else row.basis,
        },
    )
    if not changed:
        return None
    if row.state == VisitState.PLANNED:
        tended = visit_booking.tended_at(settings, day)
        ledger.add(conn, Stage.REMIND, [(row.id, tended)])
    else:
        visit_plan.remind_later(conn, settings, {row.id: day})
    return day


def _promised(basis: str) -> date | None:
    """The promised day that a derivation gives by the calendar of now."""
    found = _PROMISED.search(basis)
    return add_working_days(date.fromisoformat(found[1]), int(found[2]))[0] if found else None


def _opened(day: date) -> date:
    """The day, or the first working day after it."""
    return day if is_working_day(day) else add_working_days(day, 1)[0]


def _tell(
    conn: Connection, settings: Settings, moved: list[tuple[Row[Any], date]], now: datetime
) -> None:
    """The event on every application; the enterprise and the bureaus are told once."""
    if not moved:
        return
    told_of = visit_plan.tell_applications(
        conn,
        EventType.VISIT_MOVED,
        {
            row.id: {
                "bureau": row.bureau,
                "planned_on": day.isoformat(),
                "provisional": is_provisional(day),
                "moved_from": row.planned_on.isoformat(),
                "cause": Cause.HOLIDAYS.value,
            }
            for row, day in moved
        },
        now,
    )
    first: dict[int, Row[Any]] = {}
    leads: dict[int, set[str]] = {}
    for about in conn.exec_driver_sql(
        f"SELECT a.id, a.visit_id, a.lead_bureau, {parts.GIVEN} AS contact"  # noqa: S608 -- a constant
        " FROM application AS a"
        f" WHERE visit_id = ANY(%(ids)s) AND state NOT IN {predicates.OVER} ORDER BY id",
        {"ids": [row.id for row, _ in moved]},
    ).all():
        first.setdefault(about.visit_id, about)
        leads.setdefault(about.visit_id, set()).add(about.lead_bureau)
    letters = []
    for row, _ in moved:
        if row.id not in first:
            continue
        to = (told_of[first[row.id].id], first[row.id].id, row.id)
        letters += deliveries.to_enterprise(settings, *to, parts.confirmed(first[row.id].contact))
        for bureau in sorted((leads[row.id] | {row.bureau}) - {None}):
            letters += deliveries.to_bureau(settings, Matter.REDATED, *to, bureau)
    deliveries.write(conn, letters)


def _requests(db: Database, settings: Settings) -> int | None:
    """One group of requests; None where there are none (left)."""
    with db.transaction() as conn:
        rows = conn.exec_driver_sql(
            "SELECT q.id, q.application_id, q.bureau, q.opened_at, q.due_on,"  # noqa: S608
            f"  {parts.GIVEN} AS contact"
            " FROM request AS q JOIN application AS a ON a.id = q.application_id"
            " WHERE q.provisional AND q.state = 'open' AND q.due_on <= %(until)s"
            " ORDER BY q.id LIMIT %(most)s FOR NO KEY UPDATE OF q",
            {"until": published_until(), "most": GROUP},
        ).all()
        if not rows:
            return None
        now = app_now(conn)
        changed = 0
        for row in rows:
            opened_on = row.opened_at.astimezone(now.tzinfo).date()
            due, guessed, basis = promises.request_due(settings.practice, opened_on)
            conn.exec_driver_sql(
                "UPDATE request SET due_on = %(due)s, provisional = %(guessed)s,"
                " basis = %(basis)s, version = version + 1 WHERE id = %(id)s",
                {"id": row.id, "due": due, "guessed": guessed, "basis": basis},
            )
            if due == row.due_on:
                continue
            changed += 1
            data = {"request": row.id, "bureau": row.bureau, "due_on": due.isoformat()}
            [event] = events.write(
                conn,
                [NewEvent(EventType.REQUEST_REDATED, Actor.SYSTEM, row.application_id, data)],
                now,
            )
            about = (event, row.application_id, None)
            deliveries.write(
                conn, deliveries.to_bureau(settings, Matter.REDATED, *about, row.bureau)
            )
            deliveries.write(
                conn, deliveries.to_enterprise(settings, *about, parts.confirmed(row.contact))
            )
        return changed
