"""What a form did not get from its own page: where it comes from, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from api.services import of
from tests.support import visitor
from tests.support.applications import tenant_body, uscc
from tests.support.office import Office
from tests.support.visitor import TENANT
from web.app import create_app
from web.parts.forms import origins
from web.parts.forms.mail_slips import meant
from web.parts.forms.origins import Source

DAY = date(2020, 6, 1)


@pytest.fixture
def app(office: Office) -> Iterator[Flask]:
    made = create_app(office.settings)
    yield made
    of(made).db.close()


def test_a_mark_goes_with_the_answer_it_is_of() -> None:
    filled = origins.marked({"/a/0/b": "1", "/a#": "1"}, Source.EARLIER, DAY)
    read = origins.read(filled)
    assert read.said("/a/0/b", "1") == "来自您2020年6月1日的申报"
    assert read.said("/a/0/b", "2") == ""  # changed here
    assert read.said("/a/1/b", "1") == ""  # never brought
    assert origins.read({"/a/0/b": "1"}).said("/a/0/b", "1") == ""
    both = origins.marked({**filled, "/c": "x"}, Source.LOGIN, DAY, ["/c"])
    assert "登录" in origins.read(both).said("/c", "x")
    assert read.said("/a/0/b", "1") == origins.read(both).said("/a/0/b", "1")


def test_answers_of_a_screening_and_of_an_application_say_so_until_they_are_changed(
    office: Office, app: Flask
) -> None:
    who = visitor.visitor(app)
    visitor.has_screened(who)
    who.pages.open("/screen/result")
    who.pages.send("/screen/apply", {"provision": TENANT})
    page = who.pages.open(f"/apply/{TENANT}/leases")
    assert page.count("看能办哪些时的回答") > 3
    assert "只改这张表，原来的申报和登录信息不变" in page
    before = page.count("看能办哪些时的回答")
    who.pages.send(
        f"/apply/{TENANT}/leases",
        {"/facts/leases#": "1", "/facts/leases/0/rent": "41,000", "live": "1", "leaf": "1"},
    )
    page = who.pages.open(f"/apply/{TENANT}/leases")
    assert page.count("看能办哪些时的回答") == before - 1
    visitor.has_filed(who, office.submit(uscc=uscc(871)))
    who.pages.open("/status/again")
    page = who.pages.send("/status/again", {"provision": TENANT})
    assert "的申报" in page
    assert page.count('class="form-text wq-from"') > 3


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("shop@qq.con", "shop@qq.com"),
        ("shop@qq.cm", "shop@qq.com"),
        ("shop@q.com", "shop@qq.com"),
        ("shop@gmial.com", "shop@gmail.com"),
        ("shop@163.con", "shop@163.com"),
        ("shop@example.con", "shop@example.com"),
        ("shop@foxmai.com", "shop@foxmail.com"),
        ("shop@qq.com", ""),
        ("shop@188.com", ""),
        ("shop@bjxch.gov.cn", ""),
        ("shop@example.org", ""),
        ("shop", ""),
        ("", ""),
    ],
)
def test_a_slip_in_a_mail_address_is_asked_about(typed: str, right: str) -> None:
    assert meant(typed) == right


def test_and_never_in_the_way(app: Flask) -> None:
    who = visitor.visitor(app)
    who.pages.begin(TENANT)
    mail = {"/enterprise/contact/email": "shop@qq.con"}
    page = who.pages.send(f"/apply/{TENANT}/enterprise", {**visitor.answers("enterprise"), **mail})
    assert "第2步" in page
    for step in ("facts", "leases"):
        who.pages.send(f"/apply/{TENANT}/{step}", visitor.answers(step))
    assert "您是不是想写shop@qq.com？" in who.pages.open(f"/apply/{TENANT}/enterprise")
    page = who.pages.open(f"/apply/{TENANT}/check")
    assert "邮箱是不是想写shop@qq.com？" in page
    assert "已提交" in who.pages.send(f"/apply/{TENANT}/check", {"declared": "1"})


def test_a_telephone_is_checked_as_it_is_read(app: Flask) -> None:
    who = visitor.visitor(app)
    who.pages.begin(TENANT)
    phone = {"/enterprise/contact/phone": "１３８　００００　００００"}
    who.pages.send(f"/apply/{TENANT}/enterprise", {**visitor.answers("enterprise"), **phone})
    assert "<dd>138 0000 0000</dd>" in who.pages.open(f"/apply/{TENANT}/check")


def test_two_leases_are_told_apart_on_the_status_page(office: Office, app: Flask) -> None:
    body = tenant_body(uscc=uscc(872))
    (lease,) = body["facts"]["leases"]
    body["facts"]["leases"] = [
        {**lease, "address": "测试路1号"},
        {**lease, "lease_no": "另一份", "address": "测试路2号"},
    ]
    who = visitor.visitor(app)
    visitor.has_filed(who, office.submit(body))
    page = who.pages.open("/status")
    for place in (1, 2):
        assert page.count(f"承租的房产{place}（测试路{place}号）") > 1
    visitor.has_filed(who, office.submit(uscc=uscc(873)))
    assert "承租的房产1" not in who.pages.open("/status")


def test_an_act_on_a_case_that_nobody_has_seen_is_asked_for_once_more(
    office: Office, app: Flask
) -> None:
    filed = office.submit(uscc=uscc(874))
    who = visitor.visitor(app)
    visitor.has_filed(who, filed)
    who.pages.open("/status/withdraw")
    sent = {"/reason": "不办了"}
    for version in ("", "x", "9" * 20):
        page = who.pages.send("/status/withdraw", {**sent, "version": version}, 409)
        assert "不办了" in page
        assert office.status(filed)["state"] != "withdrawn"
    again = {**sent, **{k: v for k, v in who.pages.all_hidden().items() if k == "version"}}
    who.pages.send("/status/withdraw", again)
    assert office.status(filed)["state"] == "withdrawn"
