"""Piles of what is to be done: each case once, read once."""

from __future__ import annotations

from casework.acts import assign
from casework.views import agenda, cases
from casework.views.case_filter import ANY, Wanted
from casework.views.case_selection import Order
from rules.workdays import add_working_days
from tests.support.applications import uscc
from tests.support.ledgers import scalar
from tests.support.office import COLLEAGUE, OFFICER, Office
from tests.support.watching import watched
from vocabulary.cases import CaseSort

LATE = Wanted(overdue=True)
NEW = Wanted(state=("awaiting_determination",), acknowledged=False)
WAITING = Wanted(state=("awaiting_determination",))


def piles(office: Office, *wanted: Wanted, most: int = 2) -> list[list[str]]:
    found, _ = agenda.read(office.db, office.settings, OFFICER, wanted, most, 7)
    return [[each.receipt for each in pile] for pile in found]


def test_what_is_late_is_in_no_later_pile_however_much_of_it_is_shown(office: Office) -> None:
    late = [office.submit(uscc=uscc(number)).receipt for number in (921, 922, 923)]
    office.go_to(add_working_days(office.today(), 4)[0])
    new = office.submit(uscc=uscc(924)).receipt
    assert piles(office, LATE, NEW, WAITING) == [late[:2], [new], []]
    looked = "SELECT count(*) FROM event WHERE type = 'access.cases_listed'"
    assert scalar(office.db, looked) == 1


def test_what_a_colleague_works_on_is_theirs(office: Office) -> None:
    office.employ(OFFICER, COLLEAGUE)
    receipts = [office.submit(uscc=uscc(number)).receipt for number in (925, 926, 927)]
    for receipt, who in zip(receipts, (OFFICER, COLLEAGUE), strict=False):
        assign.one(office.db, office.settings, OFFICER, receipt, to=who.label)
    assert piles(office, WAITING, most=9) == [[receipts[0], receipts[2]]]


def test_another_pile_reads_no_promised_day_again(office: Office) -> None:
    office.submit()
    with watched(office.db) as seen:
        piles(office, LATE, Wanted(due_soon=True), NEW, WAITING)
    assert seen.reading("AS promised") == 1, "for all piles, the rows that are shown, the numbers"


def test_a_list_by_promised_day_reads_the_days_once(office: Office) -> None:
    for number in (928, 929):
        office.submit(uscc=uscc(number))
    due = Order(CaseSort.DUE, is_descending=False)
    asked = (office.db, office.settings, OFFICER)
    with watched(office.db) as seen:
        by_day = cases.list_cases(*asked, LATE, due, with_totals=True)
        open_work = cases.list_cases(*asked, ANY, due, with_totals=True)
    assert seen.reading("AS promised") == 2, "once for page, rows and totals of each list"
    newest = cases.list_cases(*asked)
    assert by_day.items == []
    days = {each.receipt: each.deadlines for each in newest.items}
    assert {each.receipt: each.deadlines for each in open_work.items} == days
    assert all(days.values())
