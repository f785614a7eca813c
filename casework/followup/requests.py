"""What enterprises ask (诉求): put on record, routed to the bureau that can answer, answered.

(十四): 及时了解和回应企业诉求. A request hangs on one of the enterprise's applications and, where a
visit brought it up, on the visit. One that names one of the four fields of (十四) goes where
(十四) routes such a matter; any other to the bureau that leads the case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy import Connection

from casework.docket import desk, promises, reasons
from casework.docket.desk import Case
from casework.errors import Conflict, IllegalMove, Invalid, NotFound, NotPermitted, VersionChanged
from casework.events import NewEvent
from casework.followup import chase
from casework.notices import editions
from casework.outbox import deliveries
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import parts, texts
from config.settings import Settings
from rules.model import Case as RulesCase
from rules.routing import route as routed_by_rules
from store import predicates
from store.db import Database, app_now
from vocabulary.audiences import Party
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.requests import RequestSource, RequestState, RequestSubject

log = structlog.get_logger(__name__)

MOST_ASKED: Final = 10
"""Requests of one application that may wait for their answers: each is promised a day."""
MOST_ASKED_UNKNOWN: Final = 2
"""So many where it is not known who filed."""

T = TypeVar("T")

OF_APPLICATION: Final = """
(SELECT coalesce(jsonb_agg(to_jsonb(q) ORDER BY q.id), '[]') FROM request AS q
    WHERE q.application_id = a.id)
"""
"""The requests on an application `a` as JSON."""
_AS_STORED: Final = (
    "id", "subject", "field", "words", "bureau", "provisional", "basis", "answer", "version",
)  # fmt: skip


class InvalidTransfer(Invalid):
    """There is no such bureau to transfer to, or it leads the case already."""

    code = "invalid_transfer"
    title = "转办单位有误"
    message = "转办单位有误。"


class InvalidDay(Invalid):
    """The day of a deletion is over."""

    code = "invalid_deletion_day"
    title = "删除日期有误"
    message = "删除日期有误。"


class RequestNotFound(NotFound):
    """No such request, or not one of this bureau's or applicant's; deliberately one answer."""

    code = "request_not_found"
    title = "没有找到该诉求"
    message = "没有找到该诉求，或该诉求不属于本单位。"


class EnoughAsked(Conflict):
    """The applicant waits for as many answers as it may at once."""

    code = "enough_asked"
    title = "待答复的诉求已满"
    message = "待答复的诉求已满，请等待答复后再提出；也可以直接联系联系单位。"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be put on record: in whose words, and in which field of (十四), if in one."""

    words: str
    field: str | None = None
    subject: RequestSubject = RequestSubject.HELP


def shown(
    kind: Callable[..., T], request: Mapping[str, Any], names: Callable[[str], str], **more: object
) -> T:
    """A request as its applicant or (`kind`, with `more`) its bureaus see it.

    The row is as PostgreSQL gives it in JSON.
    """
    state, closed = RequestState(request["state"]), request["closed_at"]
    return kind(
        **{name: request[name] for name in _AS_STORED}
        | {name: _unsealed(name, request) for name in ("words", "answer")},
        bureau_name=names(request["bureau"]),
        opened_at=datetime.fromisoformat(request["opened_at"]),
        due_on=date.fromisoformat(request["due_on"]),
        state=state,
        state_text=state.label,
        subject_text=RequestSubject(request["subject"]).label,
        erase_on=request["erase_on"] and date.fromisoformat(request["erase_on"]),
        closed_at=closed and datetime.fromisoformat(closed),
        **more,
    )


def open_by_applicant(
    db: Database, settings: Settings, receipt: str, access_code: str, asked: Asked
) -> int:
    """The enterprise asks something. Returns the request's id. Raises ApplicationNotFound,
    IllegalMove before the first assessment has named a bureau, EnoughAsked."""
    with db.transaction() as conn:
        case = desk.open_own(conn, settings, receipt, access_code)
        desk.refuse_trial(case)
        waiting = conn.exec_driver_sql(
            "SELECT count(*) FROM request WHERE application_id = %(id)s AND closed_at IS NULL"
            " AND source = 'applicant'",
            {"id": case.id},
        ).scalar_one()
        if waiting >= (MOST_ASKED if case.is_verified else MOST_ASKED_UNKNOWN):
            raise EnoughAsked
        return put(conn, settings, case, asked, RequestSource.APPLICANT, Actor.APPLICANT)


def open_by_bureau(
    db: Database, settings: Settings, principal: Principal, receipt: str, asked: Asked
) -> int:
    """A bureau puts on record what it was asked. Returns the request's id. Raises NotPermitted,
    CaseNotFound."""
    principal.require(Right.OPEN_REQUEST)
    with db.transaction() as conn:
        case = desk.open_case(conn, principal, receipt)
        return put(conn, settings, case, asked, RequestSource.BUREAU, principal.actor)


