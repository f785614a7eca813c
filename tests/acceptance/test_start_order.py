"""Whatever starts first: processes wait for a database and a broker that are not there yet."""

from __future__ import annotations

import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import requests

from casework.operations import doctor
from config.settings import Settings
from deploy.local.embedded import (
    APPLICATION,
    AUDITOR,
    PostgresServer,
    ValkeyServer,
    wait_until,
)
from store import migrate
from store.db import Database
from store.roles import Logins
from tests.support.app import App
from tests.support.packaged import example
from tests.support.servers import free_port
from tests.support.waiting import PATIENCE_SECONDS, wait_for

TIMEOUT = 30


@pytest.fixture
def servers_later() -> Iterator[tuple[PostgresServer, ValkeyServer, Callable[[], None]]]:
    """Servers that are prepared, and what starts them."""
    folder = Path(tempfile.mkdtemp(prefix="wenqi-order-"))
    folder.chmod(0o755)
    postgres = PostgresServer(
        data=folder / "postgres", sockets=folder / "pg", password=secrets.token_hex(16)
    )
    valkey = ValkeyServer(folder / "valkey", free_port(), secrets.token_hex(8))
    running: list[tuple[PostgresServer | ValkeyServer, subprocess.Popen[bytes]]] = []
    for server in (postgres, valkey):
        server.prepare()

    def start() -> None:
        for server in (postgres, valkey):
            process = subprocess.Popen(
                server.program().command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            running.append((server, process))
            assert wait_until(
                server.answers, PATIENCE_SECONDS, partial(lambda one: one.poll() is None, process)
            )

    yield postgres, valkey, start
    for server, process in reversed(running):
        process.send_signal(server.program().stop_signal)
        process.wait()
    shutil.rmtree(folder)


def test_processes_started_before_their_servers_find_them_later(
    servers_later: tuple[PostgresServer, ValkeyServer, Callable[[], None]],
    launch_app: Callable[..., App],
) -> None:
    postgres, valkey, start = servers_later
    app = launch_app(env={"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url})
    time.sleep(3)  # long enough for all of them to have tried
    assert requests.get(f"{app.operator_url}/readyz", timeout=TIMEOUT).status_code == 503
    start()
    # The servers are there, the tables are not.
    time.sleep(3)
    assert requests.get(f"{app.operator_url}/metrics", timeout=TIMEOUT).status_code == 200
    assert requests.get(f"{app.operator_url}/readyz", timeout=TIMEOUT).status_code == 503
    migrate.upgrade(postgres.owner_url, Logins(APPLICATION, AUDITOR))

    ready = f"{app.operator_url}/readyz"
    wait_for(
        lambda: requests.get(ready, timeout=TIMEOUT).json()["status"] == "ok",
        "canaries came through every queue",
    )
    body = example("m01_tenant")
    assert (
        requests.post(f"{app.base_url}/api/v1/applications", json=body, timeout=TIMEOUT).status_code
        == 202
    )
    database = Database(postgres.url)
    try:
        looked = Settings.from_env({**app.environment})
        wait_for(lambda: doctor.examine(database, looked).places["leased"] == 0, "it is assessed")
        found = doctor.examine(database, looked)
        assert (found.accepted, found.places["due"], found.troubles) == (1, 0, ())
    finally:
        database.close()
    for name in app.programs:
        assert app.is_running(name), f"{name} ended: {app.log(name)}"
    app.stop()
