"""A notice's data as the rules see it: dated parameters and texts, from plain JSON.

The content is produced (and checked) by ``config.notices``; stored under its hash, so that an
old assessment can be explained and re-run in its own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

DISTRICT_GOVERNMENT = "district_government"
"""The decider that no officer stands in for: 经区政府决策后."""


class UnknownParameter(LookupError):
    """No parameter of that key is in force on that day."""


class Notice:
    """Typed reading of a notice's content.

    Input: the JSON object that ``config.notices.load_notice(id).content`` holds.
    """

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content
        self.id: str = content["notice"]["id"]
        self.in_force_from = date.fromisoformat(content["notice"]["in_force_from"])
        self.conditions: Mapping[str, Mapping[str, Any]] = content["conditions"]
        self.provisions: Mapping[str, Mapping[str, Any]] = content["provisions"]
        self.questions: Mapping[str, Mapping[str, str]] = content["questions"]
        self.referrals: Mapping[str, Mapping[str, str]] = content["referrals"]
        self.contacts: Mapping[str, Mapping[str, Any]] = content["contacts"]
        self.bureaus: Mapping[str, Mapping[str, Any]] = content["bureaus"]
        self.routing: Mapping[str, list[Mapping[str, Any]]] = content["routing"]
        self.sizes: Mapping[str, Mapping[str, Any]] = content["sizes"]
        self.lines: Mapping[str, str] = content["lines"]
        self._dated: dict[str, list[tuple[date, date | None, Any]]] = {}
        for entry in content["parameters"]:
            until = entry.get("until")
            self._dated.setdefault(entry["key"], []).append(
                (
                    date.fromisoformat(entry["from"]),
                    date.fromisoformat(until) if until else None,
                    _typed(entry["value"], entry["unit"]),
                )
            )

    def reserved_to(self, condition: str) -> str | None:
        """The one body whose finding counts for a condition, where nobody else may decide."""
        decider: str | None = self.conditions[condition]["decider"]
        return decider if decider == DISTRICT_GOVERNMENT else None

    def value(self, key: str, on: date) -> Any:
        """The parameter in force on ``on``. Raises :class:`UnknownParameter`."""
        for start, until, value in self._dated.get(key, ()):
            if start <= on and (until is None or on <= until):
                return value
        raise UnknownParameter(f"{key} on {on.isoformat()}")

    def fraction(self, key: str, on: date) -> Fraction:
        """A number parameter (share, yuan, persons) as an exact fraction."""
        value = self.value(key, on)
        if not isinstance(value, Fraction):
            raise TypeError(f"parameter {key} is not a number")
        return value

    def months(self, key: str, on: date) -> tuple[str, ...]:
        """A list-of-months parameter, ``("2020-03", "2020-04")``."""
        value = self.value(key, on)
        if not isinstance(value, tuple):
            raise TypeError(f"parameter {key} is not a list of months")
        return value


def _typed(value: Any, unit: str) -> Any:
    if unit in ("months", "list"):
        return tuple(value)
    if unit in ("date", "text"):
        return value
    return Fraction(value)
