"""What a bureau decides about its visits (走访), and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple

import structlog
from sqlalchemy import Connection, Row

from casework.docket import desk
from casework.errors import IllegalMove, Invalid, VersionChanged
from casework.followup import visit_booking, visit_contacts, visit_plan
from casework.followup.requests import Asked, put
from casework.followup.visit_list import VisitNotFound
from casework.outbox import deliveries
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import texts
from config.settings import Settings
from rules.workdays import is_provisional, is_working_day
from schemas.requests import Changed
from store import ledger, predicates
from store.db import Database, app_now
from vocabulary.events import EventType
from vocabulary.requests import RequestSource
from vocabulary.visits import VisitResult, VisitState
from vocabulary.work import Stage

log = structlog.get_logger(__name__)

Versions = frozenset[int]


class InvalidVisitDay(Invalid):
    """The day is over, is no working day, or is full."""

    code = "invalid_visit_day"
    title = "走访日期有误"
    message = "走访日期有误。"


def confirm(
    db: Database,
    settings: Settings,
    principal: Principal,
    visit_id: int,
    versions: Versions,
    *,
    planned_on: date | None = None,
    starts_at: time | None = None,
) -> int:
    """Confirm a visit. The enterprise is told, and from then on only the bureau moves it.

    The day may be None: the one it has. Returns its version. Raises NotPermitted,
    VisitNotFound, VersionChanged, IllegalMove, InvalidVisitDay (over, no working day, or the
    bureau's day is full).
    """
    principal.require(Right.CHANGE_VISIT)
    with db.transaction() as conn:
        fixed = _fix_day(conn, settings, principal, visit_id, versions, planned_on, starts_at)
        row, data, now = fixed.row, fixed.data, fixed.now
        _tell(conn, settings, row, EventType.VISIT_CONFIRMED, data, now, principal.actor)
    log.info("visit.confirmed", visit=fixed.row.id)
    return fixed.version


def move(
    db: Database,
    settings: Settings,
    principal: Principal,
    visit_id: int,
    versions: Versions,
    *,
    planned_on: date,
    reason: str,
    starts_at: time | None = None,
) -> int:
    """Move a visit to another day, and tell the enterprise why. As for the rest, see `confirm`."""
    principal.require(Right.CHANGE_VISIT)
    with db.transaction() as conn:
        fixed = _fix_day(conn, settings, principal, visit_id, versions, planned_on, starts_at)
        row, now = fixed.row, fixed.now
        data = {**fixed.data, "moved_from": row.planned_on.isoformat()}
        _tell(conn, settings, row, EventType.VISIT_MOVED, data, now, principal.actor, reason)
    log.info("visit.moved", visit=fixed.row.id)
    return fixed.version


class _Fixed(NamedTuple):
    """A visit with its day fixed: how it stood before, its version, its event's data, when."""

    row: Row[Any]
    version: int
    data: Mapping[str, object]
    now: datetime


def _fix_day(
    conn: Connection,
    settings: Settings,
    principal: Principal,
    visit_id: int,
    versions: Versions,
    planned_on: date | None,
    starts_at: time | None,
) -> _Fixed:
    now = app_now(conn)
    # Before the visit: whoever holds a plan may take visits into it.
    capacity = visit_plan.hold(conn, settings, [principal.bureau])[principal.bureau]
    row = open_visit(conn, principal, visit_id, versions)
    day = planned_on or row.planned_on
    has_place = row.state != VisitState.PLANNED and day == row.planned_on
    _check_day(conn, principal.bureau, capacity, day, now, has_place=has_place)
    guessed = is_provisional(day)
    version = save(
        conn,
        row.id,
        state=VisitState.CONFIRMED.value,
        planned_on=day,
        due_on=row.due_on or row.planned_on,
        starts_at=starts_at or row.starts_at,
        provisional=guessed,
        basis=row.basis if day == row.planned_on else f"{row.basis}；单位改定于{day}",
        confirmed_by=principal.actor,
    )
    if not has_place:
        visit_plan.remind_later(conn, settings, {row.id: day})
    data = {
        "bureau": row.bureau,
        "planned_on": day.isoformat(),
        "provisional": guessed,
        "starts_at": starts_at.strftime("%H:%M") if starts_at else None,
    }
    return _Fixed(row, version, data, now)


def record_outcome(  # noqa: PLR0913 -- what came of a visit
    db: Database,
    settings: Settings,
    principal: Principal,
    visit_id: int,
    versions: Versions,
    *,
    visited_on: date,
    result: str,
    note: str,
    requests: Sequence[Asked] = (),
    first: Callable[[Connection], None] = lambda _: None,
) -> Changed:
    """Record what came of a visit, and what the enterprise asked for there; `first`: what else is
    recorded with it, of its applications.

    Nobody met: the visit stays to come, with a new promised day. Raises NotPermitted,
    VisitNotFound, VersionChanged, IllegalMove, InvalidVisitDay (a day to come, or before the
    application was received).
    """
    principal.require(Right.CHANGE_VISIT)
    if requests:
        principal.require(Right.OPEN_REQUEST)
    with db.transaction() as conn:
        now = app_now(conn)
        # The cases before the visit, as everywhere.
        first(conn)
        case = desk.open_case(conn, principal, _case_of(conn, principal, visit_id))
        row = open_visit(conn, principal, visit_id, versions)
        _check_visited(conn, row.id, visited_on, now)
        data = {"bureau": row.bureau, "visited_on": visited_on.isoformat(), "result": result}
        if result == VisitResult.ABSENT:
            day = visit_booking.promised(settings, now.date())
            version = save(conn, row.id, **_AGAIN, note=note, **_day_columns(day, visited_on))
            data |= {"planned_on": day.planned_on.isoformat(), "provisional": day.provisional}
            kind = EventType.VISIT_ATTEMPTED
            ledger.add(conn, Stage.REMIND, [(row.id, day.tended_at)])
        else:
            kind = EventType.VISIT_DONE
            version = save(
                conn,
                row.id,
                state=VisitState.DONE.value,
                visited_on=visited_on,
                result=result,
                note=note,
                closed_by=principal.actor,
                closed_at=now,
            )
        _tell(conn, settings, row, kind, data, now, principal.actor)
        source, actor = RequestSource.VISIT, principal.actor
        opened = [
            put(conn, settings, case, asked, source, actor, visit_id=row.id) for asked in requests
        ]
    log.info(kind, visit=row.id, result=result, requests=len(opened))
    return Changed(id=row.id, version=version, requests=opened)


def correct_outcome(
    db: Database,
    settings: Settings,
    principal: Principal,
    visit_id: int,
    versions: Versions,
    *,
    visited_on: date,
    reason: str,
) -> int:
    """Put the day of a visit that is done right, on the trail. Returns its version.

    Raises NotPermitted, VisitNotFound, VersionChanged, IllegalMove (it is not done, or that is the
    day on record), InvalidVisitDay.
    """
    principal.require(Right.CHANGE_VISIT)
    with db.transaction() as conn:
        now = app_now(conn)
        row = _locked(conn, principal, visit_id, versions)
        if row.state != VisitState.DONE:
            raise IllegalMove(f"该走访{VisitState(row.state).label}，没有可更正的走访日期。")
        if row.visited_on == visited_on:
            raise IllegalMove("走访日期已是这一天。")
        _check_visited(conn, row.id, visited_on, now)
        version = save(conn, row.id, visited_on=visited_on)
        data = {
            "bureau": row.bureau,
            "visited_on": visited_on.isoformat(),
            "corrected_from": row.visited_on.isoformat(),
        }
        _tell(conn, settings, row, EventType.VISIT_CORRECTED, data, now, principal.actor, reason)
    return version


def _check_visited(conn: Connection, visit_id: int, visited_on: date, now: datetime) -> None:
    """A visit took place between the day its first application was received and today."""
    received: datetime | None = conn.exec_driver_sql(
        "SELECT min(received_at) FROM application WHERE visit_id = %(id)s", {"id": visit_id}
    ).scalar_one()
    if visited_on > now.date():
        raise InvalidVisitDay("走访日期不能晚于今天。")
    if received and visited_on < (first := received.astimezone(now.tzinfo).date()):
        raise InvalidVisitDay(f"走访日期不能早于受理申请的{first}，请核对年份。")


# A visit at which nobody was met starts anew.
_AGAIN: Final[Mapping[str, object]] = {
    **dict.fromkeys(("due_on", "starts_at", "reminded_for", "confirmed_by")),
    "state": VisitState.PLANNED.value,
}


def _day_columns(day: visit_booking.Day, visited_on: date) -> dict[str, object]:
    basis = f"{visited_on}上门未遇，重新安排。{day.basis}"
    return {"planned_on": day.planned_on, "provisional": day.provisional, "basis": basis}


def cancel(
    db: Database,
    settings: Settings,
    principal: Principal,
    visit_id: int,
    versions: Versions,
    *,
    reason: str,
) -> int:
    """Cancel a visit for good; its applications get no other by themselves. Returns its version.

    Raises NotPermitted, VisitNotFound, VersionChanged, IllegalMove.
    """
    principal.require(Right.CHANGE_VISIT)
    with db.transaction() as conn:
        now = app_now(conn)
        row = open_visit(conn, principal, visit_id, versions)
        version = save(
            conn,
            row.id,
            state=VisitState.CANCELLED.value,
            note=reason,
            closed_by=principal.actor,
            closed_at=now,
        )
        data = {"bureau": row.bureau, "planned_on": row.planned_on.isoformat()}
        _tell(conn, settings, row, EventType.VISIT_CANCELLED, data, now, principal.actor, reason)
    log.info("visit.cancelled", visit=row.id)
    return version


def follow_end(conn: Connection, application_id: int) -> None:
    """Cancel the visit of an application that is over if it is about no other."""
    visit_id = conn.exec_driver_sql(
        "SELECT visit_id FROM application WHERE id = %(id)s", {"id": application_id}
    ).scalar_one()
    if visit_id is not None:
        visit_plan.drop_resolved(conn, [visit_id], app_now(conn))


def let_go_of_ended(conn: Connection, application_id: int) -> None:
    """An application goes on after all: where `follow_end` took its visit, it may have another."""
    conn.exec_driver_sql(
        "UPDATE application AS a SET visit_id = NULL FROM visit AS v WHERE a.id = %(id)s"
        " AND v.id = a.visit_id AND v.state = 'cancelled' AND v.note = 'withdrawn'",
        {"id": application_id},
    )


def _case_of(conn: Connection, principal: Principal, visit_id: int) -> str:
    """The receipt of the application of a visit that requests hang on: one the bureau leads, else
    one it is copied on."""
    receipt: str | None = conn.exec_driver_sql(
        "SELECT receipt FROM application AS a WHERE visit_id = %(id)s"  # noqa: S608 -- a constant
        f" AND {predicates.ON_THE_CASE}"
        " ORDER BY lead_bureau = %(bureau)s DESC, id LIMIT 1",
        {"id": visit_id, "bureau": principal.bureau},
    ).scalar_one_or_none()
    if receipt is None:
        raise VisitNotFound
    return receipt


def open_visit(
    conn: Connection, principal: Principal, visit_id: int, versions: Versions
) -> Row[Any]:
    """Lock a visit to come that this bureau does. Raises VisitNotFound, VersionChanged,
    IllegalMove."""
    row = _locked(conn, principal, visit_id, versions)
    if row.state not in visit_booking.OPEN:
        raise IllegalMove(f"该走访{VisitState(row.state).label}，不能再办理。")
    return row


def _locked(conn: Connection, principal: Principal, visit_id: int, versions: Versions) -> Row[Any]:
    """Lock a visit that this bureau does, or did."""
    row = conn.exec_driver_sql(
        "SELECT id, bureau, application_id, planned_on, due_on, starts_at, provisional, basis,"  # noqa: S608 -- a constant
        f" state, version, visited_on, {predicates.VISITOR} AS visitor"
        " FROM visit AS v WHERE id = %(id)s AND bureau = %(bureau)s FOR NO KEY UPDATE",
        {"id": visit_id, "bureau": principal.bureau},
    ).one_or_none()
    if row is None:
        raise VisitNotFound
    if row.version not in versions:
        raise VersionChanged(row.version)
    return row


def _check_day(
    conn: Connection, bureau: str, capacity: int, day: date, now: datetime, *, has_place: bool
) -> None:
    if day < now.date():
        raise InvalidVisitDay("走访日期不能早于今天。")
    if not is_working_day(day):
        raise InvalidVisitDay(f"{day}不是工作日。")
    if not has_place and not visit_plan.days_of(conn, bureau, capacity, day).has_place(day):
        raise InvalidVisitDay(f"{day}的走访已排满（每日{capacity}家）。")


def save(conn: Connection, visit_id: int, **columns: Any) -> int:
    """Change columns of a visit. Returns its version."""
    sets = "".join(f"{name} = %({name})s, " for name in columns)
    note = texts.seal(columns.get("note"), "visit.note", visit_id)
    version: int = conn.exec_driver_sql(
        f"UPDATE visit SET {sets}version = version + 1"  # noqa: S608 -- names from code
        " WHERE id = %(the_id)s RETURNING version",
        {**columns, "note": note, "the_id": visit_id},
    ).scalar_one()
    return version


def _tell(
    conn: Connection,
    settings: Settings,
    row: Row[Any],
    kind: EventType,
    data: Mapping[str, object],
    now: datetime,
    actor: str,
    reason: str | None = None,
) -> None:
    """The event on every application; the enterprise and the other bureaus are told once."""
    events = visit_plan.tell_applications(conn, kind, {row.id: data}, now, actor, reason)
    about = conn.exec_driver_sql(
        "SELECT id, lead_bureau FROM application"  # noqa: S608 -- a constant
        f" WHERE visit_id = %(id)s AND state NOT IN {predicates.OVER} ORDER BY id",
        {"id": row.id},
    ).all()
    if not about:
        return
    to = (events[about[0].id], about[0].id, row.id)
    told = visit_contacts.tell(conn, settings, events, [row.id])
    for bureau in sorted({each.lead_bureau for each in about} - {row.bureau, None}):
        told += deliveries.to_bureau(settings, kind, *to, bureau)
    deliveries.write(conn, told)
