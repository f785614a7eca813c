"""A notice's data as the rules see it: dated parameters and texts, from plain JSON.

The content is produced (and checked) by ``config.notices``; stored under its hash, so that an
old assessment can be explained and re-run in its own words.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from rules.money import Exact

DISTRICT_GOVERNMENT = "district_government"
"""The decider that no officer stands in for: 经区政府决策后."""


def printed_contact(content: Mapping[str, Any], contact: str) -> dict[str, Any]:
    """A contact as the notice prints it for its measure.

    Holds bureau id, the bureau's name as printed in that
    very line (one bureau has two printed names), section with its scope, name, phone, the line
    itself. Raises KeyError for an unknown contact.
    """
    entry = content["contacts"][contact]
    bureau = content["bureaus"][entry["bureau"]]
    names = [name for name in bureau["printed"] if name in entry["printed"]]
    scope = f"({entry['scope']})" if "scope" in entry else ""
    return {
        "bureau": entry["bureau"],
        "bureau_name": names[0] if names else bureau["name"],
        "section": entry["section"] + scope,
        **{name: entry[name] for name in ("name", "phone", "printed")},
    }


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
        self._periods = _periods(content["parameters"])
        self._starts = [start for start, _ in self._periods]

    def reserved_to(self, condition: str) -> str | None:
        """The one body whose finding counts for a condition, where nobody else may decide."""
        decider: str | None = self.conditions[condition]["decider"]
        return decider if decider == DISTRICT_GOVERNMENT else None

    @property
    def special(self) -> str | None:
        """The provision for difficulties that no other one covers, if the notice has one."""
        return next((code for code, one in self.provisions.items() if one.get("special")), None)

    def contact(self, contact: str) -> dict[str, Any]:
        """See `printed_contact`."""
        return printed_contact(self.content, contact)

    def in_force(self, on: date) -> Mapping[str, Any]:
        """The parameters in force on a day: key -> number, text, tuple of months or of words."""
        period = bisect_right(self._starts, on)
        return self._periods[period - 1][1] if period else {}


def _periods(parameters: Sequence[Mapping[str, Any]]) -> list[tuple[date, dict[str, Any]]]:
    """The days on which any parameter changes, each with what is in force from then on."""
    dated = []
    for entry in parameters:
        start, until = date.fromisoformat(entry["from"]), entry.get("until")
        end = date.fromisoformat(until) if until else date.max
        dated.append((start, end, entry["key"], _typed(entry["value"], entry["unit"])))
    changes = {start for start, _, _, _ in dated}
    changes |= {end + timedelta(days=1) for _, end, _, _ in dated if end < date.max}
    return [
        (day, {key: value for start, end, key, value in dated if start <= day <= end})
        for day in sorted(changes)
    ]


def _typed(value: Any, unit: str) -> Any:
    if unit in ("months", "list"):
        return tuple(value)
    if unit in ("date", "text"):
        return value
    number: Exact = Fraction(value)
    return int(number) if number.denominator == 1 else number
