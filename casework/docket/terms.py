"""How many working days the bureaus are given for what, by local practice.

An administrator may change them while the system runs (`casework.docket.practice`): what was set
going before keeps the number of its day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from config.practice import Practice
from vocabulary.promises import Kind

LOCAL: Final = "本地做法，通知未规定期限"
FIELDS: Final[Mapping[Kind, str]] = {
    Kind.ACKNOWLEDGE: "acknowledge",
    Kind.DETERMINE: "determine",
    Kind.REVIEW: "review",
    Kind.VISIT: "outcome",
    Kind.PAY: "pay",
    Kind.WAIVE: "waive",
    Kind.OBJECTION: "objection",
}
"""The field of local practice for each kind; for the others the day itself is written down."""


def interval(practice: Practice, kind: Kind, since: date) -> int:
    """How many working days a kind is given that was set going on a day; 0 where the day itself is
    written down."""
    name = FIELDS.get(kind)
    return int(practice.at(name, since)) if name else 0


def intervals(practice: Practice, kind: Kind) -> tuple[list[date], list[int]]:
    """The same for every day: from which days on it changed, and how many working days it was
    before the first, between them, and since the last."""
    days = [each.since for each in practice.changes if each.field == FIELDS.get(kind)]
    return days, [interval(practice, kind, each) for each in (date.min, *days)]


def basis(practice: Practice, name: str, day: date, derivation: str) -> str:
    """A derivation that says it is local practice; and from when on, where the number of that day
    was an administrator's."""
    begun = since(practice, name, day)
    return f"{derivation}（{LOCAL}{f'，{begun}' if begun else ''}）"


def since(practice: Practice, name: str, day: date) -> str:
    """From when on the number of a day holds, in words; nothing where it was deployed so."""
    begun = practice.since(name, day)
    return f"{begun}起执行" if begun else ""
