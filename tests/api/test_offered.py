"""A provision that its notice does not have is refused at the door, however it comes in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from casework.errors import ProvisionNotOffered
from casework.intake.batch import Entry, file_entries
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.app import App
from tests.support.applications import tenant_body
from tests.support.ledgers import scalar
from tests.support.notices import without_measure
from tests.support.packaged import example, load_application

TIMEOUT = 30
COUNT = "SELECT count(*) FROM application"
LACKING = "m04_chain_shop"


@pytest.fixture
def notice(tmp_path: Path) -> dict[str, str]:
    """Where the notice lies, as the environment says it."""
    made = without_measure(tmp_path, "m04")
    return {"NOTICES_PATH": str(made.parent), "NOTICE_ID": made.name}


@pytest.fixture
def app(launch_app: Callable[..., App], notice: dict[str, str]) -> App:
    return launch_app("api", env=notice)


@pytest.fixture
def url(app: App) -> str:
    return f"{app.base_url}/api/v1"


def _faults(told: dict[str, Any]) -> list[tuple[str, str]]:
    return [(fault["pointer"], fault["code"]) for fault in told["errors"]]


def test_an_application_under_it_is_not_accepted(url: str, database: Database) -> None:
    answer = requests.post(f"{url}/applications", json=example(LACKING), timeout=TIMEOUT)
    assert answer.status_code == 422, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == "通知没有这一条款"
    assert _faults(answer.json()) == [("/provision", "provision_not_offered")]
    assert scalar(database, COUNT) == 0
    accepted = requests.post(f"{url}/applications", json=tenant_body(), timeout=TIMEOUT)
    assert accepted.status_code == 202, accepted.text


def test_its_line_of_a_batch_is_refused_and_the_others_are_accepted(
    app: App, url: str, database: Database
) -> None:
    bodies = [tenant_body(), example(LACKING), tenant_body(), {"not": "one"}, tenant_body()]
    data = b"".join(json.dumps(body | filing.STATED).encode() + b"\n" for body in bodies)
    headers = {"Content-Type": "application/x-ndjson", **app.known}
    answer = requests.post(f"{url}/applications/batch", data=data, headers=headers, timeout=TIMEOUT)
    lines = [json.loads(line) for line in answer.content.splitlines()]
    assert [line.get("status") for line in lines] == [202, 422, 202, 422, 202, None]
    assert _faults(lines[1]) == [("/provision", "provision_not_offered")]
    assert scalar(database, COUNT) == 3


def test_its_row_of_an_import_is_refused(
    notice: dict[str, str], environment: dict[str, str], database: Database
) -> None:
    settings = Settings.from_env({**environment, **notice})
    bodies = [example(LACKING), tenant_body()]
    rows = [Entry(place, load_application(body), f"k{place}") for place, body in enumerate(bodies)]
    (outcomes,) = file_entries(
        database, settings, rows, identify=lambda _: filing.TRUSTED, source="import"
    )
    assert isinstance(outcomes[0].error, ProvisionNotOffered)
    assert outcomes[1].accepted is not None


def test_a_screening_that_names_it_is_refused_and_the_others_leave_it_out(url: str) -> None:
    given = example(LACKING)
    body = {"enterprise": given["enterprise"], "facts": {LACKING: given["facts"]}}
    refused = requests.post(f"{url}/screenings", json=body, timeout=TIMEOUT)
    assert refused.status_code == 422, refused.text
    assert _faults(refused.json()) == [(f"/facts/{LACKING}", "provision_not_offered")]
    common = min(given["facts"].keys() & example("m01_tenant")["facts"].keys())
    facts = {common: given["facts"][common]}
    shared = {"enterprise": given["enterprise"], "shared": facts}
    screened = requests.post(f"{url}/screenings", json=shared, timeout=TIMEOUT)
    assert screened.status_code == 200, screened.text
    offered = {verdict["provision"] for verdict in screened.json()["verdicts"]}
    assert "m01_tenant" in offered
    assert LACKING not in offered
