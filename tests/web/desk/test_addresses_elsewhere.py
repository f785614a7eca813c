"""Addresses of bureaus over the API and the command line: the rules of the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from werkzeug.test import TestResponse

from casework.people import tokens
from cli.main import main
from tests.support.desk_client import DeskClient
from tests.support.ledgers import column, scalar
from tests.support.office import HEAD, Office
from vocabulary.people import Role

ROBOT = "https://oapi.dingtalk.com/robot/send?access_token=made-up-key"
INSIDE = "https://10.0.0.5/robot/send?access_token=made-up-key"
Call = Callable[..., TestResponse]


@pytest.fixture
def call(client: DeskClient, office: Office) -> Call:
    """The API, as an administrator's program calls it."""
    admin = replace(HEAD, role=Role.ADMIN, label="测试管")
    token = tokens.create(
        office.db, office.settings, bureau=admin.bureau, role=admin.role, label=admin.label
    )

    def call(method: str, path: str, body: Mapping[str, Any] | None = None) -> TestResponse:
        bearer = {"Authorization": f"Bearer {token}"}
        return client.http.open(
            f"/api/v1/addresses{path}", method=method, json=body, headers=bearer
        )

    return call


@pytest.fixture
def client(app: Any) -> DeskClient:
    return DeskClient(app)


def way(channel: str, address: str | None = None) -> dict[str, str]:
    return {"channel": channel} | ({"address": address} if address else {})


def test_the_api_changes_what_the_desk_does_by_the_same_rules(call: Call, office: Office) -> None:
    ways = [way("dingtalk", ROBOT), way("email", "duty@sasac.example.org")]
    changed = call("PUT", "/sasac", {"ways": ways})
    assert changed.status_code == 200, changed.text
    assert "made-up-key" not in changed.text
    told = changed.get_json()
    assert told["to"] == "sasac"
    assert [(each["channel"], each["shown"]) for each in told["ways"]] == [
        ("dingtalk", "oapi.dingtalk.com"),
        ("email", "duty@sasac.example.org"),
    ]
    assert told["changed_by"] == "sasac:测试管"
    assert call("GET", "").get_json()["items"] == [told]
    for wrong, pointer in (
        ([way("wecom", INSIDE)], "/ways/0/address"),
        ([way("email", "a@example.org"), way("email", "b@example.org")], "/ways/1/channel"),
        ([way("email", "nobody")], "/ways/0/address"),
        ([way("fax", "1")], "/ways/0/channel"),
        # A robot's address that was never given stays as it is not.
        ([way("wecom")], "/ways/0/address"),
    ):
        refused = call("PUT", "/sasac", {"ways": wrong})
        assert refused.status_code == 422
        assert f'"{pointer}"' in refused.text
        assert "made-up-key" not in refused.text
    assert call("PUT", "/nowhere", {"ways": []}).status_code == 404
    assert call("PUT", "/applicant", {"ways": []}).status_code == 404
    # What is not written of a robot stays; a head may have the inbox alone.
    assert call("PUT", "/sasac", {"ways": [way("dingtalk")]}).status_code == 200
    assert call("PUT", "/sasac:supervisor", {"ways": []}).get_json()["ways"] == []
    assert call("PUT", "/sasac", {"ways": None}).get_json()["ways"] == []
    kinds = "SELECT count(*) FROM event WHERE type = 'address.changed'"
    assert scalar(office.db, kinds) == 4
    assert call("POST", "/sasac/test", {"channel": "email"}).status_code == 404


def test_the_command_line_does_as_well(
    environment: dict[str, str], office: Office, tmp_path: Path
) -> None:
    ways = tmp_path / "ways.toml"

    def run(*arguments: str) -> Result:
        command = ["--by", "test.ops", "addresses", *arguments, "--var", str(tmp_path)]
        return CliRunner().invoke(main, command, env=environment)

    ways.write_text(
        f'channels = [{{ channel = "dingtalk", address = "{ROBOT}" }}]', encoding="utf-8"
    )
    made = run("set", "finance", str(ways))
    assert made.output.strip() == "finance: dingtalk oapi.dingtalk.com"
    assert "dingtalk" in run("list").output
    assert column(office.db, "SELECT changed_by FROM bureau_address") == ["operator"]
    said = "SELECT actor FROM event WHERE type = 'address.changed'"
    assert scalar(office.db, said) == "operator:test.ops"
    for text, why in (
        (f'channels = [{{ channel = "wecom", address = "{INSIDE}" }}]', "https and public"),
        ('channels = [{ channel = "fax", address = "1" }]', "a channel is one of email"),
        ("ways = 1", "has no list channels"),
    ):
        ways.write_text(text, encoding="utf-8")
        refused = run("set", "finance", str(ways))
        assert (refused.exit_code, why in refused.output) == (1, True), refused.output
    assert run("set", "finance").exit_code == 2
    assert "no bureau" in run("set", "nowhere", "--deployed").output
    assert run("set", "finance", "--deployed").output.strip() == "finance: inbox alone"
    assert run("test", "finance", "email").exit_code == 1
