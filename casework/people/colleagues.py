"""Whom work can be given to in a bureau."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.errors import Invalid
from casework.people.access import HELD, Principal
from casework.people.rights import Right
from schemas.accounts import Colleague, ColleagueList
from store.db import Database

_WORKING = (
    "SELECT a.id, a.label, a.name, a.actor FROM account AS a WHERE a.bureau = %(bureau)s"  # noqa: S608 -- a constant
    f" AND ARRAY['officer', 'supervisor'] && ({HELD})"
)


class NoSuchColleague(Invalid):
    """Nobody who works on cases is called so in the bureau."""

    code = "no_such_colleague"
    title = "本单位没有这名经办人"
    message = "本单位没有这名在岗的经办人。"


def list_all(db: Database, principal: Principal) -> ColleagueList:
    """Who works on cases of the bureau, by what they are called. Raises NotPermitted."""
    principal.require(Right.ASSIGN)
    with db.statement() as conn:
        rows = conn.exec_driver_sql(_WORKING + " ORDER BY a.label", {"bureau": principal.bureau})
        return ColleagueList(items=[Colleague(label=row.label, name=row.name) for row in rows])


def find(conn: Connection, principal: Principal, label: str) -> tuple[int, str]:
    """The account and the actor of a colleague. Raises NoSuchColleague."""
    row = conn.exec_driver_sql(
        _WORKING + " AND a.label = %(label)s", {"bureau": principal.bureau, "label": label}
    ).one_or_none()
    if row is None:
        raise NoSuchColleague
    return row.id, row.actor
