"""Two minutes before the time is over it is said, and one key press goes on."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Browser

from casework.people import enterprise_sessions
from tests.support import visitor
from tests.support.browser import PHONE, window
from tests.support.ledgers import scalar
from tests.support.office import Office
from tests.support.pages import serving
from web.app import create_app
from web.portal import holding

SEEN = "SELECT last_seen_at FROM enterprise_session"


def test_one_key_press_renews_the_login(office: Office, browser: Browser) -> None:
    app = create_app(office.settings)
    secret = enterprise_sessions.begin(
        office.db, office.settings, issuer="https://id.example.org", uscc="x", name="测试面馆"
    )
    with serving(app) as address, window(browser, address, PHONE) as seen:
        seen.page.context.add_cookies(
            [{"name": "wenqi-enterprise", "value": secret, "url": address}]
        )
        seen.page.clock.install()
        shown = seen.open("/mine")
        before = scalar(office.db, SEEN)
        notice = shown.locator("#pause")
        idle = timedelta(minutes=office.settings.enterprise_login.idle_minutes)
        shown.clock.fast_forward(int((idle - timedelta(minutes=3)).total_seconds() * 1000))
        assert notice.is_hidden()
        shown.clock.fast_forward(61_000)
        shown.get_by_role("alert").wait_for()
        seen.check_accessible()
        shown.keyboard.press("Enter")
        notice.wait_for(state="hidden")
        assert scalar(office.db, SEEN) > before


def test_one_key_press_keeps_number_and_code(office: Office, browser: Browser) -> None:
    app = create_app(office.settings)
    who = visitor.visitor(app)
    visitor.has_filed(who, visitor.granted(office))
    assert f"{holding.MINUTES}分钟没有操作" in who.pages.open("/status/ask")
    with serving(app) as address, window(browser, address, PHONE) as seen:
        who.lend(seen.page.context, address)
        seen.page.clock.install()
        shown = seen.open("/status/ask")
        shown.clock.fast_forward((holding.MINUTES - 2) * 60_000)
        shown.get_by_role("alert").wait_for()
        with shown.expect_response("**/receipt") as renewed:
            shown.keyboard.press("Enter")
        assert holding.COOKIE in (renewed.value.header_value("set-cookie") or "")
        shown.locator("#pause").wait_for(state="hidden")
