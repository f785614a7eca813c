"""Attacks that worked once, tried over HTTP as a stranger, and an officer, would.

Each succeeded on the product as it was when they were first tried. What the workers do follows in
the test's own process.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests

from casework.people import tokens
from config.settings import Settings
from store.db import Database
from tests.support.app import App
from tests.support.applications import tenant_body, uscc
from tests.support.filing import STATED
from tests.support.ledgers import scalar
from tests.support.office import Office

TIMEOUT = 30
VICTIM, VICTIMS_PHONE, ATTACKERS_PHONE = uscc(555), "13800000111", "13900000666"
BYSTANDER = "bystander@example.org"
RENT = "60000.00"
OUTWARD = "SELECT count(*) FROM delivery WHERE channel IN ('sms', 'email')"


@pytest.fixture
def office(database: Database, settings: Settings) -> Office:
    """Whatever waits is done at once; mail would go out."""
    mailing = replace(settings, smtp_url="smtp://127.0.0.1:9", smtp_from="wenqi@example.org")
    return Office(database, mailing)


@pytest.fixture
def app(shared_api: Callable[..., App]) -> App:
    return shared_api()


@pytest.fixture
def officer(database: Database, settings: Settings) -> dict[str, str]:
    token = tokens.create(database, settings, bureau="sasac", role="supervisor", label="测试甲")
    return {"Authorization": f"Bearer {token}"}


def form(phone: str, lease: str = "同一合同", code: str = VICTIM, **changes: Any) -> dict[str, Any]:
    """An application of the victim's shop."""
    body = tenant_body(uscc=code, lease_no=lease, **changes)
    body["enterprise"]["contact"]["phone"] = phone
    return body


def post(app: App, body: Any, **headers: str) -> requests.Response:
    url = f"{app.base_url}/api/v1/applications"
    return requests.post(url, json=body, headers=headers, timeout=TIMEOUT)


def get(app: App, path: str, headers: dict[str, str]) -> requests.Response:
    return requests.get(f"{app.base_url}/api/v1{path}", headers=headers, timeout=TIMEOUT)


def status(app: App, filed: dict[str, Any], code: str | None = None) -> requests.Response:
    bearer = {"Authorization": f"Bearer {code or filed['access_code']}"}
    return get(app, f"/applications/{filed['receipt']}", bearer)


def test_filing_first_under_a_public_credit_code_takes_neither_money_nor_visit(
    app: App, office: Office, officer: dict[str, str]
) -> None:
    post(app, form(ATTACKERS_PHONE))
    office.assess()
    own = post(app, form(VICTIMS_PHONE) | STATED, **app.known).json()
    office.assess()
    assert status(app, own).json()["amount"] == RENT, "whoever came first takes nothing"
    seen = get(app, f"/cases/{own['receipt']}", officer)
    granted = requests.post(
        f"{app.base_url}/api/v1/cases/{own['receipt']}/determination",
        json={"granted": True, "amount": RENT, "reason": "经核属实"},
        headers={**officer, "If-Match": seen.headers["ETag"]},
        timeout=TIMEOUT,
    )
    assert granted.status_code == 200, granted.text
    visits = get(app, "/visits", officer).json()["items"]
    assert visits
    for visit in visits:
        assert ATTACKERS_PHONE not in get(app, f"/visits/{visit['id']}", officer).text


def test_an_anonymous_client_spends_neither_the_states_letters_nor_its_visits(
    launch_app: Callable[..., App], office: Office
) -> None:
    app = launch_app(start=False)
    for name in [name for name in app.environment if name.startswith("LIMIT_")]:
        del app.environment[name]
    app.start("api")
    lure = form(ATTACKERS_PHONE)
    lure["enterprise"]["name"] = "点 http://phish.example/lq 领取"
    refused = post(app, lure)
    assert refused.status_code == 422, "no link in a name that an official robot posts"
    assert refused.json()["errors"][0]["pointer"] == "/enterprise/name"
    denied = form(ATTACKERS_PHONE, registered_in="chaoyang", email=BYSTANDER)
    answers = [post(app, denied) for _ in range(60)]
    stopped = [answer for answer in answers if answer.status_code == 429]
    assert stopped, "sixty forms in a second are no person"
    assert int(stopped[0].headers["Retry-After"]) > 0
    assert "请" in stopped[0].json()["detail"]
    office.assess()
    assert scalar(office.db, OUTWARD) == 0, "nobody hears from us who has not confirmed the address"
    assert scalar(office.db, "SELECT count(*) FROM visit") == 0


@pytest.mark.parametrize("over", ["one", "batch"])
def test_an_officer_does_not_get_the_applicants_code_from_key_and_body(
    app: App, office: Office, officer: dict[str, str], over: str
) -> None:
    filed = post(app, form(VICTIMS_PHONE), **{"Idempotency-Key": "row-2"}).json()
    office.assess()
    case = get(app, f"/cases/{filed['receipt']}", officer).json()
    shown = case["application"]
    rebuilt = {
        "provision": case["provision"],
        "enterprise": shown["enterprise"],
        "facts": shown["facts"],
    }
    if over == "one":
        answer = post(app, rebuilt, **{"Idempotency-Key": "row-2"}).json()
    else:
        line = json.dumps({**rebuilt, "idempotency_key": "row-2"}).encode()
        headers = {"Content-Type": "application/x-ndjson"}
        url = f"{app.base_url}/api/v1/applications/batch"
        told = requests.post(url, data=line + b"\n", headers=headers, timeout=TIMEOUT)
        answer = json.loads(told.text.splitlines()[0])
    code = answer.get("access_code")
    assert code is None or status(app, filed, code).status_code == 404


def test_a_strangers_key_keeps_nobody_out(app: App) -> None:
    key = {"Idempotency-Key": "import-2"}
    assert post(app, form(ATTACKERS_PHONE, code=uscc(556)), **key).status_code == 202
    sent = post(app, form(VICTIMS_PHONE) | STATED, **app.known, **key)
    assert sent.status_code == 202, "the real sender's row is not 422 for ever"
    assert status(app, sent.json()).status_code == 200
