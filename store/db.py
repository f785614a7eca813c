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

from store import patience
from vocabulary.zone import CHINA

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 30
LOCK_SECONDS = 15
POOL_WAIT_SECONDS = 10.0
LATER_SECONDS = 10.0
"""Until we give up what the server should have given up itself: only if it hangs, then."""


class Database:
    """PostgreSQL as the use cases see it.

    Takes a URL (`postgresql://` or `postgresql+psycopg://`), the pool's size, the longest wait for
    a connection, a statement and a lock in seconds. `answer_seconds`: when we stop waiting for an
    answer of a server that keeps no time-out, because it hangs (:mod:`store.patience`); None: some
    seconds later than it should have. Connections are opened on first use. When all
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
        answer_seconds: float | None = None,
        stall_seconds: float | None = None,
        application_name: str = "wenqi",
        time_travel: bool = False,
    ) -> None:
        self.url = driver_url(url)
        limits = {
            "statement_timeout": statement_seconds,
            "lock_timeout": min(LOCK_SECONDS, statement_seconds),
            # A worker that was stopped inside a transaction must not hold its locks for ever.
            "idle_in_transaction_session_timeout": 2 * max(STATEMENT_SECONDS, statement_seconds),
        }
        self._answer_seconds = answer_seconds or statement_seconds + LATER_SECONDS
        # Half of the patience; the driver takes no less than two seconds.
        self._connect_seconds = min(CONNECT_SECONDS, max(2, int(self._answer_seconds / 2)))
        self._pool_wait_seconds = pool_wait_seconds
        self.engine: Engine = create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=pool_wait_seconds,
            pool_use_lifo=True,
            json_deserializer=orjson.loads,
            connect_args={
                "application_name": application_name,
                "connect_timeout": self._connect_seconds,
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
        event.listen(self.engine, "do_connect", self._connect)
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
        self._refuse_if_hopeless()
        with self._taken(self.engine) as conn, conn.begin():
            yield conn

    @contextmanager
    def statement(self) -> Iterator[Connection]:
        """A connection on which every statement is its own transaction (and one round trip)."""
        self._refuse_if_hopeless()
        with self._taken(self._single) as conn:
            yield conn

    def _taken(self, engine: Engine) -> Connection:
        # Connecting draws for itself, and so much is not taken twice from whoever waits his turn.
        began, before = time.monotonic(), patience.left()
        try:
            return engine.connect()
        finally:
            if before is not None:
                patience.allow(min(patience.left() or 0.0, before - (time.monotonic() - began)))

    def _connect(
        self, _dialect: object, _record: object, args: tuple[Any, ...], options: dict[str, Any]
    ) -> psycopg.Connection[Any]:
        left = patience.left()
        if left is not None and left < self._connect_seconds:
            raise psycopg.OperationalError("no time is left to connect to the database")
        with patience.drawn():
            made = patience.PatientConnection.connect(*args, **options)
        made.longest = self._answer_seconds
        return made

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

    def _refuse_if_hopeless(self) -> None:
        """Nobody waits for a connection that does not come, or without time left to wait."""
        left = patience.left()
        if left is not None and left <= 0:
            raise PoolExhausted("the time to wait for the database is used up")
        if self._in_use() < self._pool_size:
            return
        if left is not None and left < self._pool_wait_seconds:
            raise PoolExhausted("no time is left to wait for a connection")
        if self._stall_seconds is None:
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


def take_turns(conn: Connection, name: str) -> None:
    """Wait until nobody else is at what has this name, and hold it until the transaction ends."""
    conn.exec_driver_sql(
        "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", {"name": name}
    )
