"""A pooled connection that died while it was idle is replaced before anybody notices."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.engine.interfaces import DBAPIConnection

from store.db import Database

PID = "SELECT pg_backend_pid()"


@pytest.fixture
def pool(database: Database) -> Iterator[Database]:
    made = Database(database.url, pool_size=2, application_name="idle")
    yield made
    made.close()


def _use(pool: Database) -> int:
    with pool.transaction() as conn:
        pid: int = conn.exec_driver_sql(PID).scalar_one()
    return pid


def _terminate(database: Database, pid: int) -> None:
    """End a backend and wait until it is gone."""
    with database.statement() as conn:
        assert conn.exec_driver_sql(
            "SELECT pg_terminate_backend(%(pid)s, 10000)", {"pid": pid}
        ).scalar_one()


def test_a_connection_whose_server_process_ended_is_replaced(
    pool: Database, database: Database
) -> None:
    first = _use(pool)
    assert _use(pool) == first, "one connection, used again"
    _terminate(database, first)
    second = _use(pool)
    assert second != first
    with pool.statement() as conn:
        assert conn.exec_driver_sql(PID).scalar_one() == second


def test_when_all_have_died_the_first_use_replaces_them_all(
    pool: Database, database: Database
) -> None:
    with pool.transaction() as one, pool.transaction() as other:
        pids = {conn.exec_driver_sql(PID).scalar_one() for conn in (one, other)}
    for pid in pids:
        _terminate(database, pid)
    with pool.transaction() as one, pool.transaction() as other:
        assert not pids & {conn.exec_driver_sql(PID).scalar_one() for conn in (one, other)}


def test_a_connection_that_lives_is_kept_whatever_it_was_told(
    pool: Database, database: Database
) -> None:
    pid = _use(pool)
    with pool.statement() as conn:
        conn.exec_driver_sql("LISTEN news")
    with database.statement() as conn:
        conn.exec_driver_sql("NOTIFY news")
    assert _use(pool) == pid


def test_a_silent_connection_is_not_asked(pool: Database) -> None:
    """No round trip before the statement: as many statements reach the server as we send."""
    asked: list[object] = []
    dialect = pool.engine.dialect
    ping = dialect.do_ping

    def count_and_ping(dbapi_connection: DBAPIConnection) -> bool:
        asked.append(dbapi_connection)
        return ping(dbapi_connection)

    dialect.do_ping = count_and_ping  # type: ignore[method-assign]
    for _ in range(3):
        _use(pool)
    assert asked == []
