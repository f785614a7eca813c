"""The plan of a bureau's visits: a day for each, within what the bureau can do in a day.

Visits whose promised day comes near get their place together, the enterprise least recently
visited first. A place is the promised day; if that is full, the latest free day before it, else
the first one after it. Whoever changes a plan holds its row first and the visits' rows after it,
so two planners never wait for each other in a circle and no day is given away twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

import structlog
from sqlalchemy import Connection, Row

from casework import events
from casework.docket import reasons
from casework.events import NewEvent
from casework.followup import visit_booking, visit_contacts
from casework.outbox import deliveries
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from rules.workdays import add_working_days, office_opening
from store import ledger, predicates
from store.db import Database
from vocabulary.event_data import Cause
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.visits import PLACED_VISITS
from vocabulary.work import Stage

log = structlog.get_logger(__name__)

BATCH = 2000
"""Visits of one bureau planned in one go: bounds how long its plan is held."""


@dataclass(slots=True)
class Days:
    """Working days from `first` on with how many visits each has; full days are leapt over.

    `capacity`: visits per day. `booked`: how many there are already.
    """

    first: date
    capacity: int
    booked: dict[date, int]
    _days: list[tuple[date, bool]] = field(default_factory=list)
    _index: dict[date, int] = field(default_factory=dict)
    _leap: list[int] = field(default_factory=list)

    def place(self, wanted: date, earliest: date) -> tuple[date, bool]:
        """Take a place on the wanted day or the nearest one that is free, never before
        `earliest`. Returns the day, and whether it is provisional."""
        lowest = self._at(max(earliest, self.first))
        start = max(self._at(wanted), lowest)
        chosen = next((at for at in range(start, lowest - 1, -1) if self._is_free(at)), None)
        if chosen is None:
            chosen = self._next_free(start)
        day, provisional = self._days[chosen]
        self.booked[day] = self.booked.get(day, 0) + 1
        return day, provisional

    def has_place(self, day: date) -> bool:
        """Whether another visit fits on that day."""
        return self.booked.get(day, 0) < self.capacity

    def _is_free(self, at: int) -> bool:
        return self.has_place(self._days[at][0])

    def _next_free(self, start: int) -> int:
        """The first free day from `start` on; what was found full is leapt over from then on."""
        passed: list[int] = []
        at = start
        while True:
            self._reach(at)
            if self._leap[at] != at:
                passed.append(at)
                at = self._leap[at]
            elif self._is_free(at):
                break
            else:
                passed.append(at)
                at += 1
        for full in passed:
            self._leap[full] = at
        return at

    def _at(self, day: date) -> int:
        """The place in the list of the first working day that is not before `day`."""
        if day <= self.first:
            self._reach(0)
            return 0
        while not self._days or self._days[-1][0] < day:
            self._reach(len(self._days))
        if day not in self._index:  # not a working day: the one after it
            return next(at for at, (known, _) in enumerate(self._days) if known >= day)
        return self._index[day]

    def _reach(self, at: int) -> None:
        while len(self._days) <= at:
            if self._days:
                last, guessed = self._days[-1]
                day, provisional = add_working_days(last, 1)
                provisional = provisional or guessed
            else:
                day, provisional = self.first, False
            self._index[day] = len(self._days)
            self._leap.append(len(self._days))
            self._days.append((day, provisional))


def hold(conn: Connection, settings: Settings, bureaus: Sequence[str]) -> dict[str, int]:
    """Hold the plans of these bureaus until the transaction ends: visits per day of each."""
    wanted = sorted(set(bureaus))
    conn.exec_driver_sql(
        "INSERT INTO visit_plan (bureau) SELECT bureau FROM unnest(%(bureaus)s::text[]) AS u"
        " (bureau) ORDER BY bureau ON CONFLICT DO NOTHING",
        {"bureaus": wanted},
    )
    rows = conn.exec_driver_sql(
        "SELECT bureau, visits_per_day FROM visit_plan WHERE bureau = ANY(%(bureaus)s)"
        " ORDER BY bureau FOR UPDATE",
        {"bureaus": wanted},
    )
    return {row[0]: row[1] or settings.practice.visits_per_day for row in rows}


def capacity_of(conn: Connection, settings: Settings, bureau: str) -> int:
    """Visits per day of a bureau, whose plan is not held."""
    own: int | None = conn.exec_driver_sql(
        "SELECT visits_per_day FROM visit_plan WHERE bureau = %(bureau)s", {"bureau": bureau}
    ).scalar_one_or_none()
    return own or settings.practice.visits_per_day


def days_of(conn: Connection, bureau: str, capacity: int, first: date) -> Days:
    """The days of a plan that is held, from `first` (a working day) on."""
    rows = conn.exec_driver_sql(
        "SELECT planned_on, count(*) FROM visit WHERE bureau = %(bureau)s"
        " AND planned_on >= %(first)s AND state = ANY(%(placed)s) GROUP BY planned_on",
        {"bureau": bureau, "first": first, "placed": [state.value for state in PLACED_VISITS]},
    )
    return Days(first, capacity, {row[0]: row[1] for row in rows})


def plan(
    conn: Connection, settings: Settings, bureau: str, capacity: int, now: datetime
) -> dict[int, date]:
    """Give places to the visits of a bureau, whose plan is held, that are due for one.

    At most BATCH of them. Returns visit id -> day.
    """
    horizon, _ = add_working_days(now.date(), visit_booking.lead_days(settings))
    waiting = conn.exec_driver_sql(
        "SELECT w.id, w.planned_on, w.provisional, w.basis,"  # noqa: S608 -- constants
        f"  (SELECT max({predicates.VISIT_DAY}) FROM visit AS v"
        f"   WHERE v.uscc = w.uscc AND {predicates.VISITED}) AS last_visit"
        " FROM visit AS w WHERE w.bureau = %(bureau)s AND w.state = 'planned'"
        "  AND w.planned_on <= %(horizon)s"
        " ORDER BY last_visit NULLS FIRST, w.planned_on, w.id LIMIT %(batch)s"
        " FOR NO KEY UPDATE OF w",
        {"bureau": bureau, "horizon": horizon, "batch": BATCH},
    ).all()
    if not waiting:
        return {}
    first, _ = add_working_days(now.date(), max(1, settings.reminder_working_days))
    days = days_of(conn, bureau, capacity, first)
    placed = [_place(settings, days, row) for row in waiting]
    _save(conn, placed)
    _tell_places(conn, settings, bureau, placed, now)
    remind_later(conn, settings, {each.row.id: each.day for each in placed})
    return {each.row.id: each.day for each in placed}


def remind_later(conn: Connection, settings: Settings, days: Mapping[int, date]) -> None:
    """File the reminders of visits that have got (another) day."""
    ledger.add(
        conn, Stage.REMIND, [(visit, reminded_at(settings, day)) for visit, day in days.items()]
    )


def reminded_at(settings: Settings, planned_on: date) -> datetime:
    """When a visit of that day is reminded of."""
    return office_opening(add_working_days(planned_on, -settings.reminder_working_days)[0])


def set_capacity(
    db: Database, settings: Settings, principal: Principal, per_day: int | None
) -> int:
    """Set how many visits the bureau does in a day (None: the deployment's number).

    Days that are fuller already stay as they are. Returns the number in force. Raises NotPermitted.
    """
    principal.require(Right.SET_CAPACITY)
    with db.transaction() as conn:
        hold(conn, settings, [principal.bureau])
        conn.exec_driver_sql(
            "UPDATE visit_plan SET visits_per_day = %(n)s, set_by = %(actor)s"
            " WHERE bureau = %(bureau)s",
            {"n": per_day, "actor": principal.actor, "bureau": principal.bureau},
        )
        in_force = per_day or settings.practice.visits_per_day
        data = {"bureau": principal.bureau, "count": in_force}
        events.write(conn, [NewEvent(EventType.CAPACITY_SET, principal.actor, data=data)])
    log.info("visits.capacity_set", bureau=principal.bureau, per_day=per_day)
    return in_force


def tell_applications(
    conn: Connection,
    kind: EventType,
    data: Mapping[int, Mapping[str, object]],
    now: datetime,
    actor: str = Actor.SYSTEM,
    reason: str | None = None,
) -> dict[int, int]:
    """The same event for every application a visit is about. Takes visit id -> data; what the
    actor wrote.

    Returns application id -> event id.
    """
    rows = conn.exec_driver_sql(
        "SELECT id, visit_id FROM application WHERE visit_id = ANY(%(ids)s) ORDER BY id",
        {"ids": list(data)},
    ).all()
    told = [NewEvent(kind, actor, row[0], {"visit": row[1], **data[row[1]]}) for row in rows]
    ids = reasons.write(conn, told, reason, now)
    return {row[0]: event_id for row, event_id in zip(rows, ids, strict=True)}


def drop_resolved(conn: Connection, ids: Sequence[int], now: datetime) -> None:
    """Cancel visits about nothing any more: every application they are about is over."""
    rows = conn.exec_driver_sql(
        "UPDATE visit AS v SET state = 'cancelled', note = 'withdrawn', closed_by = %(actor)s,"  # noqa: S608 -- a constant
        "  closed_at = %(now)s, version = version + 1"
        " WHERE v.id = ANY(%(ids)s) AND v.state = ANY(%(open)s)"
        "  AND EXISTS (SELECT FROM application AS a WHERE a.visit_id = v.id)"
        "  AND NOT EXISTS (SELECT FROM application AS a WHERE a.visit_id = v.id"
        f"   AND a.state NOT IN {predicates.OVER})"
        " RETURNING id, bureau, planned_on",
        {
            "ids": list(ids),
            "open": visit_booking.OPEN,
            "now": now,
            "actor": Actor.SYSTEM.value,
        },
    ).all()
    data = {
        row.id: {"bureau": row.bureau, "planned_on": row.planned_on.isoformat(), "withdrawn": True}
        for row in rows
    }
    if data:
        tell_applications(conn, EventType.VISIT_CANCELLED, data, now)


def _tell_places(
    conn: Connection, settings: Settings, bureau: str, placed: Sequence[_Placed], now: datetime
) -> None:
    """That visits have their place; the enterprises whose day is another one than the promised are
    sent it, with the cause."""
    kept, moved = {}, {}
    for row, day, provisional, _, cause in placed:
        data = {
            "bureau": bureau,
            "planned_on": day.isoformat(),
            "provisional": provisional,
            "promised_on": row.planned_on.isoformat(),
        }
        if cause is None:
            kept[row.id] = data
        else:
            moved[row.id] = {**data, "moved_from": data["promised_on"], "cause": cause.value}
    if kept:
        tell_applications(conn, EventType.VISIT_PLANNED, kept, now)
    if moved:
        told_of = tell_applications(conn, EventType.VISIT_MOVED, moved, now)
        deliveries.write(conn, visit_contacts.tell(conn, settings, told_of, list(moved)))


class _Placed(NamedTuple):
    """A visit with its place: `cause` says why that is another day than the promised one."""

    row: Row[Any]
    day: date
    provisional: bool
    basis: str
    cause: Cause | None = None


def _place(settings: Settings, days: Days, row: Row[Any]) -> _Placed:
    earliest, why, cause = days.first, "", Cause.FULL
    if row.last_visit is not None and settings.practice.gap:
        free_from, _ = add_working_days(row.last_visit, settings.practice.gap)
        if free_from > row.planned_on:
            earliest = free_from
            why = f"；{row.last_visit}已走访，两次走访至少相隔{settings.practice.gap}个工作日"
            cause = Cause.GAP
    day, guessed = days.place(row.planned_on, earliest)
    if day != row.planned_on and not why:
        why = f"；该日走访已排满（每日{days.capacity}家）"
    if day == row.planned_on:
        return _Placed(row, day, row.provisional, row.basis)
    basis = f"{row.basis}{why}，排在{day}"
    return _Placed(row, day, guessed or row.provisional, basis, cause)


def _save(conn: Connection, placed: Sequence[_Placed]) -> None:
    conn.exec_driver_sql(
        "UPDATE visit AS v SET state = 'scheduled', due_on = coalesce(v.due_on, v.planned_on),"
        " planned_on = u.day, provisional = u.provisional, basis = u.basis,"
        " version = v.version + 1"
        " FROM unnest(%(ids)s::bigint[], %(days)s::date[], %(provisional)s::bool[],"
        "  %(basis)s::text[]) AS u (id, day, provisional, basis) WHERE v.id = u.id",
        {
            "ids": [each.row.id for each in placed],
            "days": [each.day for each in placed],
            "provisional": [each.provisional for each in placed],
            "basis": [each.basis for each in placed],
        },
    )
