"""Pages that differ from those of `test_every_page` by their words alone, and refusals."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser

from tests.support.app import App
from tests.support.browser import DESKTOP, PHONE, window

OTHER_MEASURES = tuple(f"/measures/m{number:02}" for number in range(2, 15))
REFUSED = {"/no-such-page": 404, "/measures/m99": 404, "/publicity?before=0": 422}


def test_every_measure_and_refusal(launch_app: Callable[..., App], browser: Browser) -> None:
    app = launch_app("api")
    for size in (PHONE, DESKTOP):
        with window(browser, app.base_url, size) as seen:
            for path in OTHER_MEASURES if size == DESKTOP else ():
                seen.open(path)
            for path, status in REFUSED.items():
                seen.open(path, status=status)
