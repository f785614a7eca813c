"""A case on an officer's screen: everything that decides it is in sight, and an ordinary grant is
at most three acts."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.support.applications import tenant_body, uscc
from tests.support.browser import PHONE, picture, window
from tests.support.desk_client import open_session
from tests.support.office import Office
from tests.support.papers import by_code, hand_in
from tests.support.pdf_making import lease
from tests.support.people import log_in
from vocabulary.people import Role

SCREEN, TABLET, SMALL = (1440, 900), (820, 1180), (1024, 768)
_SHAPE = "async each => { await each.decode(); return [each.naturalWidth, each.naturalHeight]; }"
WHY = "经核属实。\n\n合同、凭证和台账一致。"
IN_SIGHT = ("#outcome", "#total", "#overlaps", "#identity", "#promised", "#f-reason")


def test_an_ordinary_grant(office: Office, address: str, browser: Browser) -> None:
    first, second = (
        office.submit(tenant_body(uscc=uscc(number), lease_no="同一合同")) for number in (971, 972)
    )
    office.assess_all()
    for paper in ("营业执照", "租赁合同", "缴费凭证"):
        hand_in(office, by_code(first), paper=paper)
    session = log_in(office, "test.jia", "sasac", Role.OFFICER, Role.SUPERVISOR)
    here = f"/desk/cases/{first.receipt}"
    with window(browser, address, SCREEN) as seen:
        open_session(seen, session)
        page = seen.open(f"{here}?sort=received")
        picture(page, "case")
        for name in (*IN_SIGHT, "#papers", *(f"#p-1-{number}" for number in range(2, 6))):
            box = page.locator(name).bounding_box()
            assert box is not None, name
            assert box["y"] + box["height"] <= SCREEN[1], (name, box)
        acts: list[str] = []
        page.on("request", lambda sent: acts.append(sent.url) if sent.method == "POST" else None)
        # One: what was found, and why.
        for number in range(2, 6):
            page.locator(f"#p-1-{number} input[value=yes]").press("Space")  # without a mouse
        page.locator("#f-reason").press_sequentially("np jkr", delay=0)  # no keys while typing
        assert page.input_value("#f-reason") == "np jkr"
        line = page.locator("#f-reason").bounding_box()
        page.fill("#f-reason", WHY)
        grown = page.locator("#f-reason").bounding_box()
        assert line is not None
        assert grown is not None
        assert grown["height"] > line["height"], "paragraphs are seen as they are typed"
        assert grown["y"] + grown["height"] <= SCREEN[1]
        # Who leaves what was typed is asked first, and stays.
        with page.expect_event("dialog") as leaving:
            page.once("dialog", lambda dialog: dialog.dismiss())
            page.get_by_role("link", name="列表", exact=True).click(no_wait_after=True)
        assert leaving.value.type == "beforeunload"
        assert page.input_value("#f-reason") == WHY
        # Two: the letter is looked at; all that was chosen is there.
        page.get_by_role("button", name="先看文书").press("Enter")
        assert "准予，60,000.00元" in page.inner_text("#draft")
        seen.check_accessible()
        # Three: granted as computed, and on to the next.
        page.get_by_role("button", name="准予，办下一件").press("Enter")
        page.wait_for_url(f"**/{second.receipt}?sort=received")
        assert "已认定：准予60,000.00元" in page.inner_text("[role=status]")
        assert len(acts) == 2, acts
        page.keyboard.press("p")
        page.wait_for_url(f"**{here}?sort=received")
        assert page.inner_text("#outcome") == "已准予60,000.00元。另有1份申请和它重叠，请先看"
        page.keyboard.press("n")
        page.wait_for_url(f"**/{second.receipt}?sort=received")


def test_a_case_that_overlaps_with_six_is_decided_without_scrolling(
    office: Office, address: str, browser: Browser
) -> None:
    body = tenant_body(uscc=uscc(970), lease_no="同一合同")
    body["facts"]["leases"] += [
        body["facts"]["leases"][0] | {"lease_no": "另一份", "address": "别处"}
    ]
    first = office.submit(body)
    for number in range(971, 977):
        office.submit(tenant_body(uscc=uscc(number), lease_no="同一合同"))
    office.assess_all()
    session = log_in(office, "test.jia", "sasac", Role.OFFICER)
    with window(browser, address, SCREEN) as seen:
        open_session(seen, session)
        page = seen.open(f"/desk/cases/{first.receipt}?sort=received")
        picture(page, "case-overlaps")
        bar = page.locator("#bar").bounding_box()
        assert bar is not None
        for name in (*IN_SIGHT[:-1], "#whose"):
            box = page.locator(name).bounding_box()
            assert box is not None, name
            assert box["y"] + box["height"] <= bar["y"], (name, box)
        assert page.locator("#overlaps details[open]").count() == 0
        next_case = page.locator("[data-next]").bounding_box()
        assert next_case is not None
        assert next_case["y"] < page.locator("#outcome").evaluate(
            "each => each.getBoundingClientRect().top"
        )


def test_the_pages_of_a_case_on_a_tablet(office: Office, address: str, browser: Browser) -> None:
    accepted = office.submit(uscc=uscc(974))
    document = hand_in(office, by_code(accepted), paper="租赁合同")
    scanned = hand_in(office, by_code(accepted), lease(), paper="营业执照")
    session = log_in(office, "test.jia", "sasac", Role.OFFICER, Role.SUPERVISOR)
    here = f"/desk/cases/{accepted.receipt}"
    with window(browser, address, TABLET) as seen:
        open_session(seen, session)
        viewer = f"{here}/documents/{document.handle}?turn=90&size=2"
        for path in (viewer, f"{here}/trail", f"{here}/transfer", "/desk/approvals", here):
            page = seen.open(path)
        picture(page, "case-tablet")
        for name, size in (("wide", SCREEN), ("small", SMALL), ("phone", PHONE)):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            seen.open(f"{here}/documents/{scanned.handle}")
            picture(page, f"document-{name}")
        # By keyboard: to the page that lies, turned upright, larger, to the other document.
        assert "j 下一页" in page.inner_text("[data-keys]")
        for key, address_, shape in (
            ("j", "turn=0&size=1&page=2", [1800, 1272]),
            ("r", "turn=90&size=1&page=2", [1272, 1800]),
            ("+", "turn=90&size=2&page=2", [2544, 3600]),
            ("k", "turn=90&size=2&page=1", [3600, 2544]),
        ):
            page.keyboard.press(key)
            page.wait_for_url(f"**?{address_}")
            assert page.locator(".wq-sheet img").evaluate(_SHAPE) == shape
        page.keyboard.press("p")
        page.wait_for_url(f"**/{document.handle}")
        assert page.locator("[data-key=j]").count() == 0
        page.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})
        seen.open(here)
        page.locator("#p-1-4").get_by_text("材料不足").click()
        page.get_by_role("button", name="要求补正").click()
        assert page.get_by_label("营业执照", exact=True).is_checked()
        picture(page, "case-supplement")
        seen.check_accessible()


def test_papers_are_asked_for_without_a_script(
    office: Office, address: str, browser: Browser
) -> None:
    accepted = office.submit(uscc=uscc(975))
    scanned = hand_in(office, by_code(accepted), lease(), paper="营业执照")
    session = log_in(office, "test.jia", "sasac", Role.OFFICER)
    with window(browser, address, TABLET, scripts=False) as seen:
        open_session(seen, session)
        page = seen.page
        page.goto(f"{address}/desk/cases/{accepted.receipt}/documents/{scanned.handle}")
        page.get_by_role("link", name="下一页").click()
        page.get_by_role("link", name="转90°").click()
        assert page.locator(".wq-sheet img").evaluate(_SHAPE) == [1272, 1800]
        assert page.locator("[data-keys]").is_hidden()
        page.goto(f"{address}/desk/cases/{accepted.receipt}")
        page.locator("#p-1-4").get_by_text("材料不足").click()
        page.fill("#p-1-4-note", "看不清")
        page.get_by_role("button", name="要求补正").click()
        assert page.input_value("#reason") == "看不清"
        page.fill("#due_on", f"{office.in_days(20):%Y%m%d}")
        page.get_by_role("button", name="要求补正").click()
        assert "已要求补正" in page.inner_text("[role=status]")
        assert "等申报单位补正" in page.inner_text("#outcome")
