"""Between us and the database packets vanish: nothing is refused, nothing is answered."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy.exc import OperationalError

from store import patience
from store.db import Database
from tests.support.waiting import PATIENCE_SECONDS

CHUNK = 1 << 16
LET_GO = PATIENCE_SECONDS
"""Seconds after which everything is closed in any case, so that no test hangs."""


class Hole:
    """Listens on loopback and passes on to the server's Unix socket, until it swallows instead."""

    def __init__(self, database_url: str) -> None:
        parts = urlsplit(database_url)
        self._server = str(Path(parse_qs(parts.query)["host"][0]) / ".s.PGSQL.5432")
        self._listener = socket.create_server(("127.0.0.1", 0))
        login = parts.netloc.rpartition("@")[0]
        self.url = f"postgresql://{login}@127.0.0.1:{self._listener.getsockname()[1]}{parts.path}"
        self.swallows = threading.Event()
        self.was_let_go = threading.Event()
        self._open: list[socket.socket] = []
        self._timer = threading.Timer(LET_GO, self._let_go)
        self._timer.start()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listener.accept()
                there = socket.socket(socket.AF_UNIX)
                there.connect(self._server)
                self._open += [here, there]
                for ends in ((here, there), (there, here)):
                    threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source: socket.socket, to: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                if not self.swallows.is_set():
                    to.sendall(data)

    def _let_go(self) -> None:
        self.was_let_go.set()
        self.close()

    def close(self) -> None:
        """End every connection."""
        self._timer.cancel()
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@pytest.fixture
def hole(database_url: str) -> Iterator[Hole]:
    made = Hole(database_url)
    yield made
    made.close()
    patience.allow_any()


def ask(pool: Database) -> int:
    with pool.transaction() as conn:
        answered: int = conn.exec_driver_sql("SELECT 1").scalar_one()
    return answered


def test_who_holds_a_connection_and_who_makes_one_are_let_go(hole: Hole) -> None:
    pool = Database(hole.url, pool_size=2, answer_seconds=1)
    try:
        assert ask(pool) == 1
        hole.swallows.set()
        with pytest.raises(OperationalError, match="did not answer in time"):
            ask(pool)
        with pytest.raises(OperationalError):
            ask(pool)
        assert not hole.was_let_go.is_set()
        hole.swallows.clear()
        assert ask(pool) == 1, "packets pass again: another connection is made"
    finally:
        pool.close()
