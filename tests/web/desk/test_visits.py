"""Visits, requests and calendars at the desk, without a script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from casework.followup import requests, visit_acts, visit_plan
from casework.followup.requests import Asked
from rules.workdays import add_working_days
from tests.support.applications import uscc
from tests.support.desk_client import DeskClient, version
from tests.support.ledgers import column, scalar
from tests.support.office import HEAD, OFFICER, Office
from vocabulary.people import Role


@pytest.fixture
def client(enter: Callable[..., DeskClient]) -> DeskClient:
    return enter("test.jia", Role.OFFICER)


def test_a_visit_is_moved_from_the_board_and_a_full_day_comes_back_with_all_that_was_typed(
    client: DeskClient, office: Office
) -> None:
    accepted = office.submit()
    office.submit(uscc=uscc(62))
    day, _ = add_working_days(office.today(), 3)
    later, _ = add_working_days(day, 1)
    visit_plan.set_capacity(office.db, office.settings, HEAD, 1)
    visit_acts.confirm(office.db, office.settings, OFFICER, 2, frozenset({1}), planned_on=day)
    promised = scalar(office.db, "SELECT planned_on FROM visit WHERE id = 1")
    board = client.get(f"/desk/visits?of={promised}").text
    assert 'action="/desk/visits/1/move"' in board
    assert "暂定" in board
    assert 'href="tel:' in board
    looked = "SELECT count(*) FROM event WHERE type = 'access.visits_listed'"
    assert scalar(office.db, looked) == 1
    given = {"version": "1", "/planned_on": f"{day:%Y年%m月%d日}", "/reason": "企业当日<盘点>"}
    full = client.send("/desk/visits/1/move", given, 422).text
    assert "已排满（每日1家）" in full
    assert "企业当日&lt;盘点&gt;" in full
    assert f"{day:%Y年%m月%d日}" in full
    # What is full is not told as fixed by another way either.
    client.send("/desk/visits/1/confirmation", given, 422)
    given["/planned_on"] = later.isoformat()
    clock = client.send("/desk/visits/1/move", {**given, "/starts_at": "9点半"}, 422).text
    assert "不是有效的时刻，应写成14:30的样式。" in clock
    moved = client.send("/desk/visits/1/move", given)
    assert moved.headers["Location"] == "/desk/visits/1"
    assert "已改期，已告知申报单位。" in client.get("/desk/visits/1").text
    assert "企业当日<盘点>" in str(office.status(accepted)["timeline"])
    shown = client.get(f"/desk/visits?of={later}").text
    assert "已排1家，可排1家，已满" in shown
    # Somebody else was faster: told, with what was typed, and the version to go on with.
    stale = client.send("/desk/visits/1/move", {**given, "/reason": "又改"}, 409).text
    assert "刚刚有了变化" in stale
    assert 'value="又改"' in stale or ">\n又改</textarea>" in stale
    assert version(stale) == "2"


def test_the_outcome_form_opens_a_request_and_loses_nothing(
    client: DeskClient, office: Office
) -> None:
    accepted = office.submit()
    form = client.get("/desk/visits/1/outcome").text
    assert f'value="{office.today()}"' in form
    given = {
        "version": version(form),
        "/result": "met",
        "/note": "当面了解\n两行",
    }
    again = client.send("/desk/visits/1/outcome", {**given, "do": "add /requests"}, 200).text
    assert 'name="/requests/0/words"' in again
    assert "当面了解\n两行" in again
    given |= {"/requests#": "1", "/requests/0/words": "希望对接贷款"}
    refused = client.send("/desk/visits/1/outcome", given, 422).text
    assert "希望对接贷款" in refused
    assert "当面了解\n两行" in refused
    assert 'href="#f-visited_on"' in refused
    given["/visited_on"] = office.in_days(1).strftime("%Y/%m/%d")
    assert "不能晚于今天" in client.send("/desk/visits/1/outcome", given, 422).text
    given["/visited_on"] = office.today().strftime("%Y.%m.%d")
    client.send("/desk/visits/1/outcome", given)
    shown = client.get("/desk/visits/1").text
    assert "走访结果已保存" in shown
    assert "更正走访日期" in shown
    (asked,) = office.status(accepted)["requests"]
    assert asked["words"] == "希望对接贷款"
    # What cannot be any more is said, and nothing typed is lost.
    late = client.send("/desk/visits/1/outcome", {**given, "version": "2"}, 409).text
    assert "不能再办理" in late
    assert "希望对接贷款" in late
    assert client.get("/desk/visits/1/move", 303).headers["Location"] == "/desk/visits/1"
    assert client.get("/desk/visits/1/nothing", 404)


def test_requests_are_listed_by_their_day_and_answered(client: DeskClient, office: Office) -> None:
    accepted = office.submit()
    own = (accepted.receipt, accepted.access_code)
    for words in ("希望减租", "门前道路施工"):
        requests.open_by_applicant(office.db, office.settings, *own, Asked(words))
    listed = client.get("/desk/requests").text
    assert listed.index("希望减租") < listed.index("门前道路施工")
    assert client.get("/desk/requests?state=answered").text.count("没有诉求") == 1
    assert "希望减租" in client.get("/desk/").text or "要答复的诉求" in client.get("/desk/").text
    form = client.get("/desk/requests/1/answer").text
    assert "删除日期" not in form
    assert client.send("/desk/requests/1/answer", {"version": "1"}, 422)
    given = {"version": "1", "/answer": "已协调产权单位"}
    client.send("/desk/requests/1/answer", given)
    shown = client.get("/desk/requests/1").text
    assert "已协调产权单位" in shown
    assert office.today().isoformat() not in shown  # as people write a day
    assert "/desk/requests/1/answer" not in shown
    assert (
        "不能再办理" in client.send("/desk/requests/1/answer", {**given, "version": "2"}, 409).text
    )
    choose = client.get("/desk/requests/2/transfer").text
    assert '<option value="finance">' in choose
    assert '<option value="sasac">' not in choose
    given = {"version": "1", "/bureau": "nowhere", "/reason": "属财政"}
    assert "属财政" in client.send("/desk/requests/2/transfer", given, 422).text
    client.send("/desk/requests/2/transfer", {**given, "/bureau": "finance"})
    assert scalar(office.db, "SELECT bureau FROM request WHERE id = 2") == "finance"
    # The case is still ours: the request is seen, and not ours to answer.
    assert "/desk/requests/2/answer" not in client.get("/desk/requests/2").text
    kinds = column(office.db, "SELECT DISTINCT type FROM event WHERE type ~ 'access.request'")
    assert sorted(kinds) == ["access.request_read", "access.requests_listed"]


def test_a_day_to_take_along(client: DeskClient, office: Office) -> None:
    office.submit()
    day = scalar(office.db, "SELECT planned_on FROM visit")
    shown = client.get(f"/desk/visits/{day}/route").text
    assert 'href="tel:' in shown
    assert "要问的" in shown
    assert 'href="/desk/visits/1/outcome"' in shown
    assert "没有要走访的" in client.get("/desk/visits/2026-01-01/route").text
    client.get("/desk/visits/soon/route", 404)


def test_calendars_are_made_listed_and_ended_on_a_page(
    enter: Callable[..., DeskClient], client: DeskClient
) -> None:
    made = client.send("/desk/calendars/own", {"label": "我的手机"}, 200).text
    (url,) = re.findall(r"<code>(\S+?)</code>", made)
    feed = client.http.get(url.partition("/api/")[1] + url.partition("/api/")[2])
    assert feed.data.startswith(b"BEGIN:VCALENDAR")
    shown = client.get("/desk/calendars").text
    assert "我的手机" in shown
    assert url not in shown
    assert client.send("/desk/calendars/own", {"label": ""}, 422)
    assert client.send("/desk/calendars", {"label": "科室日历"}, 403)
    head = enter("test.head", Role.SUPERVISOR)
    head.send("/desk/calendars", {"label": "科室日历"}, 200)
    assert "我的手机" in head.get("/desk/calendars").text
    client.send("/desk/calendars/own/1/end")
    assert "订阅已结束" in client.get("/desk/calendars").text
    assert client.http.get(url.partition("/api/")[1] + url.partition("/api/")[2]).status_code == 404


def test_the_head_sets_what_a_day_takes(enter: Callable[..., DeskClient]) -> None:
    head = enter("test.head", Role.SUPERVISOR)
    head.send("/desk/visits/capacity", {"visits_per_day": "3"})
    assert "可排3家" in head.get("/desk/visits").text
    for wrong in ("x", "0"):
        head.send("/desk/visits/capacity", {"visits_per_day": wrong})
        assert "没有改" in head.get("/desk/visits").text
    head.send("/desk/visits/capacity", {"visits_per_day": ""})
    assert "可排3家" not in head.get("/desk/visits").text


def test_what_no_browser_sends_is_answered(client: DeskClient, office: Office) -> None:
    accepted = office.submit()
    for end in ("0001-01-01", "9999-12-31"):
        client.get(f"/desk/visits?of={end}")
    far = "9" * 5000
    at = "/desk/visits/1/outcome"
    client.send(at, {"version": "1", "do": f"remove /requests/{far}"}, 200)
    client.send(at, {"version": "1", f"/requests/{far}/words": "x"}, 422)
    # As many as the schema needs to see that there are too many, not as many as are claimed.
    drawn = client.send(at, {"version": "1", "/requests/9999/words": "x"}, 422).text
    assert len(re.findall('name="/requests/[0-9]+/words"', drawn)) < 100
    picked = {"pick": f"{accepted.receipt}~1", "to": "\0"}
    client.send("/desk/cases/assign", picked, 422)


def test_a_visit_is_taken_on_the_board_and_given_by_the_head(
    enter: Callable[..., DeskClient], client: DeskClient, office: Office
) -> None:
    office.submit()
    day = scalar(office.db, "SELECT planned_on FROM visit")
    board = client.get(f"/desk/visits?of={day}").text
    assert "还没有指派" in board
    assert 'value="test.jia" selected' in board
    client.send("/desk/visits/1/assignment", {"version": "1", "/to": "test.jia"})
    assert "走访人员已改。" in client.get("/desk/visits/1").text
    mine = client.get(f"/desk/visits?of={day}&mine").text
    assert 'id="visit-1"' in mine
    assert f'href="/desk/visits/{day}/route?mine"' in mine
    assert 'href="/desk/visits/1/outcome"' in client.get(f"/desk/visits/{day}/route?mine").text
    # Of a colleague's there is no form, and a form sent all the same is refused.
    other = enter("test.yi", Role.OFFICER)
    assert "没有我要走访的" in other.get(f"/desk/visits/{day}/route?mine").text
    assert 'id="visit-1"' not in other.get(f"/desk/visits?of={day}&mine").text
    assert "/desk/visits/1/assignment" not in other.get(f"/desk/visits?of={day}").text
    assert "/desk/visits/1/assignment" not in other.get("/desk/visits/1").text
    other.send("/desk/visits/1/assignment", {"version": "2", "/to": "test.yi"}, 403)
    head = enter("test.head", Role.SUPERVISOR)
    assert 'value="test.yi"' in head.get("/desk/visits/1/assignment").text
    head.send("/desk/visits/1/assignment", {"version": "2", "/to": "test.yi"})
    assert 'value="test.yi" selected' in head.get(f"/desk/visits?of={day}").text
    form = head.get("/desk/visits/1/assignment").text
    assert re.search(r'value="test.yi"[^>]* checked', form)
    assert re.search(r'name="/to" value=""', form)
    # Today shows what is mine and nobody's.
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE visit SET planned_on = (app_now() AT TIME ZONE 'Asia/Shanghai')::date"
        )
    assert 'id="visits"' in other.get("/desk/").text
    assert 'id="visits"' not in client.get("/desk/").text
    head.send("/desk/visits/1/assignment", {"version": "3", "/to": ""})
    assert 'id="visits"' in client.get("/desk/").text
