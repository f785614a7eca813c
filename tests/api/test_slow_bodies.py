"""Clients that send their bodies ever so slowly: the others are answered all the same."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import ExitStack

import requests

from config.capacity import BATCHES, READERS
from tests.support.app import App
from tests.support.packaged import example
from tests.support.waiting import wait_for

TIMEOUT = 30
ONE = {"API_WORKERS": "1"}
"""The shares are those of one process."""

SINGLE, BATCH = "/api/v1/applications", "/api/v1/applications/batch"


def slow_client(app: App, path: str, kind: str) -> socket.socket:
    """Has sent half a body."""
    client = socket.create_connection(("127.0.0.1", app.port))
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in app.known.items())
    client.sendall(f"{head}Content-Length: 1000\r\n\r\n{{".encode())
    return client


def submit(app: App) -> requests.Response:
    return requests.post(f"{app.base_url}{SINGLE}", json=example("m01_tenant"), timeout=TIMEOUT)


def test_whoever_sends_no_body_is_answered_and_the_rest_told_to_come_again(
    launch_app: Callable[..., App],
) -> None:
    app = launch_app("api", env=ONE)
    with ExitStack() as held:

        def told_to_come_again() -> int:
            """In so many seconds, once as many bodies as may be are under way. On a slow machine
            some of these clients are refused themselves: who they are is asked of the database."""
            for _ in range(READERS // 2):
                held.enter_context(slow_client(app, SINGLE, "application/json"))
            answer = submit(app)
            full = answer.status_code == 503 and answer.json()["code"] == "overloaded"
            return int(answer.headers["Retry-After"]) if full else 0

        assert wait_for(told_to_come_again, "as many bodies as may be are under way")
        for path in ("/healthz", "/readyz", "/api/v1/publicity"):
            assert requests.get(f"{app.base_url}{path}", timeout=TIMEOUT).status_code == 200
    wait_for(lambda: submit(app).status_code == 202, "they are gone")


def test_slow_batches_take_no_more_than_their_share(launch_app: Callable[..., App]) -> None:
    app = launch_app("api", env=ONE)

    def ready() -> requests.Response:
        return requests.get(f"{app.base_url}/readyz", timeout=TIMEOUT)

    wait_for(lambda: ready().ok, "its keys have been compared")
    with ExitStack() as held:
        for _ in range(BATCHES + READERS + 8):
            held.enter_context(slow_client(app, BATCH, "application/x-ndjson"))
        for _ in range(5):
            # Let in: the word of the page itself, and no problem. On a slow machine that may be
            # that the database has not answered in time.
            assert ready().json()["status"] in {"ok", "down"}
        wait_for(lambda: ready().ok, "the database answers")
    wait_for(lambda: submit(app).status_code == 202, "they are gone")
