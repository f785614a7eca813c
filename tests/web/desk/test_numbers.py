"""How a bureau's work stood when days began, on Today and in the API alike."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

from casework.acts import assign
from casework.views import cases, numbers
from casework.views.case_filter import Wanted
from casework.views.case_selection import Order
from tests.support.applications import uscc
from tests.support.desk_client import DeskClient
from tests.support.ledgers import column, scalar
from tests.support.office import OFFICER, STRANGER, Office
from vocabulary.cases import CaseSort
from vocabulary.people import Role

SHOWN = {"open": "要办的", "overdue": "已逾期", "unassigned": "还没有指派的"}


def kept(office: Office) -> list[tuple[int, ...]]:
    with office.db.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT open, overdue, unassigned FROM bureau_day WHERE bureau = 'sasac' ORDER BY day"
        )
        return [tuple(row) for row in rows]


def test_every_day_is_written_down_once_and_today_shows_it_as_the_api_does(
    enter: Callable[..., DeskClient], office: Office
) -> None:
    office.employ(OFFICER)
    first = office.today()
    # One more every day; the second is somebody's; those of the first days are late in the end.
    for number in range(9):
        office.go_to(first + timedelta(days=number))
        assert numbers.run(office.db, office.settings) > 10
        filed = office.submit(uscc=uscc(500 + number))
        if number == 1:
            assign.one(office.db, office.settings, OFFICER, filed.receipt, to=OFFICER.label)
        # What comes in later that day changes nothing.
        assert numbers.run(office.db, office.settings) == 0
    rows = kept(office)
    assert [row[0] for row in rows] == list(range(9))
    assert [row[2] for row in rows] == [0, 1, *range(1, 8)]
    assert rows[0][1] == 0
    assert rows[-1][1] > 0
    client = enter("test.jia", Role.OFFICER)
    told = json.loads(client.get("/api/v1/cases/numbers?days=7").text)
    assert [tuple(each[name] for name in SHOWN) for each in told["days"]] == rows[1:]
    assert [told[name]["count"] for name in SHOWN][::2] == [9, 8]
    page = client.get("/desk/").text
    for name, title in SHOWN.items():
        box = page[page.index(f"<dt>{title}</dt>") :].partition("</div>")[0]
        now, before = told[name]["count"], told["days"][0][name]
        assert f">{now}件</a>" in box
        assert f"比7天前 {now - before:+d}" in box
        assert f"比7天前多{now - before}件" in box
        assert re.search(rf'aria-label="[^"]*{before}件、[^"]*，现在{now}件"', box)
        assert box.count("<rect") == 8
    # The lists behind the numbers have as many.
    lists = {
        "open": Wanted(),
        "overdue": Wanted(overdue=True),
        "unassigned": Wanted(assignee="none"),
    }
    due = Order(CaseSort.DUE, is_descending=False)
    for name, wanted in lists.items():
        found = cases.list_cases(office.db, office.settings, OFFICER, wanted, due, with_totals=True)
        assert found.totals
        assert found.totals.count == told[name]["count"]


def test_where_nothing_is_known_of_seven_days_ago_no_trend_is_claimed(
    enter: Callable[..., DeskClient], office: Office
) -> None:
    office.submit()
    client = enter("test.jia", Role.OFFICER)
    shown = client.get("/desk/").text
    assert shown.count("7天前没有记录") == 3
    assert "wq-spark" not in shown
    assert json.loads(client.get("/api/v1/cases/numbers").text)["days"] == []
    client.get("/api/v1/cases/numbers?days=401", 422)


def test_what_is_older_than_400_days_goes_and_another_bureau_sees_its_own(office: Office) -> None:
    office.submit()
    numbers.run(office.db, office.settings)
    first = office.today()
    opened = "SELECT open FROM bureau_day WHERE bureau = %(bureau)s"
    assert scalar(office.db, opened, bureau="sasac") == 1
    assert scalar(office.db, opened, bureau=STRANGER.bureau) == 0
    assert numbers.read(office.db, office.settings, STRANGER).open.count == 0
    days = "SELECT DISTINCT day FROM bureau_day ORDER BY day"
    for later, left in ((400, 2), (401, 2), (402, 3)):
        office.go_to(first + timedelta(days=later))
        numbers.run(office.db, office.settings)
        assert len(column(office.db, days)) == left
    assert first not in column(office.db, days)
