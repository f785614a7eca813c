"""An application as who filed it sees it, in each kind of state, and what they may do there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.services import services
from casework.acts import withdraw
from casework.acts.determine import Decision
from casework.intake.accept import Accepted
from schemas.findings import Finding
from tests.support.applications import tenant_body, uscc
from tests.support.browser import DESKTOP, PHONE, Window, window
from tests.support.ledgers import column
from tests.support.office import Office, decide
from tests.support.pages import serving
from tests.support.servers import free_port
from vocabulary.cases import State
from web.app import create_app

NO = Decision(
    granted=False,
    amount=None,
    reason="租期不含三月、四月",
    findings=[Finding("1.3", result=False, note="在名单内")],
)


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    app = create_app(replace(office.settings, public_url=url))
    with serving(app, port) as served:
        yield served
    with app.app_context():
        services().db.close()


def enter(seen: Window, filed: Accepted) -> Page:
    shown = seen.page
    shown.goto(seen.base_url + "/status")
    shown.fill("#receipt", filed.receipt.lower().replace("-", ""))
    shown.fill("#code", filed.access_code)
    with shown.expect_navigation() as gone:
        shown.click("button:has-text('查进度')")
    seen.check(gone.value)
    assert filed.access_code not in shown.url
    assert filed.access_code not in shown.content()
    return shown


def press(seen: Window, button: str, status: int = 200) -> None:
    with seen.page.expect_navigation() as gone:
        seen.page.click(f"button:has-text('{button}')")
    seen.received = 0
    seen.check(gone.value, status)


def picture(seen: Window, name: str) -> None:
    """For whoever wants to look: a picture in the folder named by `PICTURES`."""
    if folder := os.environ.get("PICTURES"):
        seen.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_each_state(office: Office, address: str, browser: Browser) -> None:
    lacking = tenant_body(uscc=uscc(801))
    del lacking["facts"]["leases"][0]["rent"]
    filed = {
        "incomplete": office.submit(lacking),
        **{
            name: office.submit(uscc=uscc(number))
            for number, name in enumerate(("waiting", "granted", "refused", "withdrawn"), 802)
        },
    }
    decide(office, filed["granted"].receipt)
    decide(office, filed["refused"].receipt, NO)
    gone = filed["withdrawn"]
    withdraw.withdraw(office.db, office.settings, gone.receipt, gone.access_code)
    says = {
        "incomplete": "还差",
        "waiting": "暂算60,000.00元，认定后才算准予",
        "granted": "准予60,000.00元",
        "refused": "这次没有通过。区国资委的理由：租期不含三月、四月",
        "withdrawn": "申请已经撤回",
    }
    for name, sentence in says.items():
        with window(browser, address, PHONE) as seen:
            shown = enter(seen, filed[name])
            says_now = shown.inner_text(".wq-say")
            assert sentence in says_now
            assert ("准予" in says_now.replace("才算准予", "")) == (name == "granted")
            # What nobody works on any more waits for nothing.
            waits = shown.locator("#sum, #cond").count()
            assert bool(waits) == (name != "withdrawn"), name
            picture(seen, f"{name}-{PHONE[0]}")
            if name == "refused":
                assert "准予" not in shown.inner_text("tfoot")
            if name == "granted":
                seen.open("/status/notice")
                picture(seen, "notice")
            if name == "incomplete":
                seen.open("/status/supplement")
                picture(seen, "supplement")
                (rent,) = shown.query_selector_all("form input:not([type=hidden])")
                rent.fill("2万")
                press(seen, "交补正", 422)
                assert shown.title().startswith("错误：")
                (rent,) = shown.query_selector_all("form input:not([type=hidden])")
                assert rent.input_value() == "2万"
                rent.fill("30,000元")
                press(seen, "交补正")
                assert "已经收到" in shown.inner_text(".wq-say")
                picture(seen, "supplemented")
                # Answering is no copy of one's data: the trail names what was looked at.
                assert "access.copy_made" not in column(office.db, "SELECT type FROM event")
            shown.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
            seen.open("/status")
            picture(seen, f"{name}-{DESKTOP[0]}")


def test_the_acts_offered_are_those_of_the_api(
    office: Office, address: str, browser: Browser
) -> None:
    """Without a script: ask, correct the contact, withdraw; nothing is said done before it is."""
    filed = office.submit(uscc=uscc(811))
    with window(browser, address, PHONE) as seen:
        shown = enter(seen, filed)
        offered = shown.eval_on_selector_all("aside a", "all => all.map(a => a.pathname)")
        acts = {
            "verify_contact": "code",
            "correct_contact": "contact",
            "answer_supplement": "supplement",
            "request_review": "review",
            "rate": "rate",
            "withdraw": "withdraw",
        }
        wanted = {acts[each] for each in office.status(filed)["actions"]}
        always = {"documents", "ask", "deletion", "data", "again", "new-code"}
        assert set(offered) == {"/mine", *(f"/status/{each}" for each in wanted | always)}
        seen.open("/status/review")
        assert shown.url == address + "/status"
        seen.open("/status/contact")
        shown.fill("#f-name", "测试新")
        shown.fill("#f-phone", "12")
        press(seen, "保存联系方式", 422)
        picture(seen, "contact-error")
        assert shown.title().startswith("错误：")
        assert shown.input_value("#f-name") == "测试新"
        seen.open("/status/ask")
        shown.fill("#f-words", "房东不肯减租")
        # The browser's own page of an error does not take the place of what was written.
        shown.context.set_offline(True)
        shown.click("button:has-text('提出诉求')", no_wait_after=True)
        expect(shown.locator(".wq-cut-off[role=alert]")).to_contain_text("网络断了")
        shown.context.set_offline(False)
        seen.faults.clear()
        press(seen, "提出诉求")
        assert "诉求已登记" in shown.inner_text("[role=status]")
        assert office.status(filed)["requests"][0]["words"] == "房东不肯减租"
        seen.open("/status/withdraw")
        assert office.status(filed)["state"] != State.WITHDRAWN
        press(seen, "确认撤回")
        assert office.status(filed)["state"] == State.WITHDRAWN
        press(seen, "退出")
        seen.open("/status")
        assert shown.inner_text("h1") == "查进度"


def test_a_wrong_code_keeps_the_number(office: Office, address: str, browser: Browser) -> None:
    filed = office.submit(uscc=uscc(821))
    with window(browser, address, PHONE) as seen:
        shown = seen.open("/status")
        shown.fill("#receipt", filed.receipt)
        shown.fill("#code", "AAAA-AAAA-AAAA-AAAA")
        press(seen, "查进度", 403)
        picture(seen, "wrong")
        assert shown.input_value("#receipt") == filed.receipt
        assert "编号或查询码不对" in shown.inner_text("[role=alert]:focus")
        # What was written without a code that still holds is shown, not lost.
        enter(seen, filed)
        seen.open("/status/ask")
        press(seen, "提出诉求", 422)
        assert "此项必填" in shown.inner_text("[role=alert]:focus")
        shown.fill("#f-words", "写了很久的话")
        shown.context.clear_cookies(name="wenqi-own")
        press(seen, "提出诉求", 403)
        assert "写了很久的话" in shown.inner_text("main")
        assert office.status(filed)["requests"] == []
