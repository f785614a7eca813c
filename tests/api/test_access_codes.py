"""Lost access codes over real HTTP, and what an officer or a bystander tries with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from casework.people import tokens
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.app import App
from tests.support.applications import tenant, tenant_body, uscc
from tests.support.filing import STATED
from tests.support.ledgers import scalar
from tests.support.office import Office
from vocabulary.people import Role

TIMEOUT = 30
NOTE = {"note": "已核对营业执照原件"}


@pytest.fixture
def office(database: Database, settings: Settings, tmp_path: Path) -> Office:
    return Office(database, replace(settings, codes_file=tmp_path / "codes"))


@pytest.fixture
def base(launch_app: Callable[..., App], office: Office) -> str:
    """The API, where codes go to a file."""
    app = launch_app("api", env={"CODES_FILE": str(office.settings.codes_file)})
    return f"{app.base_url}/api/v1"


@pytest.fixture
def officer(office: Office) -> dict[str, str]:
    token = tokens.create(
        office.db, office.settings, bureau="sasac", role=Role.OFFICER, label="测试甲"
    )
    return {"Authorization": f"Bearer {token}"}


def post(url: str, body: Any = None, **headers: str) -> requests.Response:
    return requests.post(url, json=body, headers=headers, timeout=TIMEOUT)


def read(url: str, code: str) -> int:
    headers = {"Authorization": f"Bearer {code}"}
    return requests.get(url, headers=headers, timeout=TIMEOUT).status_code


def current(office: Office, receipt: str) -> dict[str, str]:
    version = "SELECT version FROM application WHERE receipt = %(r)s"
    return {"If-Match": f'"{scalar(office.db, version, r=receipt)}"'}


def test_an_officer_issues_a_code_and_the_owner_renews_it(
    base: str, office: Office, officer: dict[str, str]
) -> None:
    filed = office.submit()
    own, case = f"{base}/applications/{filed.receipt}", f"{base}/cases/{filed.receipt}"
    for body in ({"handed": "renewed", **NOTE}, {"handed": "contact"}, {"handed": 1, **NOTE}, {}):
        wrong = post(f"{case}/access-code", body, **officer, **current(office, filed.receipt))
        assert wrong.status_code == 422, wrong.text
    assert (
        post(f"{case}/access-code", {"handed": "in_person", **NOTE}, **officer).status_code == 428
    )
    issued = post(
        f"{case}/access-code",
        {"handed": "in_person", **NOTE},
        **officer,
        **current(office, filed.receipt),
    )
    assert issued.status_code == 200, issued.text
    assert issued.headers["Cache-Control"] == "no-store"
    told = issued.json()
    assert told["sent_to"] is None
    assert (read(own, filed.access_code), read(own, told["access_code"])) == (404, 200)

    sent = post(
        f"{case}/access-code",
        {"handed": "contact", **NOTE},
        **officer,
        **current(office, filed.receipt),
    ).json()
    assert sent["access_code"] is None
    assert "****" in sent["sent_to"]
    assert read(own, told["access_code"]) == 404
    assert read(own, filing.code_of(office.db, office.settings, filed.receipt)) == 200

    asked = post(f"{own}/access-code/request")
    assert asked.status_code == 202, asked.text
    code = filing.code_of(office.db, office.settings, filed.receipt)
    renewed = post(f"{own}/access-code", {"code": code})
    assert renewed.status_code == 200, renewed.text
    assert renewed.headers["Cache-Control"] == "no-store"
    assert read(renewed.json()["status_url"], renewed.json()["access_code"]) == 200


def test_nobody_learns_whether_there_is_such_an_application(base: str, office: Office) -> None:
    filed = office.submit()
    bystander = filing.accept(office.db, office.settings, tenant(), identity=filing.OPEN_FORM)
    receipts = [filed.receipt, bystander.receipt, "WQ261128-9999999-E", "nonsense"]
    asked = [
        post(f"{base}/applications/{receipt}/access-code/request")
        for receipt in receipts
        for _ in range(4)
    ]
    tried = [
        post(f"{base}/applications/{receipt}/access-code", {"code": "ABCD-EFGH"})
        for receipt in receipts
    ]
    assert {(answer.status_code, answer.text) for answer in asked} == {(202, asked[0].text)}
    assert {answer.status_code for answer in tried} == {422}
    assert {answer.json()["code"] for answer in tried} == {"code_refused"}
    assert len({answer.json()["detail"] for answer in tried}) == 1
    assert scalar(office.db, "SELECT count(*) FROM contact_code") == 3


def test_an_officer_who_rebuilds_the_body_and_guesses_the_key_gets_no_code(
    base: str, office: Office, officer: dict[str, str]
) -> None:
    """A body is on the officer's screen, and `row-2` is soon guessed: that was the code once."""
    body = tenant_body(uscc=uscc(7)) | STATED
    sender = filing.credentials(office.db, office.settings)
    url = f"{base}/applications"
    filed = post(url, body, **sender, **{"Idempotency-Key": "row-2"}).json()
    office.assess_all()
    rebuilt = {name: body[name] for name in ("provision", "enterprise", "facts")}
    other = filing.credentials(office.db, office.settings, label="另一渠道")
    guesses = [f"row-{number}" for number in range(1, 6)]
    answers = [
        post(url, sent, **who, **{"Idempotency-Key": key})
        for key in guesses
        for sent, who in (
            (rebuilt, {}),
            (rebuilt, officer),
            (rebuilt | STATED, officer),
            (rebuilt | STATED, other),
        )
    ]
    own = f"{base}/applications/{filed['receipt']}"
    for answer in answers:
        told = answer.json()
        assert answer.status_code in (202, 403, 409), answer.text
        assert filed["access_code"] not in answer.text
        if answer.status_code == 202:
            assert told["receipt"] != filed["receipt"]
            assert read(own, told["access_code"]) == 404
    assert read(own, filed["access_code"]) == 200

    # An open form's own key opens nothing either, as long as it can be guessed.
    open_form = tenant_body(uscc=uscc(9))
    first = post(url, open_form, **{"Idempotency-Key": "row-2"})
    assert first.status_code == 202
    guessed = post(url, open_form, **{"Idempotency-Key": "row-2"})
    assert (guessed.status_code, guessed.json()["code"]) == (409, "idempotency_key_used")
    assert first.json()["access_code"] not in guessed.text


def test_a_replay_shows_no_dead_code(base: str, office: Office, officer: dict[str, str]) -> None:
    sender = filing.credentials(office.db, office.settings)
    key = {"Idempotency-Key": "5f1c2a7e-6a8c-4c0e-9a55-3a9f6f0f2f11"}
    body = tenant_body() | STATED
    filed = post(f"{base}/applications", body, **sender, **key).json()
    assert post(f"{base}/applications", body, **sender, **key).status_code == 202
    office.assess_all()
    issued = post(
        f"{base}/cases/{filed['receipt']}/access-code",
        {"handed": "in_person", **NOTE},
        **officer,
        **current(office, filed["receipt"]),
    ).json()
    again = post(f"{base}/applications", body, **sender, **key)
    assert (again.status_code, again.json()["code"]) == (409, "access_code_gone")
    for code in (filed["access_code"], issued["access_code"]):
        assert code not in again.text
    assert "access-code/request" in again.json()["detail"]
