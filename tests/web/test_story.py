"""The whole way of an enterprise in one go: a telephone's browser, all processes, no part replaced.

With `PICTURES` it leaves the pictures of the stations; see `tests.support.screenshots`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser

from cli.demo import backstage
from config.settings import Settings
from tests.support import screenshots
from tests.support.app import App
from tests.support.browser import DESKTOP, PHONE, window
from tests.support.story import Shop


def test_a_shop_applies_and_reads_its_decision(
    launch_app: Callable[..., App], browser: Browser, tmp_path: Path
) -> None:
    codes = tmp_path / "codes"
    app = launch_app(env={"CODES_FILE": str(codes)})
    folder = os.environ.get("PICTURES")
    make = backstage.token_maker(Settings.from_env(app.environment))

    @cache
    def officer(role: str) -> str:
        return make("sasac", role, "测试甲")

    with window(browser, app.base_url, PHONE) as seen:

        def show(station: str) -> None:
            seen.check_accessible()
            if folder:
                screenshots.take(seen.page, Path(folder), station, PHONE)
                if station in screenshots.PORTAL.wide:
                    screenshots.take(seen.page, Path(folder), station, DESKTOP)

        Shop(seen.page, app.base_url, codes, officer, show).live()
        assert seen.faults == []
