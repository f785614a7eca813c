"""No route reads more of a body than the setting allows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.services import services
from casework.people import tokens
from config.settings import Settings
from store.db import Database
from tests.support.office import Office
from tests.support.people import log_in, shown
from vocabulary.people import Role

AGREED: Final = Path(__file__).parents[1] / "data" / "openapi.json"
LIMIT: Final = 2000
ROUTES: Final = [
    (method.upper(), path)
    for path, operations in json.loads(AGREED.read_text(encoding="utf-8"))["paths"].items()
    for method, operation in operations.items()
    if method != "parameters"
    and "application/json" in operation.get("requestBody", {}).get("content", {})
]
"""All that take a body; a batch bounds each line of its own."""


@pytest.fixture
def credentials(database: Database, settings: Settings) -> list[dict[str, str]]:
    """What opens any route: a token of each role, a login. An access code is looked at later."""
    office = Office(database, settings)
    made = [
        tokens.create(
            database,
            settings,
            bureau="sasac",
            role=role,
            label="测试甲",
            vouches="assured" if role is Role.INTAKE else None,
        )
        for role in Role
    ]
    holders = [*made, log_in(office, "test.bing", "sasac")]
    return [shown(office, holder) for holder in holders]


@pytest.fixture
def client(settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(replace(settings, max_body_bytes=LIMIT))
    yield app.test_client(use_cookies=False)
    with app.app_context():
        services().db.close()


def test_the_list_is_whole() -> None:
    assert len(ROUTES) > 25


def test_a_body_is_refused_from_its_first_byte_too_many(
    client: FlaskClient, credentials: list[dict[str, str]]
) -> None:
    def answered(method: str, address: str, size: int) -> tuple[int, str]:
        """Status and code for a body of so many bytes, whoever may send it."""
        for credential in credentials:
            answer = client.open(
                address,
                method=method,
                data=json.dumps({"x": "x" * (size - 9)}),
                content_type="application/json",
                headers={**credential, "If-Match": '"1"'},
            )
            if answer.status_code not in (401, 403):
                break
        return answer.status_code, json.loads(answer.data)["code"]

    for method, path in ROUTES:
        address = path.replace("{receipt}", "WQ261128-0000001-E").replace("{channel}", "email")
        for name in ("{visit}", "{number}", "{delegation}"):
            address = address.replace(name, "1")
        over = answered(method, address, LIMIT + 1)
        assert over == (413, "body_too_large"), (method, path)
        # Nobody reports messages here: where no secret is set, there is no such page.
        expected = 404 if "message-reports" in path else 422
        assert answered(method, address, LIMIT)[0] == expected, (method, path)
