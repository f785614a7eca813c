"""Numbers, exports and the publicity list over HTTP, with the processes that make them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

import jsonschema
import openpyxl
import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.app import create_app
from casework.intake import identity
from casework.intake.identity import Identity
from casework.people import access, tokens
from casework.reporting.reports import REPORTS
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.app import App
from tests.support.applications import tenant, tenant_body
from tests.support.office import YES, Office, decide
from tests.support.waiting import wait_for
from vocabulary.identity import IdentityLevel
from vocabulary.people import Role

TIMEOUT = 30
Ask = Callable[..., TestResponse]


@pytest.fixture
def client(office: Office) -> FlaskClient:
    """The application over the real database, without a server of its own."""
    return create_app(office.settings).test_client()


@pytest.fixture
def bearer(database: Database, settings: Settings) -> Callable[..., dict[str, str]]:
    """The headers of somebody of a bureau."""

    def made(bureau: str, role: str) -> dict[str, str]:
        label = f"测试{bureau}{role}"
        token = tokens.create(database, settings, bureau=bureau, role=Role(role), label=label)
        return {"Authorization": f"Bearer {token}"}

    return made


@pytest.fixture
def ask(client: FlaskClient, bearer: Callable[..., dict[str, str]]) -> Ask:
    """Ask as somebody of a bureau: `ask("sasac", "officer", "GET /api/v1/…", body, **query)`."""

    def call(whose: str, role: str, route: str, body: Any = None, **query: Any) -> Any:
        method, path = route.split()
        headers = bearer(whose, role)
        return client.open(path, method=method, json=body, query_string=query, headers=headers)

    return call


def granted(office: Office, name: str | None = None) -> str:
    """A grant of 3 yuan, to somebody of that name."""
    body = tenant_body()
    body["enterprise"]["name"] = name or body["enterprise"]["name"]
    receipt = office.submit(body).receipt
    decide(office, receipt, replace(YES, amount=Decimal("3.00")))
    return receipt


def test_every_report_answers_as_documented_and_keeps_to_the_bureau(
    client: FlaskClient, office: Office, ask: Ask
) -> None:
    for _ in range(2):
        office.submit()
    granted(office)
    document = cast("dict[str, Any]", client.get("/openapi.json").json)
    for name in REPORTS:
        route = f"GET /api/v1/reports/{name}"
        answers = [
            ask("sasac", "officer", route),
            ask("finance", "auditor", route),
            ask("finance", "admin", route, bureau="sasac"),
        ]
        schema = document["paths"][f"/api/v1/reports/{name}"]["get"]["responses"]["200"]
        reference = schema["content"]["application/json"]["schema"]
        for answer in answers:
            assert answer.status_code == 200, answer.text
            jsonschema.Draft202012Validator(
                {**reference, "components": document["components"]},
                format_checker=jsonschema.FormatChecker(),
            ).validate(answer.json)
        own, all_, chosen = (answer.get_json() for answer in answers)
        assert own["rows"] == all_["rows"] == chosen["rows"]
        foreign = ask("finance", "supervisor", route).get_json()
        assert foreign["rows"] == []
        refused = ask("finance", "supervisor", route, bureau="sasac")
        assert (refused.status_code, refused.get_json()["code"]) == (403, "not_permitted")
    counted = ask("sasac", "officer", "GET /api/v1/reports/amounts").get_json()["total"]
    assert (counted["granted_amount"], counted["pending_amount"]) == ("3.00", "120000.00")
    wrong = ask("sasac", "officer", "GET /api/v1/reports/intake", received_from="gestern")
    assert wrong.status_code == 422


def test_each_sender_has_its_numbers_and_sees_its_own_alone(
    client: FlaskClient, office: Office, ask: Ask
) -> None:
    def sender(label: str, *, is_trial: bool = False) -> tuple[str, Identity]:
        token = tokens.create(
            office.db, office.settings, bureau="finance", role="intake", label=label,
            vouches="assured", is_trial=is_trial,
        )  # fmt: skip
        who = access.authenticate(office.db, office.settings, token)
        sure = IdentityLevel.ASSURED
        return token, identity.of_client(who.system, sure, sure, is_trial=is_trial)

    def send(who: Identity = filing.TRUSTED) -> str:
        return filing.accept(office.db, office.settings, tenant(), identity=who).receipt

    def told(token: str, **asked: str) -> dict[str, Any]:
        answer = client.get(route, query_string=asked, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        return cast("dict[str, Any]", answer.json)

    route = "/api/v1/reports/senders"
    (busy, first), (other, second), (_, trial) = (
        sender("甲平台"), sender("乙平台"), sender("测试平台", is_trial=True)
    )  # fmt: skip
    receipts = [*map(send, (first, first, second, trial)), send()]
    office.assess()
    decide(office, receipts[0], replace(YES, amount=Decimal("3.00")))

    [row] = told(busy)["rows"]
    assert (row["name"], row["applications"], row["granted"], row["pending"]) == ("甲平台", 2, 1, 1)
    assert row["states"]["determined"] == row["states"]["awaiting_determination"] == 1
    assert [row["name"] for row in told(other)["rows"]] == ["乙平台"]
    assert told(busy, bureau="finance")["rows"] == []
    for whose, role in (("sasac", "officer"), ("finance", "admin")):
        all_ = ask(whose, role, f"GET {route}").get_json()
        assert [row["name"] for row in all_["rows"]] == ["甲平台", "乙平台"]
        assert (all_["total"]["applications"], all_["total"]["granted"]) == (3, 1)
    assert ask("finance", "officer", f"GET {route}").get_json()["rows"] == []
    # Its token opens no other number.
    refused = client.get("/api/v1/reports/intake", headers={"Authorization": f"Bearer {busy}"})
    assert refused.status_code == 403


def test_an_export_goes_through_every_process_to_a_file(
    launch_app: Callable[..., App], office: Office, bearer: Callable[..., dict[str, str]]
) -> None:
    receipts = [office.submit().receipt for _ in range(3)]
    app = launch_app("api", "relay", "worker-export")
    headers = bearer("sasac", "officer")

    def fetched(body: dict[str, Any]) -> requests.Response:
        address = f"{app.base_url}/api/v1/exports"
        asked = requests.post(address, json=body, headers=headers, timeout=TIMEOUT)
        assert asked.status_code == 202, asked.text
        told = asked.json()

        def is_ready() -> bool:
            answer = requests.get(told["status_url"], headers=headers, timeout=TIMEOUT).json()
            assert answer["state"] in ("pending", "ready")
            return bool(answer["state"] == "ready")

        wait_for(is_ready, "the export is ready")
        return requests.get(told["download_url"], timeout=TIMEOUT)

    plain = fetched({"format": "csv"})
    assert plain.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="wenqi-\d{4}-\d\d-\d\d-1-3rows\.csv"',
        plain.headers["Content-Disposition"],
    )
    assert plain.headers["Cache-Control"] == "no-store"
    assert int(plain.headers["Content-Length"]) == len(plain.content)
    rows = list(csv.reader(io.StringIO(plain.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == receipts
    book = fetched({"format": "xlsx", "state": "awaiting_determination"})
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == receipts
    unknown = requests.get(f"{app.base_url}/api/v1/downloads/x", timeout=TIMEOUT)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "export_not_found")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/format"),
        ({"format": "pdf"}, "/format"),
        ({"format": "csv", "state": "lost"}, "/state"),
        ({"format": "csv", "received_to": "2020-13-01"}, "/received_to"),
        ({"format": "csv", "sql": "1"}, "/sql"),
    ],
)
def test_an_export_nobody_can_make_is_refused(ask: Ask, body: dict[str, Any], pointer: str) -> None:
    answer = ask("sasac", "officer", "POST /api/v1/exports", body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in cast("Any", answer.json)["errors"]] == [pointer]


def test_no_bureau_exports_anothers_cases(ask: Ask) -> None:
    body = {"format": "csv", "bureau": "education"}
    assert ask("sasac", "supervisor", "POST /api/v1/exports", body).status_code == 403
    assert ask("sasac", "auditor", "POST /api/v1/exports", body).status_code == 202


def test_the_publicity_list_is_for_everyone_and_masked(client: FlaskClient, office: Office) -> None:
    receipt = granted(office)
    office.submit()
    answer = client.get("/api/v1/publicity")
    (item,) = cast("Any", answer.json)["items"]
    assert (item["receipt_tail"], item["enterprise"]) == (receipt[-6:], "测试***有限公司")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert receipt not in answer.text
    assert "测试餐饮" not in answer.text
