"""Every form filled in by a browser, in both windows: what is filed is what the API makes of it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from api.services import of
from schemas.application import IDENTITY
from schemas.forms import FORMS
from tests.support import filing
from tests.support.browser import DESKTOP, PHONE
from tests.support.ledgers import scalar
from tests.support.office import Office
from tests.support.packaged import PACKAGED, load_application
from tests.support.servers import free_port
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


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    app = create_app(replace(office.settings, public_url=url))
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()
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
    with shown.expect_navigation():
        shown.get_by_role("button", name=name, exact=True).click()


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
        while int(count.get_attribute("value") or "0") < wanted:
            with shown.expect_navigation():
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
            shown.click("a:has-text('下一步')")
            assert "核对提交" in shown.inner_text("h1")
            picture(shown, f"{provision}-{size[0]}-check")
            submit(shown)
            assert "/apply" not in shown.url
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
