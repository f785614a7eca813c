"""`wenqi webhook` and `wenqi message` as an operator types them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from store.db import Database
from tests.support.ledgers import column, scalar

Wenqi = Callable[..., Result]
URL = "https://system.example.org/hook"


@pytest.fixture
def wenqi(environment: dict[str, str], tmp_path: Path, database: Database) -> Wenqi:
    def run(*arguments: str, **env: str) -> Result:
        command = [*arguments, "--var", str(tmp_path)]
        return CliRunner().invoke(main, command, env={**environment, **env})

    assert scalar(database, "SELECT count(*) FROM webhook_endpoint") == 0
    return run


def test_an_endpoints_life(wenqi: Wenqi) -> None:
    added = wenqi("webhook", "add", "sasac", URL, "--event", "application.assessed")
    assert added.exit_code == 0, added.output
    assert "endpoint 1" in added.output
    assert "whsec_" in added.output
    listed = wenqi("webhook", "list").output
    assert f"1  sasac  {URL}  live  events: application.assessed  secrets: 1" in listed
    assert "whsec_" not in listed

    rotated = wenqi("webhook", "rotate", "1").output
    assert "whsec_" in rotated
    assert rotated.split()[-1] not in added.output
    assert "secrets: 2" in wenqi("webhook", "list").output

    assert wenqi("webhook", "disable", "1").exit_code == 0
    assert "disabled (operator)" in wenqi("webhook", "list").output
    refused = wenqi("webhook", "replay", "1")
    assert refused.exit_code == 1
    assert "wenqi webhook enable first" in refused.output
    assert wenqi("webhook", "enable", "1").exit_code == 0
    assert "0 deliveries" in wenqi("webhook", "replay", "1", "--since", "2020-05-11").output


def test_an_endpoint_is_edited_tried_and_removed(wenqi: Wenqi, database: Database) -> None:
    assert wenqi("webhook", "add", "sasac", URL).exit_code == 0
    other = "https://other.example.org/hook"
    edited = wenqi("webhook", "edit", "1", "--url", other, "--event", "case.acknowledged")
    assert edited.output.strip() == "endpoint 1 is changed"
    assert (
        f"{other}  live  events: case.acknowledged  secrets: 1" in wenqi("webhook", "list").output
    )
    wrong = wenqi("webhook", "edit", "1", "--event", "case.acknowleged")
    assert (wrong.exit_code, "case.acknowledged" in wrong.output) == (1, True)
    assert wenqi("webhook", "edit", "1", "--all-events").exit_code == 0
    assert f"{other}  live  events: all" in wenqi("webhook", "list").output

    assert "wenqi webhook attempts 1" in wenqi("webhook", "test", "1").output
    [delivery] = column(database, "SELECT id FROM delivery WHERE channel = 'webhook'")
    with database.transaction() as conn:
        conn.exec_driver_sql(
            "INSERT INTO webhook_attempt (endpoint_id, delivery_id, at, status, answer, error)"
            " VALUES (1, %(delivery)s, app_now(), 503, 'busy', NULL)",
            {"delivery": delivery},
        )
    heading, _, attempt = wenqi("webhook", "attempts", "1").stdout.strip().splitlines()
    assert heading.split() == ["at", "event", "receipt", "status", "what"]
    assert attempt.split()[2:] == ["webhook.tested", "503", "busy"]

    assert wenqi("webhook", "remove", "1").output.strip() == "endpoint 1 is removed"
    assert "no endpoints" in wenqi("webhook", "list").output
    for act in ("edit", "remove", "test", "attempts"):
        gone = wenqi("webhook", act, "1")
        assert (gone.exit_code, "There is no endpoint 1" in gone.output) == (1, True), act


@pytest.mark.parametrize(
    ("bureau", "url", "said"),
    [
        ("nobody", URL, "There is no bureau nobody"),
        ("sasca", URL, "did you mean sasac?"),
        ("sasac", "https://127.0.0.1:9/hook", "WEBHOOK_ALLOW_PRIVATE=1"),
        ("sasac", "https://localhost/hook", "WEBHOOK_ALLOW_PRIVATE=1"),
        ("sasac", "http://system.example.org/", "https://"),
        ("sasac", "https://a:b@system.example.org/", "user"),
    ],
)
def test_what_cannot_be_added_is_said_in_one_sentence(
    wenqi: Wenqi, bureau: str, url: str, said: str
) -> None:
    result = wenqi("webhook", "add", bureau, url)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_an_unknown_endpoint_and_an_absent_database(wenqi: Wenqi) -> None:
    assert "There is no endpoint 7" in wenqi("webhook", "rotate", "7").output
    away = wenqi("webhook", "list", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert (away.exit_code, away.output.strip()) == (1, "Error: The database does not answer.")


def test_a_preview_needs_no_server() -> None:
    result = CliRunner().invoke(
        main,
        ["message", "preview", "application.assessed", "wecom"],
        env={"DATABASE_URL": "", "REDIS_URL": ""},
    )
    assert result.exit_code == 0, result.output
    assert "【稳企】核对结果" in result.output


@pytest.mark.parametrize(
    ("event", "to"), [("finding.recorded", "enterprise"), ("application.withdrawn", "enterprise")]
)
def test_what_is_never_sent_has_no_preview(event: str, to: str) -> None:
    refused = CliRunner().invoke(main, ["message", "preview", event, "email", "--to", to])
    assert refused.exit_code == 1
    assert f"No {to} is told of {event}, but of: " in refused.output
    assert "determination.made" in refused.output


def test_a_preview_of_nothing_names_what_there_is() -> None:
    unknown = CliRunner().invoke(main, ["message", "preview", "no.such", "email"])
    assert "application.assessed" in unknown.output
    sample = ["message", "preview", "visit.reminded", "email", "--sample", "no-such"]
    assert "01-m01-tenant" in CliRunner().invoke(main, sample).output
