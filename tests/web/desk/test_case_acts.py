"""The acts besides deciding: just the legal ones are offered, each at the version that was seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from casework.acts import acknowledge, withdraw
from casework.acts import review as reviews
from casework.people.access import Principal
from tests.support.applications import uscc
from tests.support.desk_client import DeskClient, form_of
from tests.support.ledgers import scalar
from tests.support.office import HEAD, OFFICER, Office, decide
from vocabulary.cases import Act
from vocabulary.people import Role
from web.desk import objections, payment_acts, requests, visits
from web.parts.forms.of_schema import Options, with_options
from web.parts.forms.shapes import Step

OFFERED = {
    Act.ACKNOWLEDGE: "/acknowledgement",
    Act.RECORD_FINDING: "只存意见",
    Act.REQUEST_SUPPLEMENT: "/supplement",
    Act.CLOSE_SUPPLEMENT: "/supplement-closure",
    Act.DETERMINE: "/determination",
    Act.PROPOSE_DETERMINATION: "/determination",
    Act.APPROVE_DETERMINATION: "/approval",
    Act.REJECT_DETERMINATION: "/approval",
    Act.TRANSFER: "/transfer",
    Act.CHECK_IDENTITY: "/identity",
    Act.UPHOLD: "/review",
    Act.REOPEN: "/review",
    Act.ISSUE_CODE: "/access-code",
    Act.ASSIGN: "/assignment",
}


@pytest.fixture
def client(enter: Callable[..., DeskClient]) -> DeskClient:
    return enter("test.jia", Role.OFFICER, Role.SUPERVISOR)


def offered(text: str, receipt: str) -> set[str]:
    """What the page leads to, or says of what it does."""
    ways = re.findall(rf'(?:href|action|formaction)="/desk/cases/{receipt}(/[\w-]+)[?"]', text)
    return {way for way in ways if way in OFFERED.values()} | (
        {"只存意见"} if "只存意见" in text else set()
    )


def act(client: DeskClient, receipt: str, code: str, /, status: int = 303, **fields: Any) -> str:
    """Do what a page of an act asks."""
    here = f"/desk/cases/{receipt}/{code}"
    sent = {f"/{name}": value for name, value in fields.items()}
    return client.send(here, {**form_of(client.get(here).text), **sent}, status).text


def test_what_is_offered_is_what_is_legal(
    client: DeskClient, enter: Callable[..., DeskClient], office: Office
) -> None:
    me = Principal("sasac", Role.SUPERVISOR, "test.jia")
    states: dict[str, str] = {}
    fresh, asked, granted, contested, gone = (
        office.submit(uscc=uscc(960 + number)) for number in range(5)
    )
    act_on = (office.db, office.settings)
    page = client.get(f"/desk/cases/{asked.receipt}").text
    begun = {**form_of(page), "found:1.2": "yes", "note:1.3": "名单要再查"}
    asking = client.send(f"/desk/cases/{asked.receipt}/supplement", begun, 200).text
    back = client.send(f"/desk/cases/{asked.receipt}", form_of(asking), 200).text
    assert 'name="found:1.2" value="yes" checked' in back
    assert "名单要再查</textarea>" in back
    papers = {"documents": ["营业执照"], "reason": "看不清", "due_on": "20270101"}
    answer = f"/desk/cases/{asked.receipt}/supplement"
    assert "理由" in client.send(answer, {**form_of(asking), "documents": "营业执照"}, 422).text
    client.send(answer, {**form_of(asking), **papers})
    acknowledge.one(office.db, HEAD, granted.receipt)
    for accepted in (granted, contested):
        decide(office, accepted.receipt)
    reviews.request(*act_on, contested.receipt, contested.access_code, reason="不同意")
    withdraw.withdraw(*act_on, gone.receipt, gone.access_code)
    for accepted in (fresh, asked, granted, contested, gone):
        case = office.case(accepted.receipt, me)
        legal = {OFFERED[Act(each)] for each in case["casework"]["actions"]}
        if case["casework"]["acknowledged_at"]:
            legal -= {OFFERED[Act.ACKNOWLEDGE]}
        shown = client.get(f"/desk/cases/{accepted.receipt}").text
        assert offered(shown, accepted.receipt) == legal, case["state"]
        states[case["state"]] = accepted.receipt
    assert len(states) == 5
    auditor = enter("test.wu", Role.AUDITOR)
    for receipt in states.values():
        assert offered(auditor.get(f"/desk/cases/{receipt}").text, receipt) == set()


def test_each_act_is_done_once_and_at_the_version_that_was_seen(
    client: DeskClient, office: Office
) -> None:
    office.employ(OFFICER)
    accepted = office.submit(uscc=uscc(966))
    receipt = accepted.receipt
    here = f"/desk/cases/{receipt}"
    client.send(f"{here}/acknowledgement", {"query": ""})
    act(client, receipt, "assignment", to=OFFICER.label)
    assert "区国资委测试甲</dd>" in client.get(here).text
    assert "核对情况" in act(client, receipt, "identity", 422, contact="true")
    stale = form_of(client.get(f"{here}/identity").text)
    act(client, receipt, "assignment")
    told = {**stale, "/note": "电话回访已核对", "/contact": "true"}
    again = client.send(f"{here}/identity", told, 409).text
    assert "电话回访已核对" in again
    client.send(f"{here}/identity", {**told, **form_of(again)})
    assert scalar(office.db, "SELECT identity_checked_by FROM application") == "sasac:test.jia"
    # What is legal no more leads back.
    assert client.get(f"{here}/identity", 303).headers["Location"] == here
    office.assess()
    code = act(client, receipt, "access-code", 200, handed="in_person", note="当面核对执照")
    assert "只在这一页显示一次" in code
    act(client, receipt, "transfer", bureau="commerce", reason="属商业")
    # It is said on the list: the case is somebody else's by now.
    assert "已转办。" in client.get("/desk/cases").text
    assert "您的单位没有牵头" in client.get(here, 403).text


def test_a_case_of_others_is_told_with_whose_it_is(
    enter: Callable[..., DeskClient], office: Office
) -> None:
    receipt = office.submit(uscc=uscc(967)).receipt
    stranger = enter("test.ji", Role.SUPERVISOR, bureau="education")
    for path in ("", "/trail", "/documents/x"):
        assert "这件由区国资委办理" in stranger.get(f"/desk/cases/{receipt}{path}", 403).text
    for path in ("/findings", "/determination", "/draft", "/approval", "/supplement", "/transfer"):
        form = {"version": "1", "do": "approve", "/note": "同意", "/reason": "同意"}
        assert "这件由区国资委办理" in stranger.send(f"/desk/cases/{receipt}{path}", form, 403).text


CHOSEN: dict[str, Options] = {"bureau": (), "to": ()}
"""What is chosen from a list of the day."""
_FOR_PROGRAMS = re.compile("代码|[A-Za-z]{4,}")


def test_no_page_of_an_act_speaks_as_to_programs(client: DeskClient, office: Office) -> None:
    receipt = office.submit().receipt
    for code in ("identity", "assignment", "access-code", "transfer"):
        asked = client.get(f"/desk/cases/{receipt}/{code}").text.partition("data-keep")[2]
        for words in re.findall(r">([^<]+)<", asked.partition("</form>")[0]):
            assert not _FOR_PROGRAMS.search(words.replace("test.jia", "")), (code, words)
    every = (visits.ACTS, requests.ACTS, payment_acts.ACTS, {"": objections.ANSWER})
    for form in (form for acts in every for form in acts.values()):
        for part in form.step.parts:
            told = with_options(Step("", "", "", (part,)), CHOSEN).parts[0]
            assert not _FOR_PROGRAMS.search(told.label + told.help), (form.code, told)
