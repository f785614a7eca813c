"""Arranging follow-up visits: one to come per enterprise, whichever measures it applied under.

Part of the assessment's transaction, so that a decision never stands without its visit. The day
is the promised one; the bureau's plan (`visitplan`) gives it a place when the day comes near. A
unique index on the enterprise makes a second visit impossible: who comes later joins the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection

from casework import events
from casework.docket import terms
from casework.errors import RetryableError
from casework.events import NewEvent
from config.settings import Settings
from rules.workdays import add_working_days, office_opening
from store import ledger
from store.encoding import numbers
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.visits import OPEN_VISITS, VisitState, is_guess
from vocabulary.work import Stage

ROUNDS = 5
OPEN = [state.value for state in OPEN_VISITS]
"""The states of visits to come, as statements take them."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An application after whose decision the enterprise is to be visited, by this bureau."""

    application_id: int
    uscc: str | None
    bureau: str


@dataclass(frozen=True, slots=True)
class Day:
    """The promised day of visits that follow decisions of one day, and why that day."""

    planned_on: date
    provisional: bool
    basis: str
    tended_at: datetime  # when it is to get its place in the plan


class _Visit(NamedTuple):
    """A visit that came of a wish. `provisional`: its day is no fixed one; `event`: whether it is
    new, or was joined."""

    id: int
    bureau: str
    planned_on: date
    provisional: bool
    event: EventType


def promised(settings: Settings, decided_on: date) -> Day:
    """The day by which enterprises decided on that day are visited."""
    planned_on, provisional = add_working_days(decided_on, settings.visit_working_days)
    return Day(
        planned_on,
        provisional,
        visit_basis(settings, decided_on),
        tended_at(settings, planned_on),
    )


def visit_basis(settings: Settings, decided_on: date) -> str:
    """Where a visit's date comes from, in Chinese: the notice itself names no interval."""
    days = settings.visit_working_days
    begun = terms.since(settings.practice, "visit_working_days", decided_on)
    changed = f"，{begun}" if begun else ""
    return (
        f"本地做法：自{decided_on:%Y-%m-%d}核对完成起{days}个工作日（通知未规定走访期限{changed}）"
    )


def lead_days(settings: Settings) -> int:
    """How many working days before its promised day a visit gets its place in the plan."""
    return max(settings.practice.plan, settings.reminder_working_days)


def tended_at(settings: Settings, planned_on: date) -> datetime:
    """When a visit promised for that day gets its place in the plan."""
    return office_opening(add_working_days(planned_on, -lead_days(settings))[0])


@contextmanager
def booked(
    conn: Connection, settings: Settings, wishes: Sequence[Wish], now: datetime
) -> Iterator[Mapping[int, int]]:
    """Give every wish its visit: a new one, or the one its enterprise has to come.

    Writes visits and their work items on entering, and their events on leaving: those of what
    leads to a visit stand before them. Returns application id -> visit id. Raises RetryableError if
    the visits to be joined keep being closed by others.
    """
    visits = _book(conn, settings, wishes, now) if wishes else {}
    yield {application: visit.id for application, visit in visits.items()}
    told = sorted(visits.items(), key=lambda entry: entry[1].event is not EventType.VISIT_SCHEDULED)
    events.write(conn, [_event(*entry) for entry in told], now)


def _book(
    conn: Connection, settings: Settings, wishes: Sequence[Wish], now: datetime
) -> dict[int, _Visit]:
    visits: dict[int, _Visit] = {}
    day = promised(settings, now.date())
    missing = list(wishes)
    for _ in range(ROUNDS):
        fresh = _insert(conn, missing, day, now)
        visits |= fresh
        ledger.add_all(conn, Stage.REMIND, [visit.id for visit in fresh.values()], day.tended_at)
        missing = [wish for wish in missing if wish.application_id not in fresh]
        if missing:
            joined = _join(conn, missing)
            visits |= joined
            missing = [wish for wish in missing if wish.application_id not in joined]
        if not missing:
            return visits
    raise RetryableError("the visits to be joined kept being closed")


def _insert(conn: Connection, wishes: Sequence[Wish], day: Day, now: datetime) -> dict[int, _Visit]:
    """Insert what no visit stands in the way of. Ids by application."""
    rows = conn.exec_driver_sql(
        "INSERT INTO visit (uscc, application_id, bureau, planned_on, provisional, basis,"
        " state, created_at)"
        " SELECT uscc, id, bureau, %(planned_on)s, %(provisional)s, %(basis)s, 'planned', %(now)s"
        " FROM unnest(%(ids)s::bigint[], %(usccs)b::text[], %(bureaus)b::text[])"
        # In one order everywhere, so that two chunks with the same enterprises never wait in a
        # circle; a chunk's earliest application comes first.
        "  AS u (id, uscc, bureau) ORDER BY uscc, id"
        " ON CONFLICT DO NOTHING RETURNING application_id, id, bureau",
        {
            "planned_on": day.planned_on,
            "provisional": day.provisional,
            "basis": day.basis,
            "now": now,
            "ids": numbers([wish.application_id for wish in wishes]),
            "usccs": [wish.uscc for wish in wishes],
            "bureaus": [wish.bureau for wish in wishes],
        },
    )
    return {
        row[0]: _Visit(row[1], row[2], day.planned_on, day.provisional, EventType.VISIT_SCHEDULED)
        for row in rows.all()
    }


def _join(conn: Connection, wishes: Sequence[Wish]) -> dict[int, _Visit]:
    """Join visits to come, which are kept from being closed meanwhile. Returns by application id,
    for those that found one."""
    rows = conn.exec_driver_sql(
        "SELECT id, uscc, application_id, bureau, planned_on, provisional, state FROM visit"
        " WHERE uscc = ANY(%(usccs)s) AND state = ANY(%(open)s)"
        " OR application_id = ANY(%(ids)s) AND state <> 'cancelled'"
        " ORDER BY id FOR NO KEY UPDATE",
        {
            "usccs": [wish.uscc for wish in wishes],
            "ids": [wish.application_id for wish in wishes],
            "open": OPEN,
        },
    ).all()
    by_enterprise = {row.uscc: row for row in rows if row.uscc is not None}
    by_application = {row.application_id: row for row in rows}
    joined: dict[int, _Visit] = {}
    for wish in wishes:
        row = by_application.get(wish.application_id) or by_enterprise.get(wish.uscc)
        if row is not None:
            guess = is_guess(VisitState(row.state), is_provisional=row.provisional)
            joined[wish.application_id] = _Visit(
                row.id, row.bureau, row.planned_on, guess, EventType.VISIT_MERGED
            )
    return joined


def _event(application_id: int, visit: _Visit) -> NewEvent:
    data = {
        "visit": visit.id,
        "bureau": visit.bureau,
        "planned_on": visit.planned_on.isoformat(),
        "provisional": visit.provisional,
    }
    return NewEvent(visit.event, Actor.SYSTEM, application_id, data)
