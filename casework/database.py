"""Opening the database for a process."""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from config.settings import Settings
from store.db import POOL_WAIT_SECONDS, Database

__all__ = ["UNAVAILABLE", "UNREADABLE", "Database", "open_database"]

UNAVAILABLE: Final[tuple[type[Exception], ...]] = (OperationalError, InterfaceError, PoolExhausted)
"""What a use case raises when the database is away, overloaded or refuses to wait any longer."""

UNREADABLE: Final[tuple[type[Exception], ...]] = (*UNAVAILABLE, ProgrammingError)
"""The same, or it is there without our tables yet: whoever starts before the migration waits."""


def open_database(
    settings: Settings, *, process: str, pool_size: int = 5, stall_seconds: float | None = None
) -> Database:
    """The database of `settings`; nothing is connected yet.

    `process` names the connections in pg_stat_activity; `pool_size` is how many threads of
    the process may use the database at once; `stall_seconds`: see `Database`.
    """
    return Database(
        settings.database_url,
        pool_size=pool_size,
        stall_seconds=stall_seconds,
        # Whoever began to wait before a stall was noticed need wait no longer.
        pool_wait_seconds=POOL_WAIT_SECONDS if stall_seconds is None else stall_seconds,
        application_name=f"wenqi-{process}",
        time_travel=settings.allow_time_travel,
    )
