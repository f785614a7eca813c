"""Which part is down, told by a real process whose servers are really away."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Callable
from inspect import signature

import pytest
import requests
from sqlalchemy import text

from api.probe import Probe
from store.db import Database
from tests.support.app import App
from tests.support.ledgers import column
from tests.support.packaged import example
from tests.support.servers import free_port
from tests.support.waiting import wait_for
from vocabulary.work import Queue

TIMEOUT = 30


def _parts(app: App) -> tuple[int, dict[str, bool]]:
    answer = requests.get(f"{app.operator_url}/readyz", timeout=TIMEOUT)
    told = answer.json()
    for part in told["parts"].values():
        assert part["text"]
    public = requests.get(f"{app.base_url}/readyz", timeout=TIMEOUT)
    assert public.status_code == answer.status_code
    assert public.json() == {"status": "ok" if answer.ok else "down"}, "and nothing more"
    return answer.status_code, {name: part["ok"] for name, part in told["parts"].items()}


def _submit(app: App) -> requests.Response:
    return requests.post(
        f"{app.base_url}/api/v1/applications", json=example("m01_tenant"), timeout=TIMEOUT
    )


def test_all_parts_up(launch_app: Callable[..., App]) -> None:
    app = launch_app("api")
    up = {"database": True, "schema": True, "broker": True}
    assert _parts(app) == (200, {**up, "path": False}), "no worker has ever run"
    app.start(*(name for name in app.programs if name != "api"))
    wait_for(lambda: _parts(app) == (200, {**up, "path": True}), "a canary arrived everywhere")
    told = requests.get(f"{app.operator_url}/readyz", timeout=TIMEOUT).json()
    assert told["status"] == "ok"
    assert set(told["parts"]["path"]["age_seconds"]) == set(Queue)
    measured = requests.get(f"{app.operator_url}/metrics", timeout=TIMEOUT).text
    assert measured.count("\nwenqi_canary_age_seconds{") == len(Queue)


def test_a_worker_that_does_not_work_shows_in_the_age_of_its_canary(
    launch_app: Callable[..., App], database: Database
) -> None:
    app = launch_app("api", "relay", *(f"worker-{queue}" for queue in Queue if queue != "notify"))
    ages = "SELECT queue FROM canary WHERE seen_at IS NOT NULL ORDER BY queue"
    arrived = sorted(set(Queue) - {"notify"})
    wait_for(lambda: column(database, ages) == arrived, "the others' canaries arrive")
    path = requests.get(f"{app.operator_url}/readyz", timeout=TIMEOUT).json()["parts"]["path"]
    assert (path["ok"], path["age_seconds"]["notify"]) == (False, None)
    assert "notify" in path["text"]
    assert "assess" not in path["text"]


def test_without_the_broker_applications_are_accepted(
    launch_app: Callable[..., App], database: Database
) -> None:
    app = launch_app("api", env={"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"})
    assert _parts(app) == (200, {"database": True, "schema": True, "broker": False, "path": False})
    assert (
        requests.get(f"{app.operator_url}/readyz", timeout=TIMEOUT).json()["status"] == "degraded"
    )
    assert _submit(app).status_code == 202
    with database.transaction() as conn:
        assert conn.execute(text("SELECT count(*) FROM application")).scalar_one() == 1


def test_without_the_database_the_answer_is_to_try_again(launch_app: Callable[..., App]) -> None:
    away = f"postgresql://wenqi:secret-pass@127.0.0.1:{free_port()}/wenqi"
    app = launch_app("api", env={"DATABASE_URL": away})
    assert _parts(app) == (503, {"database": False, "schema": False, "broker": True, "path": False})
    assert requests.get(f"{app.base_url}/healthz", timeout=TIMEOUT).status_code == 200
    assert requests.get(f"{app.operator_url}/metrics", timeout=TIMEOUT).status_code == 200
    told = requests.get(f"{app.operator_url}/readyz", timeout=TIMEOUT).text
    assert "taken in" not in told, "nothing is, without it"
    refused = _submit(app)
    assert refused.status_code == 503
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert int(refused.headers["Retry-After"]) > 0
    assert json.loads(refused.content.decode())["code"] == "database_unavailable"
    assert "secret-pass" not in (app.folder / "api.log").read_text()


def test_a_database_that_hangs_is_down_and_the_looks_at_it_hold_one_connection(
    launch_app: Callable[..., App], database: Database
) -> None:
    assert signature(Probe).parameters["seconds"].default <= 3
    app = launch_app("api", env={"API_WORKERS": "1"})
    assert _parts(app)[0] == 200
    ours = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'wenqi-api'"
    )
    backends = column(database, ours)
    try:
        for pid in backends:
            os.kill(pid, signal.SIGSTOP)
        for _ in range(3):
            status, parts = _parts(app)
            assert (status, parts["database"]) == (503, False), "answered while it still hangs"
        assert requests.get(f"{app.operator_url}/metrics", timeout=TIMEOUT).status_code == 200
        assert len(column(database, ours)) <= len(backends) + 1
    finally:
        for pid in backends:
            os.kill(pid, signal.SIGCONT)
    wait_for(lambda: _parts(app)[0] == 200, "it answers again")


def test_a_database_without_our_tables_is_named(
    launch_app: Callable[..., App], fresh_database_url: Callable[..., str]
) -> None:
    app = launch_app("api", env={"DATABASE_URL": fresh_database_url()})
    assert _parts(app) == (503, {"database": True, "schema": False, "broker": True, "path": False})


def test_metrics_count_requests_and_waiting_work(launch_app: Callable[..., App]) -> None:
    app = launch_app("api")
    receipt = _submit(app).json()["receipt"]
    requests.get(f"{app.base_url}/api/v1/applications/{receipt}", timeout=TIMEOUT)
    answer = requests.get(f"{app.operator_url}/metrics", timeout=TIMEOUT)
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    for line in (
        'wenqi_http_requests_total{method="POST",route="/api/v1/applications",status="202"} 1.0',
        'wenqi_http_request_duration_seconds_count{route="/api/v1/applications/<receipt>"} 1.0',
        'wenqi_work_items{stage="assess",standing="due"} 1.0',
        'wenqi_work_items{stage="assess",standing="dead"} 0.0',
    ):
        assert line in lines
    assert receipt not in answer.text


def test_what_is_for_operators_is_on_their_listener_alone(launch_app: Callable[..., App]) -> None:
    app = launch_app("api")
    # Spellings that a proxy's exact rule misses and the server may still understand.
    paths = ("/metrics", "//metrics", "/metrics/", "/./metrics", "/%6detrics")
    for path in (*paths, "/readyz/../metrics"):
        with requests.Session() as session:
            asked = requests.Request("GET", app.base_url).prepare()
            asked.url = app.base_url + path
            answer = session.send(asked, timeout=TIMEOUT, allow_redirects=False)
        assert answer.status_code in (404, 405), path
        assert b"wenqi_" not in answer.content, path
    told = requests.get(f"{app.operator_url}/metrics", timeout=TIMEOUT)
    assert told.status_code == 200
    assert b"wenqi_http_requests_total" in told.content
    for path in ("/", "/api/v1/cases", "/api/v1/publicity", "/docs"):
        assert requests.get(app.operator_url + path, timeout=TIMEOUT).status_code == 404, path
    assert requests.post(f"{app.operator_url}/metrics", timeout=TIMEOUT).status_code == 404


def test_an_operators_address_that_is_taken_is_named(launch_app: Callable[..., App]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        app = launch_app("api", env={"OPERATOR_LISTEN": address}, start=False)
        with pytest.raises(AssertionError, match=f"OPERATOR_LISTEN: {address}: "):
            app.start("api")
