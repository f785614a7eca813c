"""Clients that send their bodies ever so slowly: the others are answered all the same."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import requests

from config.capacity import BATCHES, READERS, THREADS
from tests.support.app import App
from tests.support.packaged import example
from tests.support.waiting import poll, wait_for

TIMEOUT = 30
GIVEN_UP_SECONDS = 20
"""Somewhat sooner than the server closes a connection whose head it has not seen in time."""
ONE = {"API_WORKERS": "1"}
"""The shares are those of one process."""

SINGLE, BATCH = "/api/v1/applications", "/api/v1/applications/batch"


@contextmanager
def slow_clients(app: App, count: int, path: str, kind: str) -> Iterator[None]:
    """So many clients that have sent half a body."""
    with ExitStack() as held:
        for _ in range(count):
            client = held.enter_context(socket.create_connection(("127.0.0.1", app.port)))
            head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n"
            head += "".join(f"{name}: {value}\r\n" for name, value in app.known.items())
            client.sendall(f"{head}Content-Length: 1000\r\n\r\n{{".encode())
        yield


def submit(app: App) -> requests.Response:
    return requests.post(f"{app.base_url}{SINGLE}", json=example("m01_tenant"), timeout=TIMEOUT)


def test_whoever_sends_no_body_is_answered_and_the_rest_told_to_come_again(
    launch_app: Callable[..., App],
) -> None:
    app = launch_app("api", env=ONE)

    def full() -> bool:
        """Whether so many bodies come to be under way; a machine that stands still for a while
        closes their connections before it has read a head."""
        with slow_clients(app, THREADS + 8, SINGLE, "application/json"):
            if not poll(lambda: submit(app).status_code == 503, GIVEN_UP_SECONDS):
                return False
            refused = submit(app)
            assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
            assert int(refused.headers["Retry-After"]) > 0
            for path in ("/healthz", "/readyz", "/api/v1/publicity"):
                assert requests.get(f"{app.base_url}{path}", timeout=TIMEOUT).status_code == 200
        return True

    wait_for(full, "as many bodies as may be are under way")
    wait_for(lambda: submit(app).status_code == 202, "they are gone")


def test_slow_batches_take_no_more_than_their_share(launch_app: Callable[..., App]) -> None:
    app = launch_app("api", env=ONE)
    with slow_clients(app, BATCHES + READERS + 8, BATCH, "application/x-ndjson"):
        for _ in range(5):
            assert requests.get(f"{app.base_url}/readyz", timeout=TIMEOUT).status_code == 200
    wait_for(lambda: submit(app).status_code == 202, "they are gone")