def put(
    conn: Connection,
    settings: Settings,
    case: Case,
    asked: Asked,
    source: RequestSource,
    actor: str,
    visit_id: int | None = None,
) -> int:
    """Put a request on record within the caller's transaction, which holds the case."""
    bureau = _answering(case, asked)
    if bureau is None:
        raise IllegalMove("申请尚未核对，暂无联系单位；核对后即可提出诉求。")
    now = app_now(conn)
    due, provisional, basis = promises.request_due(settings.practice, now.date())
    request_id = texts.fresh_id(conn, "request")
    conn.exec_driver_sql(
        "INSERT INTO request (id, application_id, visit_id, source, subject, field, words, bureau,"
        " opened_by, opened_at, due_on, provisional, basis)"
        " OVERRIDING SYSTEM VALUE"
        " VALUES (%(id)s, %(application)s, %(visit)s, %(source)s, %(subject)s, %(field)s,"
        "  %(words)s, %(bureau)s, %(actor)s, %(now)s, %(due)s, %(provisional)s, %(basis)s)",
        {
            "id": request_id,
            "application": case.id,
            "visit": visit_id,
            "source": source.value,
            "subject": asked.subject.value,
            "field": asked.field,
            "words": _sealed("words", request_id, asked.words),
            "bureau": bureau,
            "actor": actor,
            "now": now,
            "due": due,
            "provisional": provisional,
            "basis": basis,
        },
    )
    data: dict[str, object] = {
        "request": request_id,
        "bureau": bureau,
        "due_on": due.isoformat(),
        **desk.by_code(case, actor),
    }
    _note(conn, settings, case.id, EventType.REQUEST_OPENED, actor, data, now, bureau=bureau)
    chase.watch(conn, case.id, now)
    log.info("request.opened", receipt=case.receipt, request=request_id)
    return request_id


def _answering(case: Case, asked: Asked) -> str | None:
    notice = editions.edition(case.notice_id).notice
    if asked.field is None or notice.special is None:
        return case.lead_bureau
    matter = RulesCase(
        enterprise=case.enterprise, facts={"field": asked.field}, received_on=case.today
    )
    return routed_by_rules(notice.special, matter, notice).lead.bureau


def route(
    db: Database,
    settings: Settings,
    principal: Principal,
    request_id: int,
    versions: frozenset[int],
    *,
    to: str,
    reason: str,
) -> int:
    """Hand a request to the bureau that can answer it: once by anyone, then by the supervisor.

    Its promised day stays. Returns its version. Raises NotPermitted, RequestNotFound,
    VersionChanged, IllegalMove, InvalidTransfer.
    """
    principal.require(Right.ROUTE_REQUEST)
    with db.transaction() as conn:
        row = _open(conn, request_id, versions, bureau=principal.bureau)
        if not may_route(principal, row.transfers):
            raise NotPermitted("此诉求已转办过一次，再次转办须由本单位主管办理。")
        if to not in editions.edition(row.notice_id).notice.bureaus or to == principal.bureau:
            raise InvalidTransfer(f"不能转给 {to}：不是通知中的其他单位。")
        version = _save(conn, row.id, "bureau = %(to)s, transfers = transfers + 1", to=to)
        data = {"request": row.id, "bureau": principal.bureau, "to": to}
        kind, actor = EventType.REQUEST_ROUTED, principal.actor
        now = app_now(conn)
        _note(conn, settings, row.application_id, kind, actor, data, now, bureau=to, reason=reason)
    log.info("request.routed", request=row.id, to=to)
    return version


def may_route(principal: Principal, transfers: int) -> bool:
    """Whether somebody of the bureau may hand over what was handed over so often."""
    return principal.may(Right.ROUTE_REQUEST_AGAIN if transfers else Right.ROUTE_REQUEST)


def answer(
    db: Database,
    settings: Settings,
    principal: Principal,
    request_id: int,
    versions: frozenset[int],
    *,
    words: str,
    erase_on: date | None = None,
) -> int:
    """Answer a request; the enterprise is told. Returns its version.

    Takes from which day on what the application says of people is deleted, where that is asked for
    and granted. Raises NotPermitted, RequestNotFound, VersionChanged, IllegalMove (deletion was not
    asked for, or the case is still needed), InvalidDay.
    """
    principal.require(Right.ANSWER_REQUEST)
    with db.transaction() as conn:
        row = _open(conn, request_id, versions, bureau=principal.bureau)
        now = app_now(conn)
        if erase_on is not None:
            _check_erasure(row, erase_on, now)
        version = _save(
            conn,
            row.id,
            "state = 'answered', answer = %(words)s, erase_on = %(erase_on)s,"
            " closed_by = %(actor)s, closed_at = %(now)s",
            words=_sealed("answer", row.id, words),
            erase_on=erase_on,
            actor=principal.actor,
            now=now,
        )
        data = {"request": row.id, "bureau": principal.bureau}
        kind, actor = EventType.REQUEST_ANSWERED, principal.actor
        about, bureau = row.application_id, row.bureau
        contact = parts.confirmed(row.contact)
        _note(conn, settings, about, kind, actor, data, now, bureau=bureau, contact=contact)
    log.info("request.answered", request=row.id)
    return version


