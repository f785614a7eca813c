"""Whether two administrators are two people: whoever opened an account, or had it begin anew, had
the code for its first password in hand."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from sqlalchemy import Connection

from casework.errors import NotPermitted
from casework.people import release
from rules.workdays import add_working_days
from store.db import app_now
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.zone import CHINA

_TOUCHED: Final = """
SELECT EXISTS (SELECT FROM event AS e JOIN account AS a ON a.id = (e.data ->> 'account')::bigint
    WHERE e.at >= %(since)s AND e.type = ANY(%(kinds)s)
        -- At the command line the operator's name follows.
        AND split_part(e.actor, ':', 1) <> ALL(%(house)s)
        AND a.actor IN (%(one)s, %(other)s))
"""
_KINDS: Final = [EventType.ACCOUNT_ADDED, EventType.ACCOUNT_CHANGED, EventType.ACCOUNT_RESET]
_HOUSE: Final = [Actor.OPERATOR, Actor.SYSTEM]
"""The operator's word, and that of the provider of logins, is nobody's at the desk."""


class NotApart(NotPermitted):
    """Two accounts that may be in one hand."""

    code = "not_apart"
    title = "不能算作另一位管理员"
    message = (
        "两个账号出自同一名管理员（由其开设或重置），或者有一个刚由管理员开设、重置或变更，还没有过一个"
        "完整的工作日，不能算作两位管理员。请由别的管理员同意，或由运维人员重置账号。"
    )


def require(conn: Connection, one: str, other: str, since: datetime) -> None:
    """Raises NotApart where both lead back to one administrator, now or when the other proposed
    (`since`); and where any administrator opened, reset or changed one of the two since the last
    full working day began."""
    if release.are_one(conn, one, other, since) or _touched(conn, one, other):
        raise NotApart


def _touched(conn: Connection, one: str, other: str) -> bool:
    day, _ = add_working_days(app_now(conn).date(), -1)
    given = {
        "one": one,
        "other": other,
        "since": datetime.combine(day, time(), CHINA),
        "kinds": [each.value for each in _KINDS],
        "house": [each.value for each in _HOUSE],
    }
    return bool(conn.exec_driver_sql(_TOUCHED, given).scalar_one())
