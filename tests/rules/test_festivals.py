"""Days off by law never count as working days, in whatever year."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest

from rules import festivals
from rules.workdays import add_working_days, is_provisional, is_working_day, published_until


def test_what_is_off_by_law_is_off_in_every_published_year_of_the_law_in_force() -> None:
    first = date(2026, 1, 1)
    days = [
        first + timedelta(days=number) for number in range((published_until() - first).days + 1)
    ]
    by_law = [day for day in days if festivals.is_festival(day)]
    assert all(chinese_calendar.is_holiday(day) for day in by_law)
    # 元旦 1, 春节 4, 清明 1, 劳动节 2, 端午 1, 中秋 1, 国庆 3: thirteen days a year.
    assert len(by_law) == 13 * (published_until().year - 2025)


@pytest.mark.parametrize("year", [2027, 2033, 2050, 2078, 2098])
def test_every_year_to_come_has_thirteen_such_days(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
    off = [day for day in days if festivals.is_festival(day)]
    assert len(off) == 13
    assert not any(is_working_day(day) for day in off)


@pytest.mark.parametrize(
    "day",
    [
        *(date(2028, 1, 25), date(2028, 1, 26), date(2028, 1, 28)),  # 除夕, 春节
        *(date(2029, 4, 4), date(2028, 5, 2), date(2029, 10, 3)),
        *(date(2028, 5, 29) - timedelta(days=1), date(2029, 6, 16)),  # 端午
        *(date(2030, 9, 12), date(2031, 10, 1)),  # 中秋, 国庆
    ],
)
def test_known_days_of_years_nobody_has_published(day: date) -> None:
    assert festivals.is_festival(day)
    assert not is_working_day(day)


def test_a_day_reckoned_over_such_days_leaps_them_and_is_provisional() -> None:
    eve = date(2028, 9, 29)  # a Friday
    day, provisional = add_working_days(eve, 1)
    assert (day, provisional) == (date(2028, 10, 4), True)
    assert is_provisional(day)
