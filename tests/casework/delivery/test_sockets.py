"""Every address of a host gets its share of the time; resolving counts."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from casework.delivery.channels import http
from casework.errors import RetryableError
from tests.support.waiting import PATIENCE_SECONDS

SECONDS = 6.0


@pytest.fixture
def hole() -> Iterator[tuple[str, int]]:
    """A listener whose backlog is full: connections to it hang."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.2", 0))
        listener.listen(0)
        where = listener.getsockname()
        waiting = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(where)
            waiting.append(filler)
        yield where
        for filler in waiting:
            filler.close()


def _resolving(
    monkeypatch: pytest.MonkeyPatch,
    hosts: list[str],
    port: int,
    before: Callable[[], object] = lambda: None,
) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        before()
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in hosts]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def _post(port: int, seconds: float = SECONDS) -> http.Reply:
    return http.post(f"http://two.example:{port}/x", b"{}", {}, timeout=seconds, public_only=False)


def test_an_address_that_swallows_connections_leaves_the_others_their_time(
    monkeypatch: pytest.MonkeyPatch, hole: tuple[str, int]
) -> None:
    port = hole[1]
    with closing(socket.socket()) as good:
        good.bind(("127.0.0.1", port))
        good.listen(5)

        def serve() -> None:
            conversation, _ = good.accept()
            conversation.recv(65536)
            conversation.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            conversation.close()

        threading.Thread(target=serve, daemon=True).start()
        _resolving(monkeypatch, ["127.0.0.2", "127.0.0.1"], port)
        assert _post(port).status == 200


def test_a_resolver_that_hangs_does_not_take_more_than_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over, answered = threading.Event(), threading.Event()

    def hang() -> None:
        over.wait(PATIENCE_SECONDS)
        answered.set()

    _resolving(monkeypatch, ["127.0.0.1"], 9, hang)
    try:
        with pytest.raises(RetryableError, match="in time"):
            _post(9, 0.2)
        assert not answered.is_set()
    finally:
        over.set()
