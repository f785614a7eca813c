"""Every page of the desk on an officer's screen and a tablet: axe, size, CSP, nothing sideways."""

from __future__ import annotations

import os
from decimal import Decimal

from playwright.sync_api import Browser

from casework.acts.determine import Decision
from casework.followup import visit_acts, visit_plan
from casework.followup.requests import Asked, open_by_bureau
from rules.workdays import add_working_days
from tests.support.applications import tenant_body, uscc
from tests.support.browser import DESKTOP, PHONE, window
from tests.support.desk_client import open_session
from tests.support.fulfilled import objected
from tests.support.fulfilling import answer, export, lines, payable, returned
from tests.support.ledgers import scalar
from tests.support.office import HEAD, OFFICER, Office, decide
from tests.support.people import log_in
from tests.support.twice import twice
from vocabulary.people import OF_PEOPLE, Role

TABLET = (820, 1180)
SMALL = (1024, 768)
NARROWEST = 8
"""So many characters of a sentence stand on a line of a table, at least."""
_PRESSED = """least => [...document.querySelectorAll("main .wq-scroll :is(th, td)")]
  .filter(each => !each.querySelector(".wq-pick") && each.innerText.length > 2 * least)
  .filter(each => each.clientWidth < least * parseFloat(getComputedStyle(each).fontSize))
  .map(each => each.innerText)"""
_OUTSIDE = """[...document.querySelectorAll(".wq-day .wq-tag")].filter(each =>
  each.getBoundingClientRect().right > each.closest(".wq-day").getBoundingClientRect().right)
  .map(each => each.innerText)"""
_ASIDE = """[...document.querySelectorAll(".wq-scroll:has(.wq-work)")]
  .filter(each => each.scrollWidth > each.clientWidth)
  .map(each => [each.ariaLabel, each.scrollWidth - each.clientWidth])"""
"""Lists that have to be pushed sideways."""
_SMALL_TELEPHONES = """[...document.querySelectorAll("main a[href^='tel:']")]
  .filter(each => each.getBoundingClientRect().height < 44).map(each => each.innerText)"""
OPEN = ("/desk/login", "/desk/setup")
PAGES = (
    "/desk/",
    "/desk/cases",
    "/desk/cases?sort=due&identity=assured&nothing=1",
    "/desk/cases?provision=m09_culture",
    "/desk/approvals",
    "/desk/visits?of={planned}",
    "/desk/visits/{planned}/route",
    "/desk/cases/{later}",
    "/desk/cases/{later}/beside/{earlier}",
    "/desk/cases/{later}/duplicate",
    "/desk/requests",
    "/desk/import",
    "/desk/admin/trail?day_from=2020-01-01",
    "/desk/admin/operations",
    "/desk/payments/{waived}",
    "/desk/objections",
    "/desk/objections/{objection}",
    "/desk/objections/{objection}/answer",
    "/desk/admin/accounts",
    "/desk/admin/tokens",
    "/desk/admin/webhooks",
    "/desk/admin/letters?event=application.assessed",
    "/desk/admin/notices",
    "/desk/admin/practice",
    "/desk/admin/addresses?to=sasac",
    "/desk/reports",
    "/desk/reports/week",
    "/desk/account",
    "/desk/account/second-factor",
    "/desk/messages",
)
OF_PAYER = (
    "/desk/payments",
    "/desk/payments/{paid}",
    "/desk/payments/{paid}/retry",
    "/desk/payments/batches/{batch}",
)


def test_every_page_in_both_windows(office: Office, address: str, browser: Browser) -> None:
    for number in (971, 972):
        office.submit(tenant_body(uscc=uscc(number), lease_no="同一合同"))
    earlier, later = twice(office)
    paid = payable(office).receipt
    batch = export(office)
    answer(office, batch, returned(office, lines(office, batch)[0]))
    waived = office.submit(uscc=uscc(973)).receipt
    decide(office, waived)
    objected(office)
    office.assess_all()
    one = scalar(office.db, "SELECT max(id) FROM objection")
    planned = scalar(office.db, "SELECT max(planned_on) FROM visit")
    names = {
        "paid": paid, "batch": batch.id, "waived": waived, "objection": one, "planned": planned,
        "earlier": earlier.receipt, "later": later.receipt,
    }  # fmt: skip
    session = log_in(office, "test.jia", "sasac", *OF_PEOPLE)
    payer = log_in(office, "test.xin", "finance", *OF_PEOPLE)
    for size in (DESKTOP, TABLET):
        with window(browser, address, size) as seen:
            for path in OPEN:
                seen.open(path)
            for each in (*PAGES, *OF_PAYER):
                path = each.format(**names)
                open_session(seen, payer if each in OF_PAYER else session)
                seen.open(path)
                assert seen.page.locator("body.wq-desk").count() == 1
                seen.check_colours("dark")
                seen.page.emulate_media(color_scheme="light")
                if folder := os.environ.get("PICTURES"):
                    name = path.partition("?")[0].strip("/").replace("/", "-")
                    seen.page.screenshot(path=f"{folder}/{name}-{size[0]}.png", full_page=True)
            seen.open("/desk/no-such-page", status=404)


