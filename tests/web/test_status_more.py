"""What the page of an application offers besides: the visit for a calendar, taking a request back,
what to do after a refusal, and nothing done to a case that has changed meanwhile."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from casework.acts import contact_code, supplement, withdraw
from casework.acts.determine import Decision
from casework.followup import requests, visit_acts
from casework.followup.requests import Asked
from casework.intake import drafts
from casework.intake.accept import Accepted
from casework.views import own_data
from schemas.findings import Finding
from tests.support import filing
from tests.support.applications import tenant_body, uscc
from tests.support.form_pages import FormPages
from tests.support.ledgers import column
from tests.support.office import OFFICER, Office, decide
from tests.support.packaged import load_application
from tests.support.papers import LEASE, by_code, hand_in, pdf
from tests.support.visitor import TENANT
from vocabulary.days import day
from web.app import create_app
from web.parts.forms import typed
from web.parts.forms.of_schema import form_of

NO = Decision(
    granted=False,
    amount=None,
    reason="租期不含三月、四月",
    findings=[Finding("1.3", result=False, note="在名单内")],
)


@pytest.fixture
def client(office: Office) -> FlaskClient:
    return create_app(office.settings).test_client()


def token(client: FlaskClient, path: str) -> dict[str, str]:
    """The hidden fields of a page's first form."""
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', client.get(path).text)
    assert "token" in dict(found)
    return dict(found)


def enter(client: FlaskClient, filed: Accepted) -> str:
    sent = {"receipt": filed.receipt, "code": filed.access_code, **token(client, "/status")}
    assert client.post("/status", data=sent).status_code == 303
    return client.get("/status").text


def test_a_refusal_says_why_what_else_and_whom_to_ask(office: Office, client: FlaskClient) -> None:
    body = tenant_body(uscc=uscc(861))
    filed = office.submit(body)
    decide(office, filed.receipt, NO)
    said = enter(client, filed)
    denied = said[said.index("没有通过，还可以做什么") :]
    for each in ("tel:", "/status/again", "/screen", "/status/review"):
        assert each in denied
    assert "租期不含三月、四月" in said
    notice = client.get("/status/notice").text
    assert "<svg" in notice
    assert filed.access_code not in notice
    assert "不在疏解整治范围内" in notice[notice.index("哪些条件不符合") :]
    # A17: the new one begins with all that the refused one says, and is another application.
    again = FormPages(client)
    again.open("/status/again")
    again.send("/status/again", {"provision": TENANT})
    begun = drafts.find(office.db, office.settings, again.code())
    form = form_of(begun.notice_id, TENANT)
    assert form is not None
    said_before = typed.as_typed(form, body)
    assert said_before.items() <= begun.typed.items()
    assert {name for name in begun.typed if name.startswith("/")} == set(said_before)
    again.open(f"/apply/{TENANT}/check")
    assert "已提交" in again.send(f"/apply/{TENANT}/check", {"declared": "1"})
    assert len(column(office.db, "SELECT id FROM application")) == 2


def test_what_the_rules_alone_refuse_says_what_else_and_where_else(
    office: Office, client: FlaskClient
) -> None:
    refused, owned = tenant_body(uscc=uscc(863)), tenant_body(uscc=uscc(864))
    refused["facts"]["in_clearance_scope"] = True
    owned["facts"]["leases"][0]["owner"] = "central_soe"
    said = enter(client, office.submit(refused))
    against = said[said.index("条件不符合，还可以做什么") :]
    for each in ("tel:", "/status/again", "/screen", "/status/review"):
        assert each in against
    assert "转到哪里办" not in said
    said = enter(client, office.submit(owned))
    elsewhere = said[said.index("转到哪里办") : said.index("还可以做什么")]
    assert "与业主（房东）协商减免</b>。承租中央企业" in elsewhere


def test_a_printed_refusal_names_the_conditions_in_the_notices_words(
    office: Office, client: FlaskClient
) -> None:
    body = tenant_body(uscc=uscc(862), registered_in="chaoyang")
    body["enterprise"]["kind"] = "private_non_enterprise"
    filed = office.submit(body)
    decide(office, filed.receipt, NO)
    said = enter(client, filed)
    notice = client.get("/status/notice").text
    against = notice[notice.index("哪些条件不符合") :]
    assert "<b>“在西城区注册纳税”</b>" in against
    assert "注册地：朝阳区；纳税地：西城区" in against
    assert "您是民办非企业单位，通知此处只写明中小微企业、个体工商户。" in said
    assert "申请人为" not in said + notice


