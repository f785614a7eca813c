"""Whoever looks for papers for a day comes back to what was there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from api import cookies
from api.services import of
from casework.intake import drafts
from casework.intake.accept import Accepted
from casework.intake.identity import of_login
from casework.operations import business_time, replay_expiry
from casework.people import enterprise_sessions
from tests.support import filing, visitor
from tests.support.applications import tenant_body, uscc
from tests.support.form_pages import FormPages
from tests.support.office import Office
from tests.support.packaged import load_application
from tests.support.visitor import TENANT
from vocabulary.days import plain_day
from vocabulary.zone import CHINA
from web.app import create_app
from web.parts.forms.of_schema import form_of
from web.portal import holding

AT = f"/apply/{TENANT}"
DAY = timedelta(hours=24)


@pytest.fixture
def pages(office: Office) -> Iterator[FormPages]:
    app = create_app(office.settings)
    yield FormPages(app.test_client())
    of(app).db.close()


def test_after_a_day_the_draft_opens_as_it_was(office: Office, pages: FormPages) -> None:
    """A4: the same browser, 24 idle hours later: every answer on every step, and it goes on."""
    form = form_of(office.settings.notice_id, TENANT)
    assert form is not None
    pages.begin(TENANT)
    code = pages.code()
    *done, last = form.steps
    for step in done:
        pages.send(f"{AT}/{step.code}", visitor.answers(step.code))
    before = drafts.find(office.db, office.settings, code).typed
    shown = {step.code: pages.open(f"{AT}/{step.code}") for step in done}
    held = pages.client.get_cookie(f"wenqi-draft-{TENANT}")
    assert held is not None
    assert held.max_age is not None
    assert held.max_age > DAY.total_seconds(), "the browser still holds the code then"
    pages.open(f"{AT}/{last.code}")
    moving = replace(office.settings, allow_time_travel=True)
    business_time.advance(office.db, moving, DAY)
    # The page that lay open all the while is sent, and nothing has to be entered anew.
    page = pages.send(f"{AT}/{last.code}", visitor.answers(last.code))
    assert "没有找到草稿" not in page
    after = drafts.find(office.db, office.settings, code).typed
    assert {name: after.get(name) for name in before} == before
    for place, earlier in shown.items():
        assert values(pages.open(f"{AT}/{place}")) == values(earlier)
    pages.open(f"{AT}/check")
    assert "已提交" in pages.send(f"{AT}/check", {"declared": "1"})


def test_an_expired_code_says_when_it_ended_and_how_to_begin_anew(
    office: Office, pages: FormPages
) -> None:
    """A14: on any device, with the code or the link; a made-up code is told nothing of the kind."""
    pages.begin(TENANT)
    code, elsewhere = pages.code(), FormPages(create_app(office.settings).test_client())
    moving = replace(office.settings, allow_time_travel=True)
    ended = business_time.now(office.db) + timedelta(days=30)
    business_time.advance(office.db, moving, timedelta(days=40))
    replay_expiry.run(office.db, moving)
    elsewhere.open(f"/apply/resume/{code}")
    page = elsewhere.send("/apply/resume", {"code": code}, 404)
    said = f"这份草稿已经过期（{plain_day(ended.astimezone(CHINA).date())}），存过的内容已经删除"
    assert f'<a href="/apply">{said}' in page
    assert "重新填一份" in page
    assert "aria-invalid" not in page
    made_up = elsewhere.send("/apply/resume", {"code": "0" * 20}, 404)
    assert "没有找到这份草稿" in made_up
    assert "过期" not in made_up
    assert said in pages.open(f"{AT}/enterprise", 404)
    assert "重新填写" in pages.text


def test_what_is_sent_after_the_login_ended_is_kept(office: Office) -> None:
    """The session is over by its own clock, nobody has taken a cookie away."""
    login = replace(office.settings.enterprise_login, idle_minutes=1)
    office.settings = replace(office.settings, enterprise_login=login, allow_time_travel=True)
    app = create_app(office.settings)
    filed = filing.accept(
        office.db, office.settings, load_application(lacking()), identity=of_login()
    )
    office.assess_all()
    client = app.test_client()
    secret = enterprise_sessions.begin(
        office.db, office.settings, issuer="https://id.example.org", uscc=uscc(878), name="测试面馆"
    )
    client.set_cookie(cookies.ENTERPRISE, secret)
    pages = FormPages(client)
    pages.open("/mine")
    pages.send("/mine/open", {"receipt": filed.receipt})
    assert "/facts/leases/0/rent" in pages.open("/status/supplement")
    business_time.advance(office.db, office.settings, timedelta(minutes=2))
    goes_on(pages, filed)
    of(app).db.close()


def test_what_is_sent_after_the_hour_of_a_code_is_kept(
    office: Office, pages: FormPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser whose clock stands still sends the cookie; the server knows that it is too old."""
    filed = office.submit(lacking())
    pages.open("/status")
    monkeypatch.setattr(holding, "MINUTES", 0)
    entered = pages.sent("/status", {"receipt": filed.receipt, "code": filed.access_code})
    assert entered.status_code == 303
    (kept,) = [each for each in entered.headers.getlist("Set-Cookie") if holding.COOKIE in each]
    pages.client.set_cookie(holding.COOKIE, kept.partition(";")[0].partition("=")[2])
    monkeypatch.undo()
    goes_on(pages, filed)


def lacking() -> dict[str, Any]:
    body = tenant_body(uscc=uscc(878))
    del body["facts"]["leases"][0]["rent"]
    return body


def goes_on(pages: FormPages, filed: Accepted) -> None:
    """A supplement is sent too late: it is shown, and sent once number and code are there."""
    rent = "/facts/leases/0/rent"
    page = pages.send("/status/supplement", {rent: "31,000", "version": "2"}, 403)
    assert "刚才的内容还没有提交" in page
    assert "31,000" in page
    assert pages.all_hidden()[f"kept:{rent}"] == "31,000"
    given = {**pages.all_hidden(), "receipt": filed.receipt, "code": filed.access_code}
    page = pages.send("/status", given)
    assert "再交一次" in page
    assert pages.all_hidden()[rent] == "31,000"
    assert "补正" in pages.send("/status/supplement", pages.all_hidden())


def values(page: str) -> list[str]:
    """All that a step shows as answered."""
    fields = [line for line in page.splitlines() if 'name="/' in line]
    assert fields
    return fields
