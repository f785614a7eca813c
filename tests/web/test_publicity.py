"""The publicity list as a page: masked, and safe whatever an enterprise calls itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from tests.support.applications import tenant_body
from tests.support.office import YES, Office, decide
from web.app import create_app


@pytest.fixture
def client(office: Office) -> FlaskClient:
    """The application over the real database, without a server of its own."""
    return create_app(office.settings).test_client()


def granted(office: Office, name: str | None = None) -> str:
    """A grant of 3 yuan, to somebody of that name."""
    body = tenant_body()
    body["enterprise"]["name"] = name or body["enterprise"]["name"]
    receipt = office.submit(body).receipt
    decide(office, receipt, replace(YES, amount=Decimal("3.00")))
    return receipt


class Cells(HTMLParser):
    """The texts of the table's cells, and every element met."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.cells: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)
        self.links += [
            value or ""
            for name, value in attrs
            if name == "href" and "/publicity?" in (value or "")
        ]
        if tag == "td" or (tag == "th" and ("scope", "row") in attrs):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.elements[-1:] and self.elements[-1] in {"td", "th"} and self.cells:
            self.cells[-1] += data


def read(page: str) -> Cells:
    cells = Cells()
    cells.feed(page)
    return cells


def test_the_page_is_for_everyone_and_masked(client: FlaskClient, office: Office) -> None:
    receipt = granted(office)
    office.submit()
    page = client.get("/publicity")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Cache-Control"] == "public, max-age=60"
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    cells = [each.strip() for each in read(page.text).cells]
    assert "测试***有限公司" in cells
    assert {"3.00", receipt[-6:]} <= set(cells)
    assert receipt not in page.text
    assert "测试餐饮" not in page.text


def test_a_hostile_name_stays_text_on_the_page(client: FlaskClient, office: Office) -> None:
    granted(office, name="<b>甲乙丙丁戊</b>")
    granted(office, name='"><script>alert(1)</script>')
    page = client.get("/publicity").text
    table = page[page.index("<table") : page.index("</table>")]
    assert not {"b", "script"} & set(read(table).elements)
    assert "<b***</b>" in read(table).cells


def test_the_page_leads_on_and_keeps_what_was_chosen(client: FlaskClient, office: Office) -> None:
    receipts = [granted(office) for _ in range(3)]
    page = client.get("/publicity", query_string={"provision": "m01_tenant", "limit": 2})
    (onward,) = read(page.text).links
    rest = client.get(onward).text
    assert receipts[0][-6:] in rest
    assert not read(rest).links
    assert '<option value="m01_tenant" selected>' in rest
    for chosen, shown in (("", True), ("m02_carrier", False)):
        found = client.get("/publicity", query_string={"provision": chosen})
        assert found.status_code == 200, found.text
        assert (receipts[0][-6:] in found.text) is shown
    assert client.get("/publicity?before=0").status_code == 422
    gone = client.get("/publicity?provision=m99_gone")
    assert gone.status_code == 200
    assert "没有按它们筛选：条款代码" in gone.text
    assert receipts[0][-6:] in gone.text, "all are listed"


def test_days_are_typed_as_people_type_them(client: FlaskClient, office: Office) -> None:
    """Found between two days, page by page; a day that cannot be read is said beside its field."""
    first = granted(office)
    yesterday, today = office.today(), office.today() + timedelta(days=1)
    office.go_to(today)
    others = [granted(office) for _ in range(3)]
    asked = {"decided_from": f"{today.year}年{today.month}月{today.day}日", "limit": "2"}
    page = client.get("/publicity", query_string={**asked, "provision": "m01_tenant"}).text
    assert "新决定的在前" in page
    (onward,) = read(page).links
    rest = client.get(onward).text
    assert [page.count(each[-6:]) + rest.count(each[-6:]) for each in [first, *others]] == [
        0,
        1,
        1,
        1,
    ]
    assert "provision=m01_tenant" in onward
    assert not read(rest).links
    until = client.get("/publicity", query_string={"decided_to": f"{yesterday:%Y/%m/%d}"}).text
    assert first[-6:] in until
    assert others[0][-6:] not in until
    for typed, said in (("3月5日", "缺年"), ("2020年2月30日", "没有30日"), ("昨天", "日期")):
        refused = client.get("/publicity", query_string={"decided_from": typed})
        assert refused.status_code == 422
        assert said in refused.text
        assert f'value="{typed}"' in refused.text
        assert 'aria-invalid="true"' in refused.text
    turned = client.get("/publicity?decided_from=2020-03-02&decided_to=20200301")
    assert "结束日不能早于开始日。" in turned.text
    none = client.get("/publicity?decided_to=2019-12-31")
    assert none.status_code == 200
    assert "放宽日期" in none.text


def test_what_a_messenger_adds_to_a_link_is_passed_over(client: FlaskClient) -> None:
    assert client.get("/publicity?from=singlemessage&isappinstalled=0").status_code == 200
    refused = client.get("/publicity?limit=x")
    assert refused.status_code == 422
    assert "请按逐项说明" not in refused.text  # nothing would be listed
