"""Several processes behind one port answer as one."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
import requests
from sqlalchemy import text

from store.db import Database
from tests.support.app import App
from tests.support.packaged import example
from tests.support.waiting import wait_for

TIMEOUT = 30
APPLICATIONS = "/api/v1/applications"
SUBMISSIONS = 40


def _workers(app: App) -> list[psutil.Process]:
    return psutil.Process(app.pid("api")).children()


def _submit(app: App, key: str | None = None) -> requests.Response:
    """On a connection of its own, so that any process may get it."""
    headers = {} if key is None else {"Idempotency-Key": key}
    return requests.post(
        app.base_url + APPLICATIONS, json=example("m01_tenant"), headers=headers, timeout=TIMEOUT
    )


def _counted(app: App) -> float:
    told = requests.get(f"{app.operator_url}/metrics", timeout=TIMEOUT).text
    found = re.search(
        rf'^wenqi_http_requests_total{{method="POST",route="{APPLICATIONS}",status="202"}} (.+)$',
        told,
        re.MULTILINE,
    )
    return float(found[1]) if found else 0.0


def _both_serve(app: App) -> bool:
    """Whether each process has counted something: its file is there."""
    requests.get(f"{app.base_url}/healthz", timeout=TIMEOUT)
    pids = {child.pid for child in _workers(app)}
    counting = {int(path.stem.rpartition("_")[2]) for path in _counts(app).glob("counter_*.db")}
    return len(pids) == 2 and pids <= counting


def _counts(app: App) -> Path:
    """The folder the processes keep their counts in."""
    opened = {Path(file.path) for child in _workers(app) for file in child.open_files()}
    return next(path.parent for path in opened if path.suffix == ".db")


def test_whoever_is_asked_for_metrics_answers_for_all(
    launch_app: Callable[..., App], database: Database
) -> None:
    app = launch_app("api", env={"API_WORKERS": "2"})
    wait_for(lambda: _both_serve(app), "both processes serve")
    folder = _counts(app)
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda _: _submit(app), range(SUBMISSIONS)))
    assert {answer.status_code for answer in answers} == {202}
    assert {_counted(app) for _ in range(10)} == {SUBMISSIONS}

    # One dies: it is replaced, the other goes on, and what it had counted stays counted.
    victim = _workers(app)[0]
    os.kill(victim.pid, signal.SIGKILL)
    wait_for(lambda: victim not in _workers(app), "the killed process is gone")
    wait_for(lambda: _both_serve(app), "a new process serves in its place")
    assert _submit(app).status_code == 202
    assert {_counted(app) for _ in range(10)} == {SUBMISSIONS + 1}
    with database.statement() as conn:
        stored = conn.execute(text("SELECT count(*) FROM application")).scalar_one()
    assert stored == SUBMISSIONS + 1

    app.stop("api")
    assert not folder.exists()
    told = [json.loads(line) for line in app.written("api").splitlines()]
    died = [line for line in told if "exit from worker" in line["event"]]
    assert {line["component"] for line in told} == {"api"}
    assert [line["logger"] for line in died] == ["_granian"], (
        "who starts the others logs as they do"
    )


def test_what_is_told_of_the_moment_is_told_once(launch_app: Callable[..., App]) -> None:
    """However often and whichever process was asked before: nothing is left of earlier answers."""
    app = launch_app("api", env={"API_WORKERS": "2"})
    wait_for(lambda: _both_serve(app), "both processes serve")
    for _ in range(6):
        told = requests.get(f"{app.operator_url}/metrics", timeout=TIMEOUT).text
    families = re.findall(r"^# HELP (\S+)", told, re.MULTILINE)
    assert sorted(set(families)) == sorted(families)
    assert {"wenqi_build_info", "wenqi_api_processes", "wenqi_work_items"} <= set(families)
    assert 'pid="' not in told
    assert not list(_counts(app).glob("gauge_*"))


def test_one_key_is_one_application_whichever_process_is_asked(
    launch_app: Callable[..., App], database: Database
) -> None:
    app = launch_app("api", env={"API_WORKERS": "2"})
    wait_for(lambda: _both_serve(app), "both processes serve")
    with ThreadPoolExecutor(16) as clients:
        answers = list(clients.map(lambda _: _submit(app, "one-key"), range(SUBMISSIONS)))
    # Those that came while the first was being filed are told so; nobody is filed twice.
    assert {answer.status_code for answer in answers} <= {202, 409}
    receipts = {answer.json()["receipt"] for answer in answers if answer.status_code == 202}
    codes = {answer.json()["access_code"] for answer in answers if answer.status_code == 202}
    assert (len(receipts), len(codes)) == (1, 1)
    with database.statement() as conn:
        assert conn.execute(text("SELECT count(*) FROM application")).scalar_one() == 1


def test_a_wrong_number_of_processes_is_named(launch_app: Callable[..., App]) -> None:
    app = launch_app("api", env={"API_WORKERS": "0"}, start=False)
    with pytest.raises(AssertionError, match="API_WORKERS must be a whole number from 1 to 32"):
        app.start("api")
