"""The pages of a screening, without a script: what is asked, what is kept, what the result says."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.services import services
from casework.intake import interview
from config.notices.spoken_to import to_oneself
from web.portal import profile, questions
from web.portal.profile import Profile

TENANT = {
    "/enterprise/kind": "enterprise",
    "/enterprise/registered_in": "xicheng",
    "/enterprise/taxed_in": "xicheng",
    "/facts/leases/0/owner": "district_soe",
    "/facts/leases/0/premises_district": "xicheng",
    "/enterprise/industry": "catering",
    "/enterprise/employees": "30人",
    "/enterprise/revenue": "８,０００,０００",
    "/facts/dismissed": "0",
    "/facts/operation": "closed_by_rule",
    "/facts/leases/0/use": "production",
    "/facts/leases/0/lease_form": "direct",
    "/facts/leases/0/lease_no": "租2019-008",
    "/facts/leases/0/starts_on": "2019年1月1日",
    "/facts/leases/0/ends_on": "20211231",
    "/facts/leases/0/rent_basis": "month",
    "/facts/leases/0/rent": "￥40,000元",
}
SECTIONS = {
    "can": {"eligible", "needs_determination"},
    "ask": {"incomplete"},
    "others": {"incomplete", "needs_determination", "referred"},
    "refer": {"referred"},
    "not": {"ineligible", "not_in_force"},
}


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', text)
    return unescape(found[1]) if found else ""


def shown(text: str) -> list[str]:
    """The names of the fields on a page."""
    return list(dict.fromkeys(re.findall(r'name="(/[^"]+)"', text)))


def send(client: FlaskClient, address: str, **given: Any) -> str:
    """Send the page's form. Returns where it leads."""
    page = client.get(address).text
    form = {"token": hidden(page, "token"), "said": hidden(page, "said"), **given}
    answer = client.post(address, data=form)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def walk(client: FlaskClient, answers: dict[str, str], *topics: str) -> list[str]:
    """Go through a screening. Returns the addresses of its questions."""
    address = send(client, "/screen", topic=list(topics))
    met = []
    while address != "/screen/result":
        met.append(address)
        names = shown(client.get(address).text)
        address = send(client, address, **{n: answers[n] for n in names if n in answers})
        assert len(met) < interview.MOST
    return met


def body(app: Flask, answers: dict[str, str]) -> dict[str, Any]:
    settings = app.extensions["wenqi"].settings
    return interview.body(settings, questions.answers(settings, answers))


def sections(text: str) -> dict[str, str]:
    """The result's sections by their name."""
    return dict(re.findall(r'<h2 id="(\w+)">(.*?)</section>', text, re.DOTALL))


@pytest.mark.parametrize(
    ("topics", "altered"),
    [
        (("tenant",), {}),
        (("tenant", "staff"), {"/facts/training_organised": "true"}),
        (("tenant",), {"/facts/leases/0/owner": "private"}),
        ((), {"/enterprise/kind": "natural_person"}),
    ],
)
def test_the_result_is_what_the_api_says_of_the_same_answers(
    alone: Flask, topics: tuple[str, ...], altered: dict[str, str]
) -> None:
    client, answers = alone.test_client(), {**TENANT, **altered}
    walk(client, answers, *topics)
    held = profile.read(unquoted(client))
    assert held is not None
    page = unescape(client.get("/screen/result").text)
    told = sections(page)
    said = client.post("/api/v1/screenings", json=body(alone, dict(held.typed))).json
    assert said is not None
    with alone.app_context():
        settings = services().settings
        given = questions.answers(settings, held.typed)
        unasked = interview.unasked(settings, held.topics, given, held.done)
    assert {verdict["provision"] for verdict in said["verdicts"]} == {
        code for part in told.values() for code in re.findall(r"data-provision=\"(\w+)\"", part)
    }
    for verdict in said["verdicts"]:
        code = verdict["provision"]
        (name,) = [name for name, part in told.items() if f'data-provision="{code}"' in part]
        assert verdict["outcome"] in SECTIONS[name]
        # Of what else was not asked it is said that it was not asked, and of nothing but that.
        if name == "others" and verdict["outcome"] != "incomplete":
            assert code in unasked
        else:
            assert code not in unasked
        card = told[name].partition(f'data-provision="{code}"')[2].partition("data-provision")[0]
        for against in verdict["against"]:
            assert to_oneself(against["explanation"]) in card
        if name == "can" and float(verdict["amount"] or 0):
            assert f"{float(verdict['amount']):,.2f}元" in card
        if name in ("ask", "others") and verdict["outcome"] == "incomplete":
            assert verdict["missing"][0]["label"].split(" ")[0] in card


def unquoted(client: FlaskClient) -> str:
    cookie = client.get_cookie(profile.COOKIE)
    assert cookie is not None
    return cookie.decoded_value


