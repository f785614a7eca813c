"""Chinese working days, with public holidays and make-up days.

Source: the State Council's yearly holiday notices, as kept by `chinesecalendar`. Beyond the years
it knows, Monday to Friday are taken but for the days off by law (`rules.festivals`), and the
date is marked provisional.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache

import chinese_calendar

from rules.festivals import is_festival
from vocabulary.zone import CHINA

OFFICE_OPENS = time(9, 0)
_SATURDAY = 5


@lru_cache(maxsize=4096)
def add_working_days(start: date, days: int) -> tuple[date, bool]:
    """The day `days` working days after `start` (before it, if negative), and if provisional.

    `start` itself is not counted and need not be a working day: from a Friday before a make-up
    Saturday, one working day leads to that Saturday.
    """
    step = timedelta(days=1 if days > 0 else -1)
    day, left, provisional = start, abs(days), False
    while left:
        day += step
        working, guessed = _is_working_day(day)
        provisional = provisional or guessed
        left -= working
    return day, provisional


def last_day(day: date) -> date:
    """The last day of a term that ends on a day: where offices are closed then, the next one on
    which they are open (民法典 203)."""
    return day if is_working_day(day) else add_working_days(day, 1)[0]


@lru_cache(maxsize=4096)
def working_days_between(start: date, end: date) -> int:
    """How many working days lie after `start`, up to and including `end`; 0 if none."""
    days = (start + timedelta(days=number) for number in range(1, (end - start).days + 1))
    return sum(_is_working_day(day)[0] for day in days)


@lru_cache(maxsize=4)
def working_day_counts(first: date, last: date) -> tuple[int, ...]:
    """How many working days lie after `first`, up to and including each day until `last`.

    The first number is 0. For arithmetic on many days at once, where the difference of two of
    these numbers is `working_days_between` the two days.
    """
    counts = [0]
    for number in range(1, (last - first).days + 1):
        counts.append(counts[-1] + _is_working_day(first + timedelta(days=number))[0])
    return tuple(counts)


def is_working_day(day: date) -> bool:
    """Whether offices are open; beyond the published calendar Monday to Friday but for the days off
    by law."""
    return _is_working_day(day)[0]


def is_provisional(day: date) -> bool:
    """Whether the day lies beyond the published calendar."""
    return _is_working_day(day)[1]


def office_opening(day: date) -> datetime:
    """09:00 of that day in Asia/Shanghai."""
    return datetime.combine(day, OFFICE_OPENS, CHINA)


@lru_cache(maxsize=4096)
def _is_working_day(day: date) -> tuple[bool, bool]:
    try:
        return bool(chinese_calendar.is_workday(day)), False
    except NotImplementedError:
        return day.weekday() < _SATURDAY and not is_festival(day), True


@lru_cache(maxsize=1)
def published_until() -> date:
    """The last day that the published calendar knows."""
    return date(max(day.year for day in chinese_calendar.holidays), 12, 31)