def test_sentences_in_tables_keep_their_lines_and_marks_their_day(
    office: Office, address: str, browser: Browser
) -> None:
    body = tenant_body(rent="90000.00")
    body["enterprise"]["name"] = "示例特别长名称餐饮管理与文化传播连锁服务（虚构）有限公司"
    receipt = office.submit(body).receipt
    decide(office, receipt, Decision(granted=True, amount=Decimal("180000.00"), reason="属实"))
    open_by_bureau(office.db, office.settings, OFFICER, receipt, Asked("希望减租，并对接贷款" * 4))
    office.submit(uscc=uscc(984))
    visit_plan.set_capacity(office.db, office.settings, HEAD, 1)
    day, _ = add_working_days(office.today(), 4)
    visit_acts.confirm(office.db, office.settings, OFFICER, 1, frozenset({1}), planned_on=day)
    session = log_in(office, "test.jia", "sasac", *OF_PEOPLE)
    for size in (PHONE, SMALL, DESKTOP):
        with window(browser, address, size) as seen:
            open_session(seen, session)
            for path in ("", "cases", "approvals", "requests", "reports", f"visits?of={day}"):
                shown = seen.open(f"/desk/{path}")
                assert shown.evaluate(_PRESSED, NARROWEST) == [], (path, size)
                assert shown.evaluate(_ASIDE) == [], (path, size)
                if size == SMALL:  # and the same held upright
                    shown.set_viewport_size({"width": size[1], "height": size[0]})
                    assert shown.evaluate(_ASIDE) == [], path
                    shown.set_viewport_size({"width": size[0], "height": size[1]})
            assert "已满" in shown.inner_text("main")
            assert shown.evaluate(_OUTSIDE) == [], size
            if size == PHONE:
                shown = seen.open(f"/desk/visits/{day}/route")
                assert shown.locator("main a[href^='tel:']").count() > 0
                assert shown.evaluate(_SMALL_TELEPHONES) == [], "for a thumb"


def test_an_empty_list_offers_nothing_to_do(office: Office, address: str, browser: Browser) -> None:
    office.submit()
    session = log_in(office, "test.jia", "sasac", Role.OFFICER)
    with window(browser, address, DESKTOP) as seen:
        open_session(seen, session)
        shown = seen.open("/desk/cases?provision=m09_culture")
        assert "没有符合的案件。" in shown.inner_text("[role=status]")
        assert shown.locator("main table, main .wq-bar").count() == 0
        assert "搜索看过" in seen.open("/desk/cases?q=没有这家").inner_text("[role=status]")


def test_the_list_by_keyboard(office: Office, address: str, browser: Browser) -> None:
    filed = [office.submit(uscc=uscc(number)).receipt for number in (981, 982)]
    session = log_in(office, "test.jia", "sasac", Role.OFFICER)
    with window(browser, address, DESKTOP) as seen:
        open_session(seen, session)
        shown = seen.open("/desk/cases?sort=received")
        for keys, receipt in (("j", filed[0]), ("j", filed[1]), ("k", filed[0])):
            shown.keyboard.press(keys)
            assert shown.evaluate("document.activeElement.pathname") == f"/desk/cases/{receipt}"
        shown.keyboard.press("/")
        assert shown.evaluate("document.activeElement.name") == "q"
        shown.keyboard.type("j/k")
        assert shown.input_value("input[name=q]") == "j/k"
        shown.check("[data-pick-all]")
        assert shown.locator("input[name=pick]:checked").count() == 2
