"""Opening the database for a process."""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from config import capacity
from config.settings import Settings
from store.db import Database
from store.patience import allow, allow_any

__all__ = [
    "UNAVAILABLE",
    "UNREADABLE",
    "Database",
    "NotYetOpen",
    "allow",
    "allow_any",
    "open_database",
    "open_for_requests",
]


class NotYetOpen(Exception):
    """The process has not yet been able to ask the database whether it has the right keys."""


UNAVAILABLE: Final[tuple[type[Exception], ...]] = (
    OperationalError,
    InterfaceError,
    PoolExhausted,
    NotYetOpen,
)
"""What a use case raises when the database is away, overloaded or refuses to wait any longer."""

UNREADABLE: Final[tuple[type[Exception], ...]] = (*UNAVAILABLE, ProgrammingError)
"""The same, or it is there without our tables yet: whoever starts before the migration waits."""


def open_database(settings: Settings, *, process: str, pool_size: int = 5) -> Database:
    """The database of `settings`; nothing is connected yet.

    `process` names the connections in pg_stat_activity; `pool_size` is how many threads of
    the process may use the database at once.
    """
    return Database(
        settings.database_url,
        pool_size=pool_size,
        application_name=f"wenqi-{process}",
        time_travel=settings.allow_time_travel,
    )


def open_for_requests(settings: Settings) -> Database:
    """The API's: whatever hangs, everybody is answered a second after ANSWER_SECONDS at most."""
    return Database(
        settings.database_url,
        pool_size=capacity.CONNECTIONS,
        stall_seconds=capacity.PATIENCE_SECONDS,
        # Whoever began to wait before a stall was noticed need wait no longer.
        pool_wait_seconds=capacity.PATIENCE_SECONDS,
        statement_seconds=settings.answer_seconds - capacity.SPARE_SECONDS,
        answer_seconds=settings.answer_seconds,
        application_name="wenqi-api",
        time_travel=settings.allow_time_travel,
    )