def test_the_promised_day_is_in_working_days_and_the_address_is_named(
    office: Office, client: FlaskClient
) -> None:
    filed = office.submit(uscc=uscc(862))
    said = enter(client, filed)
    assert re.search(r"还有<span class=\"wq-n\">\d+个工作日", said)
    assert "138****0000" in said
    assert "已核实，消息发到这里" in said
    assert "没有送到" not in said
    decide(office, filed.receipt)
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE delivery SET channel = 'sms', state = 'failed'"
            " WHERE recipient_kind = 'enterprise'"
        )
    said = client.get("/status").text
    assert re.search(r"有\d+条消息没有送到，<a href=\"#line\">经过</a>", said)
    # A33: which of them, without unfolding anything.
    unfolded = re.sub("(?s)<details>.*?</details>", "", said)
    assert re.search("告知申报单位（[^）]+，短信）：发送失败", unfolded)


def test_a_visit_goes_into_a_calendar(office: Office, client: FlaskClient) -> None:
    filed = office.submit(uscc=uscc(863))
    enter(client, filed)
    answer = client.get("/status/visit.ics")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content_type.startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert filed.receipt in str(event["url"])
    assert filed.access_code.encode() not in answer.data
    assert client.application.test_client().get("/status/visit.ics").status_code == 200
    assert "，还没有排定</p>" in client.get("/status").text
    decide(office, filed.receipt)
    assert "落实认定结果并走访。最迟" in client.get("/status").text
    visit_acts.record_outcome(
        office.db, office.settings, OFFICER, 1, frozenset({1}),
        visited_on=office.today(), result="met", note="当面了解", requests=(),
    )  # fmt: skip
    said = client.get("/status").text
    assert f'<b class="wq-n">{day(office.today())}</b>，已走访</p>' in said
    assert "落实认定结果。</p>" in said
    assert "visit.ics" not in said
    assert client.get("/status/visit.ics").headers["Location"] == "/status", "it is over"


def test_a_rating_is_given_once_and_shown(office: Office, client: FlaskClient) -> None:
    filed = office.submit(uscc=uscc(867))
    decide(office, filed.receipt)
    assert "/status/rate" in enter(client, filed)
    sent = {**token(client, "/status/rate"), "/grade": "2", "/comment": "等得太久"}
    assert client.post("/status/rate", data=sent).status_code == 303
    said = client.get("/status").text
    assert "不满意：等得太久" in said
    assert "/status/rate" not in said, "what is done once is not offered again"
    assert "rate" not in office.status(filed)["actions"]
    assert client.get("/status/rate").headers["Location"] == "/status"


def test_a_notice_says_how_the_sum_comes_about_and_whom_to_ring(
    office: Office, client: FlaskClient
) -> None:
    filed = office.submit(uscc=uscc(868))
    decide(office, filed.receipt)
    enter(client, filed)
    notice = client.get("/status/notice").text
    for each in ("2020年3月", "30,000.00 × 100%", "准予</th>", "tel:"):
        assert each in notice


def test_a_request_is_taken_back_by_its_owner_only(office: Office, client: FlaskClient) -> None:
    filed, other = office.submit(uscc=uscc(864)), office.submit(uscc=uscc(865))
    requests.open_by_applicant(
        office.db, office.settings, filed.receipt, filed.access_code, asked=Asked("房东不肯减租")
    )
    number = office.status(filed)["requests"][0]["id"]
    enter(client, other)
    sent = token(client, "/status/ask")
    assert client.post(f"/status/requests/{number}/withdraw", data=sent).status_code == 404
    assert office.status(filed)["requests"][0]["state"] == "open"
    assert "撤回这条诉求" in enter(client, filed)
    assert client.post(f"/status/requests/{number}/withdraw", data=sent).status_code == 303
    assert office.status(filed)["requests"][0]["state"] == "withdrawn"
    assert client.post(f"/status/requests/{number}/withdraw").status_code in {400, 415}


