"""A day at the desks of two bureaus: forty cases, real processes, no part replaced.

With `PICTURES` it leaves the pictures of the stations; see `tests.support.screenshots`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support import screenshots
from tests.support.app import App
from tests.support.browser import Window
from tests.support.day import ORDINARY, Day, Grant
from tests.support.day_before import file_forty, grant_earlier, staff
from tests.support.office import Office


@pytest.mark.timeout(1500)
def test_a_day_at_the_desk(
    office: Office, launch_app: Callable[..., App], browser: Browser
) -> None:
    grant_earlier(office)
    assert len(file_forty(office)) == 40
    app = launch_app()
    people = staff()
    for each in people.values():
        each.begin(office, app.base_url)

    folder = os.environ.get("PICTURES")

    def show(seen: Window, station: str) -> None:
        seen.check_accessible()
        size = seen.page.viewport_size
        if folder and size:
            place = (size["width"], size["height"])
            screenshots.take(seen.page, Path(folder), station, place)

    day = Day(browser, app.base_url, people, office.today(), show)
    day.live()
    # Four conditions and a reason, sent once: that is an ordinary grant.
    assert day.grants == [Grant(chosen=5, sent=1)] * ORDINARY
