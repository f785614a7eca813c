"""Free text about people in a column of its own, encrypted: sealed on the way in, opened on the way
out.

Sealed text begins with a sign that nobody can type; what does not is of an earlier release, in
clear, and read as it is until `wenqi keys rotate` has sealed it. Which columns are sealed, and by
what their rows are known, is said in `store.personal_columns`.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final

import structlog
from sqlalchemy import Connection

from casework.personal import encryption
from config import keys
from config.keys import KeyMissing
from store.personal_columns import SIGN

log = structlog.get_logger(__name__)

UNREADABLE: Final = "（存储的内容无法读取，请告知运维人员）"


def seal(text: str | None, place: str, row: int | str) -> str | None:
    """A text as its column holds it; None stays None. `place`: table.column."""
    table, field = place.split(".")
    if text is None:
        return None
    sealed = encryption.encrypt(keys.held(), text, table=table, field=field, row=row)
    return SIGN + base64.b64encode(sealed).decode()


def unseal(stored: str | None, place: str, row: int | str) -> str | None:
    """What a column holds, to be read. Raises KeyMissing, Unreadable."""
    if stored is None or not stored.startswith(SIGN):
        return stored
    table, field = place.split(".")
    sealed = base64.b64decode(stored[1:])
    return encryption.decrypt(keys.held(), sealed, table=table, field=field, row=row)


def shown(stored: str | None, place: str, row: int | str) -> str | None:
    """The same for a list, which one bad row does not take away: what cannot be read says so, and
    the log names column and row."""
    try:
        return unseal(stored, place, row)
    except (encryption.Unreadable, KeyMissing) as error:
        log.error("personal.unreadable", place=place, row=row, reason=str(error))  # noqa: TRY400 -- its trace says nothing
        return UNREADABLE


def fresh_id(conn: Connection, table: str) -> int:
    """The id of a row that is about to be inserted, whose text has to be sealed before."""
    [made] = fresh_ids(conn, table, 1)
    return made


def fresh_ids(conn: Connection, table: str, count: int) -> Sequence[int]:
    """The same for so many rows."""
    return (
        conn.exec_driver_sql(
            "SELECT nextval(pg_get_serial_sequence(%(table)s, 'id'))"
            " FROM generate_series(1, %(count)s)",
            {"table": table, "count": count},
        )
        .scalars()
        .all()
    )