def test_nothing_is_done_to_a_case_that_has_changed_meanwhile(
    office: Office, client: FlaskClient
) -> None:
    filed = office.submit(uscc=uscc(866))
    enter(client, filed)
    asked = token(client, "/status/contact")
    decide(office, filed.receipt)
    sent = {**asked, "/name": "测试新", "/phone": "13800000222"}
    stale = client.post("/status/contact", data=sent)
    assert stale.status_code == 409
    assert "刚刚有变化" in stale.text
    assert "13800000222" in stale.text
    assert office.status(filed)["identity"]["confirmed"] == ["sms"]
    again = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', stale.text))
    assert client.post("/status/contact", data={**sent, **again}).status_code == 303


def test_who_corrects_the_telephone_alone_loses_nothing_else(
    office: Office, client: FlaskClient
) -> None:
    body = tenant_body(uscc=uscc(865))
    body["enterprise"]["contact"]["email"] = "shop@example.org"
    filed = office.submit(body)
    enter(client, filed)
    page = client.get("/status/contact").text
    stands = dict(re.findall(r'name="(/\w+)" value="([^"]*)"', page))
    assert stands == {f"/{name}": text for name, text in body["enterprise"]["contact"].items()}
    unchanged = {**token(client, "/status/contact"), **stands}
    assert client.post("/status/contact", data=unchanged).status_code == 303
    assert "没有改动。" in client.get("/status").text
    sent = {**token(client, "/status/contact"), **stands, "/phone": "13800000333"}
    assert client.post("/status/contact", data=sent).status_code == 303
    assert 'value="shop@example.org"' in client.get("/status/contact").text


def test_who_changes_the_contact_after_a_grant_is_not_told_that_nothing_can_be_granted(
    office: Office, client: FlaskClient
) -> None:
    filed = filing.accept(
        office.db, office.settings, load_application(tenant_body(uscc=uscc(869))),
        identity=filing.OPEN_FORM,
    )  # fmt: skip
    office.assess_all()
    given = (office.db, replace(office.settings, codes_file=Path("codes")), filed.receipt)
    contact_code.ask(*given, filed.access_code, channel="sms")
    typed = filing.code_of(office.db, office.settings, filed.receipt)
    contact_code.verify(*given, filed.access_code, code=typed)
    office.assess_all()
    decide(office, filed.receipt)
    enter(client, filed)
    sent = {**token(client, "/status/contact"), "/name": "测试店长", "/phone": "13900000333"}
    assert client.post("/status/contact", data=sent).status_code == 303
    said = client.get("/status").text
    assert "联系方式已更正。" in said
    assert "改过的联系方式还没有核实" in said
    assert "核实之前不能准予" not in said


def test_a_page_that_answered_a_wrong_code_can_be_opened_again(
    office: Office, client: FlaskClient
) -> None:
    enter(client, office.submit(uscc=uscc(864)))
    assert client.get("/status/code/typed").headers["Location"] == "/status/code"


def test_what_was_written_too_late_is_shown_to_be_copied(
    office: Office, client: FlaskClient
) -> None:
    filed = office.submit(uscc=uscc(867))
    enter(client, filed)
    asked = token(client, "/status/withdraw")
    withdraw.withdraw(office.db, office.settings, filed.receipt, filed.access_code)
    late = client.post(
        "/status/contact",
        data={"token": asked["token"], "/name": "测试迟", "/phone": "13800000333"},
    )
    assert late.status_code == 409
    assert "13800000333" in late.text
    body = tenant_body(uscc=uscc(868))
    del body["facts"]["leases"][0]["rent"]
    lacking = office.submit(body)
    enter(client, lacking)
    sent = {**token(client, "/status/supplement"), "/facts/leases/0/rent": "31000"}
    stale = client.post("/status/supplement", data={**sent, "version": "1"})
    assert stale.status_code == 409
    assert "31000" in stale.text
    assert client.post("/status/supplement", data=sent).status_code == 303


