"""Guarantee fees of (六): what was charged, what 2 % would have come to, what was charged before.

Everything is an amount of yuan for the first fee-year of one guarantee (Q25), never a
rounded rate: a rate that is given is multiplied out, exactly.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from rules.money import Exact, exact, ratio

_MONTHS = 12
_PERCENT = 100
_ROUNDED = Fraction(1, 200)
"""Per cent by which a rate of two decimals may be off."""


@dataclass(frozen=True, slots=True)
class Fees:
    """Exact yuan of one guarantee's first fee-year.

    ``charged``: all fees charged; ``benchmark``: the fees at the limit rate; ``before``: the fees
    at the rate before the cut, None where it is not known.
    """

    charged: Exact
    benchmark: Exact
    before: Exact | None

    @property
    def below(self) -> bool:
        """Whether the composite rate is below the limit; at the limit it is not (不足)."""
        return self.charged < self.benchmark

    @property
    def cut(self) -> Exact:
        """The real cut below the limit (Q24, R2); the gap to it where the old rate is unknown."""
        ceiling = self.benchmark if self.before is None else min(self.before, self.benchmark)
        return max(0, ceiling - self.charged)


def term(guarantee: Mapping[str, Any]) -> Exact | None:
    """The guarantee's term in years, from its months or its dates; None where neither is given."""
    months = guarantee.get("term_months")
    if months is not None:
        return ratio(months, _MONTHS)
    starts_on, ends_on = guarantee.get("starts_on"), guarantee.get("ends_on")
    if not starts_on or not ends_on:
        return None
    return ratio(
        months_between(date.fromisoformat(starts_on), date.fromisoformat(ends_on)), _MONTHS
    )


@lru_cache(maxsize=4096)
def months_between(start: date, end: date) -> Exact:
    """A guarantee's term in months, exactly; the anniversary, or the day before it, is whole."""
    whole = (end.year - start.year) * _MONTHS + end.month - start.month + 1
    while (_later(start, whole) - end).days > 1:
        whole -= 1
    days = (end - _later(start, whole)).days
    if whole == 0 and days <= 0:
        days = 1  # a guarantee of a day
    part = Fraction(max(0, days), (_later(start, whole + 1) - _later(start, whole)).days)
    return whole + part


def fees_missing(guarantee: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the facts without which the fees cannot be computed."""
    absent = [] if guarantee.get("amount") is not None else ["amount"]
    if term(guarantee) is None:
        absent.append("term_months")
    if not guarantee.get("fees") and guarantee.get("rate_percent") is None:
        absent.append("fees")
    return tuple(absent)


def fees(guarantee: Mapping[str, Any], limit: Exact) -> Fees:
    """The fees of one guarantee.

    Takes the guarantee's facts, with nothing of :func:`fees_missing` absent; the limit rate per
    year. Returns exact yuan for its first fee-year, or for the whole of a shorter term.
    """
    years = term(guarantee)
    if years is None:
        raise ValueError("a guarantee without a term")
    base = exact(guarantee["amount"]) * min(years, 1)
    listed = guarantee.get("fees")
    charged = (
        sum([exact(fee["amount"]) for fee in listed])
        if listed
        else ratio(base * exact(guarantee["rate_percent"]), _PERCENT)
    )
    before: Exact | None = None
    if guarantee.get("old_fees") is not None:
        before = exact(guarantee["old_fees"])
    elif guarantee.get("old_rate_percent") is not None:
        before = ratio(base * exact(guarantee["old_rate_percent"]), _PERCENT)
    return Fees(charged, base * limit, before)


def fees_contradict(guarantee: Mapping[str, Any], prefix: str = "") -> bool:
    """Whether the fees listed and the rate stated, now or (``"old_"``) before, contradict.

    A rate is written with two decimals: what that rounds away is no contradiction.
    """
    rate, listed = guarantee.get(f"{prefix}rate_percent"), guarantee.get(f"{prefix}fees")
    if rate is None or not listed or guarantee.get("amount") is None:
        return False
    years = term(guarantee)
    if years is None:
        return False
    base: Exact = exact(guarantee["amount"]) * min(years, 1)
    each = [listed] if prefix else [fee["amount"] for fee in listed]
    total = sum([exact(amount) for amount in each])
    apart = total - ratio(base * exact(rate), _PERCENT)
    return max(apart, -apart) > ratio(base * _ROUNDED, _PERCENT)


def _later(day: date, months: int) -> date:
    """``day`` moved on by whole months, at most to the last day of the month."""
    number = day.year * _MONTHS + day.month - 1 + months
    year, month = number // _MONTHS, number % _MONTHS + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