def test_a_tenant_is_told_its_sum_after_at_most_twelve_questions(alone: Flask) -> None:
    client = alone.test_client()
    assert len(walk(client, TENANT, "tenant")) == 9
    page = client.get("/screen/result").text
    assert "80,000.00元" in page
    assert "2019年1月1日" in page
    told = sections(page)
    assert 'data-provision="m11_fintech"' in told["others"]  # of which nobody was asked
    assert "可以申报1项" in page
    assert page.count("btn-primary") == 1


def test_nothing_is_refused_that_nobody_was_asked(alone: Flask) -> None:
    client = alone.test_client()
    walk(client, {}, "tenant")
    assert "not" not in sections(client.get("/screen/result").text)


def test_who_is_refused_is_told_by_which_answer_by_which_clause_and_what_would_change_it(
    alone: Flask,
) -> None:
    """A23; and A18: each thing that is told leads to what its measure gives."""
    client = alone.test_client()
    walk(client, {**TENANT, "/enterprise/registered_in": "chaoyang"}, "tenant")
    told = sections(unescape(client.get("/screen/result").text))
    card = told["not"].partition('data-provision="m01_tenant"')[2].partition("data-provision")[0]
    assert "差在：注册地：朝阳区；纳税地：西城区" in card
    assert '<p class="wq-q">“在西城区注册纳税”</p>' in card
    assert "若注册地和纳税地都在西城区，则可继续核对。" in card
    assert re.search(r'form="start" name="provision" value="m01_tenant">照样申报', card)
    for part in told.values():
        for card in part.split("data-provision=")[1:]:
            assert re.search('href="/measures/m\\d\\d#m', card)


def test_no_question_asks_who_one_is(alone: Flask) -> None:
    with alone.app_context():
        asked = interview.interview(services().settings).questions
    pointers = {pointer for each in asked for pointer in each.pointers}
    assert pointers
    assert not [at for at in pointers if re.search("name|uscc|phone|mail|contact|id_number", at)]


def test_going_back_shows_what_was_answered_and_a_change_leads_on(alone: Flask) -> None:
    client = alone.test_client()
    met = walk(client, TENANT, "tenant")
    for address in met:
        page = client.get(address).text
        for name in shown(page):
            assert TENANT[name] in page
    # Whoever rents from others has nothing to tell of the rent any more.
    premises = next(each for each in met if "premises" in each)
    answers = {**TENANT, "/facts/leases/0/owner": "private"}
    names = shown(client.get(premises).text)
    assert send(client, premises, **{n: answers[n] for n in names}) == "/screen/result"
    assert client.get(met[-1]).status_code == 200  # it was answered, so it can be looked at


def test_an_answer_that_cannot_be_read_comes_back_as_it_was_typed(alone: Flask) -> None:
    client = alone.test_client()
    walk(client, TENANT, "tenant")
    page = client.get("/screen/rent").text
    form = {"token": hidden(page, "token"), "said": hidden(page, "said")}
    answer = client.post("/screen/rent", data={**form, "/facts/leases/0/rent": "1万2"})
    assert answer.status_code == 422
    assert "<title>错误：" in answer.text
    assert 'value="1万2"' in answer.text
    assert "有1处要改" in answer.text
    # It is not the result of anything before it can be read.
    assert client.get("/screen/result").headers["Location"] == "/screen/rent"


def test_a_lost_cookie_loses_no_answer(alone: Flask) -> None:
    client = alone.test_client()
    met = walk(client, TENANT, "tenant")
    page = client.get(met[-1]).text
    form = {"token": hidden(page, "token"), "said": hidden(page, "said")}
    client.delete_cookie(profile.COOKIE)
    answer = client.post(met[-1], data={**form, **{n: TENANT[n] for n in shown(page)}})
    assert answer.headers["Location"] == "/screen/result"
    assert "80,000.00元" in client.get("/screen/result").text
    client.delete_cookie(profile.COOKIE)
    for address in ("/screen/result", met[0]):
        assert client.get(address).headers["Location"] == "/screen"


@pytest.mark.parametrize(
    "written",
    [
        "x",
        "W10=",
        Profile(("nothing",), {"/facts/none": "1", "/x": "y"}, ("nobody",)).written(),
        Profile((), {"/enterprise/kind": "pirate"}, ("kind",)).written(),
        Profile((), {"/enterprise/revenue": "9" * 99}, ()).written(),
    ],
)
def test_a_cookie_that_is_not_ours_does_no_harm(alone: Flask, written: str) -> None:
    client = alone.test_client()
    client.set_cookie(profile.COOKIE, written)
    for address in ("/screen", "/screen/kind", "/screen/result"):
        assert client.get(address).status_code in (200, 303, 422), address


def test_a_form_is_filled_with_what_was_said(alone: Flask) -> None:
    with alone.app_context():
        settings = services().settings
    filled = questions.filled(settings, "m01_tenant", {**TENANT, "/facts/sector": "other"})
    assert filled == {**TENANT, "/facts/leases#": "1"}
    other = questions.filled(settings, "m01_other", TENANT)
    assert "/facts/leases/0/rent" not in other
    assert other["/facts/leases/0/owner"] == "district_soe"
