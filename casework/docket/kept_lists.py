"""How a person has their lists: filters kept under a name, and the columns that are shown.

What is typed into the search is not kept: it may be somebody's name or telephone. Nothing here
depends on which filters and columns there are: who shows a list passes over what it does not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection

from casework.errors import Invalid, NotFound
from casework.people.sessions import Session
from casework.personal import texts
from store.db import Database
from vocabulary.writing import tidy

MOST: Final = 20
LONGEST_NAME: Final = 30
_LONGEST_QUERY: Final = 1000
_PLACE: Final = "kept_list.name"


class KeptListRefused(Invalid):
    """It cannot be kept under such a name, or there are too many."""

    code = "kept_list_refused"
    title = "没有保存"
    message = f"名称须为1到{LONGEST_NAME}个字，最多保存{MOST}个。"


class KeptListNotFound(NotFound):
    """The person has no such list."""

    code = "kept_list_not_found"
    title = "没有这个筛选"
    message = "没有这个筛选，或已经删除。"


class KeptList(NamedTuple):
    """Filters under a name; `query` as in an address."""

    id: int
    name: str
    query: str


class Kept(NamedTuple):
    """What somebody has kept. `columns`: None before they have chosen any."""

    lists: list[KeptList]
    columns: tuple[str, ...] | None


def read(db: Database, account: int) -> Kept:
    """What a person has kept; lists in the order in which they were first kept."""
    with db.statement() as conn:
        lists = _lists(conn, account)
        columns = conn.exec_driver_sql(
            "SELECT list_columns FROM account WHERE id = %(id)s", {"id": account}
        ).scalar_one()
    return Kept(lists, None if columns is None else tuple(columns))


def keep(db: Database, session: Session, name: str, query: str) -> None:
    """Keep filters under a name, in the place of those it had. Raises KeptListRefused."""
    called = tidy(name)
    if not 1 <= len(called) <= LONGEST_NAME or len(query) > _LONGEST_QUERY:
        raise KeptListRefused
    with db.transaction() as conn:
        # One after the other per person: names are encrypted, so no index holds them apart.
        conn.exec_driver_sql(
            "SELECT FROM account WHERE id = %(id)s FOR NO KEY UPDATE", {"id": session.account}
        )
        known = _lists(conn, session.account)
        same = next((each.id for each in known if each.name == called), None)
        given = {"id": session.account, "list": same, "query": query}
        if same is not None:
            conn.exec_driver_sql(
                "UPDATE kept_list SET query = %(query)s WHERE id = %(list)s", given
            )
        elif len(known) >= MOST:
            raise KeptListRefused
        else:
            sealed = texts.seal(called, _PLACE, session.account)
            conn.exec_driver_sql(
                "INSERT INTO kept_list (account_id, name, query)"
                " VALUES (%(id)s, %(name)s, %(query)s)",
                {**given, "name": sealed},
            )


def forget(db: Database, session: Session, list_id: int) -> None:
    """Delete one of a person's lists. Raises KeptListNotFound."""
    with db.statement() as conn:
        gone = conn.exec_driver_sql(
            "DELETE FROM kept_list WHERE id = %(list)s AND account_id = %(id)s RETURNING id",
            {"list": list_id, "id": session.account},
        ).one_or_none()
    if gone is None:
        raise KeptListNotFound


def choose_columns(db: Database, session: Session, columns: Sequence[str]) -> None:
    """Show these columns from now on; none: those shown by themselves."""
    with db.statement() as conn:
        conn.exec_driver_sql(
            "UPDATE account SET list_columns = %(columns)s::text[] WHERE id = %(id)s",
            {"id": session.account, "columns": list(columns) or None},
        )


def _lists(conn: Connection, account: int) -> list[KeptList]:
    rows = conn.exec_driver_sql(
        "SELECT id, name, query FROM kept_list WHERE account_id = %(id)s ORDER BY id",
        {"id": account},
    )
    return [
        KeptList(row.id, texts.unseal(row.name, _PLACE, account) or "", row.query) for row in rows
    ]
