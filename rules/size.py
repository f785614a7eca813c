"""Enterprise size by 工信部联企业〔2011〕300号.

A firm is large only if it reaches every large threshold of its industry's row; otherwise medium
if it reaches every medium one; otherwise small; otherwise micro. 以下 in that standard excludes
the number. Three-valued: an absent indicator leaves the size open only where it matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rules.money import Exact, exact
from vocabulary.forms import Industry, Size

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


def describe(profile: Mapping[str, Any], sizes: Mapping[str, Mapping[str, Any]]) -> str:
    """Which size a profile has, with its own figures and the one that decided, in Chinese.

    Takes what :func:`classify` takes, with the industry given. Of several figures below the bound
    of the class above, the first of the standard's row is named; any of them decides.
    """
    industry, sized = profile["industry"], classify(profile, sizes)
    row = sizes[industry]
    source = row.get("source", "")
    names = [name for name in FIGURES[1:] if name in row]
    given = [name for name in names if profile.get(name) is not None]
    figures = "、".join(f"{_LABELS[name]}{_shown(profile, name)}" for name in given)
    kind, above = _kind_and_above(sized)
    bounds = "、".join(f"{_LABELS[name]}{_bound(row, name, sized.size)}" for name in given)
    why = []
    if sized.size not in (Size.MICRO, None):
        each = "都达到" if len(given) > 1 else "达到"
        why.append(f"{each}{sized.size.label}的下限（{bounds}）")
    if above is not None:
        low = next(name for name in given if not _reaches(profile, row, name, above))
        why.append(
            f"{_LABELS[low]}{_shown(profile, low)}低于{above.label}的下限{_bound(row, low, above)}"
        )
    absent = "、".join(_LABELS[name] for name in sized.missing)
    rest = f"；未填{absent}，不再细分" if absent else ""
    return (
        f"{kind}：{Industry(industry).label}，{figures}；{'，'.join(why)}{rest}（标准：{source}）"
    )


_LABELS = {"employees": "从业人员", "revenue": "营业收入", "assets": "资产总额"}


def _kind_and_above(sized: Sized) -> tuple[str, Size | None]:
    """What it is called, and the class above, whose bound one figure does not reach."""
    if sized.size is None:
        return "属于中小微企业", Size.LARGE
    if sized.size is Size.LARGE:
        return "属于大型企业", None
    above = (*_RANKED, Size.MICRO)[(*_RANKED, Size.MICRO).index(sized.size) - 1]
    return f"属于{sized.size.label}企业，在中小微企业之内", above


def _reaches(profile: Mapping[str, Any], row: Mapping[str, Any], name: str, size: Size) -> bool:
    value = _value(profile, name)
    return value is not None and value >= row[name][size] * (1 if name == "employees" else _WAN)


def _shown(profile: Mapping[str, Any], name: str) -> str:
    if name == "employees":
        return f"{profile[name]:,}人"
    wan = (Decimal(profile[name]) / _WAN).normalize()
    return f"{wan:,f}万元"


def _bound(row: Mapping[str, Any], name: str, size: Size | None) -> str:
    unit = "人" if name == "employees" else "万元"
    return f"{row[name][size]:,}{unit}" if size in row[name] else ""


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
