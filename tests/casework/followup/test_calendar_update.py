"""Provisional days are put right when a year's holidays are published, and people are told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from casework.errors import CaseworkError, IllegalMove
from casework.followup import calendar_update, visit_acts
from casework.followup.visit_acts import InvalidVisitDay
from rules import workdays
from rules.workdays import add_working_days
from tests.support.ledgers import column, scalar
from tests.support.office import OFFICER, Office
from vocabulary.event_data import Cause


def _versions(office: Office) -> frozenset[int]:
    return frozenset({scalar(office.db, "SELECT version FROM visit")})


def _visit(office: Office, column_name: str) -> Any:
    return scalar(office.db, f"SELECT {column_name} FROM visit")  # noqa: S608 -- the tests' own


def _provisional(office: Office, planned_on: date, **columns: Any) -> None:
    """The visit as it was promised before anybody knew that year's holidays."""
    sets = "".join(f", {name} = %({name})s" for name in columns)
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            f"UPDATE visit SET provisional = true, planned_on = %(day)s{sets}",  # noqa: S608 -- ours
            {"day": planned_on, **columns},
        )


def _saturday(office: Office) -> date:
    """A Saturday to come on which nobody works."""
    day = office.in_days(8)
    while day.weekday() != 5 or workdays.is_working_day(day):
        day += timedelta(days=1)
    return day


def test_a_promised_day_is_reckoned_anew(office: Office) -> None:
    office.submit()
    right = _visit(office, "planned_on")
    _provisional(office, right - timedelta(days=1))
    assert calendar_update.run(office.db, office.settings) == 1
    assert (_visit(office, "planned_on"), _visit(office, "state")) == (right, "planned")
    assert calendar_update.run(office.db, office.settings) == 0
    (told,) = column(office.db, "SELECT data ->> 'cause' FROM event WHERE type = 'visit.moved'")
    assert "放假安排" in Cause(told).label
    assert column(
        office.db,
        "SELECT DISTINCT recipient_kind FROM delivery AS d JOIN event AS e ON e.id = d.event_id"
        " WHERE e.type = 'visit.moved' ORDER BY 1",
    ) == ["bureau", "enterprise"]


def test_a_confirmed_day_that_turned_out_a_holiday_moves_and_is_confirmed_anew(
    office: Office,
) -> None:
    accepted = office.submit()
    holiday = _saturday(office)
    _provisional(office, holiday, state="confirmed", due_on=holiday)
    assert calendar_update.run(office.db, office.settings) == 1
    day = _visit(office, "planned_on")
    assert day != holiday
    assert workdays.is_working_day(day)
    assert _visit(office, "state") == "scheduled"
    assert "放假安排" in str(office.status(accepted)["timeline"])


def test_a_day_that_stays_is_provisional_no_more_and_nobody_is_told(office: Office) -> None:
    office.submit()
    _provisional(office, _visit(office, "planned_on"))
    assert calendar_update.run(office.db, office.settings) == 0
    assert not _visit(office, "provisional")
    assert not column(office.db, "SELECT 1 FROM event WHERE type = 'visit.moved'")


def test_no_visit_is_confirmed_on_a_day_off_by_law_of_a_year_to_come(office: Office) -> None:
    office.submit()
    year = workdays.published_until().year + 1
    for day in (date(year, 1, 1), date(year, 5, 2), date(year, 10, 1)):
        with pytest.raises(InvalidVisitDay):
            visit_acts.confirm(
                office.db, office.settings, OFFICER, 1, _versions(office), planned_on=day
            )


def _record(office: Office, day: date) -> None:
    visit_acts.record_outcome(
        office.db, office.settings, OFFICER, 1, _versions(office),
        visited_on=day, result="met", note="当面了解",
    )  # fmt: skip


def _correct(office: Office, day: date) -> int:
    return visit_acts.correct_outcome(
        office.db, office.settings, OFFICER, 1, _versions(office), visited_on=day, reason="年份填错"
    )


def test_a_visits_day_lies_between_receipt_and_today_and_is_corrected_on_the_trail(
    office: Office,
) -> None:
    accepted = office.submit()
    received = office.today()
    office.go_to(add_working_days(received, 3)[0])
    for day in (received - timedelta(days=1), received.replace(year=received.year - 6)):
        with pytest.raises(CaseworkError) as refused:
            _record(office, day)
        assert "受理" in str(refused.value)
    with pytest.raises(IllegalMove):
        _correct(office, received)
    _record(office, received)
    for day in (received - timedelta(days=1), office.in_days(1)):
        with pytest.raises(InvalidVisitDay):
            _correct(office, day)
    with pytest.raises(IllegalMove):
        _correct(office, received)
    _correct(office, office.today())
    assert _visit(office, "visited_on") == office.today()
    assert "更正走访日期" in str(office.status(accepted)["timeline"])
