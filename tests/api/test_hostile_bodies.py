"""No body, whatever it holds, costs more than a body may cost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.services import services
from casework.people import tokens
from config.settings import Settings
from store.db import Database
from tests.support.effort import counted
from tests.support.hostile_bodies import CALLS, SIZE, applications
from tests.support.office import Office
from tests.support.people import log_in, shown
from vocabulary.identity import IdentityLevel
from vocabulary.people import Role

AGREED: Final = json.loads(
    (Path(__file__).parents[1] / "data" / "openapi.json").read_text(encoding="utf-8")
)
ROUTES: Final = [
    (method.upper(), path, operation["requestBody"]["content"]["application/json"]["schema"])
    for path, operations in AGREED["paths"].items()
    for method, operation in operations.items()
    if method != "parameters"
    and "application/json" in operation.get("requestBody", {}).get("content", {})
]
FILLINGS: Final[list[Any]] = [
    [1] * 19_000,
    [{}] * 9_500,
    {f"n{number}": 1 for number in range(18_000)},
    "字" * 80_000,
    # For a regular expression that tries again at each place, a minute and more.
    "a" * SIZE,
]
WHOLE: Final = "/api/v1/applications"
"""Its body, and that of a screening, is tried in every way by tests/casework/intake."""


@pytest.fixture
def client(settings: Settings, database: Database) -> Iterator[FlaskClient]:
    assert database
    app = create_app(settings)
    yield app.test_client(use_cookies=False)
    with app.app_context():
        services().db.close()


@pytest.mark.parametrize("path", [WHOLE, "/api/v1/screenings"])
def test_a_hostile_application_is_answered(client: FlaskClient, path: str) -> None:
    client.post(path, data=b"{}", content_type="application/json")  # what is loaded once
    for name, body in applications().items():
        send = partial(client.post, path, data=body, content_type="application/json")
        answer, calls = counted(send)
        assert answer.status_code in {202, 400, 422}, name
        assert calls < CALLS, name


def test_each_member_as_all_that_a_body_can_hold(
    client: FlaskClient, database: Database, settings: Settings
) -> None:
    tokens_of_roles = [
        tokens.create(
            database,
            settings,
            bureau="sasac",
            role=role,
            label="测试甲",
            vouches=IdentityLevel.ASSURED if role is Role.INTAKE else None,
        )
        for role in Role
    ]
    office = Office(database, settings)
    tokens_of_roles.append(log_in(office, "测试乙", "sasac"))
    office = Office(database, settings)
    tokens_of_roles.append(log_in(office, "测试甲", "sasac"))
    tried = 0
    for method, path, schema in ROUTES:
        address = path.replace("{receipt}", "WQ261128-0000001-E")
        for name in ("{visit}", "{number}", "{delegation}"):
            address = address.replace(name, "1")
        for token in tokens_of_roles:
            headers = {"If-Match": '"1"', **shown(office, token)}
            opened = client.open(address, method=method, json={}, headers=headers)
            if opened.status_code not in (401, 403):
                break
        described = AGREED["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        for member in described.get("properties", {}):
            for filling in FILLINGS:
                body = json.dumps({member: filling}, ensure_ascii=False).encode()
                send = partial(
                    client.open,
                    address,
                    method=method,
                    data=body,
                    content_type="application/json",
                    headers=headers,
                )
                answer, calls = counted(send)
                assert answer.status_code in {400, 404, 422}, (path, member)
                assert calls < CALLS, (path, member)
                tried += 1
    assert tried > 150
