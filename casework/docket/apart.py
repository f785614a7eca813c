"""Whether two administrators are two people: whoever opened an account, or had it begin anew, had
the code for its first password in hand."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import Connection

from casework.errors import NotPermitted
from rules.workdays import is_working_day
from store.db import app_now
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.zone import CHINA

_ONE_HAND: Final = """
WITH RECURSIVE line (actor, opener) AS (
    SELECT actor, created_by FROM account WHERE actor IN (%(one)s, %(other)s)
    UNION SELECT l.actor, a.created_by FROM line AS l JOIN account AS a ON a.actor = l.opener)
SELECT EXISTS (SELECT FROM line WHERE actor = %(one)s AND opener = %(other)s
        OR actor = %(other)s AND opener = %(one)s)
    OR EXISTS (SELECT FROM event AS e JOIN account AS a ON a.id = (e.data ->> 'account')::bigint
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
        "两个账号中，一个由另一个开设或重置，或者有一个刚由管理员开设、重置或变更，还没有过一个完整的工作日，"
        "不能算作两位管理员。请由别的管理员同意，或由运维人员重置账号。"
    )


def require(conn: Connection, one: str, other: str) -> None:
    """Raises NotApart where an administrator opened the account of the other last, or of who
    opened it, and so on; and where any of them opened, reset or changed one of the two since the
    last full working day began."""
    found = conn.exec_driver_sql(
        _ONE_HAND,
        {
            "one": one,
            "other": other,
            "since": datetime.combine(_working_day_before(app_now(conn).date()), time(), CHINA),
            "kinds": [each.value for each in _KINDS],
            "house": [each.value for each in _HOUSE],
        },
    )
    if found.scalar_one():
        raise NotApart


def _working_day_before(day: date) -> date:
    day -= timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day
