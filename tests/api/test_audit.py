"""Failed tries over real HTTP: on the trail, with the network they came from, for the auditor; and
who is turned away with a credential that works is known in the log."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import requests

from casework.people import tokens
from casework.reporting import export_files
from config.settings import Settings
from store.db import Database
from tests.support.app import App
from tests.support.bureau_client import BureauClient
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import Office
from tests.support.people import log_in, shown
from vocabulary.people import Role
from vocabulary.work import Stage

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


def test_who_is_turned_away_is_known_in_the_log_and_by_no_name(
    launch_app: Callable[..., App], office: Office
) -> None:
    app = launch_app("api", env={"SECOND_FACTOR": "0"})
    receipt = office.submit().receipt
    token = tokens.create(office.db, office.settings, bureau="finance", label="测试辛")
    session = log_in(office, "test.geng", "finance", Role.OFFICER)
    paths = (f"/api/v1/cases/{receipt}", f"/desk/cases/{receipt}")
    for path, holder in zip((paths[0], *paths), (token, session, session), strict=True):
        told = requests.get(app.base_url + path, headers=shown(office, holder), timeout=TIMEOUT)
        assert told.status_code in (403, 404), path
    told = requests.get(app.base_url + paths[0], timeout=TIMEOUT)
    assert told.status_code == 401
    lines = [json.loads(line) for line in app.written("api").splitlines()]
    away = [each for each in lines if each["event"] == "request" and each["status"] >= 400]
    by_token = {"token_id": scalar(office.db, "SELECT max(id) FROM api_token")}
    account = "SELECT id FROM account WHERE login = 'test.geng'"
    by_session = {"account_id": scalar(office.db, account)}
    known = ("token_id", "account_id", "address")
    from_here = {"address": "127.0.0.0/24"}
    said = [{name: each[name] for name in known if name in each} for each in away]
    assert said == [each | from_here for each in (by_token, by_session, by_session, {})]
    assert {each["receipt"] for each in away} == {receipt}
    assert "测试" not in app.written("api")


def test_a_download_says_from_which_network_it_came(app: App, office: Office) -> None:
    token = tokens.create(office.db, office.settings, bureau="sasac", label="测试甲")
    asked = requests.post(
        f"{app.base_url}/api/v1/exports",
        json={"format": "csv"},
        headers=shown(office, token),
        timeout=TIMEOUT,
    )
    assert asked.status_code == 202, asked.text
    due = claim_ids(office.db, office.settings, Stage.EXPORT)
    export_files.run(office.db, office.settings, due)
    path = "/api/v1/downloads/" + asked.json()["download_url"].rpartition("/")[2]
    assert requests.get(app.base_url + path, timeout=TIMEOUT).status_code == 200
    seen = "SELECT data ->> 'address' FROM event WHERE type = 'access.export_downloaded'"
    assert column(office.db, seen) == ["127.0.0.0/24"]
