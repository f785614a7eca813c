"""Every form filled in by a browser, in both windows: what is filed is what the API makes of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from api.services import of
from casework.intake import drafts
from schemas.application import IDENTITY
from schemas.forms import FORMS
from tests.support import filing
from tests.support.browser import DESKTOP, PHONE, window
from tests.support.ledgers import scalar
from tests.support.office import Office
from tests.support.packaged import PACKAGED, load_application
from tests.support.pages import serving
from tests.support.stored import stored
from web.app import create_app
from web.parts.forms import typed
from web.parts.forms.of_schema import form_of

SAMPLES = {
    (application := json.loads(path.read_text(encoding="utf-8"))["application"])[
        "provision"
    ]: application
    for path in sorted((Path(__file__).parents[2] / "samples").glob("*.json"), reverse=True)
}
TENANT = "m01_tenant"
HANGING = 60_000  # milliseconds
FILED = "SELECT count(*) FROM application"
UNSCRIPTED = sorted(FORMS)[::6]
"""Provisions whose forms are filled in without a script, too."""

# What a person would do on a step, in one go: what is shown is filled in, as its names say.
_FILL = """(given) => {
  const form = document.querySelector("main form[data-save]");
  const filled = [];
  for (const control of form.elements) {
    if (!(control.name in given) || control.type === "hidden") continue;
    const texts = given[control.name].split("\\n");
    if (control.type === "radio" || control.type === "checkbox") {
      if (control.checked !== texts.includes(control.value)) control.click();
    } else if (control.value !== given[control.name]) {
      control.value = given[control.name];
      control.dispatchEvent(new Event("input", {bubbles: true}));
      control.dispatchEvent(new Event("change", {bubbles: true}));
    }
    filled.push(control.name);
  }
  return filled;
}"""


# Controls that a thumb would miss.
_SMALL = """() => [...document.querySelectorAll(
  "main .btn:not(.btn-link), main .form-control, main .form-select, main .form-check, nav a"
)].filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 43.9)
  .map((each) => each.outerHTML.slice(0, 100))"""


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    app = create_app(office.settings)
    with serving(app) as url:
        yield url
    of(app).db.close()


def picture(seen: Page, name: str) -> None:
    """For whoever wants to look: a picture in the folder named by `PICTURES`."""
    if folder := os.environ.get("PICTURES"):
        seen.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def answers(provision: str) -> dict[str, str]:
    form = form_of(PACKAGED.notice, provision)
    assert form is not None
    return typed.as_typed(form, SAMPLES[provision])


def press(shown: Page, name: str) -> None:
    with shown.expect_navigation(wait_until="domcontentloaded"):
        shown.click(f"main button:text-is('{name}')")


def begin(shown: Page, provision: str) -> None:
    shown.goto(f"/apply/{provision}")
    press(shown, "开始填写")


@contextmanager
def opened(
    browser: Browser, address: str, size: tuple[int, int], *, scripts: bool = True
) -> Iterator[BrowserContext]:
    """A browser that knows nobody, in a window of that size."""
    width, height = size
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        locale="zh-CN",
        java_script_enabled=scripts,
    )
    yield context
    context.close()


def add_items(shown: Page, given: dict[str, str]) -> None:
    """As many items on the step as there are answers for."""
    for name in [each for each in given if each.endswith("#")]:
        at, wanted = name.removesuffix("#"), int(given[name])
        count = shown.locator(f'form[data-save] [name="{name}"]')
        if not count.count() or shown.locator(f'[id="f{at.replace("/", "-")}"]').is_hidden():
            continue
        for _ in range(int(count.get_attribute("value") or "0"), wanted):
            with shown.expect_navigation(wait_until="domcontentloaded"):
                shown.locator(f'button[value="add {at}"]').click()


def fill(shown: Page, given: dict[str, str], name: str = "", check: Any = None) -> None:
    """Every step; ends on the page that lists what to bring."""
    while shown.locator("form[data-save]").count():
        heading = shown.inner_text("h1")
        if not shown.evaluate("document.activeElement === document.querySelector('h1')"):
            raise AssertionError((heading, "focus"))
        shown.evaluate(_FILL, given)
        add_items(shown, given)
        shown.evaluate(_FILL, given)
        if check:
            check()
        picture(shown, f"{name}-{heading[1]}")
        press(shown, "保存，下一步")
        assert shown.locator(".wq-errors").count() == 0, shown.inner_text(".wq-errors")
        assert shown.inner_text("h1") != heading, heading


def submit(shown: Page) -> None:
    shown.check("#declared")
    press(shown, "提交申报")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_form_is_filed_as_the_api_would(
    office: Office, address: str, browser: Browser, size: tuple[int, int]
) -> None:
    with (
        opened(browser, address, size) as context,
        opened(browser, address, size, scripts=False) as plain,
    ):
        for provision in sorted(FORMS):
            is_plain = size == PHONE and provision in UNSCRIPTED
            shown = (plain if is_plain else context).new_page()
            begin(shown, provision)
            fill(shown, answers(provision), f"{provision}-{size[0]}")
            shown.goto(f"/apply/{provision}/check")
            picture(shown, f"{provision}-{size[0]}-check")
            submit(shown)
            assert shown.url == f"{address}/receipt"
            picture(shown, f"{provision}-{size[0]}-filed")
            shown.close()
    by_page = stored(office.db)
    for provision in sorted(FORMS):
        document = {name: part for name, part in SAMPLES[provision].items() if name != IDENTITY}
        filing.accept(office.db, office.settings, load_application(document))
    by_api = stored(office.db)[len(by_page) :]
    assert by_page == [each | {"identity": "unverified"} for each in by_api]
    assert len(by_page) == len(FORMS)
    assert scalar(office.db, FILED) == 2 * len(FORMS)


def kept(office: Office, shown: Page) -> dict[str, str]:
    """What the server keeps of the draft whose code the page shows."""
    code = shown.inner_text("aside b.wq-n")
    return dict(drafts.find(office.db, office.settings, code).typed)


def test_every_page_of_a_draft_in_both_windows(
    office: Office, address: str, browser: Browser
) -> None:
    """Title, focus, errors with links, nothing that axe finds, no scrolling sideways."""
    for size in (PHONE, DESKTOP):
        with window(browser, address, size) as seen:
            shown = seen.open("/apply")
            picture(shown, f"list-{size[0]}")
            seen.open(f"/apply/{TENANT}")
            picture(shown, f"start-{size[0]}")
            press(shown, "开始填写")
            assert shown.title().startswith("第1步，共5步：申报单位")
            assert shown.inner_text("h1") == "第1步，共5步：申报单位"
            assert shown.evaluate("document.activeElement.tagName") == "H1"
            press(shown, "保存，下一步")
            assert shown.title().startswith("错误：")
            assert shown.evaluate("document.activeElement.id") == "faults"
            first = shown.locator(".wq-errors a").first
            assert "必填" in first.inner_text()
            first.click()
            target = (first.get_attribute("href") or "").removeprefix("#")
            assert shown.evaluate("document.activeElement.id") == target
            found = shown.locator(f'[id="{target}"]')
            assert found.get_attribute("aria-invalid") == "true"
            told = (found.get_attribute("aria-describedby") or "").split()[-1]
            message = shown.locator(f'[id="{told}"]').inner_text()
            assert "必填" in message
            name = shown.locator(f'label[for="{target}"]').inner_text().split()[0]
            assert first.inner_text().startswith(name), "the summary names the field"
            # A refusal is red and says so in words; what is pressed is 44 pixels high.
            colour = "each => getComputedStyle(each).color"
            refused = shown.locator(f'[id="{told}"]').evaluate(colour)
            assert refused == shown.locator(".wq-bad-ink, .invalid-feedback").first.evaluate(colour)
            assert refused != shown.locator("h1").evaluate(colour)
            assert message.startswith("错误：")
            if size == PHONE:
                assert shown.evaluate(_SMALL) == []
            seen.check_accessible()
            picture(shown, f"errors-{size[0]}")
            code = shown.inner_text("aside b.wq-n")
            drafts.save(office.db, office.settings, code, lambda _: {**answers(TENANT), **WRONG})
            for step in ("leases?checked=1", "materials", "check", "later"):
                seen.open(f"/apply/{TENANT}/{step}")
                assert "尚未提交" in shown.inner_text("main")
                picture(shown, f"{step.partition('?')[0]}-{size[0]}")
            drafts.save(office.db, office.settings, code, lambda _: answers(TENANT))
            seen.open(f"/apply/{TENANT}/check")
            press(shown, "提交申报")
            assert shown.title().startswith("错误：")
            seen.check_accessible()
            seen.open("/apply/resume/AAAAA-AAAAA-AAAAA-AAAAA")
            press(shown, "接着填")
            assert shown.title().startswith("错误：")
            seen.check_accessible()
            picture(shown, f"resume-{size[0]}")
    assert scalar(office.db, FILED) == 0


WRONG = {"/facts/leases/0/rent": "2万", "/facts/leases/0/ends_on": "2012-06-30"}
RENT = '[name="/facts/leases/0/rent"]'


def test_what_is_typed_is_saved_meanwhile_and_a_save_that_fails_is_said(
    office: Office, address: str, browser: Browser
) -> None:
    with opened(browser, address, PHONE) as context:
        shown = context.new_page()
        begin(shown, TENANT)
        shown.goto(f"/apply/{TENANT}/leases")
        shown.fill(RENT, "３万")
        expect(shown.locator("#saved")).to_contain_text("已保存", timeout=HANGING)
        assert kept(office, shown)["/facts/leases/0/rent"] == "３万"
        # Fields appear as they apply, at once; what is hidden again keeps its text.
        head = shown.locator('[name="/facts/leases/0/head_rent"]')
        shown.check('[name="/facts/leases/0/lease_form"][value="sublease"]')
        head.fill("9000")
        shown.check('[name="/facts/leases/0/lease_form"][value="direct"]')
        assert head.is_hidden()
        shown.check('[name="/facts/leases/0/lease_form"][value="sublease"]')
        assert head.input_value() == "9000"
        context.set_offline(True)
        shown.fill(RENT, "31000")
        alarm = shown.locator("[role=alert]#unsaved")
        expect(shown.locator("#unsaved")).to_contain_text("没有保存", timeout=HANGING)
        assert "网络断了" in alarm.inner_text()
        assert shown.inner_text("#saved") == ""
        # A button pressed meanwhile does not put the browser's own page in the place of this one.
        with shown.expect_event("requestfailed", lambda each: each.url.endswith("/save")):
            shown.locator("main button.btn:has-text('保存')").first.click(no_wait_after=True)
        assert shown.input_value(RENT) == "31000"
        context.set_offline(False)
        expect(shown.locator("#saved")).to_contain_text("已保存", timeout=HANGING)
        assert alarm.inner_text() == ""
        assert kept(office, shown)["/facts/leases/0/rent"] == "31000"
        shown.reload()
        assert shown.input_value(RENT) == "31000"


_TAP = """words => [...document.querySelectorAll("main button")]
  .find(each => each.textContent.includes(words))
  .dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true, detail: 1}))"""


def test_a_half_composed_word_is_neither_saved_nor_sent(
    office: Office, address: str, browser: Browser
) -> None:
    """Enter that takes a candidate of pinyin stays on the page."""
    with opened(browser, address, PHONE) as context:
        shown = context.new_page()
        begin(shown, TENANT)
        sent: list[str] = []
        shown.on("request", lambda each: sent.append(each.url) if each.method == "POST" else None)
        keys = context.new_cdp_session(shown)
        name = shown.locator('[name="/enterprise/name"]')
        name.focus()
        composed = {"selectionStart": 6, "selectionEnd": 6}
        keys.send("Input.imeSetComposition", {"text": "mian'g", **composed})
        assert name.input_value() == "mian'g"
        shown.keyboard.press("Enter")
        shown.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        assert sent == []
        assert "第1步" in shown.title()
        keys.send("Input.insertText", {"text": "面馆"})
        expect(shown.locator("#saved")).to_contain_text("已保存", timeout=HANGING)
        assert kept(office, shown)["/enterprise/name"] == "面馆"
        with shown.expect_navigation():
            name.press("Enter")
        assert name.input_value() == "面馆"
        # Where a tap leaves the focus in the field, as on some telephones, the word stays open.
        shown.goto(f"/apply/{TENANT}/enterprise")
        name.focus()
        keys.send("Input.imeSetComposition", {"text": "x", "selectionStart": 1, "selectionEnd": 1})
        with shown.expect_navigation():
            shown.evaluate(_TAP, "保存")


def test_a_button_pressed_while_the_script_saves_is_obeyed_once(
    office: Office, address: str, browser: Browser
) -> None:
    with opened(browser, address, PHONE) as context:
        shown = context.new_page()
        begin(shown, TENANT)
        held: list[Route] = []
        sent: list[str] = []
        shown.on("request", lambda each: sent.append(each.method))
        shown.route("**/save", lambda route: held.append(route))  # noqa: PLW0108 - hooks a function
        for status in (0, 503):
            with shown.expect_request("**/save"):
                shown.fill('[name="/enterprise/name"]', f"测试面馆{status}")
            sent.clear()
            shown.locator("main button.btn:has-text('保存')").first.click()
            assert sent == [], "what is on its way comes first"
            with shown.expect_navigation():
                save = held.pop()
                save.fulfill(status=status) if status else save.continue_()
            assert sent.count("POST") == 1
            assert kept(office, shown)["/enterprise/name"] == f"测试面馆{status}"


@pytest.mark.usefixtures("office")
def test_back_and_forward_keep_everything_and_send_nothing_again(
    address: str, browser: Browser
) -> None:
    with opened(browser, address, PHONE) as context:
        shown = context.new_page()
        sent: list[str] = []
        shown.on("request", lambda each: sent.append(each.url) if each.method == "POST" else None)
        begin(shown, TENANT)
        shown.evaluate(_FILL, answers(TENANT))
        press(shown, "保存，下一步")
        shown.evaluate(_FILL, answers(TENANT))
        press(shown, "保存，下一步")
        before = [each for each in sent if not each.endswith("/save")]
        shown.go_back()
        assert "第2步" in shown.title()
        assert shown.input_value('[name="/facts/staff_before"]') == "30"
        shown.go_back()
        assert (
            shown.input_value('[name="/enterprise/name"]') == SAMPLES[TENANT]["enterprise"]["name"]
        )
        shown.go_forward()
        shown.go_forward()
        assert "第3步" in shown.title()
        assert [each for each in sent if not each.endswith("/save")] == before


def test_five_clicks_and_two_tabs_are_one_application(
    office: Office, address: str, browser: Browser
) -> None:
    with opened(browser, address, PHONE) as context:
        shown = context.new_page()
        begin(shown, TENANT)
        code = shown.inner_text("aside b.wq-n")
        drafts.save(office.db, office.settings, code, lambda _: answers(TENANT))
        shown.goto(f"/apply/{TENANT}/check")
        other = context.new_page()
        other.goto(f"/apply/{TENANT}/check")
        for tab in (shown, other):
            tab.check("#declared")
        shown.locator("button:has-text('提交申报')").click(click_count=5, no_wait_after=True)
        shown.wait_for_url("**/receipt")
        number = shown.inner_text("main")
        press(other, "提交申报")
        assert other.url == f"{address}/receipt"
        assert other.inner_text("main") == number
        assert scalar(office.db, FILED) == 1
        shown.goto(f"/apply/{TENANT}/leases")
        assert "已经提交" in shown.inner_text("h1")
