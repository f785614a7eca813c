"""While PostgreSQL is stopped with all its processes everybody is answered, and nothing is lost."""

from __future__ import annotations

import secrets
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import requests

from casework.operations import key_check
from config import keys
from config.settings import Settings
from deploy.local.embedded import APPLICATION, AUDITOR, PostgresServer, wait_until
from store import migrate
from store.db import Database
from store.roles import Logins
from tests.support.app import App
from tests.support.packaged import example
from tests.support.served import served
from tests.support.waiting import PATIENCE_SECONDS, wait_for

ACCEPTED, UNAVAILABLE = 202, 503
AT_ONCE = 24
LET_GO = PATIENCE_SECONDS
"""Seconds after which PostgreSQL goes on in any case, so that the test cannot hang."""


@pytest.fixture
def postgres() -> Iterator[tuple[PostgresServer, psutil.Process]]:
    """A server of its own, with its tables."""
    with tempfile.TemporaryDirectory(prefix="wenqi-") as made:
        Path(made).chmod(0o755)
        server = PostgresServer(Path(made) / "db", Path(made) / "pg", secrets.token_hex(8))
        server.prepare()
        process = subprocess.Popen(
            server.program().command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            assert wait_until(server.answers, PATIENCE_SECONDS, lambda: process.poll() is None)
            migrate.upgrade(server.owner_url, Logins(APPLICATION, AUDITOR))
            yield server, psutil.Process(process.pid)
        finally:
            process.send_signal(server.program().stop_signal)
            process.wait(PATIENCE_SECONDS)


@contextmanager
def stopped(process: psutil.Process) -> Iterator[threading.Event]:
    """The server hangs inside, LET_GO seconds at most. The event is set when it goes on."""
    frozen = [process, *process.children(recursive=True)]
    went_on = threading.Event()

    def go_on() -> None:
        went_on.set()
        for one in frozen:
            with suppress(psutil.NoSuchProcess):  # it was ending anyway
                one.resume()

    for one in frozen:
        with suppress(psutil.NoSuchProcess):
            one.suspend()
    timer = threading.Timer(LET_GO, go_on)
    timer.start()
    try:
        yield went_on
    finally:
        timer.cancel()
        go_on()


def test_everybody_is_answered_and_nothing_is_taken_twice(
    postgres: tuple[PostgresServer, psutil.Process], settings: Settings
) -> None:
    server, process = postgres
    tried = [secrets.token_hex(16) for _ in range(AT_ONCE)]
    body = example("m01_tenant")

    with (
        served(
            replace(settings, database_url=server.url, answer_seconds=Settings.answer_seconds)
        ) as url,
        ThreadPoolExecutor(AT_ONCE) as crowd,
    ):

        def apply(key: str) -> requests.Response:
            return requests.post(
                f"{url}/api/v1/applications",
                json=body,
                headers={"Idempotency-Key": key},
                timeout=2 * LET_GO,
            )

        assert apply(secrets.token_hex(16)).status_code == ACCEPTED
        with stopped(process) as went_on:
            answers = list(crowd.map(apply, tried))
            assert not went_on.is_set()
            assert {one.status_code for one in answers} == {UNAVAILABLE}
            assert all(one.headers.get("Retry-After") for one in answers)
            # It hangs still: whoever comes now is answered as well.
            assert apply(tried[0]).status_code == UNAVAILABLE
            assert not went_on.is_set()

        def repeated(key: str) -> str:
            assert wait_until(
                lambda: apply(key).status_code == ACCEPTED, PATIENCE_SECONDS, lambda: True
            )
            told: str = apply(key).json()["receipt"]
            return told

        receipts = list(map(repeated, tried))
    assert len(set(receipts)) == AT_ONCE
    looked = Database(server.url, pool_size=1)
    with looked.statement() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM application").scalar() == AT_ONCE + 1
    looked.close()


def test_an_api_that_starts_meanwhile_answers_and_goes_on_by_itself(
    postgres: tuple[PostgresServer, psutil.Process],
    launch_app: Callable[..., App],
) -> None:
    server, process = postgres
    body = example("m01_tenant")
    with stopped(process) as went_on:
        app = launch_app("api", env={"DATABASE_URL": server.url})  # until it is alive

        def apply() -> requests.Response:
            address = f"{app.base_url}/api/v1/applications"
            return requests.post(address, json=body, timeout=2 * LET_GO)

        told = apply()
        assert (told.status_code, told.json()["code"]) == (UNAVAILABLE, "database_unavailable")
        assert told.headers["Retry-After"]
        assert requests.get(f"{app.base_url}/readyz", timeout=LET_GO).status_code == UNAVAILABLE
        page = requests.get(f"{app.base_url}/", headers={"Accept": "text/html"}, timeout=LET_GO)
        assert (page.status_code, bool(page.headers["Retry-After"])) == (UNAVAILABLE, True)
        assert not went_on.is_set()
    wait_for(lambda: apply().status_code == ACCEPTED, "it serves by itself")
    assert "keys.there" in app.written("api")


def test_an_api_that_starts_meanwhile_with_other_keys_ends_with_the_sentence(
    postgres: tuple[PostgresServer, psutil.Process],
    settings: Settings,
    launch_app: Callable[..., App],
) -> None:
    server, process = postgres
    database = Database(server.url, pool_size=1)
    key_check.require(database, settings)
    database.close()
    with stopped(process):
        other = {"DATABASE_URL": server.url, "DATA_KEYS": keys.new_entry("other")}
        app = launch_app("api", env=other)
        assert requests.get(f"{app.base_url}/api/v1/provisions", timeout=LET_GO).status_code == 503
    wait_for(lambda: not app.is_running("api"), "it ends")
    assert app.processes["api"].returncode == 1
    assert app.written("api").splitlines()[-1].startswith("DATA_KEYS has no key 'test'")
