"""Local practice that administrators change while the system runs.

One proposes a value from a day to come, with the reason; another one agrees to it, before that day.
What was decided, promised or put before a second person earlier keeps what held then
(`config.practice`). The heads of all bureaus are told of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row

from casework import events
from casework.docket import administrators, apart
from casework.errors import Conflict, NotFound, NotPermitted, WrongPart
from casework.events import NewEvent
from casework.notices import editions
from casework.outbox import deliveries
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import texts
from config import closest, dated
from config.dated import Dated
from config.declared import Declared
from config.settings import Settings
from schemas.practice import Parameter, PracticeChange, PracticeChangeList, PracticeList
from store.db import Database, app_now
from store.predicates import TODAY
from vocabulary.deliveries import Recipient
from vocabulary.events import EventType
from vocabulary.practice import ChangeState
from vocabulary.zone import CHINA

log = structlog.get_logger(__name__)

_AGREED: Final = (
    f"SELECT *, {TODAY} AS today FROM practice_change WHERE confirmed_at IS NOT NULL"  # noqa: S608 -- constants
    " ORDER BY valid_from, id"
)
"""What was agreed upon, in the order in which it holds."""
_REASON: Final = "practice_change.reason"
_MOST: Final = 200
LEAST_REASON: Final = 10
"""Characters of a reason."""
AHEAD: Final = timedelta(minutes=10)
"""Before its day: each process has read it by then, and what was begun before is through."""
_MINUTE: Final = timedelta(minutes=1)


class NoSuchParameter(NotFound):
    """No setting of that name is local practice."""

    code = "parameter_not_found"
    title = "没有这项本地做法"
    message = "没有这项本地做法。"


class ParameterFixed(Conflict):
    """It is set where the system is deployed, and not while it runs."""

    code = "parameter_fixed"
    title = "这项做法不能在这里改"
    message = "这项做法不能在运行中改。"


class InvalidPractice(WrongPart):
    """No such value of this parameter, or not from that day on."""

    code = "invalid_practice"
    title = "本地做法的值或日期有误"
    message = "本地做法的值或日期有误。"

    def __init__(self, field: str, detail: str, *, english: str) -> None:
        super().__init__(detail, english=english)
        self.field = field
        self.pointer = f"/{field}"


class UnknownPractice(WrongPart):
    """Changes are asked for of what neither is local practice nor was."""

    code = "unknown_practice"
    title = "没有这项本地做法"
    message = "没有这项本地做法。变量名见 /api/v1/practice。"
    pointer = "/query/name"


class ChangeNotFound(NotFound):
    """No change of that number waits for a second word."""

    code = "practice_change_not_found"
    title = "没有找到待同意的变更"
    message = "没有找到待同意的变更，或已经同意、撤回。"


def stored(conn: Connection) -> list[Dated]:
    """What was agreed upon so far, whenever it begins to hold."""
    return _read(conn.exec_driver_sql(_AGREED).all())


def unreadable(conn: Connection) -> list[str]:
    """The parameters of what was agreed upon and is no value of theirs now."""
    rows = conn.exec_driver_sql(_AGREED).all()
    return sorted({row.parameter for row in rows if not dated.is_value(_dated(row))})


def propose(
    db: Database,
    settings: Settings,
    principal: Principal,
    name: str,
    *,
    value: str | None,
    valid_from: date,
    reason: str,
    actor: str | None = None,
) -> PracticeChange:
    """Propose a value of a parameter (None: as the system was deployed) from a day to come.

    `actor`: whom the trail names, where it is not the principal. Raises NotPermitted,
    NoSuchParameter, ParameterFixed, InvalidPractice.
    """
    principal.require(Right.ADMINISTER)
    parameter = _parameter(name)
    if len(reason) < LEAST_REASON:
        raise InvalidPractice(
            "reason",
            f"理由至少写{LEAST_REASON}个字。",
            english=f"The reason has at least {LEAST_REASON} characters.",
        )
    with db.transaction() as conn:
        wanted = Dated(name, value, valid_from)
        _check(conn, settings, parameter, wanted)
        made = texts.fresh_id(conn, "practice_change")
        row = conn.exec_driver_sql(
            "INSERT INTO practice_change (id, parameter, value, valid_from, reason, proposed_by,"
            " proposed_at) OVERRIDING SYSTEM VALUE VALUES (%(id)s, %(name)s, %(value)s,"
            " %(valid_from)s, %(reason)s, %(actor)s, app_now()) RETURNING *",
            {
                "id": made,
                "name": name,
                "value": value,
                "valid_from": valid_from,
                "reason": texts.seal(reason, _REASON, made),
                "actor": principal.actor,
            },
        ).one()
        _note(conn, settings, EventType.PRACTICE_PROPOSED, actor or principal.actor, row)
    log.info("practice.proposed", change=made, parameter=name)
    return _shown(row)


def confirm(db: Database, settings: Settings, principal: Principal, change: int) -> PracticeChange:
    """Agree to what another administrator proposed. Raises NotPermitted, ChangeNotFound, NotApart
    where both may be in one hand, and InvalidPractice where its day has come meanwhile, or it does
    not go with what was agreed upon since."""
    principal.require(Right.ADMINISTER)
    with db.transaction() as conn:
        row = _pending(conn, change)
        if row.proposed_by == principal.actor:
            raise NotPermitted("须由提出人以外的另一位管理员同意。")
        apart.require(conn, principal.actor, row.proposed_by, row.proposed_at)
        wanted = _dated(row)
        _check(conn, settings, _parameter(row.parameter), wanted)
        agreed = conn.exec_driver_sql(
            "UPDATE practice_change SET confirmed_by = %(actor)s, confirmed_at = app_now()"
            " WHERE id = %(id)s RETURNING *",
            {"id": change, "actor": principal.actor},
        ).one()
        _note(conn, settings, EventType.PRACTICE_CONFIRMED, principal.actor, agreed)
    log.info("practice.confirmed", change=change)
    return _shown(agreed)


def end(db: Database, settings: Settings, principal: Principal, change: int) -> None:
    """Withdraw what one proposed oneself, or decline what another did. What was agreed upon is
    changed by a further proposal alone. Raises NotPermitted, ChangeNotFound."""
    principal.require(Right.ADMINISTER)
    with db.transaction() as conn:
        _pending(conn, change)
        row = conn.exec_driver_sql(
            "UPDATE practice_change SET ended_by = %(actor)s, ended_at = app_now()"
            " WHERE id = %(id)s RETURNING *",
            {"id": change, "actor": principal.actor},
        ).one()
        _note(conn, settings, EventType.PRACTICE_ENDED, principal.actor, row)
    log.info("practice.ended", change=change)


def list_parameters(db: Database, settings: Settings, principal: Principal) -> PracticeList:
    """Every parameter as it is today, and since when. Raises NotPermitted."""
    principal.require(Right.READ_PRACTICE)
    with db.statement() as conn:
        rows = conn.exec_driver_sql(_AGREED).all()
    today = rows[0].today if rows else date.min
    agreed = _read(rows)
    present = dated.changed(settings.deployed, agreed, today)
    latest = {row.parameter: row for row in rows if row.valid_from <= today}
    return PracticeList(
        items=[
            _as_parameter(present, each, latest.get(name))
            for name, each in dated.parameters().items()
        ]
    )


def list_changes(
    db: Database, principal: Principal, *, name: str | None = None
) -> PracticeChangeList:
    """What was ever proposed, the latest 200 first; `name`: of one parameter, also one of
    another release. Raises NotPermitted, UnknownPractice."""
    principal.require(Right.READ_PRACTICE)
    with db.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT * FROM practice_change WHERE %(name)s::text IS NULL OR parameter = %(name)s"
            " ORDER BY id DESC LIMIT %(most)s",
            {"name": name, "most": _MOST},
        ).all()
    if name is not None and not rows and name not in (known := dated.parameters()):
        meant = closest.hint(name, known)
        raise UnknownPractice(
            f"没有这项本地做法{meant.chinese}。变量名见 /api/v1/practice。",
            english=f"{name} is no local practice{meant.english or '.'}",
        )
    return PracticeChangeList(items=[_shown(row) for row in rows])


def coming(db: Database, principal: Principal) -> list[PracticeChange]:
    """What waits for a second word or for its day. Raises NotPermitted."""
    principal.require(Right.READ_PRACTICE)
    with db.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT * FROM practice_change WHERE ended_at IS NULL"  # noqa: S608 -- constants
            f" AND valid_from > {TODAY} ORDER BY id"
        ).all()
    return [_shown(row) for row in rows]


def asked_of(conn: Connection, principal: Principal) -> list[PracticeChange]:
    """What waits for an administrator's word: proposed by another, its day still to come; nothing
    for anybody else."""
    if not principal.may(Right.ADMINISTER):
        return []
    rows = conn.exec_driver_sql(
        "SELECT * FROM practice_change WHERE confirmed_at IS NULL AND ended_at IS NULL"  # noqa: S608 -- constants
        f" AND proposed_by <> %(me)s AND valid_from > {TODAY} ORDER BY id",
        {"me": principal.actor},
    ).all()
    return [_shown(row) for row in rows]


def count_asked_of(db: Database, principal: Principal) -> int:
    """How much waits for an administrator's word."""
    with db.statement() as conn:
        return len(asked_of(conn, principal))


