"""The second administrator: what one has opened, reset or raised at the desk waits for another.

Else one administrator would make themself an officer and a supervisor, and be two persons. An
account waits while `held_by` names who asked. Whoever was shown its last code (`created_by`) could
be using it, and so all accounts that lead back to one administrator count as one person here. An
operator's word counts by itself: who has the machine needs no account.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row

from casework import events
from casework.errors import Forbidden, NotPermitted
from casework.events import NewEvent
from casework.people.rights import GUARDED
from vocabulary.events import EventType


class AccountWaits(Forbidden):
    """Somebody has shown who they are, and another administrator has yet to confirm the account."""

    code = "account_waits"
    title = "账号待确认"
    message = "账号由一名管理员开设、重置或改过角色，待另一名管理员确认后才能使用。"


class SecondAdministratorRequired(NotPermitted):
    """Who asked for it, or could be the same person, cannot also confirm it."""

    code = "second_administrator_required"
    title = "须由另一名管理员确认"
    message = (
        "须由另一名管理员确认：开设、重置或改过这个账号的人，以及账号由同一名管理员开设或重置的人，不能确认。"
        "没有这样的管理员时，请运维人员确认。"
    )


def need(before: Collection[str], after: Collection[str], *, anew: bool) -> bool:
    """Whether roles need a second administrator. `anew`: also those that were there before, as the
    code was given out or the bureau is another."""
    guarded = GUARDED & set(after)
    return bool(guarded if anew else guarded - set(before))


def hold(conn: Connection, account: int, by: str) -> None:
    """Let an account wait for another administrator than `by`."""
    conn.exec_driver_sql(
        "UPDATE account SET held_by = %(by)s WHERE id = %(id)s", {"id": account, "by": by}
    )


def refuse_waiting(account: Row[Any]) -> None:
    """Raises AccountWaits."""
    if account.held_by is not None:
        raise AccountWaits


def release(conn: Connection, account: Row[Any], by: str) -> None:
    """An account that waits may be used. Raises SecondAdministratorRequired."""
    if account.held_by is None:
        return
    if are_one(conn, by, account.held_by) or are_one(conn, by, account.created_by):
        raise SecondAdministratorRequired
    conn.exec_driver_sql("UPDATE account SET held_by = NULL WHERE id = %(id)s", {"id": account.id})
    events.write(conn, [NewEvent(EventType.ACCOUNT_RELEASED, by, data={"account": account.id})])


def are_one(conn: Connection, one: str, other: str) -> bool:
    """Whether two accounts lead back to the same administrator, and so may be one person."""
    rows = conn.exec_driver_sql("SELECT actor, created_by FROM account")
    opened_by = {row.actor: row.created_by for row in rows}
    return bool(_line(opened_by, one) & _line(opened_by, other))


def _line(opened_by: dict[str, str], actor: str) -> set[str]:
    """An account, who opened it, who opened theirs, and so on."""
    line: set[str] = set()
    while actor in opened_by and actor not in line:
        line.add(actor)
        actor = opened_by[actor]
    return line
