"""Who may find what in a case on the desk, who decides it, and what still waits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rules import deciders
from rules.notice import Notice

Document = Mapping[str, Any]


def finders(
    notice: Notice,
    document: Document,
    lead: str | None,
    copied: Sequence[str],
    condition: str,
    item: str | None = None,
) -> tuple[str, ...]:
    """The bureaus that may find a condition of a case, of one item or of all that ask it.

    Takes the assessment in force, who leads the case and who is copied by now.
    """
    bureaus = deciders.on_case(document, notice, lead, copied)
    return deciders.finders(notice, document, bureaus, condition, item)


def waiting(document: Document) -> list[Mapping[str, Any]]:
    """The findings of an assessment that wait for an official."""
    return [
        row
        for row in document["findings"]
        if row["result"] == "unknown" and row.get("cause") != "missing"
    ]


def decider(notice: Notice, provision: str, lead: str | None, copied: Sequence[str]) -> str | None:
    """The bureau that decides a provision's case: the lead, a bureau, or the district government.

    "industry_department" names no body, and a body that is not on the route cannot act: then it is
    whoever leads. The district government is on every route of its own.
    """
    bureaus = deciders.OnCase(lead, tuple(copied))
    return next(iter(deciders.of_provision(notice, provision, bureaus).bureaus), None)
