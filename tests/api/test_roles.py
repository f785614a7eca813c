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
from tests.support.office import Office
from tests.support.who_may import APPLICANT_BODIES, BODIES, EVERY, MAY
from vocabulary.identity import IdentityLevel
from vocabulary.people import Role

TIMEOUT = 30
TOKENS: tuple[list[dict[str, list[str]]], ...] = (
    [{"bureau_token": []}, {"session": []}],
    [{"intake_token": []}],
)


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
    for act, body in (APPLICANT_BODIES | {"withdrawal": {}}).items():
        route = f"POST /api/v1/applications/<receipt>/{act}"
        answer = call(url, route, supervisor, accepted.receipt, body)
        assert (answer.status_code, answer.json()["code"]) == (404, "application_not_found")
