"""A database that is there and says nothing keeps nobody for ever, over a Unix socket either."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from store import patience
from store.db import Database
from tests.support.waiting import PATIENCE_SECONDS

PID = "SELECT pg_backend_pid()"
LET_GO = PATIENCE_SECONDS
"""Seconds after which a stopped process goes on in any case, so that no test hangs."""


@pytest.fixture
def pool(database_url: str) -> Iterator[Database]:
    made = Database(database_url, pool_size=2, answer_seconds=0.5)
    yield made
    made.close()
    patience.allow_any()


@contextmanager
def stopped(pid: int) -> Iterator[threading.Event]:
    """A server process that is stopped inside; the event is set if it had to be let go."""
    hung = threading.Event()

    def let_go() -> None:
        hung.set()
        os.kill(pid, signal.SIGCONT)

    timer = threading.Timer(LET_GO, let_go)
    os.kill(pid, signal.SIGSTOP)
    timer.start()
    try:
        yield hung
    finally:
        timer.cancel()
        os.kill(pid, signal.SIGCONT)


def backend(pool: Database) -> int:
    with pool.statement() as conn:
        pid: int = conn.exec_driver_sql(PID).scalar_one()
    return pid


def test_who_holds_a_connection_is_let_go_while_the_server_is_stopped(pool: Database) -> None:
    first = backend(pool)

    def use() -> None:
        with pool.transaction() as conn:
            conn.exec_driver_sql("SELECT 1")

    with stopped(first) as hung:
        with pytest.raises(OperationalError, match="did not answer in time"):
            use()
        assert not hung.is_set()
    assert backend(pool) != first, "another connection is made, the hung one is not used again"


def test_a_budget_is_for_all_that_a_thread_waits_for(pool: Database) -> None:
    backend(pool)
    patience.allow(30)
    with pool.statement() as conn:
        conn.exec_driver_sql("SELECT pg_sleep(0.2)")
    left = patience.left()
    assert left is not None
    assert left <= 29.8
    patience.allow(0)
    for use in (pool.statement, pool.transaction):
        with pytest.raises(PoolExhausted, match="used up"), use():
            pass
    patience.allow(0.01)
    with pool.statement() as conn, pytest.raises(OperationalError):
        conn.exec_driver_sql("SELECT pg_sleep(30)")


def test_without_time_nobody_connects_or_waits_for_a_connection(pool: Database) -> None:
    patience.allow(0.5)
    with pytest.raises(OperationalError, match="no time is left to connect"), pool.statement():
        pass
    patience.allow_any()
    with pool.statement(), pool.statement():
        patience.allow(0.5)
        with pytest.raises(PoolExhausted, match="no time is left to wait"), pool.statement():
            pass
