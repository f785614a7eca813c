"""Database or broker away, a session that is over: each page says what to do, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Browser

from api.services import of
from tests.support import visitor
from tests.support.browser import PHONE, window
from tests.support.form_pages import FormPages
from tests.support.ledgers import column
from tests.support.office import Office
from tests.support.pages import serving
from tests.support.visitor import CASE, FORM, GRANTED, PUBLIC, TENANT, Visitor
from web.app import create_app
from web.portal import holding

NOWHERE = "127.0.0.1:1"
LEASES = "/facts/leases"
WORDS = "房东不肯减租，已经谈过两次"


@pytest.fixture
def app(office: Office) -> Iterator[Flask]:
    made = create_app(office.settings)
    yield made
    of(made).db.close()


def moved(who: Visitor, to: Flask) -> Visitor:
    """The same browser at another instance of the application."""
    pages = FormPages(to.test_client())
    for each in (who.pages.client._cookies or {}).values():
        pages.client.set_cookie(each.key, each.value)
    return Visitor(pages)


@pytest.fixture
def in_hand(office: Office, app: Flask) -> Visitor:
    """Somebody with everything: a screening, a draft, an application that was granted."""
    who = visitor.visitor(app)
    visitor.has_screened(who)
    visitor.has_draft(who)
    visitor.has_filed(who, visitor.granted(office))
    return who


def test_every_page_while_the_database_is_away(office: Office, in_hand: Visitor) -> None:
    url = f"postgresql+psycopg://nobody@{NOWHERE}/none"
    who = moved(in_hand, create_app(replace(office.settings, database_url=url)))
    for path in dict.fromkeys((*PUBLIC, *FORM, *CASE, *GRANTED)):
        answer = who.pages.client.get(path)
        assert answer.status_code in (200, 303, 503), (path, answer.status_code)
        if answer.status_code == 503:
            assert "您可以" in answer.text
            assert "等一分钟，刷新本页再试" in answer.text
            assert answer.headers["Retry-After"]


def test_what_was_sent_while_the_database_is_away_is_sent_once_more(
    office: Office, app: Flask, in_hand: Visitor
) -> None:
    url = f"postgresql+psycopg://nobody@{NOWHERE}/none"
    away = moved(in_hand, create_app(replace(office.settings, database_url=url)))
    in_hand.pages.open("/status/ask")
    asked = {"/words": WORDS, "token": in_hand.pages.hidden()["token"]}
    answer = away.pages.client.post("/status/ask", data=asked)
    assert answer.status_code == 503
    assert WORDS in answer.text
    assert "再交一次" in answer.text
    kept = {**asked, **FormPages(away.pages.client, answer).all_hidden()}
    again = in_hand.pages.client.post("/status/ask", data=kept)
    assert again.status_code == 303
    assert len(column(office.db, "SELECT id FROM request")) == 1
    assert WORDS in app.test_client().get("/").text or in_hand.pages.open("/status")


def test_a_database_that_never_answers_loses_nothing_that_was_typed(
    office: Office, in_hand: Visitor
) -> None:
    """A lock that does not end: step, check, act and status say what to do, then go on."""
    patient = create_app(replace(office.settings, answer_seconds=2))
    who = moved(in_hand, patient)
    who.pages.open(f"/apply/{TENANT}/leases")
    rent = f"{LEASES}/0/rent"
    step = {**who.pages.hidden(), **visitor.answers("leases"), rent: "31000", "leaf": "1"}
    who.pages.open(f"/apply/{TENANT}/check")
    check = {**who.pages.hidden(), "declared": "1"}
    who.pages.open("/status/ask")
    ask = {**who.pages.hidden(), "/words": WORDS}
    with office.db.transaction() as conn:
        conn.exec_driver_sql("LOCK TABLE draft, application IN ACCESS EXCLUSIVE MODE")
        saved = who.pages.client.post(f"/apply/{TENANT}/leases", data=step)
        assert saved.status_code == 503
        assert "没有保存" in saved.text
        assert 'value="31000"' in saved.text
        assert who.pages.client.post(f"/apply/{TENANT}/leases/save", data=step).status_code == 503
        unfiled = who.pages.client.post(f"/apply/{TENANT}/check", data=check)
        assert unfiled.status_code == 503
        assert "再交一次" in unfiled.text or "提交" in unfiled.text
        asked = who.pages.client.post("/status/ask", data=ask)
        assert asked.status_code == 503
        assert WORDS in asked.text
        status = who.pages.client.get("/status")
        assert status.status_code == 503
        assert "等一分钟，刷新本页再试" in status.text
    again = {**step, **FormPages(who.pages.client, saved).all_hidden()}
    assert who.pages.client.post(f"/apply/{TENANT}/leases", data=again).status_code == 303
    assert 'value="31000"' in who.pages.open(f"/apply/{TENANT}/leases")
    asked_again = {**ask, **FormPages(who.pages.client, asked).all_hidden()}
    assert who.pages.client.post("/status/ask", data=asked_again).status_code == 303
    assert len(column(office.db, "SELECT id FROM request")) == 1
    of(patient).db.close()


def test_every_page_while_the_broker_is_away(office: Office, in_hand: Visitor) -> None:
    """Nothing waits for it: what is stored is worked off once it is back."""
    app = create_app(replace(office.settings, redis_url=f"redis://{NOWHERE}/0"))
    who = moved(in_hand, app)
    for path in (*PUBLIC, *FORM, *GRANTED):
        assert who.pages.client.get(path).status_code in (200, 303), path
    who.pages.open(f"/apply/{TENANT}/check")
    assert "已提交" in who.pages.send(f"/apply/{TENANT}/check", {"declared": "1"})
    of(app).db.close()


def test_what_was_written_outlives_the_session_on_the_page(
    office: Office, app: Flask, browser: Browser
) -> None:
    """It is sent once number and code were entered anew."""
    filed = visitor.granted(office)
    in_hand = visitor.visitor(app)
    visitor.has_filed(in_hand, filed)
    with serving(app) as address, window(browser, address, PHONE) as seen:
        in_hand.lend(seen.page.context, address)
        shown = seen.open("/status/ask")
        shown.fill("textarea", WORDS)
        shown.context.clear_cookies(name=holding.COOKIE)
        with shown.expect_navigation():
            shown.get_by_role("button", name="提出诉求").click()
        assert WORDS in shown.inner_text("main")
        assert "还没有提交" in shown.inner_text("main")
        # A wrong code loses nothing either; the right one leads back to what was to be done.
        for code in ("AAAAA-AAAAA-AAAAA-AAAAA", filed.access_code):
            shown.fill("#receipt", filed.receipt)
            shown.fill("#code", code)
            with shown.expect_navigation():
                shown.get_by_role("button", name="查进度").click()
        assert f"已经打开{filed.receipt}" in shown.inner_text("main")
        with shown.expect_navigation():
            shown.get_by_role("button", name="再交一次").click()
        assert "诉求已登记" in shown.inner_text("main")
        assert WORDS in shown.inner_text("main")
        shown.context.clear_cookies(name=holding.COOKIE)
        shown.goto(address + "/status/documents")
        shown.fill("#receipt", filed.receipt)
        shown.fill("#code", filed.access_code)
        with shown.expect_navigation():
            shown.get_by_role("button", name="查进度").click()
        assert shown.url == address + "/status/documents"


@pytest.mark.parametrize("back", ["//evil.example.org", "https://evil.example.org/", "/desk/", ""])
def test_nobody_is_led_elsewhere_once_they_have_entered(
    office: Office, app: Flask, back: str
) -> None:
    filed = visitor.granted(office)
    who = visitor.visitor(app)
    who.pages.open("/status")
    given = {"receipt": filed.receipt, "code": filed.access_code, "back": back, "sent": "1"}
    answer = who.pages.client.post("/status", data={**who.pages.hidden(), **given})
    assert (answer.status_code, answer.headers.get("Location")) == (303, "/status")
