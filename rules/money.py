"""Exact yuan inside, ``Decimal`` rounded half-up to the fen once at the edge."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

Exact = int | Fraction
"""An exact number. Whole ones are ``int``: Python adds them thirty times faster than fractions.

Never divide with ``/`` (of two ints it makes a float, which mypy refuses here): see `ratio`.
"""

_TENTHS = Decimal(1)


def exact(text: str) -> Exact:
    """``"91000.00"`` (yuan) -> exact yuan."""
    if text[-3:] == ".00":
        return int(text[:-3])
    if text[-3:-2] == ".":  # as forms write it; Fraction's own parser costs six times as much
        return Fraction(int(text[:-3] + text[-2:]), 100)
    return int(text) if text.isdecimal() else Fraction(text)


def ratio(part: Exact, whole: Exact) -> Exact:
    """``part`` divided by ``whole``, exactly."""
    if isinstance(part, int) and isinstance(whole, int) and part % whole == 0:
        return part // whole
    return Fraction(part, whole)


def whole_fen(amount: Exact) -> bool:
    """Whether exact yuan need no rounding."""
    return 100 % amount.denominator == 0


def to_fen(amount: Exact) -> Decimal:
    """Exact yuan -> Decimal yuan with two places, rounded half-up (Q31)."""
    scaled = amount * 100
    doubled = 2 * scaled.numerator + scaled.denominator
    cents = doubled // (2 * scaled.denominator)
    return Decimal(cents).scaleb(-2)


def show(amount: Exact) -> str:
    """Exact yuan -> text for an arithmetic line: two places, or the exact fraction marked 约."""
    if isinstance(amount, int):
        return f"{amount:,}.00"
    text = f"{to_fen(amount):,.2f}"
    return text if whole_fen(amount) else f"约{text}"


@lru_cache(maxsize=64)
def percent(share: Exact) -> str:
    """A share -> ``"30%"``; never rounded away: unrepresentable shares show as a fraction."""
    value = share * 100
    if value.denominator == 1:
        return f"{value.numerator}%"
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(decimal) == value:
        return f"{decimal.normalize():f}%"
    return f"{share.numerator}/{share.denominator}"


def percent_of(part: int, whole: int) -> str:
    """``3, 60`` -> ``"5.0%"``, for display only; ratios are compared exactly elsewhere."""
    return f"{to_fen(Fraction(part * 1000, whole)).quantize(_TENTHS) / 10:.1f}%"