def _read(rows: Sequence[Row[Any]]) -> list[Dated]:
    found = []
    for row in rows:
        change = _dated(row)
        if dated.is_value(change):
            found.append(change)
        else:
            log.error("practice.unreadable", parameter=change.name, value=change.value)
    return found


def _dated(row: Row[Any]) -> Dated:
    return Dated(row.parameter, row.value, row.valid_from)


def _parameter(name: str) -> Declared:
    found = dated.parameters().get(name)
    if found is None:
        raise NoSuchParameter(english=f"{name} is no local practice.")
    if found.variable.fixed:
        raise ParameterFixed(found.variable.fixed, english=f"{name} is set in the environment.")
    return found


def _pending(conn: Connection, change: int) -> Row[Any]:
    row = conn.exec_driver_sql(
        "SELECT * FROM practice_change WHERE id = %(id)s AND confirmed_at IS NULL"
        " AND ended_at IS NULL FOR UPDATE",
        {"id": change},
    ).one_or_none()
    if row is None:
        raise ChangeNotFound
    return row


def _check(conn: Connection, settings: Settings, parameter: Declared, wanted: Dated) -> None:
    """Whether a change may be agreed upon: from a day to come, a value as the setting takes it,
    and one that goes with the others on every day from then on."""
    # One at a time, so that two changes that do not go together are not agreed upon at once.
    conn.exec_driver_sql("LOCK TABLE practice_change IN SHARE ROW EXCLUSIVE MODE")
    now = app_now(conn)
    if wanted.since <= now.date():
        raise InvalidPractice(
            "valid_from",
            "生效日须在今天以后，已经过去的不变。",
            english="It holds from a day to come, never backwards.",
        )
    if datetime.combine(wanted.since, time(), CHINA) - now < AHEAD:
        raise InvalidPractice(
            "valid_from",
            f"须在生效前至少{AHEAD // _MINUTE}分钟定下，请另定生效日。",
            english=f"It is settled {AHEAD // _MINUTE} minutes before its day at the latest.",
        )
    if wanted.value is not None:
        try:
            parameter.variable.parse(wanted.value)
        except ValueError as error:
            asked = f"应为{dated.form_of(parameter)}。"
            english = f"{parameter.variable.name} {error}."
            raise InvalidPractice("value", asked, english=english) from error
    agreed = sorted([*stored(conn), wanted], key=lambda each: each.since)
    for day in {each.since for each in agreed if each.since >= wanted.since}:
        if fault := dated.changed(settings.deployed, agreed, day).practice_fault():
            said = f"自{day}起：{fault.chinese}。"
            english = f"{fault.english} (from {day})."
            raise InvalidPractice("value", said, english=english)


