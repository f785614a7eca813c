"""Every role on every route of the bureau side, over real HTTP."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

import pytest
import requests

from casework.people import tokens
from config.settings import Settings
from store.db import Database
from tests.support.app import App
from tests.support.document_routes import OF_CASE
from tests.support.office import Office
from vocabulary.identity import IdentityLevel
from vocabulary.people import Role

TIMEOUT = 30
ALL = "officer supervisor system auditor admin"
EVERY = f"{ALL} intake"

TOKENS: tuple[list[dict[str, list[str]]], ...] = (
    [{"bureau_token": []}, {"session": []}],
    [{"intake_token": []}],
)

# Route -> the roles that may. What the others get is 403, whatever they send.
MAY = {
    "POST /api/v1/applications/batch": "intake",
    "GET /api/v1/cases": "officer supervisor system auditor",
    "GET /api/v1/cases/<receipt>": "officer supervisor system auditor",
    "GET /api/v1/cases/<receipt>/trail": "supervisor auditor",
    **dict.fromkeys(OF_CASE, "officer supervisor system auditor"),
    "GET /api/v1/audit": "auditor",
    "POST /api/v1/cases/acknowledge": "officer supervisor system",
    "POST /api/v1/cases/findings": "officer supervisor system",
    "POST /api/v1/cases/determinations": "officer supervisor",
    "POST /api/v1/cases/<receipt>/acknowledgement": "officer supervisor system",
    "POST /api/v1/cases/assignments": "officer supervisor",
    "POST /api/v1/cases/exports": "officer supervisor system auditor",
    "POST /api/v1/cases/<receipt>/assignment": "officer supervisor",
    "GET /api/v1/colleagues": "officer supervisor",
    "POST /api/v1/cases/<receipt>/findings": "officer supervisor system",
    "POST /api/v1/cases/<receipt>/supplement": "officer supervisor system",
    "POST /api/v1/cases/<receipt>/supplement/closure": "officer supervisor system",
    "POST /api/v1/cases/<receipt>/determination": "officer supervisor",
    "POST /api/v1/cases/<receipt>/determination/approval": "supervisor",
    "POST /api/v1/cases/<receipt>/identity": "officer supervisor",
    "POST /api/v1/cases/<receipt>/access-code": "officer supervisor",
    "POST /api/v1/cases/<receipt>/transfer": "officer supervisor system",
    "POST /api/v1/cases/<receipt>/review": "supervisor",
    "POST /api/v1/cases/<receipt>/callback": "officer supervisor",
    "POST /api/v1/cases/<receipt>/phone-call": "officer supervisor",
    "GET /api/v1/reports/intake": ALL,
    "GET /api/v1/reports/outcomes": ALL,
    "GET /api/v1/reports/amounts": ALL,
    "GET /api/v1/reports/times": ALL,
    "GET /api/v1/reports/overdue": ALL,
    "GET /api/v1/reports/visits": ALL,
    "GET /api/v1/reports/satisfaction": ALL,
    "GET /api/v1/reports/budgets": ALL,
    "POST /api/v1/exports": "officer supervisor system auditor",
    "GET /api/v1/exports/<number>": "officer supervisor system auditor",
    "GET /api/v1/inbox": "officer supervisor system auditor",
    "POST /api/v1/inbox/read": "officer supervisor system",
    "GET /api/v1/visits": "officer supervisor system auditor",
    "PUT /api/v1/visits/capacity": "supervisor",
    "GET /api/v1/visits/<visit>": "officer supervisor system auditor",
    "POST /api/v1/visits/<visit>/confirmation": "officer supervisor system",
    "POST /api/v1/visits/<visit>/move": "officer supervisor system",
    "POST /api/v1/visits/<visit>/outcome": "officer supervisor system",
    "POST /api/v1/visits/<visit>/cancellation": "officer supervisor system",
    "POST /api/v1/visits/<visit>/correction": "officer supervisor system",
    "POST /api/v1/cases/<receipt>/requests": "officer supervisor system",
    "GET /api/v1/requests": "officer supervisor system auditor",
    "GET /api/v1/requests/<number>": "officer supervisor system auditor",
    "POST /api/v1/requests/<number>/transfer": "officer supervisor system",
    "POST /api/v1/requests/<number>/answer": "officer supervisor system",
    "GET /api/v1/calendars": "supervisor admin",
    "POST /api/v1/calendars": "supervisor admin",
    "DELETE /api/v1/calendars/<number>": "supervisor admin",
    "GET /api/v1/delegations": "officer supervisor auditor admin",
    "POST /api/v1/delegations": "officer supervisor admin",
    "POST /api/v1/delegations/<delegation>/confirmation": "officer supervisor admin",
    "DELETE /api/v1/delegations/<delegation>": "officer supervisor admin",
}


@pytest.fixture
def url(shared_api: Callable[..., App]) -> str:
    return shared_api().base_url


@pytest.fixture
def token(database: Database, settings: Settings) -> Callable[..., str]:
    return lambda bureau, role: tokens.create(
        database,
        settings,
        bureau=bureau,
        role=role,
        label=f"测试{role}",
        vouches=IdentityLevel.ASSURED if role == Role.INTAKE else None,
    )


def call(url: str, route: str, credential: str, receipt: str, body: object) -> requests.Response:
    method, path = route.split()
    path = re.sub("<(?!receipt>)[a-z]+>", "1", path).replace("<receipt>", receipt)
    return requests.request(
        method,
        url + path,
        json=body if method in {"POST", "PUT"} else None,
        headers={"Authorization": f"Bearer {credential}", "If-Match": '"2"'},
        timeout=TIMEOUT,
    )


def documented(url: str) -> Iterator[str]:
    document = requests.get(f"{url}/openapi.json", timeout=TIMEOUT).json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method != "parameters" and operation["security"] in TOKENS:
                yield f"{method.upper()} {path.replace('{', '<').replace('}', '>')}"


def test_every_role_on_every_route(url: str, office: Office, token: Callable[..., str]) -> None:
    assert set(documented(url)) == set(MAY)
    receipt = office.submit().receipt
    held = {role: token("sasac", role) for role in Role}
    assert {role.value for role in Role} == set(EVERY.split())
    for route, role in itertools.product(MAY, Role):
        answer = call(url, route, held[role], receipt, {})
        if role.value in MAY[route].split():
            assert answer.status_code not in (401, 403), (route, role, answer.text)
            assert answer.status_code < 500, (route, role, answer.text)
        else:
            assert answer.status_code == 403, (route, role, answer.text)
            assert answer.json()["code"] == "not_permitted"


BODIES = {
    "findings": {"findings": [{"condition": "1.2", "result": True, "note": "属实"}]},
    "supplement": {"fields": ["/facts/dismissed"], "reason": "请补正", "due_on": "2099-12-31"},
    "closure": {"reason": "了结"},
    "determination": {"granted": True, "amount": "1.00", "reason": "属实"},
    "approval": {"approved": True, "reason": "同意"},
    "transfer": {"bureau": "finance", "reason": "不属本单位"},
    "access-code": {"handed": "in_person", "note": "已核对证照"},
    "identity": {"note": "已电话核实", "contact": True},
    "review": {"upheld": True, "reason": "维持"},
    "callback": {"note": "已回访"},
    "assignment": {},
    "phone-call": {"note": "已告知"},
    "requests": {"words": "希望对接银行"},
}


def test_no_role_reaches_another_bureaus_case(
    url: str, office: Office, token: Callable[..., str]
) -> None:
    receipt = office.submit().receipt
    for bureau, role in itertools.product(("education", "district_government"), Role):
        credential = token(bureau, role)
        for route in (route for route in MAY if "<receipt>" in route):
            if role.value not in MAY[route].split():
                continue
            body = BODIES.get(route.rpartition("/")[2])
            answer = call(url, route, credential, receipt, body)
            assert answer.status_code == 404, (route, role, answer.text)
            assert answer.json()["code"] == "case_not_found"
        if role.value in MAY["GET /api/v1/cases"].split():
            listed = call(url, "GET /api/v1/cases", credential, receipt, None)
            assert listed.json()["items"] == []
    untouched = office.case(receipt)
    assert untouched["version"] == 2
    assert untouched["official_findings"] == []


def test_one_kind_of_credential_opens_nothing_of_the_other(
    url: str, office: Office, token: Callable[..., str]
) -> None:
    accepted = office.submit()
    for route in MAY:
        answer = call(url, route, accepted.access_code, accepted.receipt, {})
        assert answer.status_code == 401, route
    supervisor = token("sasac", Role.SUPERVISOR)
    for act, body in (
        ("supplement", {"values": {"/facts/dismissed": 0}}),
        ("withdrawal", {}),
        ("review", {"reason": "请复核"}),
        ("rating", {"grade": 5}),
        ("contact", {"name": "测试甲", "phone": "13800000000"}),
        ("contact/code", {"channel": "sms"}),
        ("contact/verification", {"code": "123456"}),
    ):
        route = f"POST /api/v1/applications/<receipt>/{act}"
        answer = call(url, route, supervisor, accepted.receipt, body)
        assert (answer.status_code, answer.json()["code"]) == (404, "application_not_found")