def _check_erasure(row: Any, erase_on: date, now: datetime) -> None:
    """Deletion can be granted where it is asked for and nobody needs the case any more."""
    if row.subject != RequestSubject.DELETION:
        raise IllegalMove("企业没有请求删除个人信息，不能填写删除日期。")
    if row.pending:
        raise IllegalMove("申请还在办理，个人信息仍需使用；办结或撤回后才能删除。")
    if row.granted:
        raise IllegalMove("已准予支持，材料须按核算和审计期限保存，不能提前删除；请说明理由。")
    if erase_on < now.date():
        raise InvalidDay("删除日期不能早于今天。")


def withdraw(
    db: Database, settings: Settings, receipt: str, access_code: str, request_id: int
) -> int:
    """The enterprise takes a request back. Returns its version. Raises ApplicationNotFound,
    RequestNotFound, IllegalMove."""
    with db.transaction() as conn:
        case = desk.open_own(conn, settings, receipt, access_code)
        row = _open(conn, request_id, None, application_id=case.id)
        now = app_now(conn)
        version = _save(
            conn,
            row.id,
            "state = 'withdrawn', closed_by = %(actor)s, closed_at = %(now)s",
            actor=Actor.APPLICANT,
            now=now,
        )
        data = {
            "request": row.id,
            "bureau": row.bureau,
            **desk.by_code(case, Actor.APPLICANT),
        }
        kind = EventType.REQUEST_WITHDRAWN
        _note(conn, settings, case.id, kind, Actor.APPLICANT, data, now, bureau=row.bureau)
    return version


def _open(
    conn: Connection,
    request_id: int,
    versions: frozenset[int] | None,
    *,
    bureau: str | None = None,
    application_id: int | None = None,
) -> Any:
    """Lock an open request of this bureau or application."""
    row = conn.exec_driver_sql(
        f"SELECT q.*, a.notice_id, {predicates.PENDING} AS pending,"  # noqa: S608
        f" {predicates.GRANT_IN_FORCE} AS granted, {parts.GIVEN} AS contact"
        " FROM request AS q"
        " JOIN application AS a ON a.id = q.application_id"
        " WHERE q.id = %(id)s AND q.bureau = coalesce(%(bureau)s, q.bureau)"
        "  AND q.application_id = coalesce(%(application)s, q.application_id)"
        " FOR NO KEY UPDATE OF q",
        {"id": request_id, "bureau": bureau, "application": application_id},
    ).one_or_none()
    if row is None:
        raise RequestNotFound
    if versions is not None and row.version not in versions:
        raise VersionChanged(row.version)
    if row.state != RequestState.OPEN:
        raise IllegalMove(f"该诉求{RequestState(row.state).label}，不能再办理。")
    return row


def _sealed(field: str, request_id: int, text: str) -> str | None:
    return texts.seal(text, f"request.{field}", request_id)


def _unsealed(field: str, request: Mapping[str, Any]) -> str | None:
    return texts.shown(request[field], f"request.{field}", request["id"])


def _save(conn: Connection, request_id: int, sets: str, **values: Any) -> int:
    version: int = conn.exec_driver_sql(
        f"UPDATE request SET {sets}, version = version + 1"  # noqa: S608 -- from code
        " WHERE id = %(id)s RETURNING version",
        {**values, "id": request_id},
    ).scalar_one()
    return version


def _note(  # noqa: PLR0913 -- an event's parts and who is told
    conn: Connection,
    settings: Settings,
    application_id: int,
    kind: EventType,
    actor: str,
    data: Mapping[str, object],
    now: datetime,
    *,
    bureau: str,
    contact: Mapping[str, str] | None = None,
    reason: str | None = None,
) -> None:
    """Write the event and tell its audience: a bureau, or the enterprise at its contact."""
    made = NewEvent(kind, actor, application_id, data)
    [event_id] = reasons.write(conn, [made], reason, now)
    about = (event_id, application_id, None)
    if Party.BUREAU in kind.audience.told:
        deliveries.write(conn, deliveries.to_bureau(settings, kind, *about, bureau))
    if Party.APPLICANT in kind.audience.told:
        deliveries.write(conn, deliveries.to_enterprise(settings, *about, contact or {}))
