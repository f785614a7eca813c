"""The notes of officials within an assessment's document, encrypted one by one: the rest of it is
searched, and says nothing of people.

A note is bound to the application and the number of its assessment, as no row's id is known yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from casework.personal import texts

PLACE: Final = "assessment.document"


def sealed(document: dict[str, Any], application_id: int, serial: int) -> dict[str, Any]:
    """A document as it is stored; the one given is changed."""
    for row in document["findings"]:
        if "note" in row:
            row["note"] = texts.seal(row["note"], PLACE, row_of(application_id, serial))
    return document


def opened(
    document: Mapping[str, Any] | None, application_id: int, serial: int | None
) -> dict[str, Any] | None:
    """A document to be read; None, or one that was cleared, as it is. Raises KeyMissing,
    Unreadable."""
    if not document:
        return None
    rows = [
        {**row, "note": texts.unseal(row["note"], PLACE, f"{application_id}:{serial}")}
        if "note" in row
        else row
        for row in document.get("findings", ())
    ]
    return {**document, "findings": rows}


def row_of(application_id: int, serial: int) -> str:
    """What an assessment's notes are encrypted for."""
    return f"{application_id}:{serial}"
