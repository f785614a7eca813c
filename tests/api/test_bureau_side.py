"""What a bureau sees and does over HTTP, and what another bureau does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests

from casework.decision import assess
from casework.delivery import send
from casework.people import tokens
from config.settings import Settings
from store.db import Database
from tests.support.app import App
from tests.support.bureau_client import TIMEOUT, BureauClient
from tests.support.packaged import example
from vocabulary.people import Role
from vocabulary.work import Stage

ANY_VERSION = {"If-Match": '"1"'}
FINDING = {"condition": "1.2", "result": True, "note": "经核属实"}


@pytest.fixture
def app(shared_api: Callable[..., App]) -> App:
    return shared_api()


@pytest.fixture
def desk(app: App, database: Database, settings: Settings) -> Callable[..., BureauClient]:
    document = requests.get(f"{app.base_url}/openapi.json", timeout=TIMEOUT).json()

    def seat(bureau: str, role: Role = Role.OFFICER) -> BureauClient:
        token = tokens.create(database, settings, bureau=bureau, role=role, label="测试窗口")
        return BureauClient(app.base_url, token, document)

    return seat


def _submit(app: App, count: int = 1) -> list[dict[str, Any]]:
    address = f"{app.base_url}/api/v1/applications"
    return [
        requests.post(address, json=example("m01_tenant"), timeout=TIMEOUT).json()
        for _ in range(count)
    ]


def _work(database: Database, settings: Settings) -> None:
    """Do the due work of both stages, as the workers would."""
    for stage, run in ((Stage.ASSESS, assess.run), (Stage.NOTIFY, send.run)):
        with database.transaction() as conn:
            ids = conn.exec_driver_sql(
                "SELECT id FROM work_item WHERE stage = %(stage)s", {"stage": stage.value}
            ).scalars()
            due = list(ids)
        run(database, settings, due)


def test_the_status_is_as_documented(
    app: App, desk: Callable[..., BureauClient], database: Database, settings: Settings
) -> None:
    (accepted,) = _submit(app)
    applicant = BureauClient(app.base_url, accepted["access_code"], desk("sasac").document)
    path = accepted["status_url"].removeprefix(app.base_url)
    assert applicant.read(path, "Status")["assessment"] is None
    _work(database, settings)
    status = applicant.read(path, "Status")
    assert status["bureaus"]["lead"]["bureau_name"] == "区国资委"
    for finding in status["assessment"]["findings"]:
        assert finding["words"]
        assert re.search("[一-龥]", finding["explanation"])


def test_a_bureau_sees_its_own_cases_only(
    app: App, desk: Callable[..., BureauClient], database: Database, settings: Settings
) -> None:
    receipts = [accepted["receipt"] for accepted in _submit(app, 3)]
    _work(database, settings)
    lead, other = desk("sasac"), desk("culture_tourism")
    page = lead.read("/api/v1/cases", "CasePage", limit=2)
    assert [case["receipt"] for case in page["items"]] == receipts[:0:-1]
    rest = lead.read("/api/v1/cases", "CasePage", limit=2, before=page["next"])
    assert [case["receipt"] for case in rest["items"]] == receipts[:1]
    assert rest["next"] is None
    assert lead.read("/api/v1/cases", "CasePage", state="received")["items"] == []
    case = lead.read(f"/api/v1/cases/{receipts[0]}", "Case")
    assert case["application"]["enterprise"]["uscc"] == "91110102MA00A001XU"

    assert other.read("/api/v1/cases", "CasePage")["items"] == []
    hidden, absent = (
        other.get(f"/api/v1/cases/{receipt}") for receipt in (receipts[0], "WQ200511-0000001-X")
    )
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json()["detail"] == absent.json()["detail"]
    finding = {"findings": [FINDING]}
    address = f"/api/v1/cases/{receipts[0]}/findings"
    assert other.post(address, finding, ANY_VERSION).status_code == 404


def test_findings_are_recorded_and_lead_to_a_new_assessment(
    app: App, desk: Callable[..., BureauClient], database: Database, settings: Settings
) -> None:
    (accepted,) = _submit(app)
    _work(database, settings)
    lead = desk("sasac")
    path = f"/api/v1/cases/{accepted['receipt']}"
    needed = lead.read(path, "Case")["assessment"]["needs_finding"]
    assert needed
    findings = [
        {"condition": need["condition"], "result": True, "note": "经核属实", "evidence": "现场查看"}
        | ({"item": need["item"]} if need["item"] else {})
        for need in needed
    ]
    address, body = f"{path}/findings", {"findings": findings}
    assert lead.post(address, body).status_code == 428
    assert lead.post(address, body, {"If-Match": '"1"'}).status_code == 412
    recorded = lead.post(address, body, {"If-Match": lead.get(path).headers["ETag"]})
    assert recorded.status_code == 202, recorded.text
    assert lead.check(recorded, "Recorded")["recorded"] == len(findings)
    _work(database, settings)
    case = lead.read(path, "Case")
    assert case["assessment"]["serial"] == 2
    assert len(case["official_findings"]) == len(findings)
    assert "finding.recorded" in {line["type"] for line in case["timeline"]}


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/findings", "required"),
        ([], "", "invalid_object"),
        ({"findings": []}, "/findings", "wrong_length"),
        ({"findings": [FINDING | {"result": "yes"}]}, "/findings/0/result", "invalid_boolean"),
        ({"findings": [FINDING | {"note": " "}]}, "/findings/0/note", "blank"),
        ({"findings": [{"result": True}]}, "/findings/0/condition", "required"),
        ({"findings": [], "x": 1}, "/x", "unknown_field"),
    ],
)
def test_malformed_findings_are_located(
    desk: Callable[..., BureauClient], body: Any, pointer: str, code: str
) -> None:
    address = "/api/v1/cases/WQ200511-0000001-X/findings"
    refused = desk("sasac").post(address, body, ANY_VERSION)
    assert refused.status_code == 422
    faults = {error["pointer"]: error["code"] for error in refused.json()["errors"]}
    assert faults[pointer] == code


def test_readers_may_not_write_and_unknown_tokens_may_nothing(
    desk: Callable[..., BureauClient],
) -> None:
    auditor = desk("sasac", Role.AUDITOR)
    assert auditor.get("/api/v1/cases").status_code == 200
    finding = {"findings": [FINDING]}
    refused = auditor.post("/api/v1/cases/WQ200511-0000001-X/findings", finding, ANY_VERSION)
    assert refused.status_code == 403
    assert refused.json()["code"] == "not_permitted"
    stranger = BureauClient(auditor.base, "no-such-token", auditor.document).get("/api/v1/inbox")
    assert stranger.status_code == 401
    assert stranger.json()["code"] == "token_refused"
    assert stranger.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_repeated_parameter_is_refused(desk: Callable[..., BureauClient]) -> None:
    refused = desk("sasac").get("/api/v1/cases?state=decided&state=received")
    assert refused.status_code == 422
    assert refused.json()["errors"][0] == {
        "pointer": "/query/state",
        "code": "repeated",
        "message": "同一参数只能填写一次。",
    }


def test_queries_are_as_strict_as_bodies(desk: Callable[..., BureauClient]) -> None:
    lead = desk("sasac")
    for query, pointer, code in (
        ({"limit": "x"}, "/query/limit", "invalid_integer"),
        ({"limit": 0}, "/query/limit", "out_of_range"),
        ({"before": "9" * 5000}, "/query/before", "invalid_integer"),
        ({"before": 2**63}, "/query/before", "out_of_range"),
        ({"state": "lost"}, "/query/state", "invalid_choice"),
        ({"provision": "a\0b"}, "/query/provision", "control_character"),
        ({"sort": "name"}, "/query/sort", "invalid_choice"),
        ({"order": "name"}, "/query/order", "unknown_field"),
        ({"cursor": "x"}, "/query/cursor", "invalid_cursor"),
    ):
        refused = lead.get("/api/v1/cases", **query)
        assert refused.status_code == 422, query
        (error,) = refused.json()["errors"]
        assert (error["pointer"], error["code"]) == (pointer, code)
        assert re.search("[一-龥]", error["message"])


def test_the_inbox_tells_and_remembers_what_was_read(
    app: App, desk: Callable[..., BureauClient], database: Database, settings: Settings
) -> None:
    _submit(app, 2)
    _work(database, settings)
    lead, other = desk("sasac"), desk("culture_tourism")
    page = lead.read("/api/v1/inbox", "InboxPage", unread=True, limit=1)
    (newest,) = page["items"]
    (older,) = lead.read("/api/v1/inbox", "InboxPage", before=page["next"])["items"]
    assert newest["kind"] == older["kind"] == "assessment"

    assert other.read("/api/v1/inbox", "InboxPage")["items"] == []
    assert other.post("/api/v1/inbox/read", {"ids": [newest["id"]]}).json() == {"marked": []}
    for marked in ([newest["id"]], []):
        answer = lead.post("/api/v1/inbox/read", {"ids": [newest["id"]]})
        assert lead.check(answer, "Marked") == {"marked": marked}
    unread = lead.read("/api/v1/inbox", "InboxPage", unread=True)["items"]
    assert [message["id"] for message in unread] == [older["id"]]
    assert lead.post("/api/v1/inbox/read", {"ids": ["1"]}).status_code == 422
