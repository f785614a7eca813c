"""Absence (代办): a person lends their role to a colleague of the bureau for some days.

The colleague may then do what the role may, under their own name, with the lender's on record. A
lent role cannot be lent on, and nobody approves their own proposal by borrowing a role. Whoever
asks for somebody who is away only asks: the holder confirms it, or a second supervisor or admin.
Both see it in their inbox (`casework.views.inbox`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row

from casework import events
from casework.errors import Invalid, NotFound, NotPermitted
from casework.events import NewEvent
from casework.people import release
from casework.people.access import HELD, LENT_YET, Principal
from casework.people.rights import CONFIRMING, LENDABLE, Right
from casework.personal import texts
from config.settings import Settings
from schemas.delegations import Delegation, DelegationList
from store.db import Database, app_now
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.people import OF_PEOPLE, Role
from vocabulary.zone import CHINA

log = structlog.get_logger(__name__)

_WAITS: Final = f"d.confirmed_at IS NULL AND {LENT_YET}"


class InvalidDelegation(Invalid):
    """Such a role cannot be lent to such a person for such a time."""

    code = "invalid_delegation"
    title = "代办安排有误"
    message = "代办安排有误。"


class DelegationNotFound(NotFound):
    """The bureau has no such delegation in force."""

    code = "delegation_not_found"
    title = "没有找到该代办安排"
    message = "没有找到该代办安排，或已经结束。"


def lend(
    db: Database,
    settings: Settings,
    principal: Principal,
    *,
    to: str,
    ends_on: date,
    reason: str,
    starts_on: date | None = None,
    absent: str | None = None,
) -> Delegation:
    """Lend a role from the start of one day (None: now) to the end of another.

    Takes what the colleague is called in the bureau; `absent`: whose role it is (None: the
    caller's own; anybody else's takes the right to arrange for others, and waits to be confirmed).
    Returns the delegation. Raises NotPermitted, InvalidDelegation.
    """
    principal.require(Right.DELEGATE)
    absent = absent or principal.label
    if absent != principal.label:
        principal.require(Right.DELEGATE_FOR_OTHERS)
    elif principal.role not in LENDABLE:
        raise NotPermitted
    longest = settings.practice.delegation
    with db.transaction() as conn:
        now = app_now(conn)
        starts_at = max(now, _day(starts_on)) if starts_on else now
        ends_at = _day(ends_on + timedelta(days=1))
        if not starts_at < ends_at <= starts_at + timedelta(days=longest):
            raise InvalidDelegation(f"起止日期有误：应在今天以后，且不超过{longest}天。")
        if to == absent:
            raise InvalidDelegation("不能由本人代办。")
        role = principal.role if absent == principal.label else _role(conn, principal, absent)
        if role is None:
            raise InvalidDelegation(f"本单位没有这名在岗人员：{absent}。")
        if _role(conn, principal, to) is None:
            raise InvalidDelegation(f"本单位没有这名在岗人员：{to}。")
        made = texts.fresh_id(conn, "delegation")
        row = conn.exec_driver_sql(
            "INSERT INTO delegation (id, bureau, from_label, to_label, role, starts_at, ends_at,"
            " reason, created_by, created_at, confirmed_by, confirmed_at)"
            " OVERRIDING SYSTEM VALUE VALUES (%(id)s, %(bureau)s, %(absent)s,"
            " %(to)s, %(role)s, %(starts_at)s, %(ends_at)s, %(reason)s, %(actor)s,"
            " app_now(), %(confirmed_by)s, CASE WHEN %(confirmed_by)s::text IS NOT NULL"
            " THEN app_now() END) RETURNING *",
            {
                "id": made,
                "bureau": principal.bureau,
                "absent": absent,
                "to": to,
                "role": role.value,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "reason": texts.seal(reason, "delegation.reason", made),
                "actor": principal.actor,
                "confirmed_by": principal.actor if absent == principal.label else None,
            },
        ).one()
        _note(conn, EventType.DELEGATION_MADE, principal.actor, row.id)
    log.info("delegation.made", delegation=row.id)
    return _shown(row)


def confirm(db: Database, principal: Principal, delegation_id: int) -> Delegation:
    """Confirm what somebody asked for on a holder's behalf: the holder, or a supervisor or admin
    who neither asked for it (nor may be who did, in another account) nor is to get the role.

    Returns the delegation. Raises NotPermitted, DelegationNotFound.
    """
    principal.require(Right.CONFIRM_DELEGATION)
    with db.transaction() as conn:
        row = conn.exec_driver_sql(
            "SELECT * FROM delegation AS d WHERE id = %(id)s AND bureau = %(bureau)s"  # noqa: S608 -- constants
            f" AND confirmed_at IS NULL AND {LENT_YET} FOR UPDATE",
            {"id": delegation_id, "bureau": principal.bureau},
        ).one_or_none()
        if row is None:
            raise DelegationNotFound
        is_holder = principal.label == row.from_label and principal.roles & LENDABLE
        # The own role counts, not one that is itself on loan.
        is_second = principal.roles & CONFIRMING and principal.label != row.to_label
        asked = row.created_by, row.created_at
        is_second = is_second and not release.are_one(conn, principal.actor, *asked)
        if row.created_by == principal.actor or not (is_holder or is_second):
            raise NotPermitted(
                "须由缺勤人本人，或由提出人、代办人以外、账号不出自同一名管理员的主管或管理员确认。"
            )
        confirmed = conn.exec_driver_sql(
            "UPDATE delegation SET confirmed_by = %(actor)s, confirmed_at = app_now()"
            " WHERE id = %(id)s RETURNING *",
            {"id": row.id, "actor": principal.actor},
        ).one()
        _note(conn, EventType.DELEGATION_CONFIRMED, principal.actor, row.id)
    log.info("delegation.confirmed", delegation=delegation_id)
    return _shown(confirmed)


def waiting(db: Database) -> Sequence[Row[Any]]:
    """What is yet to be confirmed in any bureau, the longest first, for an operator."""
    with db.statement() as conn:
        return conn.exec_driver_sql(
            f"SELECT * FROM delegation AS d WHERE {_WAITS} ORDER BY id"  # noqa: S608 -- a constant
        ).all()


def confirm_by_operator(db: Database, delegation_id: int) -> None:
    """Confirm for a holder who is away where nobody else could. Raises DelegationNotFound."""
    with db.transaction() as conn:
        confirmed = conn.exec_driver_sql(
            "UPDATE delegation AS d SET confirmed_by = %(actor)s, confirmed_at = app_now()"  # noqa: S608 -- constants
            f" WHERE id = %(id)s AND {_WAITS} RETURNING id",
            {"id": delegation_id, "actor": Actor.OPERATOR},
        ).one_or_none()
        if confirmed is None:
            raise DelegationNotFound(english=f"No loan {delegation_id} waits to be confirmed.")
        _note(conn, EventType.DELEGATION_CONFIRMED, Actor.OPERATOR, delegation_id)


def concerning(conn: Connection, principal: Principal) -> list[Delegation]:
    """What a person is told of: roles of theirs that are lent or to be lent, and those lent to
    them, which have not ended; the soonest end first."""
    rows = conn.exec_driver_sql(
        "SELECT * FROM delegation AS d WHERE bureau = %(bureau)s"  # noqa: S608 -- constants
        f" AND %(label)s IN (from_label, to_label) AND {LENT_YET} ORDER BY ends_at, id",
        {"bureau": principal.bureau, "label": principal.label},
    ).all()
    return [_shown(row) for row in rows]


def list_all(db: Database, principal: Principal) -> DelegationList:
    """The bureau's delegations that have not ended, soonest end first."""
    principal.require(Right.LIST_DELEGATIONS)
    with db.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT * FROM delegation AS d WHERE bureau = %(bureau)s"  # noqa: S608 -- constants
            f" AND {LENT_YET} ORDER BY ends_at, id",
            {"bureau": principal.bureau},
        ).all()
    return DelegationList(items=[_shown(row) for row in rows])


