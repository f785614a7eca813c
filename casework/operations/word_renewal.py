"""Words by which telephones are found, made anew under the newest SECRET_KEY.

A part of `casework.operations.key_rotation`. Of an application only the telephone that its contact
has by now: what a former one was found by cannot be made again, and goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from casework.personal import known_words, parts, phone_ends
from config.settings import Settings

KIND: Final = "known_name.pairs"
_OF_PHONES: Final = "party LIKE '#%%' AND form LIKE '#%%'"
_OLD: Final = f"{_OF_PHONES} AND NOT starts_with(form, %(newest)s)"


def standing(conn: Connection) -> list[tuple[str, int]]:
    """Under which keys of SECRET_KEY they are; of how many telephones each."""
    rows = conn.exec_driver_sql(
        f"SELECT {phone_ends.KEY_OF}, count(*) FROM known_name WHERE {_OF_PHONES}"  # noqa: S608 -- constants
        " GROUP BY 1 ORDER BY 1"
    )
    return [(key, count) for key, count in rows]


def blocks(conn: Connection, settings: Settings, size: int) -> Sequence[int]:
    """Blocks of applications, by their number, whose words are under an older key."""
    newest = phone_ends.beginning(settings.require_secret_key())
    return (
        conn.exec_driver_sql(
            f"SELECT DISTINCT substr(party, 2)::bigint / {size} FROM known_name WHERE {_OLD}",  # noqa: S608
            {"newest": newest},
        )
        .scalars()
        .all()
    )


def renew(conn: Connection, settings: Settings, first: int, size: int) -> None:
    """Make those of a block's applications anew. Raises KeyMissing, Unreadable."""
    secret = settings.require_secret_key()
    given = {
        "newest": phone_ends.beginning(secret),
        "parties": [f"#{each}" for each in range(first, first + size)],
    }
    rows = conn.exec_driver_sql(
        f"SELECT a.id, {parts.GIVEN} AS given FROM application AS a"  # noqa: S608 -- constants
        f" WHERE a.id IN (SELECT substr(party, 2)::bigint FROM known_name"
        f"  WHERE party = ANY(%(parties)s) AND {_OLD}) ORDER BY a.id FOR NO KEY UPDATE",
        given,
    ).all()
    phones = {row.id: parts.contact(row.given).get("phone") for row in rows}
    conn.exec_driver_sql(
        f"DELETE FROM known_name WHERE party = ANY(%(parties)s) AND {_OLD}",  # noqa: S608
        given,
    )
    made = {f"#{each}": phone_ends.kept(secret, phone) for each, phone in phones.items() if phone}
    known_words.write(conn, {(party, ends[0]): ends for party, ends in made.items() if ends})