def test_a_supplement_says_its_round_what_stands_there_and_how_to_write_it(
    office: Office, client: FlaskClient
) -> None:
    filed = office.submit(uscc=uscc(869))
    enter(client, filed)
    for number in (1, 2):
        asked: dict[str, Any] = {"fields": ["/facts/leases/0/rent"], "due_on": office.in_days(9)}
        seen = office.seen(filed.receipt)
        supplement.request(
            office.db, office.settings, OFFICER, filed.receipt, seen, reason="照合同写", **asked
        )
        page = client.get("/status/supplement").text
        assert ("第2次" in page) is (number == 2)
        # A34: what stops the clock.
        assert "补齐之前，单位的期限不走" in client.get("/status").text
        for said in ("照合同写", "现在填的是3", "例如30000.00", "前补交"):
            assert said in page, said
        assert "lease_no" not in page
        sent = {**token(client, "/status/supplement"), "/facts/leases/0/rent": f"3100{number}"}
        typed = client.post("/status/supplement", data={**sent, "/facts/leases/0/rent": "2万"})
        assert typed.status_code == 422
        assert 'value="2万"' in typed.text, "what was typed stays"
        assert "现在填的是2万" not in typed.text, "and is not what is filed"
        assert "现在填的是3" in typed.text
        assert client.post("/status/supplement", data=sent).status_code == 303
        office.assess_all()


def test_an_item_that_is_asked_for_whole_is_asked_with_all_its_fields(
    office: Office, client: FlaskClient
) -> None:
    body = tenant_body(uscc=uscc(870))
    body["facts"]["leases"].append({**body["facts"]["leases"][0], "lease_no": "租乙"})
    filed = office.submit(body)
    enter(client, filed)
    asked: dict[str, Any] = {"fields": ["/facts/leases/1"], "due_on": office.in_days(9)}
    seen = office.seen(filed.receipt)
    supplement.request(
        office.db, office.settings, OFFICER, filed.receipt, seen, reason="照合同写", **asked
    )
    page = client.get("/status/supplement").text
    shown = set(re.findall(r'name="(/[^"]+)"', page))
    assert {f"/facts/leases/1/{name}" for name in ("lease_no", "address", "rent", "use")} <= shown
    assert all(name.startswith("/facts/leases/1/") for name in shown)
    assert 'value="租乙"' in page
    sent = {
        **token(client, "/status/supplement"),
        **{
            f"/facts/leases/1/{name}": str(each)
            for name, each in body["facts"]["leases"][1].items()
            if isinstance(each, str)
        },
        "/facts/leases/1/lease_no": "租丙",
    }
    wrong = client.post("/status/supplement", data={**sent, "/facts/leases/1/rent": "约3万"})
    assert wrong.status_code == 422
    assert 'href="#f-facts-leases-1-rent"' in wrong.text
    assert "3万请写成30000" in wrong.text
    more = client.post("/status/supplement", data={**sent, "do": "add /facts/leases/1/months"})
    assert "/facts/leases/1/months/0/month" in more.text
    done = client.post("/status/supplement", data=sent)
    assert done.status_code == 303, re.findall(r'<li><a href="#f.*', done.text)
    given = own_data.answers(office.db, office.settings, filed.receipt, filed.access_code)
    assert [each["lease_no"] for each in given["facts"]["leases"]] == [
        body["facts"]["leases"][0]["lease_no"],
        "租丙",
    ]


def test_papers_that_are_asked_for_and_handed_in_are_named(
    office: Office, client: FlaskClient
) -> None:
    filed = office.submit()
    hand_in(office, by_code(filed), paper=LEASE, name="合同.jpg")
    supplement.request(
        office.db, office.settings, OFFICER, filed.receipt, office.seen(filed.receipt),
        fields=["/facts/leases/0/rent"], documents=[LEASE],
        reason="看不清", due_on=office.in_days(9),
    )  # fmt: skip
    shown = enter(client, filed)
    assert re.search(r"租赁合同：<a [^>]+>合同.jpg</a> <span [^>]+>已收到</span>", shown)
    assert "材料：租赁合同" in shown
    assert "还差2项" in shown, "a paper is lacking as a field is"
    form = {**token(client, "/status/supplement"), "/facts/leases/0/rent": "31000"}
    assert "只改下面1项，另交1样材料，其余不变" in client.get("/status/supplement").text
    assert "要再交一份，还没有交" in client.get("/status/supplement").text, (
        "what was there does not count"
    )
    assert (
        ">租赁合同还没有交，请先上传再提交。" in client.post("/status/supplement", data=form).text
    )
    hand_in(office, by_code(filed), pdf(), paper=LEASE)
    assert client.post("/status/supplement", data=form).status_code == 303
