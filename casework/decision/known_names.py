"""Under which names an enterprise has filed, so that officers find its cases by any of them.

One row per enterprise and name; a former name stays. What somebody unknown filed bears its name for
itself alone: anybody can file under a public credit code. Found by pairs of neighbouring
characters: a name is short, and two characters are what people type.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from casework.decision.candidate import Candidate
from casework.personal import known_words, phone_ends
from vocabulary.writing import name_form


def write(conn: Connection, secret_key: str, candidates: Sequence[Candidate]) -> None:
    """Remember the names that applications bear now, and by which endings their telephones are
    found, in the caller's transaction."""
    known: dict[tuple[str, str], Collection[str]] = {
        ((each.was.is_verified and each.was.uscc) or f"#{each.application_id}", form): pairs(form)
        for each in candidates
        if (form := name_form(str(each.case.enterprise["name"])))
    }
    for each in candidates:
        phone = (each.case.enterprise.get("contact") or {}).get("phone")
        if phone and (ends := phone_ends.kept(secret_key, phone)):
            known[f"#{each.application_id}", ends[0]] = ends
    known_words.write(conn, known)


def pairs(form: str) -> set[str]:
    """The pairs of neighbouring characters of a name, and its last character."""
    return {form[place : place + 2] for place in range(len(form))}
