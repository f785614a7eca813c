"""Chinese working days, against the days of the State Council's notices."""

from __future__ import annotations

from datetime import date

import pytest

from rules.workdays import add_working_days, last_day, office_opening

DAYS = [
    ("V03: the next working day is a make-up Saturday", "2020-05-08", 1, "2020-05-09"),
    ("V04: five working days after the notice", "2020-05-11", 5, "2020-05-18"),
    ("over the labour-day holidays", "2020-04-30", 1, "2020-05-06"),
    ("over the extended spring festival", "2020-01-23", 1, "2020-02-03"),
    ("a make-up Sunday counts", "2020-04-25", 1, "2020-04-26"),
    ("over national day", "2020-09-30", 1, "2020-10-09"),
    ("backwards over a holiday", "2020-05-06", -1, "2020-04-30"),
    ("backwards over a make-up Saturday", "2020-05-11", -2, "2020-05-08"),
    ("the working day before a Monday, a make-up Saturday", "2020-05-11", -1, "2020-05-09"),
    ("no days at all", "2020-05-10", 0, "2020-05-10"),
]


@pytest.mark.parametrize(
    ("start", "days", "expected"), [row[1:] for row in DAYS], ids=[row[0] for row in DAYS]
)
def test_published_years(start: str, days: int, expected: str) -> None:
    assert add_working_days(date.fromisoformat(start), days) == (
        date.fromisoformat(expected),
        False,
    )


def test_beyond_the_published_years_monday_to_friday_is_taken_and_marked_provisional() -> None:
    friday = date(2099, 1, 2)
    assert friday.weekday() == 4
    assert add_working_days(friday, 1) == (date(2099, 1, 5), True)


def test_a_count_that_only_passes_into_unpublished_days_is_provisional_too() -> None:
    day, provisional = add_working_days(date(2026, 12, 30), 3)
    assert (day.year, provisional) == (2027, True)


def test_offices_open_at_nine_in_beijing() -> None:
    assert office_opening(date(2020, 5, 11)).isoformat() == "2020-05-11T09:00:00+08:00"


@pytest.mark.parametrize(
    ("ends", "last"),
    [
        ("2026-09-30", "2026-09-30"),
        ("2026-10-01", "2026-10-08"),
        ("2026-01-24", "2026-01-26"),  # a Saturday
        ("2026-02-28", "2026-02-28"),  # a Saturday that is worked
        ("2037-01-01", "2037-01-02"),  # by law, whatever will be published
    ],
)
def test_a_term_that_ends_while_offices_are_closed_ends_when_they_open(
    ends: str, last: str
) -> None:
    assert last_day(date.fromisoformat(ends)) == date.fromisoformat(last)
