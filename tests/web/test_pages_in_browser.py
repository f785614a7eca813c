"""Every page in a phone's window and a desktop's: axe, size, no scrolling sideways, no faults."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser

from tests.support.app import App
from tests.support.browser import DESKTOP, PHONE, window

PAGES = (
    "/",
    "/measures/m01",
    "/apply",
    "/apply/m01_tenant",
    "/apply/resume",
    "/contacts",
    "/contacts?q=国资委",
    "/publicity",
    "/accessibility",
    "/privacy",
    "/screen",
    "/status",
    "/status/new-code",
    "/mine",
)
OTHER_MEASURES = tuple(f"/measures/m{number:02}" for number in range(2, 15))
REFUSED = {"/no-such-page": 404, "/measures/m99": 404, "/publicity?before=0": 422}


def test_every_page_in_both_windows(launch_app: Callable[..., App], browser: Browser) -> None:
    app = launch_app("api")
    for size in (PHONE, DESKTOP):
        with window(browser, app.base_url, size) as seen:
            for path in PAGES if size == PHONE else (*PAGES, *OTHER_MEASURES):
                seen.open(path)
            for path, status in REFUSED.items():
                seen.open(path, status=status)