def _note(conn: Connection, settings: Settings, kind: EventType, actor: str, row: Row[Any]) -> None:
    """Write it down, and tell the heads of all bureaus; what is proposed, other administrators
    too."""
    data = {
        "change": row.id,
        "parameter": row.parameter,
        "value": row.value,
        "valid_from": row.valid_from.isoformat(),
    }
    [event_id] = events.write(conn, [NewEvent(kind, actor, data=data)])
    bureaus = {each: None for one in editions.every() for each in editions.bureau_ids(one.notice)}
    deliveries.write(
        conn,
        [
            message
            for bureau in bureaus
            for message in deliveries.outside(settings, event_id, Recipient(bureau, is_head=True))
        ],
        fresh=True,
    )
    if kind is EventType.PRACTICE_PROPOSED:
        administrators.tell_others(conn, settings, event_id, actor)


def _as_parameter(settings: Settings, each: Declared, latest: Row[Any] | None) -> Parameter:
    return Parameter(
        name=each.variable.name,
        meaning=each.variable.help.chinese.replace("`", ""),
        value=dated.text_of(each, dated.present(settings, each)),
        deployed=dated.text_of(each, dated.present(settings.deployed, each)),
        default=dated.text_of(each, each.default),
        form=dated.form_of(each),
        fixed=each.variable.fixed or None,
        since=latest.valid_from if latest else None,
        proposed_by=latest.proposed_by if latest else None,
        confirmed_by=latest.confirmed_by if latest else None,
        reason=texts.shown(latest.reason, _REASON, latest.id) if latest else None,
    )


def _shown(row: Row[Any]) -> PracticeChange:
    return PracticeChange(
        id=row.id,
        name=row.parameter,
        value=row.value,
        valid_from=row.valid_from,
        reason=texts.shown(row.reason, _REASON, row.id) or "",
        state=_state(row.confirmed_at, row.ended_at),
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
    )


def _state(confirmed_at: datetime | None, ended_at: datetime | None) -> ChangeState:
    if confirmed_at is not None:
        return ChangeState.AGREED
    return ChangeState.PENDING if ended_at is None else ChangeState.ENDED
