"""What a list of cases tells an officer who has two hundred of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from casework.views import case_selection, cases
from casework.views.case_filter import Wanted
from tests.support.office import OFFICER, Office, decide
from tests.support.wire import wire

DAY = 86400


def listed(office: Office, wanted: Wanted, **paging: Any) -> list[str]:
    page = cases.list_cases(office.db, office.settings, OFFICER, wanted, **paging)
    return [case.receipt for case in page.items]


def test_a_row_says_by_when_what_it_waits_for_and_which_questions_are_open(
    office: Office,
) -> None:
    accepted = office.submit()
    page = cases.list_cases(office.db, office.settings, OFFICER)
    (row,) = wire(page)["items"]
    case = office.case(accepted.receipt)
    assert row["deadline"]["due_on"] == case["promises"][0]["due_on"]
    needed = {each["condition"] for each in case["assessment"]["needs_finding"]}
    assert set(row["waiting_for"]) == needed
    assert row["questions"] == [each["id"] for each in case["assessment"]["questions"]]
    assert row["overdue"] is False


def test_cases_are_found_by_condition_and_question(office: Office) -> None:
    waits, done = office.submit(), office.submit()
    decide(office, done.receipt)
    assert listed(office, Wanted(waiting_for="1.3")) == [waits.receipt]
    assert listed(office, Wanted(waiting_for="1.6")) == []
    questions = office.case(waits.receipt)["assessment"]["questions"]
    for question in questions:
        assert waits.receipt in listed(office, Wanted(question=question["id"]))
    assert listed(office, Wanted(question="Q99")) == []


def test_what_is_late_is_found_page_by_page(
    office: Office, travel: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    late = [office.submit().receipt for _ in range(3)]
    travel(60 * DAY)
    fresh = office.submit().receipt
    monkeypatch.setattr(case_selection, "SCAN", 2)
    assert listed(office, Wanted(overdue=True)) == late[::-1]
    assert listed(office, Wanted(overdue=False)) == [fresh]
    page = cases.list_cases(office.db, office.settings, OFFICER, Wanted(overdue=True), limit=2)
    assert listed(office, Wanted(overdue=True), before=page.next) == late[:1]
