"""Two minutes before the time is over it is said, and one key press goes on."""

from __future__ import annotations

import re
from dataclasses import replace

from playwright.sync_api import Browser, expect

from casework.people import enterprise_sessions
from tests.support import visitor
from tests.support.browser import PHONE, window
from tests.support.ledgers import scalar
from tests.support.office import Office
from tests.support.pages import serving
from web.app import create_app
from web.portal import holding

MINUTE = 60_000  # milliseconds
SEEN = "SELECT last_seen_at FROM enterprise_session"


def test_one_key_press_renews_the_login_until_its_end(office: Office, browser: Browser) -> None:
    login = replace(office.settings.enterprise_login, idle_minutes=30, hours=1)
    settings = replace(office.settings, enterprise_login=login)
    app = create_app(settings)
    secret = enterprise_sessions.begin(
        office.db, settings, issuer="https://id.example.org", uscc="x", name="测试面馆"
    )
    with serving(app) as address, window(browser, address, PHONE) as seen:
        seen.page.context.add_cookies(
            [{"name": "wenqi-enterprise", "value": secret, "url": address}]
        )
        seen.page.clock.install()
        shown = seen.open("/mine")
        before = scalar(office.db, SEEN)
        notice = shown.locator("#pause")
        shown.clock.fast_forward(27 * MINUTE)
        assert notice.is_hidden()
        shown.clock.fast_forward(MINUTE + 1000)
        expect(shown.get_by_role("alert")).to_contain_text("再过两分钟没有操作，就要重新登录")
        seen.check_accessible()
        shown.keyboard.press("Enter")
        notice.wait_for(state="hidden")
        assert scalar(office.db, SEEN) > before
        # Two minutes before the hour is over nothing can be put off any more.
        shown.clock.fast_forward(28 * MINUTE)
        notice.wait_for()
        shown.keyboard.press("Enter")
        notice.wait_for(state="hidden")
        renewed = scalar(office.db, SEEN)
        shown.clock.fast_forward(2 * MINUTE)
        expect(notice).to_contain_text("登录到时，不能延长。填的不会丢，重新登录以后接着办")
        seen.check_accessible()
        shown.keyboard.press("Enter")
        notice.wait_for(state="hidden")
        assert scalar(office.db, SEEN) == renewed
        shown.clock.fast_forward(2 * MINUTE)
        expect(notice).to_contain_text("时间已经过了，下一步要重新登录")


def test_one_key_press_keeps_number_and_code(office: Office, browser: Browser) -> None:
    app = create_app(office.settings)
    who = visitor.visitor(app)
    visitor.has_filed(who, visitor.granted(office))
    sentence = f"<noscript><p[^>]*>{holding.MINUTES}分钟没有操作，就要重新填写受理编号和查询码"
    assert re.search(sentence, who.pages.open("/status/ask"))
    with serving(app) as address, window(browser, address, PHONE) as seen:
        who.lend(seen.page.context, address)
        seen.page.clock.install()
        shown = seen.open("/status/ask")
        notice = shown.locator("#pause")
        # Who is typing is not interrupted: the time is counted anew without a word.
        shown.clock.fast_forward((holding.MINUTES - 2) * MINUTE - MINUTE // 2)
        shown.fill("#f-words", "房东不肯")
        with shown.expect_response("**/receipt"):
            shown.clock.fast_forward(MINUTE // 2)
        assert notice.is_hidden()
        assert shown.evaluate("document.activeElement.id") == "f-words"
        shown.clock.fast_forward((holding.MINUTES - 2) * MINUTE)
        shown.get_by_role("alert").wait_for()
        shown.route("**/receipt", lambda route: route.abort())
        shown.keyboard.press("Enter")
        expect(notice).to_contain_text("没有连上，请再按一次“继续”")
        shown.unroute("**/receipt")
        with shown.expect_response("**/receipt") as renewed:
            shown.keyboard.press("Enter")
        assert holding.COOKIE in (renewed.value.header_value("set-cookie") or "")
        notice.wait_for(state="hidden")
        shown.clock.fast_forward((holding.MINUTES - 2) * MINUTE)
        shown.context.clear_cookies()
        shown.keyboard.press("Enter")
        expect(notice).to_contain_text("时间已经过了，下一步要重新填写受理编号和查询码")
        assert shown.input_value("#f-words") == "房东不肯"