def end(db: Database, principal: Principal, delegation_id: int) -> None:
    """End a delegation before its time: the lender, or who may arrange for others.

    Raises NotPermitted, DelegationNotFound.
    """
    principal.require(Right.DELEGATE)
    with db.transaction() as conn:
        row = conn.exec_driver_sql(
            "SELECT id, from_label FROM delegation AS d WHERE id = %(id)s"  # noqa: S608 -- constants
            f" AND bureau = %(bureau)s AND {LENT_YET} FOR UPDATE",
            {"id": delegation_id, "bureau": principal.bureau},
        ).one_or_none()
        if row is None:
            raise DelegationNotFound
        if row.from_label != principal.label:
            principal.require(Right.DELEGATE_FOR_OTHERS)
        conn.exec_driver_sql(
            "UPDATE delegation SET ended_early_at = app_now() WHERE id = %(id)s", {"id": row.id}
        )
        _note(conn, EventType.DELEGATION_ENDED, principal.actor, row.id)
    log.info("delegation.ended", delegation=delegation_id)


def end_all(conn: Connection, bureau: str, label: str, by: str) -> None:
    """End whatever is lent, or asked to be, by or to whoever is called so in a bureau: the name may
    be another's next."""
    ended = conn.exec_driver_sql(
        "UPDATE delegation AS d SET ended_early_at = app_now() WHERE bureau = %(bureau)s"  # noqa: S608 -- constants
        f" AND %(label)s IN (from_label, to_label) AND {LENT_YET} RETURNING id",
        {"bureau": bureau, "label": label},
    ).scalars()
    for each in sorted(ended):
        _note(conn, EventType.DELEGATION_ENDED, by, each)


def _role(conn: Connection, principal: Principal, label: str) -> Role | None:
    """The role of a colleague that can be lent; the supervisor's, if they have both."""
    held = conn.exec_driver_sql(
        f"SELECT {HELD} FROM account AS a WHERE bureau = %(bureau)s AND label = %(label)s",  # noqa: S608 -- a constant
        {"bureau": principal.bureau, "label": label},
    ).scalar_one_or_none()
    return next((role for role in OF_PEOPLE if role in LENDABLE and role in (held or ())), None)


def _day(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


def _note(conn: Connection, kind: EventType, by: str, delegation_id: int) -> None:
    events.write(conn, [NewEvent(kind, by, data={"delegation": delegation_id})])


def _shown(row: Row[Any]) -> Delegation:
    return Delegation(
        id=row.id,
        absent=row.from_label,
        to=row.to_label,
        role=Role(row.role),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        reason=texts.unseal(row.reason, "delegation.reason", row.id) or "",
        requested_by=row.created_by,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
    )
