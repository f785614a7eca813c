"""Failed tries over real HTTP: on the trail, with the network they came from, for the auditor."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from casework.people import tokens
from config.settings import Settings
from store.db import Database
from tests.support.app import App
from tests.support.bureau_client import BureauClient
from tests.support.ledgers import column

TIMEOUT = 30
NOBODYS = "/api/v1/applications/WQ200511-0000001-8"
TRIES = (
    ("GET", "/api/v1/cases", "token"),
    ("GET", NOBODYS, "access_code"),
    ("GET", f"/api/v1/downloads/{'x' * 43}", "link"),
    ("GET", f"/api/v1/calendar/{'x' * 43}.ics", "link"),
)


@pytest.fixture
def app(launch_app: Callable[..., App]) -> App:
    return launch_app("api")


def test_what_failed_is_on_the_trail_and_the_auditor_reads_it(
    app: App, database: Database, settings: Settings
) -> None:
    for method, path, _ in TRIES:
        told = requests.request(
            method, app.base_url + path, headers={"Authorization": "Bearer wrong"}, timeout=TIMEOUT
        )
        assert told.status_code in (401, 404), path
    written = column(
        database, "SELECT data ->> 'credential' FROM event WHERE type = 'access.failed'"
    )
    # Each process counts for itself: two tries of a kind are one row or two.
    assert set(written) == {kind for *_, kind in TRIES}
    assert len(written) <= len(TRIES)
    assert set(column(database, "SELECT data ->> 'address' FROM event WHERE data ? 'address'")) == {
        "127.0.0.0/24"
    }
    token = tokens.create(database, settings, bureau="sasac", role="auditor", label="测试戊")
    document = requests.get(f"{app.base_url}/openapi.json", timeout=TIMEOUT).json()
    auditor = BureauClient(app.base_url, token, document)
    found = auditor.read("/api/v1/audit", "AuditPage", type="access.failed", limit=2)
    assert len(found["items"]) == 2
    assert found["next"]
    assert found["items"][0]["recorded_at"]
    told = auditor.get("/api/v1/audit", type="no.such")
    assert told.status_code == 422
    metrics = requests.get(f"{app.operator_url}/metrics", timeout=TIMEOUT).text
    assert 'wenqi_failed_tries_total{credential="token"} 1.0' in metrics
