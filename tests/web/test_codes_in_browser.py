"""Codes that are typed back on pages: confirming the contact, a new access code, guessing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from casework.intake.accept import Accepted
from tests.support import filing
from tests.support.applications import tenant_body, uscc
from tests.support.browser import DESKTOP, PHONE, Window, window
from tests.support.ledgers import scalar
from tests.support.office import Office
from tests.support.packaged import load_application
from tests.support.pages import serving
from tests.support.servers import free_port
from web.app import create_app

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.fixture
def address(office: Office, tmp_path: Path) -> Iterator[str]:
    office.settings = replace(office.settings, codes_file=tmp_path / "codes")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with serving(create_app(replace(office.settings, public_url=url)), port):
        yield url


def stranger(office: Office, number: int) -> Accepted:
    """An application of the open form, with telephone and mail address."""
    body = tenant_body(uscc=uscc(number))
    body["enterprise"]["contact"] |= {"phone": "13800000111", "email": "shop@example.org"}
    made = load_application(body)
    filed = filing.accept(office.db, office.settings, made, identity=filing.OPEN_FORM)
    office.assess_all()
    return filed


def enter(seen: Window, filed: Accepted) -> None:
    seen.page.goto(seen.base_url + "/status")
    seen.page.fill("#receipt", filed.receipt)
    # As a keyboard for Chinese writes them.
    seen.page.fill("#code", filed.access_code.translate(FULL_WIDTH))
    press(seen, "查进度")


def press(seen: Window, button: str, status: int = 200) -> None:
    with seen.page.expect_navigation() as gone:
        seen.page.click(f"button:has-text('{button}')")
    seen.received = 0
    seen.check(gone.value, status)


def picture(seen: Window, name: str) -> None:
    if folder := os.environ.get("PICTURES"):
        seen.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_contact_is_confirmed_and_a_wrong_code_loses_nothing(
    office: Office, address: str, browser: Browser
) -> None:
    filed = stranger(office, 841)
    with window(browser, address, PHONE) as seen:
        enter(seen, filed)
        shown = seen.open("/status/code")
        picture(seen, "code-before")
        press(seen, "发到手机号码")
        said = shown.inner_text("main")
        assert "138****0111" in said
        assert "13800000111" not in shown.content()
        assert "秒可以再要一个" in said
        assert shown.locator("button:has-text('发到电子邮箱')").count() == 1
        # Whoever has the telephone no more: another one, or the officer who is named with a number.
        way_out = shown.locator("section", has=shown.get_by_text("号码不用了，或者收不到"))
        assert way_out.locator("a[href='/status/contact']").count() == 1
        assert way_out.locator("a[href^='tel:']").count() == 1
        assert "当面核对，不用验证码" in way_out.inner_text()
        code = filing.code_of(office.db, office.settings, filed.receipt)
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        shown.fill("#code", wrong)
        press(seen, "核实", 422)
        picture(seen, "code-wrong")
        assert shown.title().startswith("错误：")
        assert shown.input_value("#code") == wrong
        assert shown.get_attribute("#code", "aria-invalid") == "true"
        assert "验证码不正确" in shown.inner_text("#code-e")
        shown.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        picture(seen, "code-wide")
        shown.fill("#code", code.translate(FULL_WIDTH))
        press(seen, "核实")
        assert "已核实" in shown.inner_text("[role=status]")
        assert office.status(filed)["identity"]["level"] == "contact_verified"


def test_a_second_code_waits_and_guessing_is_bounded(
    office: Office, address: str, browser: Browser
) -> None:
    filed = stranger(office, 842)
    with window(browser, address, PHONE, scripts=True) as seen:
        enter(seen, filed)
        shown = seen.open("/status/code")
        press(seen, "发到手机号码")
        # A second tab still has the button.
        token = shown.input_value("form[action='/status/code'] [name=token]")
        again = shown.request.post(
            f"{address}/status/code", form={"token": token, "channel": "sms"}
        )
        assert again.status == 200
        assert scalar(office.db, "SELECT count(*) FROM contact_code") == 1
        code = filing.code_of(office.db, office.settings, filed.receipt)
        for attempt in (1, 2, 3, 4, 5, 0):
            offered = f"{(int(code) + attempt) % 10**6:06d}"
            answer = shown.request.post(
                f"{address}/status/code/typed", form={"token": token, "code": offered}
            )
            assert answer.status == 422, "the sixth is right, and too late"
        assert office.status(filed)["identity"]["level"] == "unverified"


def test_a_lost_access_code_is_exchanged_and_a_receipt_alone_tells_nothing(
    office: Office, address: str, browser: Browser
) -> None:
    filed = office.submit(uscc=uscc(843))
    with window(browser, address, PHONE) as seen:
        said = []
        for receipt in ("WQ261128-9999999-E", filed.receipt):
            shown = seen.open(f"/status/new-code?receipt={receipt}")
            press(seen, "发验证码")
            said.append(shown.inner_text("main"))
            assert "138" not in said[-1]
        assert said[0] == said[1]
        picture(seen, "new-code")
        shown.fill("#code", "AAAA-AAAA")
        press(seen, "换新的查询码", 422)
        assert shown.input_value("#code") == "AAAA-AAAA"
        code = filing.code_of(office.db, office.settings, filed.receipt)
        shown.fill("#code", code.lower())
        press(seen, "换新的查询码")
        assert shown.inner_text("h1") == "新的查询码"
        assert filed.access_code not in shown.content()
        assert code not in shown.url
        seen.open("/status")
        assert shown.inner_text("h1") == "办到哪一步了"
