"""Arranging follow-up visits: one to come per enterprise, whichever measures it applied under.

Part of the assessment's transaction, so that a decision never stands without its visit. The day
is the promised one; the bureau's plan (`visitplan`) gives it a place when the day comes near. A
unique index on the enterprise makes a second visit impossible: who comes later joins the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from casework.errors import RetryableError
from casework.workdays import add_working_days, office_opening
from config.settings import Settings
from store import ledger
from store.encoding import numbers, to_json
from vocabulary.visits import OPEN_VISITS
from vocabulary.work import Stage

ROUNDS = 5
OPEN = [state.value for state in OPEN_VISITS]
"""The states of visits to come, as statements take them."""


Told = tuple[int, Mapping[str, Any]]
"""An application id and the data of its event."""


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


@dataclass(slots=True)
class Arranged:
    """What came of the wishes: application id -> visit id, and the events still to be written."""

    visits: dict[int, int] = field(default_factory=dict)
    scheduled: list[Told] = field(default_factory=list)
    merged: list[Told] = field(default_factory=list)

    def write_events(self, conn: Connection, now: datetime) -> None:
        """Write the events; the assessment's own event comes before them."""
        write_events(conn, "visit.scheduled", self.scheduled, now)
        write_events(conn, "visit.merged", self.merged, now)


def promised(settings: Settings, decided_on: date) -> Day:
    """The day by which enterprises decided on that day are visited."""
    planned_on, provisional = add_working_days(decided_on, settings.visit_working_days)
    return Day(
        planned_on,
        provisional,
        visit_basis(settings.visit_working_days, decided_on),
        tended_at(settings, planned_on),
    )


def visit_basis(working_days: int, decided_on: date) -> str:
    """Where a visit's date comes from, in Chinese: the notice itself names no interval."""
    return (
        f"本地做法：自{decided_on:%Y-%m-%d}核对完成起{working_days}个工作日（通知未规定走访期限）"
    )


def lead_days(settings: Settings) -> int:
    """How many working days before its promised day a visit gets its place in the plan."""
    return max(settings.practice.plan, settings.reminder_working_days)


def tended_at(settings: Settings, planned_on: date) -> datetime:
    """When a visit promised for that day gets its place in the plan."""
    return office_opening(add_working_days(planned_on, -lead_days(settings))[0])


def arrange(
    conn: Connection, settings: Settings, wishes: Sequence[Wish], now: datetime
) -> Arranged:
    """Give every wish its visit: a new one, or the one its enterprise has to come.

    Writes visits and their work items. Raises RetryableError if the visits to be joined keep
    being closed by others.
    """
    arranged = Arranged()
    if not wishes:
        return arranged
    day = promised(settings, now.date())
    missing = list(wishes)
    for _ in range(ROUNDS):
        fresh = _insert(conn, missing, day, now)
        arranged.visits |= fresh
        arranged.scheduled += [
            (wish.application_id, _data(fresh[wish.application_id], wish.bureau, day))
            for wish in missing
            if wish.application_id in fresh
        ]
        ledger.add_all(conn, Stage.REMIND, list(fresh.values()), day.tended_at)
        missing = [wish for wish in missing if wish.application_id not in fresh]
        if missing:
            missing = _join(conn, missing, arranged)
        if not missing:
            return arranged
    raise RetryableError("the visits to be joined kept being closed")


def _insert(conn: Connection, wishes: Sequence[Wish], day: Day, now: datetime) -> dict[int, int]:
    """Insert what no visit stands in the way of. Out: application id -> visit id."""
    rows = conn.exec_driver_sql(
        "INSERT INTO visit (uscc, application_id, bureau, planned_on, provisional, basis,"
        " state, created_at)"
        " SELECT uscc, id, bureau, %(planned_on)s, %(provisional)s, %(basis)s, 'planned', %(now)s"
        " FROM unnest(%(ids)s::bigint[], %(usccs)b::text[], %(bureaus)b::text[])"
        # In one order everywhere, so that two chunks with the same enterprises never wait in a
        # circle; a chunk's earliest application comes first.
        "  AS u (id, uscc, bureau) ORDER BY uscc, id"
        " ON CONFLICT DO NOTHING RETURNING application_id, id",
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
    return {row[0]: row[1] for row in rows.all()}


def _join(conn: Connection, wishes: Sequence[Wish], arranged: Arranged) -> list[Wish]:
    """Join visits to come, which are kept from being closed meanwhile. Out: who found none."""
    rows = conn.exec_driver_sql(
        "SELECT id, uscc, application_id, bureau, planned_on, provisional FROM visit"
        " WHERE uscc = ANY(%(usccs)s) AND state = ANY(%(open)s)"
        " OR application_id = ANY(%(ids)s) AND state <> 'cancelled'"
        " ORDER BY id FOR NO KEY UPDATE",
        {
            "usccs": [wish.uscc for wish in wishes],
            "ids": [wish.application_id for wish in wishes],
            "open": OPEN,
        },
    ).all()
    visits = {("uscc", row.uscc): row for row in rows if row.uscc is not None}
    visits |= {("id", row.application_id): row for row in rows}
    left: list[Wish] = []
    for wish in wishes:
        visit = visits.get(("id", wish.application_id)) or visits.get(("uscc", wish.uscc))
        if visit is None:
            left.append(wish)
            continue
        arranged.visits[wish.application_id] = visit.id
        arranged.merged.append((wish.application_id, _data(visit.id, visit.bureau, visit)))
    return left


def _data(visit: int, bureau: str, day: Any) -> dict[str, Any]:
    return {
        "visit": visit,
        "bureau": bureau,
        "planned_on": day.planned_on.isoformat(),
        "provisional": day.provisional,
    }


def write_events(
    conn: Connection,
    kind: str,
    told: Sequence[Told],
    now: datetime,
    actor: str = "system",
) -> dict[int, int]:
    """One event per application: (application id, data). Out: application id -> event id."""
    if not told:
        return {}
    rows = conn.exec_driver_sql(
        "INSERT INTO event (application_id, type, actor, data, at)"
        " SELECT id, %(type)s, %(actor)s, data::jsonb, %(now)s"
        " FROM unnest(%(ids)s::bigint[], %(data)b::text[]) AS u (id, data)"
        " RETURNING application_id, id",
        {
            "type": kind,
            "actor": actor,
            "now": now,
            "ids": numbers([application for application, _ in told]),
            "data": [to_json(data) for _, data in told],
        },
    )
    return {row[0]: row[1] for row in rows.all()}
