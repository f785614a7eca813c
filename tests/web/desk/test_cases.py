"""The list of cases as a page: what is asked lies in the address; many are done with one act."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from casework.acts import supplement
from casework.docket import kept_lists
from casework.reporting.granted import granted
from tests.support.applications import guarantee_body, tenant_body, uscc
from tests.support.desk_client import DeskClient
from tests.support.ledgers import column, scalar
from tests.support.office import COLLEAGUE, OFFICER, Office, decide
from tests.support.papers import by_code, hand_in
from vocabulary.people import Role
from web.desk import list_columns
from web.desk.list_query import ListQuery

BUREAU = "development_reform"


@pytest.fixture
def client(enter: Callable[..., DeskClient]) -> DeskClient:
    return enter("test.jia", Role.OFFICER)


def picks(text: str) -> list[str]:
    return re.findall(r'name="pick" value="([^"]+)"', text)


def test_what_an_address_asks_for_is_shown_and_leads_on(client: DeskClient, office: Office) -> None:
    body = {"name": '<b>样例"面馆'}
    for number in range(3):
        given = office.submit(uscc=uscc(910 + number))
    assert body
    shown = client.get("/desk/cases?sort=amount&limit=2&leading=true").text
    assert len(picks(shown)) == 2
    onward = re.search(r'href="([^"]+cursor=[^"]+)">下一页', shown)
    assert onward
    rest = client.get(onward[1].replace("&amp;", "&")).text
    assert len(picks(rest)) == 2 - 1 or len(picks(rest)) == 1
    assert given.receipt in shown + rest
    assert 'aria-sort="ascending"' in shown
    looked = "SELECT count(*) FROM event WHERE type = 'access.cases_listed'"
    assert scalar(office.db, looked) == 2


def test_what_is_not_known_is_dropped_and_said(client: DeskClient, office: Office) -> None:
    receipt = office.submit().receipt
    shown = client.get(
        "/desk/cases?colour=red&state=nonsense&amount_from=x&leading=true&provision=m99"
    ).text
    assert "没有用：金额不低于、条款代码、状态代码、colour" in shown
    assert receipt in shown
    said = client.get("/desk/cases?q=%3Cscript%3E").text
    assert "<script>" not in said.replace("<script src=", "")
    assert "没有符合的案件。搜索看过受理编号、信用代码、名称（含曾用名）和联系电话末位。" in said


def test_filters_and_columns_are_kept(client: DeskClient, office: Office) -> None:
    receipt = office.submit().receipt
    query = "state=awaiting_determination&q=somebody&sort=due"
    client.send("/desk/cases/kept", {"name": "待认定，近的在前", "query": query})
    shown = client.get("/desk/cases").text
    assert 'href="/desk/cases?state=awaiting_determination&amp;sort=due">待认定，近的在前' in shown
    stored = column(office.db, "SELECT name || query FROM kept_list")
    assert "somebody" not in str(stored)
    assert "待认定" not in str(stored)
    client.send("/desk/cases/kept", {"name": "", "query": query}, 422)
    client.send("/desk/cases/columns", {"column": ["contact", "nonsense"], "query": ""})
    shown = client.get("/desk/cases").text
    assert "联系人</th>" in shown
    assert "期限</a></th>" not in shown
    # A column that there is no more shuts nobody out.
    with office.db.transaction() as conn:
        conn.exec_driver_sql("UPDATE account SET list_columns = ARRAY['gone', 'receipt']")
    shown = client.get("/desk/cases").text
    assert "没有用：gone" in shown
    assert receipt in shown
    (path,) = re.findall(r'action="(/desk/cases/kept/\d+/forget)"', shown)
    client.send(path)
    client.send(path, status=404)
    assert list_columns.chosen(()).columns == list_columns.chosen(None).columns


def test_kept_lists_are_bounded(client: DeskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_lists, "MOST", 1)
    for name, status in (("一", 303), ("一", 303), ("二", 422)):
        client.send("/desk/cases/kept", {"name": name, "query": "sort=due"}, status)


def test_many_are_acknowledged_and_assigned_with_a_result_each(
    client: DeskClient, office: Office
) -> None:
    office.employ(OFFICER)
    receipts = [office.submit(uscc=uscc(920 + number)).receipt for number in range(2)]
    chosen = picks(client.get("/desk/cases").text)
    done = client.send(
        "/desk/cases/acknowledge", {"pick": [*chosen, "WQ000000-0000000-0~1"], "query": ""}, 200
    ).text
    assert "2件已办，1件没有办，仍然选中" in done
    assert picks(done) == ["WQ000000-0000000-0~1"]
    assert "没有找到该案件" in done
    for act in ("assign", "determine", "acknowledge"):
        assert f"/desk/cases/{act}" in done, "what was not done can be done otherwise"
    given = client.send("/desk/cases/assign", {"pick": chosen, "to": OFFICER.label}, 200).text
    assert "2件已办" in given
    mine = client.get(f"/desk/cases?assignee={OFFICER.label}").text
    assert all(receipt in mine for receipt in receipts)
    assert mine.count(f'data-th="经办">{OFFICER.label}</td>') == len(receipts)
    assert (
        f"<dt>经办</dt><dd>区国资委{OFFICER.label}" in client.get(f"/desk/cases/{receipts[0]}").text
    )
    for wrong in ({}, {"pick": ["nonsense", "~", "a~b"]}):
        assert "没有选中任何一件" in client.send("/desk/cases/assign", wrong, 422).text
    client.send("/desk/cases/assign", {"pick": chosen, "to": "没有这个人"}, 422)
    own = client.send("/desk/cases/assign", {"pick": chosen, "to": "test.jia"}, 200).text
    assert "<h1>指派给测试甲</h1>" in own  # a name, not a login


def test_all_that_is_somebodys_is_given_to_somebody_else(
    client: DeskClient, office: Office
) -> None:
    for each in (OFFICER, COLLEAGUE):
        office.employ(each)
    for number in range(3):
        office.submit(uscc=uscc(925 + number))
    chosen = picks(client.get("/desk/cases").text)
    client.send("/desk/cases/assign", {"pick": chosen, "to": OFFICER.label}, 200)
    letters = scalar(office.db, "SELECT count(*) FROM delivery")
    whole = picks(client.get(f"/desk/cases?assignee={OFFICER.label}&limit=1&pick=all").text)
    assert len(whole) == len(chosen)
    told = client.send("/desk/cases/assign", {"pick": whole, "to": COLLEAGUE.label}, 200).text
    assert "3件已办" in told
    assert picks(client.get(f"/desk/cases?assignee={OFFICER.label}").text) == []
    assert len(picks(client.get(f"/desk/cases?assignee={COLLEAGUE.label}").text)) == len(chosen)
    assert scalar(office.db, "SELECT count(*) FROM delivery") == letters


def test_many_are_granted_as_computed_at_the_version_that_was_seen(
    enter: Callable[..., DeskClient], office: Office
) -> None:
    client = enter("test.jia", Role.OFFICER, bureau=BUREAU)
    for number in (1, 2):
        office.submit(guarantee_body(uscc(930 + number), number, Decimal("40000.00")))
    chosen = picks(client.get("/desk/cases").text)
    assert "准予要写理由" in client.send("/desk/cases/determine", {"pick": chosen}, 422).text
    told = client.send("/desk/cases/determine", {"pick": chosen, "reason": "经核属实"}, 200).text
    assert "0件已办，2件没有办" in told, "a condition still waits for a person's finding"
    assert picks(told) == chosen[::1]
    assert scalar(office.db, "SELECT count(*) FROM determination") == 0


def test_the_same_is_found_of_many_where_what_was_seen_still_stands(
    client: DeskClient, office: Office
) -> None:
    for number in range(3):
        office.submit(uscc=uscc(950 + number))
    shown = client.get("/desk/cases?limit=1")
    assert "选中全部3件" in shown.text
    whole = client.get("/desk/cases?limit=1&pick=all").text
    chosen = picks(whole)
    assert len(chosen) == len(re.findall(r'name="pick" value="[^"]+" checked', whole)) == 3
    (option,) = set(re.findall(r'<option value="(1\.3 unmet)">', whole))
    for wrong in ({"finding": option}, {"finding": "1.3", "reason": "在名单内"}, {"reason": "在"}):
        told = client.send(
            "/desk/cases/findings", {"pick": chosen, "point": ["1.3"], **wrong}, 422
        ).text
        assert "200件" not in told, "it is not for their number that none was tried"
        assert ("selected>1.3" in told) == (wrong.get("finding") == option)
        assert f">{wrong.get('reason', '')}</textarea>" in told
    client.send("/desk/cases/acknowledge", {"pick": chosen[:1]}, 200)  # seen before this
    sent = {"pick": chosen, "finding": option, "reason": "在名单内"}
    point = re.findall(r'name="point" value="([^"]+)"', whole)
    told = client.send("/desk/cases/findings", {**sent, "point": [*point, "9.9"]}, 200).text
    assert '<option value="1.3 unmet" selected>' in told
    assert "9.9" not in told
    assert "2件已办，1件没有办" in told
    assert picks(told) == chosen[:1]
    assert "同事办过，或者您刚刚办过" in told
    assert 'data-instead="/desk/cases' in told
    stored = column(office.db, "SELECT condition || result FROM official_finding")
    assert stored == ["1.3false"] * 2


def test_several_states_and_what_is_missing(client: DeskClient, office: Office) -> None:
    lacking = tenant_body(uscc=uscc(960))
    del lacking["facts"]["leases"][0]["rent"]
    office.submit(lacking)
    whole, asked = (office.submit(uscc=uscc(number)) for number in (961, 962))
    head = "/desk/cases?sort=received&"
    states = client.get(head + "state=awaiting_supplement&state=awaiting_determination").text
    assert len(picks(states)) == 3
    assert "状态：待补正、待认定" in states
    assert "state=awaiting_supplement%2Cawaiting_determination" in states, "it leads on"
    assert len(picks(client.get(head + "state=awaiting_supplement").text)) == 1
    supplement.request(
        office.db, office.settings, OFFICER, asked.receipt, due_on=office.in_days(20),
        fields=(), documents=["租赁合同"], reason="看不清", versions=office.seen(asked.receipt),
    )  # fmt: skip
    assert len(picks(client.get(head + "complete=false").text)) == 2
    (only,) = picks(client.get(head + "complete=true").text)
    assert only.startswith(whole.receipt)
    handed = hand_in(office, by_code(asked), paper="租赁合同")
    assert len(picks(client.get(head + "complete=true").text)) == 2
    with office.db.transaction() as conn:
        conn.exec_driver_sql("UPDATE document_file SET state = 'infected'")
    assert handed
    assert len(picks(client.get(head + "complete=false").text)) == 2


def test_a_file_of_the_list_is_asked_for(client: DeskClient, office: Office) -> None:
    office.submit()
    client.send("/desk/cases/columns", {"column": ["waits", "contact", "due"]})
    asked = client.send("/desk/cases/export", {"query": "q=测试&sort=due", "format": "csv"}, 200)
    assert "1件，正在生成" in asked.text
    assert "24小时以后文件删除" in asked.text
    assert "另有列表上所选的列，联系人除外" in asked.text
    assert scalar(office.db, "SELECT columns FROM export") == ["due", "waits"]
    assert "/api/v1/downloads/" in asked.text
    assert scalar(office.db, "SELECT cardinality(cases) FROM export") == 1


def test_today_shows_what_needs_an_act_and_nothing_of_colleagues(
    client: DeskClient, office: Office
) -> None:
    assert "现在没有要办的" in client.get("/desk/").text
    office.employ(OFFICER)
    receipts = [office.submit(uscc=uscc(940 + number)).receipt for number in range(2)]
    chosen = picks(client.get("/desk/cases").text)
    client.send("/desk/cases/assign", {"pick": chosen[:1], "to": OFFICER.label}, 200)
    shown = client.get("/desk/").text
    assert receipts[0] in shown
    assert receipts[1] not in shown, "a colleague works on it"
    assert "要办的" in shown
    assert "2件" in shown
    decide(office, receipts[0])
    shown = client.get("/desk/").text
    assert "<dt>近7天准予</dt><dd><b>1件</b>" in shown
    assert "比上一个7天 +1" in shown
    assert "比上一个7天多1件" in shown, "to who hears the page"
    office.go_to(office.in_days(8))
    assert granted(office.db, OFFICER, office.today()) == (0, 1)


@pytest.mark.parametrize(
    ("given", "called"),
    [
        ({"limit": "x"}, "每页条数"),
        ({"cursor": "x" * 200}, "从此处往后"),
        ({"sort": "size"}, "排序"),
    ],
)
def test_any_address_is_a_list(given: dict[str, Any], called: str) -> None:
    asked = ListQuery.of({**given, "state": "decided"})
    assert asked.dropped == (called,)
    assert asked.states == ("decided",)
    assert asked.address() == "/desk/cases?state=decided"
