"""What an officer types into the search field -> which cases may be meant.

A receipt or a credit code in any writing, the end of a telephone, or part of a name, also of a
former one. Names are looked
up by pairs of characters (`casework.decision.known_names`), which an index answers whatever the
number of cases; what begins with one character is looked up by that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from casework.personal import phone_ends
from config.settings import Settings
from vocabulary.receipts import normalise
from vocabulary.writing import name_form

MOST: Final = 5000
"""Enterprises up to which their cases are looked up one by one; beyond, nearly every page of cases
has one, and each case is asked whether it is meant."""

_THESE: Final = """
    a.id = ANY(ARRAY(
        SELECT id FROM application WHERE receipt = %(number)s
        UNION ALL SELECT id FROM application WHERE uscc = ANY(%(parties)s::text[])
        UNION ALL SELECT unnest(%(ids)s::bigint[])))
"""
_EVERYWHERE: Final = f"""
    ({_THESE} OR EXISTS (SELECT FROM known_name AS k
        WHERE k.party IN (a.uscc, '#' || a.id) AND k.form LIKE %(like)s))
"""


@dataclass(frozen=True, slots=True)
class Sought:
    """Of whom a condition over `application AS a` is."""

    number: str | None = None
    parties: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()
    everywhere: bool = False
    like: str | None = None

    @property
    def condition(self) -> str:
        """Where few are meant, they are looked up and no other case is asked."""
        return _EVERYWHERE if self.everywhere else _THESE

    def values(self) -> dict[str, object]:
        """As the statement takes them."""
        return {
            "number": self.number,
            "parties": list(self.parties),
            "ids": list(self.ids),
            "like": self.like,
        }


def seek(conn: Connection, settings: Settings, typed: str) -> Sought:
    """Whom the words may mean."""
    form = name_form(typed)
    found = _parties(conn, form) if form else []
    found += _by_telephone(conn, settings, typed)
    named = [party for party in found if not party.startswith("#")]
    return Sought(
        number=normalise(typed),
        parties=(form.upper(), *named),
        ids=tuple(int(party[1:]) for party in found if party.startswith("#")),
        everywhere=len(found) > MOST,
        like=f"%{form}%",
    )


def _by_telephone(conn: Connection, settings: Settings, typed: str) -> list[str]:
    """Applications whose contact's telephone ends so."""
    lexemes = phone_ends.sought(settings.require_secret_key(), typed)
    if not lexemes:
        return []
    rows = conn.exec_driver_sql(
        "SELECT party FROM known_name WHERE pairs @@ %(query)s::tsquery LIMIT %(most)s",
        {"query": " | ".join(f"'{each}'" for each in lexemes), "most": MOST},
    )
    return list(rows.scalars())


def _parties(conn: Connection, form: str) -> list[str]:
    """Enterprises with such a name, up to one more than MOST. Letters and digits alone: nothing of
    it is a wildcard or an operator."""
    words = {form[place : place + 2] for place in range(len(form) - 1)}
    query = " & ".join(f"'{word}'" for word in sorted(words)) if words else f"'{form}':*"
    rows = conn.exec_driver_sql(
        "SELECT DISTINCT party FROM known_name"
        " WHERE pairs @@ %(query)s::tsquery AND form LIKE %(like)s LIMIT %(most)s",
        {"query": query, "like": f"%{form}%", "most": MOST + 1},
    )
    return list(rows.scalars())
