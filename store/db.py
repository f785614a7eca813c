"""The database handle: one pool per process, transactions, and the clock."""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import orjson
import psycopg
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from vocabulary.zone import CHINA

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 30
LOCK_SECONDS = 15
POOL_WAIT_SECONDS = 10.0


class Database:
    """PostgreSQL as the use cases see it.

    Takes a URL (`postgresql://` or `postgresql+psycopg://`), the pool's size, the longest wait for
    a connection, a statement and a lock in seconds. Connections are opened on first use. When all
    are in use and none came back for `stall_seconds` (None: never), nobody waits for one any more:
    the pool's TimeoutError is raised at once. `time_travel`: whether business time follows the row
    of the clock; otherwise it is real time, whatever stands there.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 5,
        pool_wait_seconds: float = POOL_WAIT_SECONDS,
        statement_seconds: float = STATEMENT_SECONDS,
        stall_seconds: float | None = None,
        application_name: str = "wenqi",
        time_travel: bool = False,
    ) -> None:
        self.url = driver_url(url)
        limits = {
            "statement_timeout": statement_seconds,
            "lock_timeout": min(LOCK_SECONDS, statement_seconds),
            # A worker that was stopped inside a transaction must not hold its locks for ever.
            "idle_in_transaction_session_timeout": 2 * statement_seconds,
        }
        self.engine: Engine = create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=pool_wait_seconds,
            pool_use_lifo=True,
            json_deserializer=orjson.loads,
            connect_args={
                "application_name": application_name,
                "connect_timeout": CONNECT_SECONDS,
                "keepalives": 1,
                "keepalives_idle": 15,
                "keepalives_interval": 5,
                "keepalives_count": 3,
                "tcp_user_timeout": 30_000,
                "options": " ".join(
                    f"-c {name}={int(seconds * 1000)}" for name, seconds in limits.items()
                )
                + " -c timezone=UTC"
                + f" -c wenqi.time_travel={'on' if time_travel else 'off'}",
            },
        )
        event.listen(self.engine, "checkout", self._check)
        self._pool_size = pool_size
        self._stall_seconds = stall_seconds
        self._returned_at = time.monotonic()
        if stall_seconds is not None:
            event.listen(self.engine, "checkin", self._note_return)
        # The same pool without BEGIN and COMMIT around it, for use cases of one statement.
        self._single = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: committed on leaving, rolled back on an exception."""
        self._refuse_if_stalled()
        with self.engine.begin() as conn:
            yield conn

    @contextmanager
    def statement(self) -> Iterator[Connection]:
        """A connection on which every statement is its own transaction (and one round trip)."""
        self._refuse_if_stalled()
        with self._single.connect() as conn:
            yield conn

    def _check(self, connection: psycopg.Connection[Any], *_: Any) -> None:
        """Before a pooled connection is used: is it alive?

        A server that went away has said so, or its end of the socket is closed, and either can be
        read (keepalives see to the silent cases). So only a connection that has something to say
        is asked; a `SELECT 1` before every use would cost as much as a small statement.
        """
        try:
            if _has_news(connection):
                self.engine.dialect.do_ping(connection)  # type: ignore[arg-type]
        except psycopg.Error as gone:
            raise InvalidatePoolError from gone

    def _note_return(self, *_: object) -> None:
        self._returned_at = time.monotonic()

    def _refuse_if_stalled(self) -> None:
        if self._stall_seconds is None or self._in_use() < self._pool_size:
            return
        if time.monotonic() - self._returned_at > self._stall_seconds:
            raise PoolExhausted("every connection has been in use for too long")

    def _in_use(self) -> int:
        pool = self.engine.pool
        assert isinstance(pool, QueuePool)  # noqa: S101 -- for the type checker
        return pool.checkedout()

    def forget_connections(self) -> None:
        """In a forked child: drop the parent's connections without closing its sockets."""
        self.engine.dispose(close=False)

    def close(self) -> None:
        """Close every idle connection."""
        self.engine.dispose()


def _has_news(connection: psycopg.Connection[Any]) -> bool:
    """Whether an idle connection's socket can be read: its end, a farewell or a notice."""
    socket = select.poll()
    socket.register(connection.fileno(), select.POLLIN)
    return bool(socket.poll(0))


def driver_url(url: str) -> str:
    """The URL with SQLAlchemy's driver named: `postgresql+psycopg://…`."""
    scheme, colon, rest = url.partition(":")
    if scheme in ("postgresql", "postgres"):
        scheme = "postgresql+psycopg"
    return scheme + colon + rest


def app_now(conn: Connection) -> datetime:
    """Business time at the start of the transaction, in Asia/Shanghai."""
    moment: datetime = conn.execute(text("SELECT app_now()")).scalar_one()
    return moment.astimezone(CHINA)
