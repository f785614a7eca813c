"""Every page of the desk on an officer's screen and a tablet: axe, size, CSP, nothing sideways."""

from __future__ import annotations

import os

from playwright.sync_api import Browser

from tests.support.applications import tenant_body, uscc
from tests.support.browser import DESKTOP, window
from tests.support.desk_client import open_session
from tests.support.fulfilled import objected
from tests.support.fulfilling import answer, export, lines, payable, returned
from tests.support.ledgers import scalar
from tests.support.office import Office, decide
from tests.support.people import log_in
from vocabulary.people import OF_PEOPLE, Role

TABLET = (820, 1180)
OPEN = ("/desk/login", "/desk/setup")
PAGES = (
    "/desk/",
    "/desk/cases",
    "/desk/cases?sort=due&identity=assured&nothing=1",
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
    paid = payable(office).receipt
    batch = export(office)
    answer(office, batch, returned(office, lines(office, batch)[0]))
    waived = office.submit(uscc=uscc(973)).receipt
    decide(office, waived)
    objected(office)
    office.assess_all()
    one = scalar(office.db, "SELECT max(id) FROM objection")
    names = {"paid": paid, "batch": batch.id, "waived": waived, "objection": one}
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
                if folder := os.environ.get("PICTURES"):
                    name = path.partition("?")[0].strip("/").replace("/", "-")
                    seen.page.screenshot(path=f"{folder}/{name}-{size[0]}.png", full_page=True)
            seen.open("/desk/no-such-page", status=404)


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
