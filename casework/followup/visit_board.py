"""A bureau's week of visits: each day with its places, and one day's visits to take along."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row

from casework.docket import trail
from casework.docket.finders import waiting
from casework.followup import visit_booking, visit_list, visit_plan
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import texts
from config.settings import Settings
from rules.workdays import is_working_day
from schemas.visits import PlanDay, RouteStop, VisitRoute, VisitWeek
from store import predicates
from store.db import Database, app_now
from vocabulary.events import EventType
from vocabulary.visits import PLACED_VISITS

DAYS: Final = 7
MOST: Final = 300
"""Visits shown of a week, or of a day."""

_ON: Final = (
    " WHERE v.bureau = %(bureau)s AND v.state <> 'cancelled'"
    " AND v.planned_on BETWEEN %(first)s AND %(last)s"
    f" AND (%(visitor)s::text IS NULL OR {predicates.OF_VISITOR})"
    " ORDER BY v.planned_on, v.starts_at NULLS LAST, v.id LIMIT %(most)s"
)
_EARLIER: Final = (
    "SELECT count(*), min(planned_on) FROM visit WHERE bureau = %(bureau)s"
    " AND planned_on < least(%(first)s, %(today)s) AND state = ANY(%(placed)s)"
)
_ASK: Final = """
SELECT a.id, a.notice_id, nullif(s.document, jsonb_build_object()) AS document,
    (SELECT jsonb_agg(jsonb_build_array(q.id, q.words) ORDER BY q.id) FROM request AS q
        WHERE q.application_id = a.id AND q.state = 'open') AS asked
FROM application AS a LEFT JOIN assessment AS s ON s.application_id = a.id AND s.in_force
WHERE a.id = ANY(%(ids)s) AND a.state IN
    ('awaiting_determination', 'awaiting_supplement', 'supplemented', 'under_review')
"""


def week(
    db: Database,
    settings: Settings,
    principal: Principal,
    of: date | None = None,
    *,
    mine: bool = False,
) -> VisitWeek:
    """The visits that the bureau does in the week of a day (None: today's), those done included,
    and how much of each day is taken by all of them. `mine`: those of whoever asks alone. That they
    were looked at is an event. Raises NotPermitted."""
    principal.require(Right.READ_VISITS)
    with db.transaction() as conn:
        today = app_now(conn).date()
        day = of or today
        first = day - timedelta(days=day.weekday())
        last = first + timedelta(days=DAYS - 1)
        rows = _visits(conn, principal, first, last, mine=mine)
        capacity = visit_plan.capacity_of(conn, settings, principal.bureau)
        booked = visit_plan.days_of(conn, principal.bureau, capacity, first).booked
        late, since = conn.exec_driver_sql(
            _EARLIER,
            {
                "bureau": principal.bureau,
                "first": first,
                "today": today,
                "placed": [state.value for state in PLACED_VISITS],
            },
        ).one()
    shown = [visit_list.planned(row) for row in rows[:MOST]]
    used = {each.planned_on for each in shown}
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return VisitWeek(
        first=first,
        last=last,
        today=today,
        days=[
            PlanDay(day=each, booked=booked.get(each, 0), capacity=capacity)
            for each in days
            if is_working_day(each) or each in used
        ],
        items=shown,
        is_more=len(rows) > MOST,
        earlier=late,
        earliest=since,
    )


def route(db: Database, principal: Principal, day: date, *, mine: bool = False) -> VisitRoute:
    """A day's visits to come in the order to go, by hour, then by address, and what to ask at each.

    `mine`: those of whoever asks alone.
    That they were looked at is an event. Raises NotPermitted.
    """
    principal.require(Right.READ_VISITS)
    with db.transaction() as conn:
        rows = [
            row
            for row in _visits(conn, principal, day, day, mine=mine)[:MOST]
            if row.visit["state"] in visit_booking.OPEN
        ]
        ask = _to_ask(conn, sorted({case for row in rows for case in row.cases}))
    stops = [
        RouteStop(
            visit=visit_list.planned(row),
            ask=list(dict.fromkeys(each for case in row.cases for each in ask.get(case, ()))),
        )
        for row in rows
    ]
    return VisitRoute(day=day, stops=sorted(stops, key=_way))


def _way(stop: RouteStop) -> tuple[str, str, int]:
    at = stop.visit.starts_at
    return at.isoformat() if at else "~", stop.visit.address or "", stop.visit.id


def _visits(
    conn: Connection, principal: Principal, first: date, last: date, *, mine: bool
) -> Sequence[Row[Any]]:
    asked = {"bureau": principal.bureau, "visitor": principal.actor if mine else None}
    rows = conn.exec_driver_sql(
        visit_list.SHOWN + _ON, {**asked, "first": first, "last": last, "most": MOST + 1}
    ).all()
    cases = [each for row in rows[:MOST] for each in row.cases]
    trail.looked(conn, principal, EventType.ACCESS_VISITS_LISTED, cases)
    return rows


def _to_ask(conn: Connection, cases: Sequence[int]) -> dict[int, list[str]]:
    """What still waits in each case: conditions that an official finds, requests without answer."""
    found: dict[int, list[str]] = {}
    for row in conn.exec_driver_sql(_ASK, {"ids": list(cases)}):
        conditions = editions.condition_labels(row.notice_id)
        open_ones = waiting(row.document) if row.document else ()
        found[row.id] = [conditions.get(each["code"], each["code"]) for each in open_ones]
        for number, words in row.asked or ():
            found[row.id].append(f"诉求：{texts.shown(words, 'request.words', number)}")
    return found
