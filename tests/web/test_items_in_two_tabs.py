"""Two tabs of one draft, with leases that come and go: none is lost, none is mixed with another."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from api.services import of
from casework.intake import drafts
from tests.support.browser import PHONE, picture, window
from tests.support.office import Office
from tests.support.pages import serving
from web.app import create_app
from web.parts.forms.shapes import COUNT, ID

TENANT = "m01_tenant"
AT = "/facts/leases"
SAVED = re.compile(r"已保存 \d")
"""What the script says, not what the page came with."""


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    app = create_app(office.settings)
    with serving(app) as url:
        yield url
    of(app).db.close()


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def tabs(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[list[Page]]:
    """Two tabs on the leases of one draft."""
    with window(browser, address, PHONE, scripts=request.param) as seen:
        page = seen.page
        page.goto(f"{address}/apply/{TENANT}")
        press(page, "开始填写")
        page.goto(f"{address}/apply/{TENANT}/leases")
        yield [page, page.context.new_page()]


def press(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.click(f"main button.btn:has-text('{words}')")


def box(place: int, field: str = "lease_no") -> str:
    return f'[name="{AT}/{place}/{field}"]'


def three(office: Office, tabs: list[Page]) -> str:
    """A draft as it was kept before items had ids, shown in both tabs; its resume code."""
    code = tabs[0].inner_text("aside b.wq-n")
    leases = {f"{AT}/{place}/lease_no": f"合同{place}" for place in range(3)}
    leases |= {f"{AT}/{place}/address": f"样例街{place}号" for place in range(3)}
    drafts.save(office.db, office.settings, code, lambda _: {**leases, AT + COUNT: "3"})
    for page in tabs:
        page.goto(tabs[0].url)
    return code


def kept(office: Office, code: str) -> list[tuple[str, str]]:
    """Number and address of each lease of the draft."""
    typed = drafts.find(office.db, office.settings, code).typed
    count = int(typed[AT + COUNT])
    ids = [typed[f"{AT}/{place}{ID}"] for place in range(count)]
    assert len(set(ids)) == count, "each has its own"
    return [
        (typed.get(f"{AT}/{place}/lease_no", ""), typed.get(f"{AT}/{place}/address", ""))
        for place in range(count)
    ]


def lease(place: int, number: str = "") -> tuple[str, str]:
    return number or f"合同{place}", f"样例街{place}号"


def test_what_is_typed_stays_in_its_lease_when_another_tab_removes_one(
    office: Office, tabs: list[Page]
) -> None:
    code, (page, other) = three(office, tabs), tabs
    press(page, "去掉承租的房产1")
    other.fill(box(2), "合同2改")
    press(other, "保存")
    assert kept(office, code) == [lease(1), lease(2, "合同2改")]
    # The first tab knows of it no more than that one had known of the first.
    page.fill(box(0), "合同1改")
    press(page, "保存")
    assert kept(office, code) == [lease(1, "合同1改"), lease(2, "合同2改")]


def test_what_another_tab_adds_stays_beside_what_is_added_here(
    office: Office, tabs: list[Page]
) -> None:
    code, (page, other) = three(office, tabs), tabs
    press(page, "再加一项")
    page.fill(box(3), "甲页的")
    press(page, "保存")
    other.fill(box(0), "合同0改")
    press(other, "再加一项")
    other.fill(box(4), "乙页的")
    press(other, "上一页")
    press(other, "去掉承租的房产2")
    expected = [lease(0, "合同0改"), lease(2), ("甲页的", ""), ("乙页的", "")]
    assert kept(office, code) == expected


def test_a_lease_removed_in_one_tab_and_changed_in_the_other_is_kept_and_said(
    office: Office, tabs: list[Page]
) -> None:
    code, (page, other) = three(office, tabs), tabs
    press(page, "去掉承租的房产1")
    other.fill(box(0), "合同0改")
    press(other, "保存")
    assert "又改过，所以留着" in other.inner_text("#note")
    picture(other, "item-back")
    assert kept(office, code) == [lease(0, "合同0改"), lease(1), lease(2)]
    # One that lies no longer aside comes back from the page itself.
    page.goto(other.url)
    press(page, "去掉承租的房产1")
    press(page, "去掉承租的房产2")
    other.fill(box(0), "合同0再改")
    press(other, "保存")
    assert kept(office, code) == [lease(1), lease(0, "合同0再改")]


def test_a_lease_that_both_tabs_remove_is_removed_once(office: Office, tabs: list[Page]) -> None:
    code, (page, other) = three(office, tabs), tabs
    for each in tabs:
        press(each, "去掉承租的房产2")
    assert kept(office, code) == [lease(0), lease(2)]
    press(page, "恢复承租的房产2")
    assert kept(office, code) == [lease(0), lease(1), lease(2)]
    other.reload()
    press(page, "去掉承租的房产1")
    press(other, "去掉承租的房产3")
    press(page, "恢复承租的房产1")
    assert "不能恢复了" in page.inner_text("#note")
    assert kept(office, code) == [lease(1)]
    press(page, "恢复承租的房产2")
    assert kept(office, code) == [lease(1), lease(2)]


def test_what_the_script_saves_takes_nothing_from_another_tab(
    office: Office, browser: Browser, address: str
) -> None:
    with window(browser, address, PHONE) as seen:
        page = seen.open(f"/apply/{TENANT}")
        press(page, "开始填写")
        code = page.inner_text("aside b.wq-n")
        other = page.context.new_page()
        other.goto(page.url)
        page.fill('[name="/enterprise/name"]', "甲页面馆")
        press(page, "保存")
        # Saved by the script, this tab still shows no name: it has not blanked it.
        other.fill('[name="/enterprise/employees"]', "30")
        expect(other.locator("#saved")).to_contain_text(SAVED)
        press(other, "保存")
        typed = drafts.find(office.db, office.settings, code).typed
        assert typed["/enterprise/name"] == "甲页面馆"
        page.goto(f"{address}/apply/{TENANT}/leases")
        three(office, [page, other])
        press(page, "去掉承租的房产1")
        other.fill(box(2), "合同2改")
        expect(other.locator("#saved")).to_contain_text(SAVED)
        assert kept(office, code) == [lease(1), lease(2, "合同2改")]
        other.fill(box(0), "合同0改")
        expect(other.locator("#saved")).to_contain_text("所以留着")
        other.fill(box(0), "合同0再改")
        press(other, "保存")
        assert kept(office, code) == [lease(0, "合同0再改"), lease(1), lease(2, "合同2改")]
