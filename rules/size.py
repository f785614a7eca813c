"""Enterprise size by 工信部联企业〔2011〕300号.

A firm is large only if it reaches every large threshold of its industry's row; otherwise medium
if it reaches every medium one; otherwise small; otherwise micro. 以下 in that standard excludes
the number. Three-valued: an absent indicator leaves the size open only where it matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rules.money import Exact, exact
from vocabulary.forms import Size

FIGURES = ("industry", "employees", "revenue", "assets")
"""The facts that a size rests on."""
_WAN = 10_000  # the standard states money in 万元; facts are in yuan
_RANKED = (Size.LARGE, Size.MEDIUM, Size.SMALL)


@dataclass(frozen=True, slots=True)
class Sized:
    """``size`` is None while indicators that matter are missing; ``sme``: None likewise.

    ``missing``: the indicator names still needed.
    """

    size: Size | None
    sme: bool | None
    missing: tuple[str, ...]


def classify(profile: Mapping[str, Any], sizes: Mapping[str, Mapping[str, Any]]) -> Sized:
    """Classify a profile.

    Takes ``profile`` with ``industry``, ``employees`` (persons), ``revenue`` and ``assets`` (yuan
    of the last full year), each possibly absent; ``sizes``: industry -> row of thresholds
    (persons, 万元) as in the notice's data. Returns :class:`Sized`.
    """
    industry = profile.get("industry")
    if industry is None:
        return Sized(None, None, ("industry",))
    row = sizes[industry]
    indicators = [name for name in FIGURES[1:] if name in row]
    values = {name: _value(profile, name) for name in indicators}
    absent = tuple(name for name in indicators if values[name] is None)

    large = _reaches_all(values, row, Size.LARGE)
    if large is None:
        return Sized(None, None, absent)
    if large:
        return Sized(Size.LARGE, False, ())
    for size in _RANKED[1:]:
        reached = _reaches_all(values, row, size)
        if reached is None:
            return Sized(None, True, absent)
        if reached:
            return Sized(size, True, ())
    return Sized(Size.MICRO, True, ())


def _value(profile: Mapping[str, Any], name: str) -> Exact | None:
    value = profile.get(name)
    if value is None or name == "employees":
        return value
    return exact(value)


def _reaches_all(
    values: Mapping[str, Exact | None], row: Mapping[str, Any], size: Size
) -> bool | None:
    """Kleene: one indicator below decides; an absent one leaves it open."""
    known = [
        value >= row[name][size] * (1 if name == "employees" else _WAN)
        for name, value in values.items()
        if value is not None
    ]
    if not all(known):
        return False
    return None if len(known) < len(values) else True
