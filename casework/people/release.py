"""The second administrator: what one has opened, reset or raised at the desk waits for another.

Else one administrator would make themself an officer and a supervisor, and be two persons. An
account waits while `held_by` names who asked. Whoever was shown a code of it could have used it,
and so all accounts that lead back to one administrator count as one person (`are_one`). An
operator's word counts by itself: who has the machine needs no account.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row

from casework import events
from casework.errors import Forbidden, NotPermitted
from casework.events import NewEvent
from casework.people.rights import GUARDED
from vocabulary.events import EventType

_MEET: Final = """
WITH RECURSIVE given AS MATERIALIZED (
    -- Who was shown a code of whose account, or said whose it is at the provider (the change that
    -- names no roles). An operator has no account, and ends the line.
    SELECT e.id, e.at, a.actor, h.actor AS hand FROM event AS e
    JOIN account AS a ON a.id = (e.data ->> 'account')::bigint
    LEFT JOIN account AS h ON h.actor = e.actor
    WHERE e.application_id IS NULL AND (e.type IN ('account.added', 'account.reset')
        OR e.type = 'account.changed' AND e.data -> 'roles' IS NULL)
), line (of_one, actor, at) AS (
    SELECT true, %(one)s::text, app_now()
    UNION ALL SELECT false, %(other)s::text, coalesce(%(since)s, app_now())
    UNION ALL SELECT false, actor, at FROM given WHERE actor = %(other)s AND at > %(since)s
    UNION SELECT l.of_one, g.hand, g.at FROM line AS l CROSS JOIN LATERAL (
        SELECT hand, at FROM given WHERE actor = l.actor AND at <= l.at ORDER BY id DESC LIMIT 1
    ) AS g WHERE g.hand IS NOT NULL
)
SELECT EXISTS (SELECT FROM line AS l JOIN line AS m USING (actor) WHERE l.of_one AND NOT m.of_one)
"""
_ASKED: Final = """
SELECT min(at) FROM event WHERE application_id IS NULL AND actor = %(by)s
    AND type IN ('account.added', 'account.changed', 'account.reset')
    AND (data ->> 'account')::bigint = %(id)s AND id > coalesce((SELECT max(id) FROM event
        WHERE application_id IS NULL AND type = 'account.released'
        AND (data ->> 'account')::bigint = %(id)s), 0)
"""


class Asked(NamedTuple):
    """What waits: the account as it is, who asked and since when, and who was shown its code."""

    bureau: str
    roles: tuple[str, ...]
    by: str
    since: datetime | None
    code_by: str


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
    asked = waits_since(conn, account)
    if are_one(conn, by, account.held_by, asked) or are_one(conn, by, account.actor):
        raise SecondAdministratorRequired
    conn.exec_driver_sql("UPDATE account SET held_by = NULL WHERE id = %(id)s", {"id": account.id})
    events.write(conn, [NewEvent(EventType.ACCOUNT_RELEASED, by, data={"account": account.id})])


def waits_since(conn: Connection, account: Row[Any]) -> datetime | None:
    """When was asked for first what waits now."""
    found: datetime | None = conn.exec_driver_sql(
        _ASKED, {"id": account.id, "by": account.held_by}
    ).scalar_one()
    return found


def asked(conn: Connection, account: Row[Any]) -> Asked | None:
    """What an account waits for; None: nothing."""
    if account.held_by is None:
        return None
    since = waits_since(conn, account)
    roles = tuple(account.roles)
    return Asked(account.bureau, roles, account.held_by, since, account.created_by)


def are_one(conn: Connection, one: str, other: str, since: datetime | None = None) -> bool:
    """Whether two accounts lead back to the same administrator, and so may be one person: whoever
    opened one, had it begin anew or linked it, whoever did so with theirs before that, and so on.

    `since`: when the other did what is asked about; in whose hand they have been since counts too.
    """
    given = {"one": one, "other": other, "since": since}
    return bool(conn.exec_driver_sql(_MEET, given).scalar_one())
