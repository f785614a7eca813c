"""A notice's data as the rules see it: dated parameters and texts, from plain JSON.

The content is produced (and checked) by ``config.notices``; stored under its hash, so that an
old assessment can be explained and re-run in its own words.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

from rules.money import Exact


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


class Shut(StrEnum):
    """Why an application is not taken on a day, although the notice has been issued."""

    ENDED = "ended"  # the notice's last day is over
    EARLY = "early"  # its application window has not begun
    LATE = "late"  # its application window is over


class Notice:
    """Typed reading of a notice's content.

    Input: the JSON object that ``config.notices.load_notice(id).content`` holds.
    """

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content
        self.id: str = content["notice"]["id"]
        self.in_force_from, self.in_force_until = _days(
            content["notice"].get("in_force_from"), content["notice"].get("in_force_until")
        )
        # Data stored by an earlier version has neither roles nor windows; nobody is judged by it.
        roles: Mapping[str, Any] = content.get("roles", {})
        self.district: str | None = roles.get("district")
        self.above_bureaus: str | None = roles.get("above_bureaus")
        """The body whose decision no officer stands in for (经区政府决策后)."""
        self.rounding: str | None = roles.get("rounding")
        """The open question that an amount with a part of a fen rests on."""
        self.industry_reasons = frozenset(roles.get("industry_reasons", ()))
        """Route reasons that name a bureau as the applicant's or the tenants' 行业主管部门."""
        of_routes: Mapping[str, Any] = roles.get("route_questions", {})
        self.several_lead: str | None = of_routes.get("several_lead")
        """The open question of a route on which several bureaus' fields match."""
        self.two_desks: str | None = of_routes.get("two_desks")
        self.desk_reasons = frozenset(of_routes.get("desk_reasons", ()))
        """The open question which desk of one bureau takes what, and the reasons that answer it."""
        self._windows: Mapping[str, Mapping[str, Any]] = content.get("windows", {})
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
        return decider if decider == self.above_bureaus else None

    def decided_above(self, provision: str) -> str | None:
        """The body above the bureaus, where it and nobody else decides a provision."""
        decider: str | None = self.provisions[provision]["decider"]
        return decider if decider == self.above_bureaus else None

    def window(self, provision: str) -> Mapping[str, Any] | None:
        """When applications are taken: the days of its measure, or of all measures (``*``)."""
        measure = self.provisions[provision]["measure"]
        return self._windows.get(measure) or self._windows.get("*")

    def shut(self, provision: str, on: date) -> Shut | None:
        """Why the notice takes no application received on a day after it was issued, if so."""
        if on > self.in_force_until:
            return Shut.ENDED
        window = self.window(provision)
        if window is None:
            return None
        opens, closes = _days(window.get("from"), window.get("until"))
        if on < opens:
            return Shut.EARLY
        return Shut.LATE if on > closes else None

    @property
    def special(self) -> str | None:
        """The provision for difficulties that no other one covers, if the notice has one."""
        return next((code for code, one in self.provisions.items() if one.get("special")), None)

    def name_of(self, body: str) -> str:
        """The Chinese name of a bureau or another decider; its id if the notice names neither."""
        if body in self.bureaus:
            return str(self.bureaus[body]["name"])
        return str(self.content["deciders"].get(body, body))

    def contact(self, contact: str) -> dict[str, Any]:
        """See `printed_contact`."""
        return printed_contact(self.content, contact)

    def in_force(self, on: date) -> Mapping[str, Any]:
        """The parameters in force on a day: key -> number, text, tuple of months or of words."""
        period = bisect_right(self._starts, on)
        return self._periods[period - 1][1] if period else {}


def _days(begins: str | None, ends: str | None) -> tuple[date, date]:
    return (
        date.fromisoformat(begins) if begins else date.min,
        date.fromisoformat(ends) if ends else date.max,
    )


def _periods(parameters: Sequence[Mapping[str, Any]]) -> list[tuple[date, dict[str, Any]]]:
    """The days on which any parameter changes, each with what is in force from then on."""
    dated = []
    for entry in parameters:
        start, end = _days(entry["from"], entry.get("until"))
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
