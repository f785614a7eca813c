"""The desk's numbers: those of the API, each with the list behind it, its bar and its file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from flask import Flask

from casework.people.access import Principal
from casework.reporting.reports import REPORTS
from casework.reporting.scope import Scope
from config.declared import yuan_by_name
from tests.support.applications import uscc
from tests.support.desk_client import DeskClient
from tests.support.office import Office, decide
from tests.support.wire import wire
from vocabulary.people import Role
from web.app import create_app
from web.desk.report_shapes import Behind, Table
from web.desk.report_tables import tables

JIA = Principal("sasac", Role.OFFICER, "测试甲")


@pytest.fixture
def worked(office: Office) -> Office:
    """Two received, one of them granted, under a budget."""
    practice = replace(office.settings.practice, budgets=yuan_by_name("一=50000"))
    office.settings = replace(office.settings, practice=practice)
    filed = [office.submit(uscc=uscc(number)).receipt for number in (961, 962)]
    decide(office, filed[0])
    return office


@pytest.fixture
def client(worked: Office) -> DeskClient:
    simple = replace(worked.settings.accounts, second_factor=False)
    app: Flask = create_app(replace(worked.settings, accounts=simple))
    return DeskClient(app).enter(worked, "test.jia", Role.OFFICER)


def numbers(told: Any) -> list[str]:
    """Every figure of an answer, in its order."""
    if isinstance(told, dict):
        return [each for value in told.values() for each in numbers(value)]
    return [str(told)] if isinstance(told, int | str) else []


def test_every_figure_is_the_apis(worked: Office, client: DeskClient) -> None:
    made = worked.db, worked.settings, Scope(bureau="sasac")
    shown = {
        table.name: table
        for table in tables(
            {name: read(*made) for name, read in REPORTS.items()}, Behind(JIA, made[2]), 15
        )
    }
    for name in REPORTS:
        answer = client.http.get(f"/api/v1/reports/{name}")
        assert answer.status_code == 200, answer.text
        told = answer.get_json()
        assert {key: value for key, value in told.items() if key != "as_of"} == {
            key: value for key, value in wire(REPORTS[name](*made)).items() if key != "as_of"
        }
        table: Table = shown[name]
        for row, given in zip(table.rows, told["rows"], strict=True):
            written = [str(cell.value) for cell in row[len(table.words) :]]
            assert set(written) - {"None"} <= set(numbers(given)), name
        of_file = client.get(f"/desk/reports/{name}.csv").get_data(as_text=True)
        lines = list(csv.reader(io.StringIO(of_file.removeprefix("\ufeff"))))
        assert lines[0] == [each.title for each in table.columns]
        assert len(lines) == 1 + len(table.rows) + bool(table.total)
        for row, line in zip(table.rows, lines[1:], strict=False):
            assert line == ["" if cell.value is None else str(cell.value) for cell in row]


def test_a_figure_leads_to_exactly_the_list_behind_it(client: DeskClient) -> None:
    shown = client.get("/desk/reports?received_from=2020-01-02").text
    links = re.findall(r'<td class="wq-r"><a href="(/desk/cases[^"]+)">(\d+)<', shown)
    assert len(links) >= 3
    for address, count in links:
        listed = client.get(unescape(address)).text
        assert len(re.findall(r'name="pick"', listed)) == int(count), address
    assert "<style" not in shown
    assert " style=" not in shown
    assert "60,000.00" in shown
    assert '<td class="wq-r">-10,000.00（超支）</td>' in shown, "more than the budget was granted"


def test_nobody_sees_another_bureaus_numbers_or_an_unknown_table(
    enter: Callable[..., DeskClient],
) -> None:
    client = enter("test.yi", Role.SUPERVISOR)
    client.get("/desk/reports?bureau=education", 403)
    client.get("/desk/reports/none.csv", 404)
    client.get("/desk/reports?received_from=gestern", 422)
    # An address that somebody kept is still a page; a file has no place to say what was left out.
    old = "provision=gone&bureau=gone&received_from=2020-03-02&received_to=2020-03-01"
    said = client.get(f"/desk/reports?{old}").text
    assert "没有按它们筛选：单位代码、条款代码、受理日期至" in said
    client.get(f"/desk/reports/intake.csv?{old}", 422)


def test_a_week_is_told_on_one_page(client: DeskClient) -> None:
    shown = client.get("/desk/reports/week").text
    assert "受理2件，准予1件，不予0件，在办1件" in shown
    assert "受理0件" in client.get("/desk/reports/week?of=2026-W01").text
    assert "受理2件" in client.get("/desk/reports/week?of=nonsense").text


def test_stages_that_no_money_has_come_to_take_no_room(client: DeskClient) -> None:
    shown = client.get("/desk/reports").text
    for name in ("fulfilment", "fulfilment-amounts"):
        part = shown[shown.index(f'id="r-{name}"') :].partition("</section>")[0]
        assert "公示中</th>" in part
        assert "已付款</th>" in part, "which the bars show"
        assert "异议成立" not in part
        assert "没有数的列不列出。" in part
        assert "异议成立" in client.get(f"/desk/reports/{name}.csv").get_data(as_text=True)
