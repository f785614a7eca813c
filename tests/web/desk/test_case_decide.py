"""Deciding on the page of a case: what was not chosen is not granted, nothing typed is lost, and a
second person sees how far the proposal is from what was computed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask

from api.services import services
from casework.acts import acknowledge, review
from casework.acts.determine import Decision
from casework.people.access import Principal
from schemas.findings import Finding
from tests.support.applications import uscc
from tests.support.desk_client import DeskClient, form_of
from tests.support.ledgers import column, scalar
from tests.support.office import HEAD, OFFICER, SECOND_HEAD, Office, decide
from vocabulary.people import Role
from web.app import create_app

POINTS = ("1.2", "1.3", "1.4", "1.5")
MET = {f"found:{each}": "yes" for each in POINTS}


@pytest.fixture
def client(enter: Callable[..., DeskClient]) -> DeskClient:
    return enter("test.jia", Role.OFFICER)


def test_a_grant_as_computed_names_every_condition(client: DeskClient, office: Office) -> None:
    receipt, other = (office.submit(uscc=uscc(950 + number)).receipt for number in range(2))
    here = f"/desk/cases/{receipt}"
    form = form_of(client.get(f"{here}?sort=received").text)
    assert form["point"] == list(POINTS)
    for chosen, said in (
        ({"/reason": "经核属实"}, "1.2：请选符合"),
        ({**MET}, "写一句理由"),
        ({**MET, "found:1.3": "lack", "/reason": "经核属实"}, "先要求补正"),
        ({**MET, "found:1.4": "no", "/reason": "经核属实"}, "不能准予"),
        ({**MET, "note:1.4": "x" * 2001, "/reason": "经核属实"}, "1.4的理由"),
    ):
        sent = {**form, **chosen, "do": "grant"}
        shown = client.send(f"{here}/determination", sent, 422).text
        assert said in shown
        # Nothing chosen or written is lost.
        assert shown.count(' value="yes" checked') == list(chosen.values()).count("yes")
    assert scalar(office.db, "SELECT count(*) FROM determination") == 0
    granted = {**form, **MET, "note:1.4": "执照已核", "/reason": "经核属实", "do": "grant-next"}
    answer = client.send(f"{here}/determination", granted)
    assert answer.headers["Location"] == f"/desk/cases/{other}?sort=received"
    assert "上一件已认定：准予60,000.00元" in client.get(answer.headers["Location"]).text
    (on_record,) = office.case(receipt)["casework"]["determinations"]
    assert (on_record["amount"], on_record["delta"]) == ("60000.00", "0.00")
    notes = {each["condition"]: each["note"] for each in office.case(receipt)["official_findings"]}
    assert notes == {**dict.fromkeys(POINTS, "经核属实"), "1.4": "执照已核"}


def test_the_letter_is_looked_at_before_it_goes(client: DeskClient, office: Office) -> None:
    accepted = office.submit(uscc=uscc(952))
    before = office.case(accepted.receipt)
    here = f"/desk/cases/{accepted.receipt}"
    form = {**form_of(client.get(here).text), **MET, "/reason": "经核属实", "do": "grant"}
    shown = client.send(f"{here}/draft", form, 200).text
    letter = shown[shown.index("还没有发出") :]
    assert "区国资委已认定：准予，60,000.00元" in letter
    assert accepted.receipt in letter
    assert shown.count(' value="yes" checked') == len(POINTS)
    after = office.case(accepted.receipt)
    assert after["version"] == before["version"]
    assert after["official_findings"] == []
    assert scalar(office.db, "SELECT count(*) FROM determination") == 0
    looks = column(office.db, "SELECT actor FROM event WHERE type = 'access.message_read'")
    assert list(looks) == ["sasac:test.jia"]


def test_what_somebody_changed_is_shown_and_nothing_typed_is_lost(
    client: DeskClient, office: Office
) -> None:
    receipt = office.submit(uscc=uscc(953)).receipt
    here = f"/desk/cases/{receipt}"
    form = {**form_of(client.get(here).text), **MET, "note:1.3": "不在台账内", "/reason": "属实"}
    acknowledge.one(office.db, HEAD, receipt)
    shown = client.send(f"{here}/determination", {**form, "do": "grant"}, 409).text
    changed = shown[shown.index("这件刚刚有变化") : shown.index("刚才选的、写的")]
    assert re.search(r"\d\d:\d\d\S* 区国资委测试丙：区国资委已签收", changed), "when, who, what"
    assert "申请已受理" not in changed
    assert shown.count(' value="yes" checked') == len(POINTS)
    assert "\n不在台账内</textarea>" in shown
    assert scalar(office.db, "SELECT count(*) FROM determination") == 0
    again = {**form, **form_of(shown), **MET, "note:1.3": "不在台账内", "do": "grant"}
    client.send(f"{here}/determination", again)
    client.send(f"{here}/determination", again, 409)
    assert scalar(office.db, "SELECT count(*) FROM determination") == 1
    # Decided meanwhile: there is no field for it any more, and so it is told in words.
    late = client.send(f"{here}/determination", {**again, "/reason": "我也看过"}, 409).text
    changed = late[late.index("这件刚刚有变化") : late.index("刚才选的、写的")]
    told = r"\d\d:\d\d\S* 区国资委test.jia：区国资委已认定：准予，60,000\.00元"
    assert re.search(told, changed), changed
    assert "1.3：符合，不在台账内" in late
    assert "理由：我也看过" in late
    assert "再按一次按钮" not in late


def test_findings_alone_and_a_refusal(client: DeskClient, office: Office) -> None:
    receipt = office.submit(uscc=uscc(954)).receipt
    here = f"/desk/cases/{receipt}"
    form = form_of(client.get(here).text)
    client.send(f"{here}/findings", form, 422)
    client.send(f"{here}/findings", {**form, "found:1.2": "yes", "/reason": "未列入禁限"})
    office.assess()
    shown = client.get(here).text
    assert "3项等认定" in shown
    form = {**form_of(shown), "found:1.3": "no", "note:1.3": "在名单内", "do": "refuse"}
    typed = "在名单内。\r\n\r\n另：可以申请贷款贴息，见措施（十）。"
    long = {**form, "note:1.3": "x" * 2001, "/reason": typed}
    back = client.send(f"{here}/determination", long, 422).text
    assert re.search(r'<textarea[^>]* id="f-reason"[^>]*>\n在名单内。(\r\n){2}另：', back)
    client.send(f"{here}/determination", {**form, "/reason": typed})
    shown = client.get(here).text
    assert "已认定，没有准予。" in shown
    assert '<td class="wq-kept" data-th="理由">在名单内。\n\n另：可以申请贷款贴息' in shown


def test_another_amount_needs_every_condition_as_well(client: DeskClient, office: Office) -> None:
    receipt = office.submit(uscc=uscc(955)).receipt
    here = f"/desk/cases/{receipt}"
    form = {**form_of(client.get(here).text), "/reason": "面积按实测", "/amount": "58,000元"}
    refused = client.send(f"{here}/determination", {**form, "do": "other"}, 422).text
    assert 'value="58,000元"' in refused
    more = {**form, **MET, "/amount": "70000", "do": "other"}
    assert "超过按规则计算" in client.send(f"{here}/determination", more, 422).text
    client.send(f"{here}/determination", {**form, **MET, "do": "other"})
    assert scalar(office.db, "SELECT amount FROM determination") == Decimal("58000.00")


def test_the_second_person(office: Office) -> None:
    simple = replace(office.settings.accounts, second_factor=False)
    strict = replace(office.settings, determination_approval_yuan=Decimal(10_000), accounts=simple)
    app = create_app(strict)
    try:
        _second_person(app, Office(office.db, strict))
    finally:
        with app.app_context():
            services().db.close()


def _second_person(app: Flask, office: Office) -> None:
    found = [Finding(each, result=True, note="经核属实") for each in POINTS]
    receipts = []
    own = Principal("sasac", Role.SUPERVISOR, "test.yi")
    for number, amount, who in ((956, "59000.00", own), (957, "55000.00", OFFICER)):
        receipts.append(office.submit(uscc=uscc(number)).receipt)
        ruling = Decision(True, Decimal(amount), "按实测面积", findings=found)
        decide(office, receipts[-1], ruling, who)
    head = DeskClient(app).enter(office, "test.yi", Role.SUPERVISOR)
    queue = head.get("/desk/approvals").text
    # The furthest from what was computed is on top.
    assert queue.index(receipts[1]) < queue.index(receipts[0])
    assert "-5,000.00" in queue
    here = f"/desk/cases/{receipts[1]}"
    shown = head.get(here).text
    assert "已提出准予55,000.00元，比计算的60,000.00元少5,000.00元，等第二个人复签。" in shown
    form = form_of(shown)
    refused = head.send(f"{here}/approval", {**form, "do": "reject"}, 422).text
    assert "f-note" in refused
    assert "复签意见必填。" in refused
    head.send(f"{here}/approval", {**form, "do": "reject", "/note": "请附实测报告"})
    assert "请附实测报告" in head.get(here).text
    decide(office, receipts[1], Decision(True, Decimal("55000.00"), "附", findings=found), OFFICER)
    form = {**form_of(head.get(here).text), "do": "approve", "/note": "同意"}
    drafted = head.send(f"{here}/approval/draft", form, 200).text
    assert "区国资委已认定：准予，55,000.00元" in drafted[drafted.index("还没有发出") :]
    assert "\n同意</textarea>" in drafted
    head.send(f"{here}/approval", form)
    assert "已准予55,000.00元。" in head.get(here).text
    # Who proposed something can be no second person, and is offered nothing.
    other = f"/desk/cases/{receipts[0]}"
    shown = head.get(other).text
    assert "由没有参与本件的主管复签。" in shown
    assert ">不能复签</td>" in head.get("/desk/approvals").text
    form = {**form_of(shown), "do": "approve", "/note": "同意"}
    assert "须由另一人办理" in head.send(f"{other}/approval", form, 403).text


def test_what_a_review_came_to_is_the_first_that_both_read(
    client: DeskClient, office: Office
) -> None:
    accepted = office.submit(uscc=uscc(957))
    no = Decision(False, None, "不符合", [Finding("1.3", result=False, note="在名单内")])
    decide(office, accepted.receipt, no)
    office.assess_all()
    own = {"receipt": accepted.receipt, "code": accepted.access_code}
    client.get("/status")
    client.send("/status", own)
    assert "这次没有通过。" in client.get("/status").text
    for who, upheld, told in (
        (HEAD, True, "复核维持了原结果。区国资委的理由：不符合"),
        (SECOND_HEAD, False, "复核撤销了原来的结果，区国资委重新认定。"),
    ):
        review.request(
            office.db, office.settings, accepted.receipt, accepted.access_code, reason="不同意"
        )
        seen = office.seen(accepted.receipt)
        given = (office.db, office.settings, who, accepted.receipt, seen)
        review.decide(*given, upheld=upheld, reason="看过名单")
        assert told in client.get("/status").text
    shown = client.get(f"/desk/cases/{accepted.receipt}").text
    assert "复核撤销了原结果，等重新认定。现在的核对结果是不符合条件" in shown
    assert "都符合" not in shown.partition("等您认定的条件")[0]
