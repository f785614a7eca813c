"""Who files, over real HTTP: open forms, systems with an intake token, and everybody else's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from casework.people import tokens
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.app import App
from tests.support.applications import tenant_body
from tests.support.waiting import wait_for
from vocabulary.identity import IdentityLevel

TIMEOUT = 30
STORED = (
    "SELECT identity, identity_how, identity_at IS NOT NULL AS dated, client, confirmed_channels"
    " FROM application ORDER BY id DESC LIMIT 1"
)


@pytest.fixture
def api(shared_api: Callable[..., App]) -> App:
    return shared_api()


def _post(api: App, body: dict[str, Any], **headers: str) -> requests.Response:
    url = f"{api.base_url}/api/v1/applications"
    return requests.post(url, json=body, headers=headers, timeout=TIMEOUT)


def _batch(api: App, bodies: list[dict[str, Any]], **headers: str) -> requests.Response:
    return requests.post(
        f"{api.base_url}/api/v1/applications/batch",
        data="".join(json.dumps(body) + "\n" for body in bodies).encode(),
        headers={"Content-Type": "application/x-ndjson", **headers},
        timeout=TIMEOUT,
    )


def _level(level: str) -> dict[str, Any]:
    return {"identity": {"level": level}}


def _stored(database: Database) -> tuple[Any, ...]:
    with database.statement() as conn:
        return tuple(conn.exec_driver_sql(STORED).one())


def test_an_open_form_is_unverified_and_cannot_say_otherwise(api: App, database: Database) -> None:
    assert _post(api, tenant_body()).status_code == 202
    assert _stored(database) == ("unverified", None, False, None, [])
    for level in IdentityLevel:
        refused = _post(api, tenant_body() | _level(level))
        assert (refused.status_code, refused.json()["code"]) == (403, "identity_without_token")
        assert "申报渠道令牌" in refused.json()["detail"]
        assert refused.json()["errors"][0]["pointer"] == "/identity"


def test_a_system_states_up_to_what_its_token_may_vouch_for(
    api: App, database: Database, settings: Settings
) -> None:
    known = filing.credentials(database, settings, IdentityLevel.CONTACT_VERIFIED)
    for level, kept in (
        ("unverified", ("unverified", None, False, 1, [])),
        ("contact_verified", ("contact_verified", "client", True, 1, ["sms", "email"])),
    ):
        assert _post(api, tenant_body() | _level(level), **known).status_code == 202
        assert _stored(database) == kept
    refused = _post(api, tenant_body() | _level("assured"), **known)
    assert (refused.status_code, refused.json()["code"]) == (403, "identity_too_high")
    assert "联系方式已核实" in refused.json()["detail"]
    missing = _post(api, tenant_body(), **known)
    assert (missing.status_code, missing.json()["code"]) == (422, "identity_missing")
    for wrong in ({"level": "certain"}, {}, "assured", {"level": "assured", "x": 1}, None):
        answer = _post(api, {**tenant_body(), "identity": wrong}, **known)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"].startswith("/identity")


def test_who_means_to_be_known_is_never_taken_for_anybody(
    api: App, database: Database, settings: Settings
) -> None:
    officer = tokens.create(database, settings, bureau="sasac", label="测试甲")
    revoked = filing.credentials(database, settings)
    tokens.revoke(database, 2)
    for credential, expected in (
        ({"Authorization": f"Bearer {officer}"}, (403, "not_permitted")),
        ({"Authorization": "Bearer wq_nobody"}, (401, "token_refused")),
        ({"Authorization": "Basic xyz"}, (401, "unauthenticated")),
        (revoked, (401, "token_refused")),
    ):
        for answer in (
            _post(api, tenant_body(), **credential),
            _batch(api, [tenant_body()], **credential),
        ):
            assert (answer.status_code, answer.json()["code"]) == expected
    assert _batch(api, [tenant_body()]).status_code == 401
    with database.statement() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM application").scalar() == 0


def test_a_rotated_token_is_the_same_system(
    api: App, database: Database, settings: Settings
) -> None:
    first = filing.credentials(database, settings)
    body, key = tenant_body() | filing.STATED, {"Idempotency-Key": "5f1c2a7e-rotated"}
    filed = _post(api, body, **first, **key).json()
    rotated = {"Authorization": f"Bearer {tokens.rotate(database, settings, 1)}"}
    again = _post(api, body, **rotated, **key)
    assert (again.status_code, again.json()["receipt"]) == (202, filed["receipt"])
    other = tokens.create(
        database, settings, bureau="sasac", role="intake", label="另一渠道", vouches="assured"
    )
    apart = _post(api, body, Authorization=f"Bearer {other}", **key)
    assert apart.json()["receipt"] != filed["receipt"]


def test_each_line_of_a_batch_says_who_files(
    api: App, database: Database, settings: Settings
) -> None:
    known = filing.credentials(database, settings, IdentityLevel.CONTACT_VERIFIED)
    bodies = [
        tenant_body() | _level("contact_verified"),
        tenant_body(),
        tenant_body() | _level("assured"),
        tenant_body() | _level("unverified"),
    ]
    lines = [json.loads(line) for line in _batch(api, bodies, **known).content.splitlines()]
    assert [(line.get("status"), line.get("code")) for line in lines[:-1]] == [
        (202, None),
        (422, "identity_missing"),
        (403, "identity_too_high"),
        (202, None),
    ]
    assert lines[1]["errors"][0]["pointer"] == "/identity"
    with database.statement() as conn:
        levels = conn.exec_driver_sql("SELECT identity FROM application ORDER BY id").scalars()
        assert list(levels) == ["contact_verified", "unverified"]


def test_a_revoked_token_ends_within_seconds(
    api: App, database: Database, settings: Settings
) -> None:
    known = filing.credentials(database, settings)
    body = tenant_body() | filing.STATED
    assert _post(api, body, **known).status_code == 202
    assert tokens.revoke(database, 1)
    wait_for(lambda: _post(api, body, **known).status_code == 401, "the token is refused")


def test_an_applicant_confirms_the_contact_over_http(
    launch_app: Callable[..., App], database: Database, settings: Settings, tmp_path: Path
) -> None:
    api = launch_app("api", env={"CODES_FILE": str(tmp_path / "codes")})
    accepted = _post(api, tenant_body()).json()
    address = accepted["status_url"]
    own = {"Authorization": f"Bearer {accepted['access_code']}"}

    def ask(path: str, body: dict[str, Any]) -> requests.Response:
        return requests.post(f"{address}/{path}", json=body, headers=own, timeout=TIMEOUT)

    asked = [ask("contact/code", {"channel": "sms"}) for _ in range(5)]
    assert {answer.status_code for answer in asked} == {202}
    assert len({answer.text for answer in asked}) == 1
    assert asked[0].json()["sent_to"].endswith("****0000")
    with database.statement() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM contact_code").scalar() == 3
    missing = ask("contact/code", {"channel": "email"})
    assert (missing.status_code, missing.json()["code"]) == (422, "no_address")
    assert ask("contact/code", {"channel": "wechat"}).status_code == 422
    code = filing.code_of(database, settings, accepted["receipt"])
    wrong = ask("contact/verification", {"code": f"{(int(code) + 1) % 10**6:06d}"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "code_refused")
    assert ask("contact/verification", {"code": code}).status_code == 200
    told = requests.get(address, headers=own, timeout=TIMEOUT).json()
    assert (told["identity"]["level"], told["identity"]["how"]) == ("contact_verified", "sms_code")
    corrected = ask("contact", {"name": "测试乙", "phone": "13800000001"})
    assert corrected.status_code == 200, corrected.text
    assert ask("contact", {"name": "测试乙", "phone": "12"}).status_code == 422
    told = requests.get(address, headers=own, timeout=TIMEOUT).json()
    assert (told["identity"]["level"], told["identity"]["confirmed"]) == ("unverified", [])
    assert "verify_contact" in told["actions"]
