"""A clerk's way where it does not go straight: by the keyboard alone, and in two tabs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from api.services import of
from tests.support.browser import PHONE, Window, picture, window
from tests.support.ledgers import scalar
from tests.support.office import Office
from tests.support.packaged import PACKAGED, example
from tests.support.pages import serving
from web.app import create_app
from web.parts.forms import typed
from web.parts.forms.of_schema import form_of

TENANT = "m01_tenant"
_HERE = """() => {
  const at = document.activeElement;
  return {tag: at.tagName, type: at.type || "", name: at.name || "", value: at.value || "",
          text: at.textContent.trim(), checked: Boolean(at.checked)};
}"""


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    app = create_app(office.settings)
    with serving(app) as url:
        yield url
    of(app).db.close()


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Window]:
    with window(browser, address, PHONE) as seen:
        yield seen


def given() -> dict[str, str]:
    form = form_of(PACKAGED.notice, TENANT)
    assert form is not None
    return typed.as_typed(form, example(TENANT))


def begin(seen: Window) -> Page:
    page = seen.open(f"/apply/{TENANT}")
    page.click("main button:text-is('开始填写')")
    page.wait_for_url("**/enterprise*")
    return page


def tab_to(page: Page, found: str, most: int = 200) -> None:
    """Press Tab until a button or a box of these words has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(_HERE)
        if here["text"].startswith(found) or here["name"] == found:
            return
    raise AssertionError(found)


def fill_by_keyboard(page: Page, answers: dict[str, str]) -> None:
    """What is asked on a step, one key after the other; ends on its button."""
    trail = []
    for _ in range(150):
        page.keyboard.press("Tab")
        here = page.evaluate(_HERE)
        wanted = answers.get(here["name"], "")
        trail.append((here["tag"], here["name"], here["text"][:8], here["value"][:8]))
        if here["tag"] == "BUTTON" and here["text"].startswith(("保存", "下一步")):
            return
        if here["type"] == "radio" and wanted:
            for _ in range(30):
                if page.evaluate(_HERE)["value"] == wanted:
                    break
                page.keyboard.press("ArrowDown")
            page.keyboard.press("Space")
        elif here["type"] == "checkbox" and here["value"] in wanted.split("\n"):
            page.keyboard.press("Space")
        elif here["tag"] == "SELECT" and wanted:
            for _ in range(30):
                if page.evaluate(_HERE)["value"] == wanted:
                    break
                page.keyboard.press("ArrowDown")
        elif here["type"] not in ("radio", "checkbox") and wanted and here["value"] != wanted:
            page.keyboard.type(wanted)
    raise AssertionError(trail[:40])


def test_the_whole_form_goes_by_the_keyboard_alone(phone: Window, office: Office) -> None:
    page, answers = begin(phone), given()
    steps = 0
    while page.locator("form[data-save]").count():
        steps += 1
        assert page.evaluate(_HERE)["tag"] == "H1"
        fill_by_keyboard(page, answers)
        picture(page, f"key-{steps}")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    picture(page, "key-materials")
    with page.expect_navigation():
        tab_to(page, "下一步")
        page.keyboard.press("Enter")
    picture(page, "key-check")
    tab_to(page, "declared")
    page.keyboard.press("Space")
    with page.expect_navigation():
        tab_to(page, "提交申报")
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_be_visible()
    picture(page, "key-receipt")
    assert scalar(office.db, "SELECT count(*) FROM application") == 1


def save(page: Page) -> None:
    with page.expect_navigation():
        page.click("main button.btn-primary")


def test_two_tabs_of_one_draft_lose_nothing_of_each_other(phone: Window) -> None:
    page = begin(phone)
    other = page.context.new_page()
    other.goto(page.url)
    page.fill('[name="/enterprise/name"]', "甲页面馆")
    save(page)
    # The other tab never showed the name, and sends it blank.
    other.fill('[name="/enterprise/employees"]', "约30")
    save(other)
    assert other.input_value('[name="/enterprise/name"]') == "甲页面馆"
    assert "读到的数是30" in other.inner_text("#faults")
    # What it did show, and blanks, is blank; what the script has saved by then, too.
    other.fill('[name="/enterprise/name"]', "甲页面馆乙")
    expect(other.locator("#saved")).to_contain_text(re.compile(r"已保存 \d"))
    other.fill('[name="/enterprise/name"]', "")
    save(other)
    assert other.input_value('[name="/enterprise/name"]') == ""
    assert other.input_value('[name="/enterprise/employees"]') == "约30"
