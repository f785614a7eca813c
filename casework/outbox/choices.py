"""When each bureau is told of what outside its inbox: at once, in its daily digest, never.

Its head chooses, by matter (`vocabulary.matters`); what nobody chose is told as usual. A message
goes as was chosen when it was written; what is chosen later holds for later ones. The inbox, the
lists and the case's timeline have all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row

from vocabulary.matters import Matter, Telling

_CHOSEN: Final = (
    "SELECT DISTINCT ON (bureau, matter) id, bureau, matter, telling, chosen_by, chosen_at"
    " FROM message_choice WHERE bureau = ANY(%(bureaus)s) ORDER BY bureau, matter, id DESC"
)


class Choice(NamedTuple):
    """What a message is about, and when the deployment sends digests; None: it sends none."""

    matter: Matter
    digest_at: time | None

    def held(self, chosen: str | None) -> Telling:
        """When it is told. Takes what the bureau chose, if it did."""
        telling = wanted(self.matter, chosen)
        is_off = telling is Telling.DIGEST and self.digest_at is None
        return Telling.AT_ONCE if is_off else telling


def wanted(matter: Matter, chosen: str | None) -> Telling:
    """When a bureau wants to be told of a matter: as it chose, if it did and may, else as usual."""
    return next((each for each in matter.allowed if each == chosen), matter.usual)


def rows(conn: Connection, bureaus: Iterable[str]) -> Sequence[Row[Any]]:
    """What these bureaus chose last, by matter, and who chose it when."""
    return conn.exec_driver_sql(_CHOSEN, {"bureaus": sorted(set(bureaus))}).all()


def chosen(conn: Connection, bureaus: Iterable[str]) -> Mapping[tuple[str, str], str]:
    """What these bureaus chose: bureau and matter -> when."""
    return {(row.bureau, row.matter): row.telling for row in rows(conn, bureaus)}


def write(conn: Connection, bureau: str, changed: Mapping[Matter, Telling], actor: str) -> None:
    """Keep what somebody chose for a bureau."""
    conn.exec_driver_sql(
        "INSERT INTO message_choice (bureau, matter, telling, chosen_by, chosen_at)"
        " SELECT %(bureau)s, matter, telling, %(actor)s, app_now()"
        " FROM unnest(%(matters)s::text[], %(tellings)s::text[]) AS u (matter, telling)",
        {
            "bureau": bureau,
            "actor": actor,
            "matters": [each.value for each in changed],
            "tellings": [each.value for each in changed.values()],
        },
    )
