"""An officer's day with visits in a browser: dragged on the board, recorded on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from playwright.sync_api import Browser, Page

from api import cookies
from casework.followup import visit_acts, visit_plan
from casework.followup.requests import Asked, open_by_bureau
from rules.workdays import add_working_days
from tests.support.applications import uscc
from tests.support.browser import DESKTOP, PHONE, Window, picture, sheets, window
from tests.support.ledgers import scalar
from tests.support.office import HEAD, OFFICER, Office
from tests.support.pages import serving
from tests.support.people import SESSION, log_in
from tests.support.servers import free_port
from vocabulary.people import Role
from web.app import create_app

FULL_DAYS = """many => { const card = document.querySelector(".wq-card").cloneNode(true);
  for (const day of document.querySelectorAll(".wq-day > ul"))
    day.replaceChildren(...Array.from({length: many}, () => card.cloneNode(true))); }"""


def enter(seen: Window, session: str) -> None:
    seen.page.context.add_cookies(
        [{"name": cookies.SESSION, "value": session.removeprefix(SESSION), "url": seen.base_url}]
    )


def sent(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


@pytest.fixture
def day(office: Office) -> date:
    """A Monday with two visits on it, which is all it takes; one more waits."""
    filed = [office.submit(uscc=uscc(940 + number)) for number in range(3)]
    day, _ = add_working_days(office.today(), 6)
    while day.weekday():
        day, _ = add_working_days(day, 1)
    visit_plan.set_capacity(office.db, office.settings, HEAD, 2)
    for visit in (1, 2):
        visit_acts.confirm(
            office.db, office.settings, OFFICER, visit, frozenset({1}), planned_on=day
        )
    open_by_bureau(office.db, office.settings, OFFICER, filed[0].receipt, Asked("希望减租"))
    return day


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    """The desk served within this process, without a second factor."""
    port = free_port()
    simple = replace(office.settings.accounts, second_factor=False)
    url = f"http://127.0.0.1:{port}"
    with serving(
        create_app(replace(office.settings, public_url=url, accounts=simple)), port
    ) as served:
        yield served


def test_a_visit_is_dragged_moved_and_recorded(
    office: Office, browser: Browser, day: date, address: str
) -> None:
    later = add_working_days(day, 1)[0]
    session = log_in(office, "test.jia", "sasac", Role.OFFICER, Role.SUPERVISOR)
    with window(browser, address, DESKTOP) as seen:
        enter(seen, session)
        for path in ("/desk/requests", "/desk/requests/1/transfer", "/desk/calendars"):
            seen.open(path)
        drag(seen, day, later)
        assert scalar(office.db, "SELECT planned_on FROM visit WHERE id = 1") == later
    with window(browser, address, PHONE, scripts=False) as seen:
        enter(seen, session)
        move(seen, day, later)
        assert scalar(office.db, "SELECT planned_on FROM visit WHERE id = 2") == later
        record(seen)
    with window(browser, address, PHONE) as seen:
        enter(seen, session)
        assert sheets(seen.open("/desk/reports/week")) == 1
        for path in (
            f"/desk/visits?of={day}",
            "/desk/visits/1/outcome",
            f"/desk/visits/{later}/route",
        ):
            shown = seen.open(path)
            picture(shown, "phone-" + path.strip("/").partition("?")[0].replace("/", "-"))
    assert scalar(office.db, "SELECT result FROM visit WHERE id = 2") == "refused"
    assert scalar(office.db, "SELECT count(*) FROM request WHERE source = 'visit'") == 1


def drag(seen: Window, day: date, later: date) -> None:
    """The mouse takes it to the day; the keyboard says why."""
    board = seen.open(f"/desk/visits?of={day}")
    picture(board, "desk-visits")
    for a_day, most in ((12, 1), (20, 2)):
        board.evaluate(FULL_DAYS, a_day)
        assert sheets(board) == most
    board = seen.open(f"/desk/visits?of={day}")
    board.drag_and_drop("#visit-1 h3", f"[data-day='{later}'] h2")
    assert board.evaluate("document.activeElement.name") == "/reason"
    board.keyboard.type("企业当日盘点")
    board.keyboard.press("Tab")  # a reason may have paragraphs: Enter begins one
    with board.expect_navigation():
        board.keyboard.press("Enter")
    assert "已改期" in board.inner_text("main")


def move(seen: Window, day: date, later: date) -> None:
    """By the form in the card, without a script."""
    seen.page.goto(f"{seen.base_url}/desk/visits?of={day}")
    card = seen.page.locator("#visit-2")
    card.locator("summary", has_text="改期").click()
    card.locator("[name='/planned_on']").fill(later.isoformat())
    card.locator("[name='/reason']").fill("路线调整")
    with seen.page.expect_navigation():
        card.get_by_role("button", name="改期", exact=True).click()


def record(seen: Window) -> None:
    """On the telephone, without a script; what is missing comes back with all that was typed."""
    with seen.page.expect_navigation():
        seen.page.get_by_role("link", name="记录走访结果").click()
    seen.page.get_by_label("企业谢绝走访").check()
    sent(seen.page, "加一项：企业提出的诉求")
    seen.page.locator("[name='/requests/0/words']").fill("希望对接贷款")
    sent(seen.page, "保存走访结果")
    assert "有1处要改" in seen.page.inner_text("main")
    assert seen.page.input_value("[name='/requests/0/words']") == "希望对接贷款"
    seen.page.locator("[name='/note']").fill("门口说明来意，企业表示暂不需要。")
    sent(seen.page, "保存走访结果")
    assert "走访结果已保存" in seen.page.inner_text("main")
